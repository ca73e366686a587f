/**
 * What is known of items in general: how many events they have, and the mean and spread of their values.
 *
 * A row that is learned from must not find its own answer in them, and to take out that one answer is not enough: of two rows of
 * an item the one with a yes would see a little less than the other, which trees find at once. So people are dealt to a
 * few parts, and a person's rows see what the people of all other parts did; questions of later events see everybody's. The
 * two differ by one part's weight and by nothing else.
 */
import type { InteractionTable } from "../../../core/interaction-table.ts";

/** Parts of the people that are each left out once. */
const partCount = 10;
/** Events of mean value that every item has beforehand. */
const priorEvents = 10;

export interface ItemStatistics {
  readonly itemCount: number;
  /** Without one part of the people in each row; the last row has them all. Means of all values, NaN where there are none. [parts + 1] */
  readonly means: Float64Array;
  /** By item, in the same rows. [parts + 1, items] each */
  readonly counts: Float32Array;
  readonly meanValues: Float32Array;
  readonly valueDeviations: Float32Array;
}

export function itemStatistics(table: InteractionTable, itemCount: number): ItemStatistics {
  const rows = partCount + 1;
  const [counts, valued, sums, squares] = Array.from({ length: 4 }, () => new Float64Array(rows * itemCount));
  const all = partCount * itemCount;
  for (let user = 0; user + 1 < table.offsets.length; user++) {
    const own = rowWithout(user) * itemCount;
    for (let at = table.offsets[user]; at < table.offsets[user + 1]; at++) {
      if (table.weights[at] === 0) continue;
      const item = table.items[at];
      const value = table.values?.[at] ?? Number.NaN;
      for (const place of [own + item, all + item]) {
        counts[place] += 1;
        if (!Number.isFinite(value)) continue;
        valued[place] += 1;
        sums[place] += value;
        squares[place] += value * value;
      }
    }
  }
  // From each part's own to everybody's but theirs.
  for (const column of [counts, valued, sums, squares]) {
    for (let place = 0; place < all; place++) column[place] = column[all + (place % itemCount)] - column[place];
  }
  const meansOf = (column: Float64Array) =>
    Float64Array.from({ length: rows }, (_, row) => {
      const [from, to] = [row * itemCount, (row + 1) * itemCount];
      const total = (of: Float64Array) => of.subarray(from, to).reduce((sum, one) => sum + one, 0);
      return total(column) / total(valued);
    });
  const [means, meanSquares] = [meansOf(sums), meansOf(squares)];
  /** With the events of mean value and spread that every item has beforehand. */
  const usual = (column: Float64Array, mean: Float64Array) =>
    Float32Array.from(column, (sum, place) => {
      return (sum + priorEvents * mean[Math.floor(place / itemCount)]) / (valued[place] + priorEvents);
    });
  const meanValues = usual(sums, means);
  const valueDeviations = usual(squares, meanSquares).map((square, place) =>
    Math.sqrt(Math.max(0, square - meanValues[place] ** 2)),
  );
  return { itemCount, means, counts: Float32Array.from(counts), meanValues, valueDeviations };
}

/** The row without the part that a person was dealt to. */
export const rowWithout = (user: number): number => user % partCount;

/** The row of everybody. */
export const rowOfAll = ({ means }: ItemStatistics): number => means.length - 1;

/** Without the rows of the parts: what is kept to answer questions. */
export function ofEverybody(statistics: ItemStatistics): ItemStatistics {
  const { itemCount, means } = statistics;
  const from = rowOfAll(statistics) * itemCount;
  return {
    itemCount,
    means: means.slice(-1),
    counts: statistics.counts.slice(from),
    meanValues: statistics.meanValues.slice(from),
    valueDeviations: statistics.valueDeviations.slice(from),
  };
}
