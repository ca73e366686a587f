/**
 * How likely somebody does something under a node within some days. The learned process counts events, and they come in
 * visits: with m events in a visit that brings any,
 *
 *     p = 1 - exp(-(1 / m) int_0^h lambda(s) ds)
 *
 * where lambda is what the weights expect if nothing happens under the node itself. Its parent and the person's activity go on:
 * their sums are kept up by what is expected of them now,
 *
 *     S_k(t + s) ~ d S_k + (1 - d) tau_k lambda(t),    d = exp(-s / tau_k).
 *
 * The integral is by Gauss's rule with three points on pieces that lengthen with time, as everything in it decays.
 */
import { dayMs } from "../base/time.ts";
import type { Intensities, IntensityModel, NodeSums } from "./intensity.ts";
import { type Moment, momentAfter, product } from "./intensity-features.ts";
import { defaultIntensityWeights, weightsPerRow as width } from "./intensity-weights.ts";
import { sumsPerNode } from "./state.ts";
import { tausDays, timescaleCount } from "./timescales.ts";

const { priorDays } = defaultIntensityWeights;
/** Where the pieces end, in days. */
const pieceEndsDays = [0.25, 1, 4, 16, 64, 256];
const gaussOffset = Math.sqrt(0.6) / 2;
const gauss = [
  { at: 0.5 - gaussOffset, weight: 5 / 18 },
  { at: 0.5, weight: 8 / 18 },
  { at: 0.5 + gaussOffset, weight: 5 / 18 },
];

/**
 * The probability by node, for a user at the moment of the sums.
 *
 * @returns undefined where the model's weights are not learned
 */
export function returnProbabilities(
  model: IntensityModel,
  sums: NodeSums,
  now: Intensities,
  horizonDays: number,
): ((node: number) => number) | undefined {
  const { learned, tree, rates, weights } = model;
  if (learned === undefined) return undefined;
  const points = quadrature(horizonDays).map(({ days, weightDays }) => ({
    days,
    weightDays,
    moment: momentAfter(sums.exposureMs, days * dayMs),
  }));
  const features = new Float64Array(width);
  features[0] = 1;

  return (node) => {
    const own = node * width;
    const above = tree.nodes[node].parent;
    let expected = 0;
    for (const { days, weightDays, moment } of points) {
      features.set(moment.perRate, 1);
      for (let k = 0; k < timescaleCount; k++) {
        features[1 + timescaleCount + k] = above < 0 ? 0 : keptUp(model, sums, now, moment, days, above, k);
        features[1 + 2 * timescaleCount + k] = keptUp(model, sums, now, moment, days, 0, k);
      }
      let lambda = rates[node] * product(weights, own, features, 0, width);
      for (let k = 0; k < timescaleCount; k++) {
        lambda += weights[own + 1 + k] * moment.perSum[k] * sums.values[node * sumsPerNode + k];
      }
      expected += weightDays * lambda;
    }
    // Rejections fade as slowly as anything does, and stand as they are.
    expected *= now.negativeFactor[node];
    const perVisit = node < learned.nodeCount ? learned.eventsPerVisit[node] : 1;
    return -Math.expm1(-expected / perVisit);
  };
}

/** A node's smoothed rate over its population rate after some days in which it went on as it does now. */
function keptUp(
  { rates }: IntensityModel,
  { values }: NodeSums,
  { lambda }: Intensities,
  { perSum, perRate }: Moment,
  days: number,
  node: number,
  k: number,
): number {
  if (rates[node] === 0) return 0;
  // perSum holds what is left of the sums; what comes on top of them is whole.
  const perEvent = perRate[k] / priorDays;
  const gained = -Math.expm1(-days / tausDays[k]) * tausDays[k] * lambda[node];
  return (perSum[k] * values[node * sumsPerNode + k] + perEvent * gained) / rates[node] + perRate[k];
}

function quadrature(horizonDays: number): { days: number; weightDays: number }[] {
  const points: { days: number; weightDays: number }[] = [];
  let from = 0;
  for (const end of [...pieceEndsDays, horizonDays]) {
    const to = Math.min(end, horizonDays);
    if (to <= from) continue;
    for (const { at, weight } of gauss)
      points.push({ days: from + at * (to - from), weightDays: weight * (to - from) });
    from = to;
  }
  return points;
}
