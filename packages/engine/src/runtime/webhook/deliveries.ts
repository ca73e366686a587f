/**
 * What a webhook tells: how profiles changed by what came into the log, and which interests went from one phase to another
 * as time passed. A delivery is named by a stretch of the log, or by two moments and a page of users, and is made from the
 * log whenever it is sent. So the log is the queue, nothing personal is kept beside it, and nobody is told of whoever was
 * erased.
 */
import { setImmediate } from "node:timers/promises";
import type { FoldRecord } from "../../core/log-record.ts";
import type { Storage } from "../../core/ports.ts";
import type { Profile } from "../../core/profile.ts";
import {
  changesBetween,
  type PhaseTransition,
  type ProfileChanges,
  phasesOf,
  transitionsTo,
} from "../../core/profile-changes.ts";
import { profileOf } from "../../core/profile-read.ts";
import { InterestState } from "../../core/state.ts";
import type { Fold } from "../folding.ts";
import type { Identities } from "../identities.ts";
import { readOptions } from "../options.ts";
import type { Understanding } from "../understanding.ts";

/** What one user is told of. */
export interface ToldProfile {
  readonly changes: ProfileChanges;
  readonly transitions: readonly PhaseTransition[];
}

/** A delivery's body. */
export interface WebhookDelivery {
  /** The same whenever it is sent again. */
  readonly id: string;
  /** `events`: by what came into the log; `time`: because time passed. */
  readonly cause: "events" | "time";
  /** The moment that the profiles are of, milliseconds since 1970. */
  readonly at: number;
  readonly profiles: readonly ToldProfile[];
}

/** The records after `from` up to `to`, by their positions in the log. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly at: number;
}

/** The time between two moments, of states up to a position of the log. */
export interface Lapse {
  readonly position: number;
  readonly since: number;
  readonly at: number;
}

export interface DeliverySources {
  readonly storage: Storage;
  readonly understanding: Understanding;
  readonly identities: Identities;
  readonly fold: Fold;
}

/** Users and records that one delivery is about at most. */
export const usersPerDelivery = 100;
const recordsPerDelivery = 10_000;

/** How far the next delivery goes, from a position on; the same position when there is nothing after it. */
export async function endOfStretch({ storage, identities }: DeliverySources, from: number): Promise<number> {
  const users = new Set<string>();
  let to = from;
  let records = 0;
  for await (const batch of storage.events.records({ after: from, batchSize: 1_000 })) {
    for (const { user, position } of batch) {
      users.add(identities.resolve(user));
      if (users.size > usersPerDelivery) return to;
      to = position;
    }
    records += batch.length;
    if (records >= recordsPerDelivery) return to;
  }
  // Positions that hold no record any more, because somebody was erased, end the log as well.
  return Math.max(to, await storage.events.lastPosition());
}

/** How a stretch of the log changed the profiles that it is about. */
export async function eventsDelivery(sources: DeliverySources, { from, to, at }: Stretch): Promise<WebhookDelivery> {
  const { storage, identities, fold } = sources;
  const users = new Set<string>();
  reading: for await (const records of storage.events.records({ after: from, batchSize: 1_000 })) {
    for (const { user, position } of records) {
      if (position > to) break reading;
      users.add(identities.resolve(user));
    }
  }
  const profiles: ToldProfile[] = [];
  for (const user of users) {
    const records = await storage.events.userRecords(user, { position: to });
    const state = new InterestState();
    const known = records.findIndex(({ position }) => position > from);
    foldAll(state, records.slice(0, known), fold);
    const before = profileAt(sources, user, state, at);
    foldAll(state, records.slice(known), fold);
    profiles.push(...told(before, profileAt(sources, user, state, at)));
    // Whoever waits for an answer comes first.
    await setImmediate();
  }
  return { id: `events-${from}-${to}`, cause: "events", at, profiles };
}

/**
 * What the time alone changed for a page of users.
 *
 * @param after the last user of the page before, undefined for the first page
 * @returns the delivery, and the last user of the page, undefined when it was the last page
 */
export async function timeDelivery(
  sources: DeliverySources,
  { position, since, at }: Lapse,
  page: number,
  after: string | undefined,
): Promise<{ delivery: WebhookDelivery; last: string | undefined }> {
  const { storage, identities, fold } = sources;
  const users = await storage.users.list({
    limit: usersPerDelivery,
    ...(after !== undefined && { cursor: after }),
  });
  const profiles: ToldProfile[] = [];
  for (const { id } of users) {
    if (identities.resolve(id) !== id) continue;
    const state = new InterestState();
    foldAll(state, await storage.events.userRecords(id, { position }), fold);
    // What came since was told with the profile of then.
    const from = Math.max(since, state.lastTime);
    if (from < at) profiles.push(...told(profileAt(sources, id, state, from), profileAt(sources, id, state, at)));
    await setImmediate();
  }
  const delivery = { id: `time-${at}-${page}`, cause: "time", at, profiles } as const;
  return { delivery, last: users.length === usersPerDelivery ? users.at(-1)!.id : undefined };
}

function foldAll(state: InterestState, records: readonly FoldRecord[], fold: Fold): void {
  for (const record of records) fold(state, record);
}

function profileAt({ understanding }: DeliverySources, user: string, state: InterestState, at: number): Profile {
  const { intensities, catalogue } = understanding;
  return profileOf(user, intensities, state, at, catalogue, readOptions({ evidence: 0 }));
}

/** Nothing where nothing noticeable has changed. */
function told(before: Profile, after: Profile): ToldProfile[] {
  const changes = changesBetween(before, after);
  const transitions = transitionsTo(after, phasesOf(before));
  return changes.changes.length === 0 && transitions.length === 0 ? [] : [{ changes, transitions }];
}
