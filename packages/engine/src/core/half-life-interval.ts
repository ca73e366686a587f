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
import { belowNode, featuresOf, momentAfter, product } from "./intensity-features.ts";
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
 * @param halfLifeDays of the node, for the user with these sums
 * @returns undefined where the node has no learned weights of its own
 */
export function halfLifeInterval(
  model: IntensityModel,
  sums: NodeSums,
  now: Intensities,
  node: number,
  halfLifeDays: number,
): HalfLifeInterval | undefined {
  const { learned, tree, weights } = model;
  if (learned === undefined || node >= learned.nodeCount) return undefined;
  const rows: number[] = [];
  /** By how much ln I grows with the row's ln lambda. */
  const parts: number[] = [];
  for (let row = node; row >= 0; row = tree.nodes[row].parent) {
    rows.push(row);
    parts.push(row === 0 ? 1 : 1 - now.strength[row]);
    for (const sibling of row === 0 ? [] : model.children[tree.nodes[row].parent]) {
      if (sibling === row || now.strength[sibling] < shareMin || sibling >= learned.nodeCount) continue;
      rows.push(sibling);
      parts.push(-now.strength[sibling]);
    }
  }
  const atNow = linesOf(model, sums, rows, 0);
  const atHalf = linesOf(model, sums, rows, halfLifeDays);
  const beyond = linesOf(model, sums, rows, halfLifeDays * stretch);
  let variance = 0;
  let slope = 0;
  const derivative = new Float64Array(width);
  for (const [place, row] of rows.entries()) {
    const lines = [atNow, atHalf, beyond].map((all) => all.subarray(place * width, (place + 1) * width));
    const [lambda, lambdaHalf, lambdaBeyond] = lines.map((line) => product(weights, row * width, line, 0, width));
    if (!(lambda > 0 && lambdaHalf > 0 && lambdaBeyond > 0)) continue;
    slope += (parts[place] * Math.log(lambdaBeyond / lambdaHalf)) / Math.log(stretch);
    for (let j = 0; j < width; j++) derivative[j] = parts[place] * (lines[1][j] / lambdaHalf - lines[0][j] / lambda);
    variance += quadraticForm(learned.covariances, row * width * width, derivative);
  }
  const spread = Math.exp((deviations * Math.sqrt(Math.max(0, variance))) / Math.max(-slope, Number.MIN_VALUE));
  const high = halfLifeDays * spread;
  return { low: halfLifeDays / spread, high: high < halfLifeMaxDays ? high : null };
}

/** All that the weights of each row are multiplied with, its own events included, some days later. [rows, 1 + 3 K] */
function linesOf({ rates, tree }: IntensityModel, sums: NodeSums, rows: readonly number[], days: number): Float64Array {
  const moment = momentAfter(sums.exposureMs, days * dayMs);
  const features = featuresOf(rates, sums.values, moment);
  const lines = new Float64Array(rows.length * width);
  for (const [place, row] of rows.entries()) {
    if (row > 0) belowNode(features, rates, sums.values, moment, tree.nodes[row].parent);
    else features.fill(0, 1 + timescaleCount, 1 + 2 * timescaleCount);
    for (let j = 0; j < width; j++) lines[place * width + j] = rates[row] * features[j];
    for (let k = 0; k < timescaleCount; k++) {
      lines[place * width + 1 + k] += moment.perSum[k] * sums.values[row * sumsPerNode + k];
    }
  }
  return lines;
}

/** v' M v for the matrix that begins at `from`. */
function quadraticForm(matrices: Float32Array, from: number, vector: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < width; i++) {
    for (let j = 0; j < width; j++) sum += vector[i] * matrices[from + i * width + j] * vector[j];
  }
  return sum;
}
