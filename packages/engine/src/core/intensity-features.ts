/**
 * What the weights of an intensity are multiplied with (`intensity.ts`). Per unit of a row's population rate r, and but for
 * what the row's own events add, that is the same for all rows below a node:
 *
 *     1,   n0 / (T_k + n0),   parent_k / r_parent,   activity_k / r_root
 *
 * in the order of the weights mu, a_k, b_k, g_k.
 */
import { dayMs } from "../base/time.ts";
import { defaultIntensityWeights, weightsPerRow } from "./intensity-weights.ts";
import { negativeSum, sumsPerNode } from "./state-rows.ts";
import { tausDays, tausMs, timescaleCount } from "./timescales.ts";

/** What sums and population rates are multiplied with at a moment, the same for every row. */
export interface Moment {
  /** What is left of the sums. [K + 1] */
  readonly decay: Float64Array;
  /** What one unit of S_k, as it was, adds to a rate. [K] */
  readonly perSum: Float64Array;
  /** What one unit of r adds to it. [K] */
  readonly perRate: Float64Array;
}

/** @param laterMs after the moment of the sums, without further events */
export function momentAfter(exposureMs: number, laterMs: number): Moment {
  const { priorDays } = defaultIntensityWeights;
  const decay = decays(laterMs);
  const perSum = new Float64Array(timescaleCount);
  const perRate = new Float64Array(timescaleCount);
  for (let k = 0; k < timescaleCount; k++) {
    const exposure = seenDays(exposureMs + laterMs, k) + priorDays;
    perSum[k] = decay[k] / exposure;
    perRate[k] = priorDays / exposure;
  }
  return { decay, perSum, perRate };
}

/** The features of the root, which has no parent; `belowNode` makes them those of other rows. [1 + 3 K] */
export function featuresOf(rates: Float64Array, sums: Float64Array, moment: Moment): Float64Array {
  const features = new Float64Array(weightsPerRow);
  features[0] = 1;
  features.set(moment.perRate, 1);
  setRates(features, 1 + 2 * timescaleCount, rates, sums, moment, 0);
  return features;
}

/** Makes the features those of the rows below a node. */
export function belowNode(
  features: Float64Array,
  rates: Float64Array,
  sums: Float64Array,
  moment: Moment,
  node: number,
): void {
  setRates(features, 1 + timescaleCount, rates, sums, moment, node);
}

/** The sum of weights times features over the places `from` to before `to` of a row, which begins at `row`. */
export function product(weights: Float64Array, row: number, features: Float64Array, from: number, to: number): number {
  let sum = 0;
  for (let j = from; j < to; j++) sum += weights[row + j] * features[j];
  return sum;
}

/** Numbers of a line. */
export const lineWidth = 1 + 2 * timescaleCount;

/**
 * A row's lambda, but for its rejections, as a line in what a moment has: in 1, what a unit of r adds and what a unit of S adds on
 * every timescale. The sums that it is made from are the user's, and the same at all moments.
 *
 * @param lines receives it, from `at` on. [`lineWidth`]
 * @param weights of rows; those of `row` are read, and count times `rate`
 * @param own the row whose own sums count, -1 for none
 * @param above the node that the row stands below, -1 for the root's
 */
export function writeLine(
  lines: Float64Array,
  at: number,
  weights: Float64Array,
  row: number,
  rate: number,
  rates: Float64Array,
  sums: Float64Array,
  own: number,
  above: number,
): void {
  const ofParent = above >= 0 && rates[above] > 0 ? rate / rates[above] : 0;
  const ofAll = rates[0] > 0 ? rate / rates[0] : 0;
  const mu = row * weightsPerRow;
  lines[at] = rate * weights[mu];
  for (let k = 0; k < timescaleCount; k++) {
    const a = weights[mu + 1 + k];
    const b = ofParent > 0 ? weights[mu + 1 + timescaleCount + k] : 0;
    const g = ofAll > 0 ? weights[mu + 1 + 2 * timescaleCount + k] : 0;
    lines[at + 1 + k] = rate * (a + b + g);
    lines[at + 1 + timescaleCount + k] =
      (own >= 0 ? a * sums[own * sumsPerNode + k] : 0) +
      (ofParent > 0 ? b * ofParent * sums[above * sumsPerNode + k] : 0) +
      g * ofAll * sums[k];
  }
}

/** What lines are multiplied with at a moment. */
export function momentLine({ perRate, perSum }: Moment): Float64Array {
  const line = new Float64Array(lineWidth);
  line[0] = 1;
  line.set(perRate, 1);
  line.set(perSum, 1 + timescaleCount);
  return line;
}

/** The line that begins at `from`, at a moment. */
export function lineAt(lines: Float64Array, from: number, moment: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < lineWidth; j++) sum += lines[from + j] * moment[j];
  return sum;
}

/** T_k in days: the time since the first event as timescale k sees it. */
export function seenDays(exposureMs: number, k: number): number {
  return tausDays[k] * -Math.expm1(-exposureMs / dayMs / tausDays[k]);
}

/** exp(-time / tau) for the K sums and the negative one. */
export function decays(timeMs: number): Float64Array {
  const decay = new Float64Array(sumsPerNode);
  for (let k = 0; k < timescaleCount; k++) decay[k] = Math.exp(-timeMs / tausMs[k]);
  decay[negativeSum] = decay[timescaleCount - 1]!;
  return decay;
}

/** The smoothed rates of a node over its population rate. */
function setRates(
  features: Float64Array,
  from: number,
  rates: Float64Array,
  sums: Float64Array,
  { perSum, perRate }: Moment,
  node: number,
): void {
  const rate = rates[node];
  for (let k = 0; k < timescaleCount; k++) {
    features[from + k] = rate > 0 ? (perSum[k] * sums[node * sumsPerNode + k]) / rate + perRate[k] : 0;
  }
}
