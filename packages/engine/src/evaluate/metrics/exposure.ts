/**
 * How the whole catalogue fares over all lists. Coverage is the part of it that stands in somebody's list; the Gini
 * coefficient is 0 when all items are shown equally often and goes to 1 as few items take all places:
 *
 *     G = sum over i of (2 i - n - 1) x_i / (n sum of x), x ascending
 */

/** @param shown how often each item of the catalogue was shown */
export function coverage(shown: ArrayLike<number>): number {
  let some = 0;
  for (let item = 0; item < shown.length; item++) if (shown[item] > 0) some += 1;
  return some / Math.max(1, shown.length);
}

/** @param shown how often each item of the catalogue was shown; 0 when nothing was */
export function gini(shown: ArrayLike<number>): number {
  const sorted = Float64Array.from(shown).sort();
  let weighted = 0;
  let total = 0;
  for (const [index, count] of sorted.entries()) {
    weighted += (2 * (index + 1) - sorted.length - 1) * count;
    total += count;
  }
  return total === 0 ? 0 : weighted / (sorted.length * total);
}
