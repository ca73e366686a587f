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

export function isEvent(record: LogRecord): record is LoggedEvent {
  return "type" in record;
}

export function isMerge(record: LogRecord): record is LoggedMerge {
  return "merged" in record;
}
