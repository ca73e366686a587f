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
  /** Mean of all values; NaN where there are none. */
  readonly meanValue: number;
  /** By item, without one part of the people in each row; the last row has them all. [parts + 1, items] each */
  readonly counts: Float32Array;
  readonly meanValues: Float32Array;
  readonly valueDeviations: Float32Array;
}

export function itemStatistics(table: InteractionTable, itemCount: number): ItemStatistics {
  const rows = partCount + 1;
  const [counts, valued, sums, squares] = Array.from({ length: 4 }, () => new Float64Array(rows * itemCount));
  const all = partCount * itemCount;
  for (let user = 0; user + 1 < table.offsets.length; user++) {
    const own = partOf(user) * itemCount;
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
  const total = (column: Float64Array) => column.subarray(all).reduce((sum, one) => sum + one, 0);
  const meanValue = total(sums) / total(valued);
  const spread = total(squares) / total(valued) - meanValue ** 2;
  return {
    itemCount,
    meanValue,
    counts: Float32Array.from(counts),
    meanValues: Float32Array.from(sums, (sum, at) => (sum + priorEvents * meanValue) / (valued[at] + priorEvents)),
    valueDeviations: Float32Array.from(squares, (square, at) => {
      const count = valued[at] + priorEvents;
      const mean = (sums[at] + priorEvents * meanValue) / count;
      return Math.sqrt(Math.max(0, (square + priorEvents * (spread + meanValue ** 2)) / count - mean ** 2));
    }),
  };
}

/** The part that a person was dealt to. */
export const partOf = (user: number): number => user % partCount;

/** Where everybody's statistics begin. */
export const everybody = ({ counts, itemCount }: ItemStatistics): number => counts.length - itemCount;

/** Without the rows of the parts: what is kept to answer questions. */
export function ofEverybody(statistics: ItemStatistics): ItemStatistics {
  const from = everybody(statistics);
  return {
    ...statistics,
    counts: statistics.counts.slice(from),
    meanValues: statistics.meanValues.slice(from),
    valueDeviations: statistics.valueDeviations.slice(from),
  };
}
