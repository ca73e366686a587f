/**
 * What the clients of the crash test know: which events they sent, which were acknowledged, and which users they erased.
 * After a crash the log is held against it.
 *
 * Everything is ordered by a count of what the clients did. Between a request and its answer anything may be true; a
 * crash leaves such requests open for good. So the ledger says of every event that it has to be in the log, that it must
 * not be, or that either is right:
 *
 *   acknowledged, and every erasure of its user answered before it was sent      -> in the log
 *   answered before an erasure of its user was asked for, which was acknowledged -> not in the log
 *   never sent, or found missing after a crash and not sent again                -> not in the log
 *   anything else                                                                -> either
 *
 * An erasure without an answer is whole or did not happen. What is found after a crash is what has to be true from then
 * on (`settle`): nothing that was there may vanish, and nothing that was missing may turn up.
 */
import type { LoggedEvent } from "../../packages/engine/src/core/event.ts";

export interface SentEvent {
  readonly id: string;
  readonly user: string;
  readonly type: string;
  readonly item?: string;
  readonly value?: number;
  readonly time: number;
}

/** Ids of events that are not as they have to be. */
export interface Findings {
  /** Acknowledged and not in the log. */
  readonly lost: string[];
  /** In the log more than once. */
  readonly duplicated: string[];
  /** In the log and never sent, or gone after an earlier crash. */
  readonly unsent: string[];
  /** In the log although their user was erased since. */
  readonly unerased: string[];
  /** In the log with other content than was sent. */
  readonly altered: string[];
}

interface Entry {
  readonly event: SentEvent;
  /** Found in the log after the last crash. */
  isSettled: boolean;
  /** Since the last crash: when it was first sent, first acknowledged, and last answered with no request left open. */
  sentAt: number | undefined;
  acknowledgedAt: number | undefined;
  quietAt: number;
  openRequests: number;
}

interface Erasure {
  readonly user: string;
  readonly askedAt: number;
  answeredAt: number;
}

export class Ledger {
  readonly #entries = new Map<string, Entry>();
  #erasures: Erasure[] = [];
  #now = 0;
  #acknowledged = 0;

  /** Events that were acknowledged. */
  get acknowledged(): number {
    return this.#acknowledged;
  }

  /** Users of all events that were ever sent. */
  get users(): string[] {
    return [...new Set([...this.#entries.values()].map(({ event }) => event.user))];
  }

  /** Notes that events are on their way. Returns what to call once they are acknowledged. */
  send(events: readonly SentEvent[]): () => void {
    this.#now += 1;
    const entries = events.map((event) => this.#entry(event));
    for (const entry of entries) {
      entry.sentAt ??= this.#now;
      entry.openRequests += 1;
    }
    return () => {
      this.#now += 1;
      for (const entry of entries) {
        entry.openRequests -= 1;
        if (entry.openRequests === 0) entry.quietAt = this.#now;
        if (entry.acknowledgedAt === undefined && !entry.isSettled) this.#acknowledged += 1;
        entry.acknowledgedAt ??= this.#now;
      }
    };
  }

  /** Notes that a user is being erased. Returns what to call once that is acknowledged. */
  erase(user: string): () => void {
    this.#now += 1;
    const erasure = { user, askedAt: this.#now, answeredAt: Number.POSITIVE_INFINITY };
    this.#erasures.push(erasure);
    return () => {
      this.#now += 1;
      erasure.answeredAt = this.#now;
    };
  }

  /** Events that were sent and never acknowledged. */
  unanswered(): SentEvent[] {
    return [...this.#entries.values()]
      .filter(({ sentAt, acknowledgedAt }) => sentAt !== undefined && acknowledgedAt === undefined)
      .map(({ event }) => event);
  }

  /** Holds the log against what the clients know. Nothing may be on its way meanwhile. */
  judge(log: readonly LoggedEvent[]): Findings {
    const found: Findings = { lost: [], duplicated: [], unsent: [], unerased: [], altered: [] };
    const logged = new Map<string, LoggedEvent>();
    for (const event of log) {
      if (logged.has(event.id)) found.duplicated.push(event.id);
      logged.set(event.id, event);
      if (!this.#entries.has(event.id)) found.unsent.push(event.id);
    }
    const undone = this.#erasuresThatDidNotHappen(logged);
    const erasures = Map.groupBy(
      this.#erasures.filter((erasure) => !undone.has(erasure)),
      ({ user }) => user,
    );
    for (const entry of this.#entries.values()) {
      const { id, user } = entry.event;
      const inLog = logged.get(id);
      const ofUser = erasures.get(user) ?? [];
      if (inLog === undefined) {
        if (mustBeInLog(entry, ofUser)) found.lost.push(id);
      } else if (!entry.isSettled && entry.sentAt === undefined) found.unsent.push(id);
      else if (ofUser.some((erasure) => isErasedBy(entry, erasure))) found.unerased.push(id);
      else if (!isSame(entry.event, inLog)) found.altered.push(id);
    }
    return found;
  }

  /** From now on, what the log has is what it has to have. */
  settle(log: readonly LoggedEvent[]): void {
    const logged = new Set(log.map(({ id }) => id));
    for (const [id, entry] of this.#entries) {
      entry.isSettled = logged.has(id);
      entry.sentAt = undefined;
      entry.acknowledgedAt = undefined;
      entry.quietAt = 0;
      entry.openRequests = 0;
    }
    this.#erasures = [];
  }

  #entry(event: SentEvent): Entry {
    let entry = this.#entries.get(event.id);
    if (entry === undefined) {
      entry = { event, isSettled: false, sentAt: undefined, acknowledgedAt: undefined, quietAt: 0, openRequests: 0 };
      this.#entries.set(event.id, entry);
    }
    return entry;
  }

  /** Of the erasures without an answer, those that left an event in the log which they would have removed. */
  #erasuresThatDidNotHappen(logged: ReadonlyMap<string, LoggedEvent>): Set<Erasure> {
    const open = new Map<string, Erasure[]>();
    for (const erasure of this.#erasures) {
      if (erasure.answeredAt === Number.POSITIVE_INFINITY) {
        open.set(erasure.user, [...(open.get(erasure.user) ?? []), erasure]);
      }
    }
    const undone = new Set<Erasure>();
    if (open.size === 0) return undone;
    for (const entry of this.#entries.values()) {
      if (!logged.has(entry.event.id)) continue;
      for (const erasure of open.get(entry.event.user) ?? []) {
        if (wasAnsweredBefore(entry, erasure)) undone.add(erasure);
      }
    }
    return undone;
  }
}

/** True when the erasure, if it happened, removed the event. */
function wasAnsweredBefore(entry: Entry, erasure: Erasure): boolean {
  if (entry.openRequests > 0) return false;
  if (entry.sentAt === undefined) return entry.isSettled;
  return entry.quietAt < erasure.askedAt;
}

function isErasedBy(entry: Entry, erasure: Erasure): boolean {
  return erasure.answeredAt !== Number.POSITIVE_INFINITY && wasAnsweredBefore(entry, erasure);
}

function mustBeInLog({ isSettled, sentAt, acknowledgedAt }: Entry, erasures: readonly Erasure[]): boolean {
  if (isSettled && erasures.length === 0) return true;
  if (sentAt === undefined || acknowledgedAt === undefined) return false;
  return erasures.every(({ answeredAt }) => answeredAt < sentAt);
}

function isSame(sent: SentEvent, { user, type, item, value, time }: LoggedEvent): boolean {
  return sent.user === user && sent.type === type && sent.item === item && sent.value === value && sent.time === time;
}
