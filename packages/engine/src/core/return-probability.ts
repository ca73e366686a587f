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
 * Where it has been learned who is still there (`presence.ts`), lambda is multiplied with what is to be expected of that.
 *
 * The integral is by Gauss's rule with three points on pieces that lengthen with time, as everything in it decays.
 */
import { dayMs } from "../base/time.ts";
import type { Intensities, IntensityModel, NodeSums } from "./intensity.ts";
import { momentAfter, product } from "./intensity-features.ts";
import { defaultIntensityWeights, type LearnedWeights, weightsPerRow as width } from "./intensity-weights.ts";
import { expectedPresence } from "./presence.ts";
import { sumsPerNode } from "./state-rows.ts";
import { tausDays, timescaleCount } from "./timescales.ts";

const { priorDays } = defaultIntensityWeights;
/** Where the pieces end, in days. */
const pieceEndsDays = [1, 8, 64];
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
    gained: tausDays.map((tau) => -Math.expm1(-days / tau) * tau),
  }));
  const features = new Float64Array(width);
  features[0] = 1;
  const present = presentWithin(learned, sums, now, horizonDays);
  const meanPresent = present.reduce((sum, part) => sum + part, 0) / present.length;

  /** A node's smoothed rates over its population rate at every point, if it goes on as it does now. [points, K] */
  const keptUp = (node: number): Float64Array => {
    const rate = rates[node];
    const kept = new Float64Array(points.length * timescaleCount);
    if (rate === 0) return kept;
    for (const [place, { moment, gained }] of points.entries()) {
      for (let k = 0; k < timescaleCount; k++) {
        // perSum holds what is left of the sums; what comes on top of them is whole.
        const added = (moment.perRate[k] / priorDays) * gained[k] * meanPresent * now.lambda[node];
        const left = moment.perSum[k] * sums.values[node * sumsPerNode + k];
        kept[place * timescaleCount + k] = (left + added) / rate + moment.perRate[k];
      }
    }
    return kept;
  };
  const ofAll = keptUp(0);
  const ofParents = new Map<number, Float64Array>([[-1, new Float64Array(points.length * timescaleCount)]]);

  return (node) => {
    const own = node * width;
    const above = tree.nodes[node].parent;
    const ofParent = ofParents.get(above) ?? keptUp(above);
    ofParents.set(above, ofParent);
    let expected = 0;
    for (const [place, { days, weightDays, moment }] of points.entries()) {
      for (let k = 0; k < timescaleCount; k++) {
        features[1 + k] = moment.perRate[k];
        features[1 + timescaleCount + k] = ofParent[place * timescaleCount + k];
        features[1 + 2 * timescaleCount + k] = ofAll[place * timescaleCount + k];
      }
      let lambda = rates[node] * product(weights, own, features, 0, width);
      for (let k = 0; k < timescaleCount; k++) {
        lambda += weights[own + 1 + k] * moment.perSum[k] * sums.values[node * sumsPerNode + k];
      }
      expected += weightDays * present[Math.floor((days / horizonDays) * present.length)] * lambda;
    }
    // Rejections fade as slowly as anything does, and stand as they are.
    expected *= now.negativeFactor[node];
    const perVisit = node < learned.nodeCount ? learned.eventsPerVisit[node] : 1;
    return -Math.expm1(-expected / perVisit);
  };
}

/** How far the user is expected to be there in equal parts of the horizon. */
function presentWithin(
  { presence, eventsPerVisit }: LearnedWeights,
  { sinceLastMs }: NodeSums,
  { lambda }: Intensities,
  horizonDays: number,
): Float64Array {
  if (presence === undefined) return Float64Array.of(1);
  return expectedPresence(presence, sinceLastMs / dayMs, lambda[0] / eventsPerVisit[0], horizonDays);
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
