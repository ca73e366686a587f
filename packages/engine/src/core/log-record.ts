/**
 * The records of the log. Most are events; some say what a user asks of their interests, and some that two ids are one
 * person. All have a place in the one order, and a state is what they make when they are folded in it.
 */
import type { LoggedEvent } from "./event.ts";
import type { Steering } from "./steering.ts";

/** A user has asked for something about an interest. */
export interface SteeringRecord {
  readonly user: string;
  /** When, in milliseconds since 1970. */
  readonly time: number;
  /** The id of the node in the tree of that time. */
  readonly interest: string;
  readonly steering: Steering;
}

/** Somebody known by one id turned out to be somebody known by another. */
export interface MergeRecord {
  /** Who both are from then on. */
  readonly user: string;
  /** The other id. */
  readonly merged: string;
  readonly time: number;
}

export type LoggedSteering = SteeringRecord & { readonly position: number };
export type LoggedMerge = MergeRecord & { readonly position: number };
export type LogRecord = LoggedEvent | LoggedSteering | LoggedMerge;

/** What of an event a state is made of: histories are long, and the rest of it takes most of the time to read. */
export interface EventGist {
  readonly position: number;
  readonly time: number;
  readonly type: string;
  readonly item?: string | undefined;
  readonly value?: number | undefined;
  /** Words, where the event names no item. */
  readonly text?: string | undefined;
}

/** A record as far as folding needs it. */
export type FoldRecord = EventGist | LoggedSteering | LoggedMerge;

export function isEvent<Event extends EventGist>(record: Event | LoggedSteering | LoggedMerge): record is Event {
  return "type" in record;
}

export function isMerge(record: FoldRecord): record is LoggedMerge {
  return "merged" in record;
}
