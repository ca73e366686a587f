/**
 * Leave one out: of every user, the last event is the test and the one before it validation; the rest is learned from.
 * The test's question has the validation event in its history, the model has not (Kang and McAuley, ICDM 2018, and nearly
 * all of the literature on next items). Users with fewer than three events are learned from and not measured on.
 *
 * What one user did in the year before another's test is learned from, so that the protocol says how well a taste is
 * known and not what tomorrow would bring: see `temporal`.
 */
import type { Dataset } from "../../core/dataset.ts";
import type { CaseRange } from "../cases.ts";
import { type SplitRanges, userRanges } from "./protocol.ts";

export function leaveOneOut(dataset: Dataset): SplitRanges {
  const train: [number, number][] = [];
  const validation: CaseRange[] = [];
  const test: CaseRange[] = [];
  let short = 0;
  for (const [user, from, to] of userRanges(dataset)) {
    if (to - from < 3) {
      train.push([from, to]);
      short += 1;
      continue;
    }
    train.push([from, to - 2]);
    validation.push({ user, history: [from, to - 2], targets: [to - 2, to - 1] });
    test.push({ user, history: [from, to - 1], targets: [to - 1, to] });
  }
  return {
    choosing: { train, stopping: validation, questions: validation },
    final: { train, stopping: validation, questions: test },
    leftOut: short > 0 ? { "users with fewer than three events": short } : {},
  };
}
