/** Exact selection of the best-scored items. */
import { PenchantError } from "../base/errors.ts";

/** Items that share a largest score, where somebody has looked for those before. */
export const blockItems = 64;

/**
 * The first `count` item keys by score, best first, of those that are eligible. Ties go to the smaller key.
 *
 * @param blockMaxima at least the largest score of every `blockItems` items, NaN where one is; spares looking at most of them
 * @throws PENCHANT_E_SCORE naming the model when a score is NaN
 */
export function topItems(
  scores: Float32Array,
  count: number,
  isEligible: (item: number) => boolean,
  model: string,
  blockMaxima?: Float32Array,
): number[] {
  const top: number[] = [];
  if (count <= 0) return top;
  /** What the last of them scores, once there are enough. */
  let least = Number.NaN;
  for (let item = 0; item < scores.length; item++) {
    if (blockMaxima !== undefined && item % blockItems === 0 && blockMaxima[item / blockItems] <= least) {
      item += blockItems - 1;
      continue;
    }
    const score = scores[item];
    // Most items end here.
    if (score <= least) continue;
    if (Number.isNaN(score)) {
      throw new PenchantError("PENCHANT_E_SCORE", `${model} scored item key ${item} with NaN; scores must be numbers.`);
    }
    if (!isEligible(item)) continue;
    let place = top.length;
    while (place > 0 && scores[top[place - 1]] < score) place -= 1;
    top.splice(place, 0, item);
    if (top.length > count) top.pop();
    if (top.length === count) least = scores[top[count - 1]];
  }
  return top;
}
