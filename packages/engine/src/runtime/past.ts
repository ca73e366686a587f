/**
 * States of the past and states that are not: what the log made of a user up to a moment, and what it would make of them
 * without one of their interests.
 */
import type { FoldRecord } from "../core/log-record.ts";
import { InterestState } from "../core/state.ts";
import { decodeState, encodeState } from "../core/state-codec.ts";
import type { ParentOf } from "../core/steering.ts";
import type { Fold } from "./folding.ts";

/** The state that some records make, in their order: what is known now of a user, or was timed up to a moment. */
export function stateOf(records: readonly FoldRecord[], fold: Fold): InterestState {
  const state = new InterestState();
  for (const record of records) fold(state, record);
  return state;
}

/** The state as if nothing had ever been done under a node. */
export function stateWithout(state: InterestState, node: number, at: number, parentOf: ParentOf): InterestState {
  const copy = decodeState(encodeState(state, 0)).state;
  const time = state.lastTime > at ? state.lastTime : at;
  copy.steer({ position: state.position, time, node, steering: { action: "forget" } }, parentOf);
  return copy;
}
