/**
 * Features as bytes. A column is cut at quantiles into at most 255 bins, or between all of its values where they are no more;
 * trees then look at bins instead of values, of which a histogram is cheap (Ke et al., LightGBM, NeurIPS 2017). Bin 0 holds
 * what is missing. The cuts depend on the order of values only, and so do trees.
 */
import { seededRandom } from "../../../base/random.ts";
import { type FeatureMatrix, rowCount } from "../features.ts";

/** Rows that the cuts are found from; of more, so many are drawn. */
const sampledRowsMax = 100_000;

export interface Cuts {
  /** The cuts of column c are `values` from `offsets[c]` up to `offsets[c + 1]`, ascending; bin b >= 1 ends with cut b - 1. */
  readonly values: Float32Array;
  readonly offsets: Int32Array;
}

/** @param bins at most so many for a column, 2 to 255 */
export function findCuts(features: FeatureMatrix, { bins, seed }: { bins: number; seed: number }): Cuts {
  const columns = features.names.length;
  const sample = sampledRows(rowCount(features), seed);
  const values = new Float32Array(sample.length);
  const cuts: number[] = [];
  const offsets = new Int32Array(columns + 1);
  for (let column = 0; column < columns; column++) {
    let count = 0;
    for (const row of sample) {
      const value = features.values[row * columns + column];
      if (!Number.isNaN(value)) values[count++] = value;
    }
    for (const cut of cutsOf(values.subarray(0, count).sort(), bins)) cuts.push(cut);
    offsets[column + 1] = cuts.length;
  }
  return { values: Float32Array.from(cuts), offsets };
}

function sampledRows(rows: number, seed: number): Int32Array {
  const all = Int32Array.from({ length: rows }, (_, row) => row);
  if (rows <= sampledRowsMax) return all;
  const random = seededRandom(seed);
  for (let place = 0; place < sampledRowsMax; place++) {
    const other = place + random.integer(rows - place);
    [all[place], all[other]] = [all[other], all[place]];
  }
  // In their order, in which memory is read fastest.
  return all.subarray(0, sampledRowsMax).sort();
}

/** @param sorted values without NaN */
function cutsOf(sorted: Float32Array, bins: number): number[] {
  const steps: number[] = [];
  for (let at = 1; at < sorted.length; at++) if (sorted[at] !== sorted[at - 1]) steps.push(at);
  if (steps.length < bins) return steps.map((at) => between(sorted[at - 1], sorted[at]));
  const cuts: number[] = [];
  for (let bin = 1; bin < bins; bin++) {
    // The step from one value to another that is nearest behind the quantile.
    const target = Math.round((bin * sorted.length) / bins);
    let [low, high] = [0, steps.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (steps[middle] < target) low = middle + 1;
      else high = middle;
    }
    if (low === steps.length) break;
    const cut = between(sorted[steps[low] - 1], sorted[steps[low]]);
    if (cut !== cuts.at(-1)) cuts.push(cut);
  }
  return cuts;
}

/** A 32-bit number at or above the lower and below the upper: what lies up to it belongs to the lower. */
function between(lower: number, upper: number): number {
  const middle = Math.fround(lower + (upper - lower) / 2);
  return middle < upper ? middle : lower;
}

/**
 * @param bins where each value's bin goes, zeros: 0 for missing, else 1 and up. [rows, columns]
 * @returns which columns miss a value somewhere. [columns]
 */
export function fillBins(
  { values: cuts, offsets }: Cuts,
  { names, values }: FeatureMatrix,
  bins: Uint8Array,
): Uint8Array {
  const columns = names.length;
  const hasMissing = new Uint8Array(columns);
  // Some rows at a time, so that they stay near while column after column is read.
  const blockLength = 256 * columns;
  for (let start = 0; start < values.length; start += blockLength) {
    const end = Math.min(values.length, start + blockLength);
    for (let column = 0; column < columns; column++) {
      const first = offsets[column];
      const last = offsets[column + 1];
      for (let at = start + column; at < end; at += columns) {
        const value = values[at];
        if (Number.isNaN(value)) {
          hasMissing[column] = 1;
          continue;
        }
        let [low, high] = [first, last];
        while (low < high) {
          const middle = (low + high) >>> 1;
          if (cuts[middle] < value) low = middle + 1;
          else high = middle;
        }
        bins[at] = low - first + 1;
      }
    }
  }
  return hasMissing;
}
