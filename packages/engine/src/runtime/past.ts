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

/**
 * What is read of the states at some moments, in ascending order. A log that came in the order of time is folded once; of
 * any other every state is folded by itself, because the order of the log decides about the last bit.
 */
export function statesAt<Result>(
  records: readonly FoldRecord[],
  moments: readonly number[],
  fold: Fold,
  read: (state: InterestState, at: number) => Result,
): Result[] {
  if (records.some(({ time }, index) => index > 0 && time < records[index - 1].time)) {
    const stateAt = (at: number) =>
      stateOf(
        records.filter(({ time }) => time <= at),
        fold,
      );
    return moments.map((at) => read(stateAt(at), at));
  }
  const state = new InterestState();
  let next = 0;
  return moments.map((at) => {
    for (; next < records.length && records[next].time <= at; next++) fold(state, records[next]);
    return read(state, at);
  });
}

/** The state as if nothing had ever been done under a node. */
export function stateWithout(state: InterestState, node: number, at: number, parentOf: ParentOf): InterestState {
  const copy = decodeState(encodeState(state, 0)).state;
  const time = state.lastTime > at ? state.lastTime : at;
  copy.steer({ position: state.position, time, node, steering: { action: "forget" } }, parentOf);
  return copy;
}
