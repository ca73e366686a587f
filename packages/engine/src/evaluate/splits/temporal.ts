/**
 * A split at one moment for everybody: what came before it is learned from, what came after is asked for. The moment is a
 * quantile of all events' times, and validation is split off the part before in the same way. Of a user's events after
 * the moment, the question is for the first one, the last one, all at once, or each in turn with the ones before it in the
 * history (`successive`).
 *
 * Settings are chosen by a model that knows what came before validation; the test is asked of one that knows all that came
 * before the test. A question needs a history: a user's very first event is never asked for. An event at the moment itself comes after it.
 */
import { PenchantError } from "../../base/errors.ts";
import type { Dataset } from "../../core/dataset.ts";
import type { CaseRange } from "../cases.ts";
import { type Protocol, type SplitRanges, type TemporalTargets, userRanges, withStopping } from "./protocol.ts";

/** Throws PENCHANT_E_DATASET where only an order is known. */
export function temporal(dataset: Dataset, { quantile, targets }: Pick<Protocol, "quantile" | "targets">): SplitRanges {
  requireTimes(dataset);
  const [validationFrom, testFrom] = cutsOf(dataset.interactions.times, quantile);
  const { times } = dataset.interactions;
  const train: [number, number][] = [];
  const known: [number, number, number][] = [];
  const validation: CaseRange[] = [];
  const test: CaseRange[] = [];
  let unknown = 0;
  for (const [user, from, to] of userRanges(dataset)) {
    const validationAt = firstFrom(times, from, to, validationFrom);
    const testAt = firstFrom(times, from, to, testFrom);
    if (validationAt > from) train.push([from, validationAt]);
    if (testAt > from) known.push([user, from, testAt]);
    validation.push(...casesAfter(user, from, validationAt, testAt, targets));
    const asked = casesAfter(user, from, testAt, to, targets);
    test.push(...asked);
    if (to > testAt && asked.length === 0) unknown += 1;
  }
  return {
    choosing: { train, stopping: validation, questions: validation },
    final: { ...withStopping(known), questions: test },
    leftOut: unknown > 0 ? { "users without a history": unknown } : {},
  };
}

export function requireTimes({ timing, name }: Dataset): void {
  if (timing === "times") return;
  throw new PenchantError(
    "PENCHANT_E_DATASET",
    `${name}: expected times, which a split by time needs; the data tell the order of each user's events only. Use leave-one-out or strong.`,
  );
}

/** The times of the first validation and the first test event. */
export function cutsOf(times: Float64Array, quantile: number): readonly [validationFrom: number, testFrom: number] {
  const sorted = times.toSorted();
  const testAt = Math.floor(sorted.length * quantile);
  return [sorted[Math.floor(testAt * quantile)], sorted[Math.min(sorted.length - 1, testAt)]];
}

/** The first place from `from` to before `to` with a time of at least `moment`, or `to`. */
function firstFrom(times: Float64Array, from: number, to: number, moment: number): number {
  let at = from;
  while (at < to && times[at] < moment) at += 1;
  return at;
}

function casesAfter(user: number, from: number, cut: number, to: number, targets: TemporalTargets): CaseRange[] {
  // A question about a user's first event has no history to answer from.
  const first = Math.max(cut, from + 1);
  if (first >= to) return [];
  const ask = (at: number, end: number): CaseRange => ({ user, history: [from, at], targets: [at, end] });
  if (targets === "last") return [ask(to - 1, to)];
  if (targets === "first") return [ask(first, first + 1)];
  if (targets === "all") return cut > from ? [ask(cut, to)] : [];
  return Array.from({ length: to - first }, (_, index) => ask(first + index, first + index + 1));
}
