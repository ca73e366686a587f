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
 * The integral is by Gauss's rule with three points on pieces that lengthen with time, as everything in it decays. What depends on the
 * time is the same for all nodes, and is integrated once.
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
  const present = presentWithin(learned, sums, now, horizonDays);
  const meanPresent = present.reduce((sum, part) => sum + part, 0) / present.length;
  /** Integrals over the horizon, with c: of 1, and of what a unit of r, of S, and of lambda that goes on adds to a rate. */
  let there = 0;
  const [ofRate, ofSum, ofLambda] = Array.from({ length: 3 }, () => new Float64Array(timescaleCount));
  for (const { days, weightDays } of quadrature(horizonDays)) {
    const { perRate, perSum } = momentAfter(sums.exposureMs, days * dayMs);
    const part = weightDays * present[Math.floor((days / horizonDays) * present.length)];
    there += part;
    for (let k = 0; k < timescaleCount; k++) {
      const gained = -Math.expm1(-days / tausDays[k]) * tausDays[k];
      ofRate[k] += part * perRate[k];
      ofSum[k] += part * perSum[k];
      // perSum holds what is left of the sums; what comes on top of them is whole.
      ofLambda[k] += part * (perRate[k] / priorDays) * gained * meanPresent;
    }
  }

  /** The integrals of a node's smoothed rates over its population rate, if it goes on as it does now. [K] */
  const keptUp = (node: number): Float64Array => {
    const rate = rates[node];
    const kept = new Float64Array(timescaleCount);
    if (rate === 0) return kept;
    for (let k = 0; k < timescaleCount; k++) {
      const fromEvents = ofSum[k] * sums.values[node * sumsPerNode + k] + ofLambda[k] * now.lambda[node];
      kept[k] = fromEvents / rate + ofRate[k];
    }
    return kept;
  };
  const features = new Float64Array(width);
  features[0] = there;
  features.set(ofRate, 1);
  features.set(keptUp(0), 1 + 2 * timescaleCount);
  const ofParents = new Map<number, Float64Array>([[-1, new Float64Array(timescaleCount)]]);

  return (node) => {
    const own = node * width;
    const above = tree.nodes[node].parent;
    const ofParent = ofParents.get(above) ?? keptUp(above);
    ofParents.set(above, ofParent);
    features.set(ofParent, 1 + timescaleCount);
    let expected = rates[node] * product(weights, own, features, 0, width);
    for (let k = 0; k < timescaleCount; k++) {
      expected += weights[own + 1 + k] * ofSum[k] * sums.values[node * sumsPerNode + k];
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
