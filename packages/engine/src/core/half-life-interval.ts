/**
 * How sure a user's half-lives are, where weights were learned. The half-life h of an interest solves
 *
 *     F = ln I(h) - ln I(0) + ln 2 = 0,    ln I = ln lambda_root + sum over the path of ln(lambda_row / its siblings' sum)
 *
 * and by the delta method its logarithm has the variance (dF/dw)' Cov (dF/dw) / (dF / d ln h)^2. Rows are fitted one by one,
 * so that their variances add up. Shares s are held as they are now:
 *
 *     d ln share = (1 - s) d ln lambda - sum over the siblings of s' d ln lambda'
 *
 * of which only siblings with a tenth of the whole or more are followed: the others hardly count, squared.
 */
import { dayMs } from "../base/time.ts";
import type { Intensities, IntensityModel, NodeSums } from "./intensity.ts";
import { type Moment, momentAfter, product } from "./intensity-features.ts";
import { halfLifeMaxDays, weightsPerRow as width } from "./intensity-weights.ts";
import type { HalfLifeInterval } from "./profile.ts";
import { sumsPerNode } from "./state-rows.ts";
import { timescaleCount } from "./timescales.ts";

/** By how much longer the second look is, from which the slope at h is taken. */
const stretch = 1.02;
/** Siblings with less of the whole are left out. */
const shareMin = 0.1;
/** Half the width of a 95 % interval in standard deviations. */
const deviations = 1.96;

/**
 * The interval by node, for the user with these sums.
 *
 * @returns asks with the node and its half-life; undefined where the node has no learned weights of its own
 */
export function halfLifeIntervals(
  model: IntensityModel,
  sums: NodeSums,
  now: Intensities,
): (node: number, halfLifeDays: number) => HalfLifeInterval | undefined {
  const { learned, tree, weights } = model;
  const momentNow = momentAfter(sums.exposureMs, 0);
  const [lineNow, lineHalf, lineBeyond, derivative] = Array.from({ length: 4 }, () => new Float64Array(width));

  return (node, halfLifeDays) => {
    if (learned === undefined || node >= learned.nodeCount) return undefined;
    const momentHalf = momentAfter(sums.exposureMs, halfLifeDays * dayMs);
    const momentBeyond = momentAfter(sums.exposureMs, halfLifeDays * stretch * dayMs);
    let variance = 0;
    let slope = 0;
    /** @param part by how much ln I grows with the row's ln lambda */
    const follow = (row: number, part: number): void => {
      writeRow(lineNow, model, sums, momentNow, row);
      writeRow(lineHalf, model, sums, momentHalf, row);
      writeRow(lineBeyond, model, sums, momentBeyond, row);
      const lambda = product(weights, row * width, lineNow, 0, width);
      const lambdaHalf = product(weights, row * width, lineHalf, 0, width);
      const lambdaBeyond = product(weights, row * width, lineBeyond, 0, width);
      if (!(lambda > 0 && lambdaHalf > 0 && lambdaBeyond > 0)) return;
      slope += (part * Math.log(lambdaBeyond / lambdaHalf)) / Math.log(stretch);
      for (let j = 0; j < width; j++) derivative[j] = part * (lineHalf[j] / lambdaHalf - lineNow[j] / lambda);
      variance += quadraticForm(learned.covariances, row * width * width, derivative);
    };
    for (let row = node; row > 0; row = tree.nodes[row].parent) {
      follow(row, 1 - now.strength[row]);
      for (const sibling of model.children[tree.nodes[row].parent]) {
        if (sibling === row || now.strength[sibling] < shareMin || sibling >= learned.nodeCount) continue;
        follow(sibling, -now.strength[sibling]);
      }
    }
    follow(0, 1);
    const spread = Math.exp((deviations * Math.sqrt(Math.max(0, variance))) / Math.max(-slope, Number.MIN_VALUE));
    const high = halfLifeDays * spread;
    return { low: halfLifeDays / spread, high: high < halfLifeMaxDays ? high : null };
  };
}

/** All that a row's weights are multiplied with at a moment, its own events included. [1 + 3 K] */
function writeRow(
  line: Float64Array,
  { rates, tree }: IntensityModel,
  { values }: NodeSums,
  { perRate, perSum }: Moment,
  row: number,
): void {
  const rate = rates[row];
  const above = row > 0 ? tree.nodes[row].parent : -1;
  const ofParent = above >= 0 && rates[above] > 0 ? rate / rates[above] : 0;
  const ofAll = rates[0] > 0 ? rate / rates[0] : 0;
  line[0] = rate;
  for (let k = 0; k < timescaleCount; k++) {
    const fromRate = rate * perRate[k];
    line[1 + k] = fromRate + perSum[k] * values[row * sumsPerNode + k];
    line[1 + timescaleCount + k] = ofParent > 0 ? fromRate + ofParent * perSum[k] * values[above * sumsPerNode + k] : 0;
    line[1 + 2 * timescaleCount + k] = ofAll > 0 ? fromRate + ofAll * perSum[k] * values[k] : 0;
  }
}

/** v' M v for the symmetric matrix that begins at `from`. */
function quadraticForm(matrices: Float32Array, from: number, vector: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < width; i++) {
    let beside = 0;
    for (let j = 0; j < i; j++) beside += matrices[from + i * width + j] * vector[j];
    sum += vector[i] * (2 * beside + matrices[from + i * width + i] * vector[i]);
  }
  return sum;
}
