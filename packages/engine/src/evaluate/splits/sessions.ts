/**
 * Sessions as if each were a user of its own, which is how anonymous visitors are met. Sessions are those that the data
 * name, or end after 30 minutes without an event. The split is by time: sessions that began before a moment and went on
 * after it are left out, and in a session each event after the first is asked for in turn.
 */
import { minuteMs } from "../../base/time.ts";
import type { Dataset } from "../../core/dataset.ts";
import type { CaseRange } from "../cases.ts";
import { type Protocol, type SplitRanges, userRanges, withStopping } from "./protocol.ts";
import { cutsOf, requireTimes } from "./temporal.ts";

export const sessionGapMs = 30 * minuteMs;

/** Every session's place in the table, user by user in order of time. Interleaved named sessions are cut where they change. */
export function* sessionRanges(dataset: Dataset): Generator<readonly [user: number, from: number, to: number]> {
  const { times } = dataset.interactions;
  const { sessions } = dataset;
  for (const [user, from, to] of userRanges(dataset)) {
    let start = from;
    for (let at = from + 1; at <= to; at++) {
      const ends =
        at === to ||
        (sessions && sessions[at] >= 0 ? sessions[at] !== sessions[at - 1] : times[at] - times[at - 1] > sessionGapMs);
      if (!ends) continue;
      yield [user, start, at];
      start = at;
    }
  }
}

/** Throws PENCHANT_E_DATASET where only an order is known. */
export function bySession(dataset: Dataset, { quantile }: Pick<Protocol, "quantile">): SplitRanges {
  requireTimes(dataset);
  const { times } = dataset.interactions;
  const [validationFrom, testFrom] = cutsOf(times, quantile);
  const train: [number, number][] = [];
  const known: [number, number, number][] = [];
  const validation: CaseRange[] = [];
  const test: CaseRange[] = [];
  let straddling = 0;
  for (const [user, from, to] of sessionRanges(dataset)) {
    const first = times[from];
    if (times[to - 1] < testFrom) known.push([user, from, to]);
    const last = times[to - 1];
    if (last < validationFrom) train.push([from, to]);
    else if (first >= validationFrom && last < testFrom) validation.push(...inTurn(user, from, to));
    if (first >= testFrom) test.push(...inTurn(user, from, to));
    else if (last >= testFrom) straddling += 1;
  }
  return {
    choosing: { train, stopping: validation, questions: validation },
    final: { ...withStopping(known), questions: test },
    leftOut: straddling > 0 ? { "sessions over the cut": straddling } : {},
  };
}

function inTurn(user: number, from: number, to: number): CaseRange[] {
  return Array.from({ length: to - from - 1 }, (_, index) => {
    const at = from + 1 + index;
    return { user, history: [from, at], targets: [at, at + 1] };
  });
}
