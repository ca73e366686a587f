/** People who go round a circle of items, half of them backwards: what comes next follows from two items and not from one. */
import { seededRandom } from "../../base/random.ts";
import type { FittedRecommender } from "../../core/model.ts";
import { scoresFor } from "../test-data.ts";

export const itemCount = 12;

export function rounds(count: number, length: number): number[][] {
  const random = seededRandom(11);
  return Array.from({ length: count }, () => {
    const [from, step] = [random.integer(itemCount), random.integer(2) === 0 ? 1 : itemCount - 1];
    return Array.from({ length }, (_, index) => (from + index * step) % itemCount);
  });
}

/** Histories with what comes next. */
export const roundsContinued: readonly (readonly [history: readonly number[], next: number])[] = [
  [[2, 3, 4], 5],
  [[4, 3, 2], 1],
  [[11, 0], 1],
  [[1, 0], 11],
];

/** The best item that is not in the history: people's own items are no negatives, so that nothing says they do not come again. */
export function bestOf(fitted: FittedRecommender, history: readonly number[]): number {
  const scores = scoresFor(fitted, history);
  for (const item of history) scores[item] = Number.NEGATIVE_INFINITY;
  return scores.indexOf(Math.max(...scores));
}
