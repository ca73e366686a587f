/**
 * The classical dynamic adjustment: a user's weights over the nodes of a level start as the population's, and every event
 * moves them towards the nodes whose centroids its item's vector resembles,
 *
 *     w <- (1 - step) w + step s,   s_c = max(0, cos(v, centroid_c))^sharpness / sum over the level.
 *
 * How often the user comes is taken from the one exponential. Vectors are of behaviour, fitted before the moment; an item
 * without one moves nothing. Step and sharpness are the best of nine in the categorical score of each user's last event
 * before the moment.
 */
import type { LearnedIntensity } from "../../../packages/engine/src/models/intensity/fit.ts";
import { rowsByLevel } from "../../../packages/engine/src/models/intensity/fit.ts";
import { expectedEvents, intensitiesOf, sumsBefore } from "../../../packages/engine/src/models/intensity/predict.ts";
import type { Forecaster } from "./forecaster.ts";
import type { Known } from "./scenario.ts";

const steps = [0.01, 0.03, 0.1];
const sharpnesses = [2, 8, 24];
/** Users whose last events choose step and sharpness. */
const choosingUsers = 300;
/** Part of the weights that stays the population's, so that nothing is impossible. */
const floor = 0.02;

export function similarityAdjustment(known: Known, activity: LearnedIntensity, at: number): Forecaster {
  const { histories, vectors, dimensions } = known;
  const { offsets, items, times, weights } = histories.interactions;
  const { parents, rates } = activity;
  const levels = rowsByLevel(parents).slice(1);
  const centroids = centroidsOf(known, at);

  const prior = new Float64Array(parents.length);
  for (const rows of levels) {
    const total = rows.reduce((sum, row) => sum + rates[row], 0);
    for (const row of rows) prior[row] = rates[row] / total;
  }
  /** Shares by resemblance, per sharpness and item, null without a vector; the same items come again and again. */
  const caches = sharpnesses.map(() => new Map<number, Float64Array | null>());
  let choices = [...sharpnesses.keys()];
  const resemblance = (item: number, choice: number): Float64Array | null => {
    const kept = caches[choice].get(item);
    if (kept !== undefined) return kept;
    const cosines = cosinesOf(item);
    for (const each of choices) caches[each].set(item, cosines && sharesOf(cosines, sharpnesses[each]));
    return caches[choice].get(item)!;
  };
  const cosinesOf = (item: number): Float64Array | null => {
    const vector = vectors.subarray(item * dimensions, (item + 1) * dimensions);
    if (vector.every((value) => value === 0)) return null;
    const cosines = new Float64Array(parents.length);
    for (let row = 1; row < parents.length; row++) {
      for (let d = 0; d < dimensions; d++) cosines[row] += vector[d] * centroids[row * dimensions + d];
    }
    return cosines;
  };
  const sharesOf = (cosines: Float64Array, sharpness: number): Float64Array => {
    const shares = cosines.map((cosine) => (cosine > 0 ? cosine ** sharpness : 0));
    for (const rows of levels) {
      let total = 0;
      for (const row of rows) total += shares[row];
      for (const row of rows) shares[row] = total > 0 ? shares[row] / total : prior[row];
    }
    return shares;
  };
  const weightsOf = (user: number, until: number, step: number, choice: number): Float64Array => {
    const own = prior.slice();
    for (let event = offsets[user]; event < until && times[event] < at; event++) {
      if (weights[event] <= 0) continue;
      const shares = resemblance(items[event], choice);
      if (shares === null) continue;
      for (let row = 1; row < own.length; row++) own[row] += step * (shares[row] - own[row]);
    }
    return own.map((weight, row) => floor * prior[row] + (1 - floor) * weight);
  };

  const lastEventOf = (user: number) => {
    let last = offsets[user] - 1;
    while (last + 1 < offsets[user + 1] && times[last + 1] < at) last += 1;
    return last;
  };
  let best = { score: Number.NEGATIVE_INFINITY, step: steps[0], choice: 0 };
  for (const choice of sharpnesses.keys()) {
    for (const step of steps) {
      let score = 0;
      for (let user = 0; user < Math.min(choosingUsers, offsets.length - 1); user++) {
        const last = lastEventOf(user);
        if (last <= offsets[user]) continue;
        const own = weightsOf(user, last, step, choice);
        for (const place of histories.places[items[last]]) score += Math.log(own[topOf(place, parents)]);
      }
      if (score > best.score) best = { score, step, choice };
    }
  }
  choices = [best.choice];
  for (const [choice, cache] of caches.entries()) if (choice !== best.choice) cache.clear();

  return {
    name: "similarity adjustment",
    forecast(user, horizonsDays) {
      const person = sumsBefore(histories, activity, user, at);
      const own = weightsOf(user, offsets[user + 1], best.step, best.choice);
      const [perDay] = intensitiesOf(activity, person);
      return {
        rates: own.map((weight, row) => (row === 0 ? perDay : weight * perDay)),
        expected: horizonsDays.map((days) => {
          const [all] = expectedEvents(activity, person, days);
          return own.map((weight, row) => (row === 0 ? all : weight * all));
        }),
      };
    },
  };
}

/** The row's ancestor below the root, or the root's own number for items that stand at the root. */
function topOf(place: number, parents: Int32Array): number {
  let row = place;
  while (parents[row] > 0) row = parents[row];
  return row;
}

/** Mean vectors of what was done under each row, at unit length. [rows, dimensions] */
function centroidsOf({ histories, vectors, dimensions }: Known, at: number): Float64Array {
  const { parents, places, interactions } = histories;
  const sums = new Float64Array(parents.length * dimensions);
  for (const [event, item] of interactions.items.entries()) {
    if (interactions.times[event] >= at || interactions.weights[event] <= 0) continue;
    for (const place of places[item]) {
      for (let row = place; row >= 0; row = parents[row]) {
        for (let d = 0; d < dimensions; d++) sums[row * dimensions + d] += vectors[item * dimensions + d];
      }
    }
  }
  for (let row = 0; row < parents.length; row++) {
    const centroid = sums.subarray(row * dimensions, (row + 1) * dimensions);
    const length = Math.hypot(...centroid);
    if (length > 0) for (let d = 0; d < dimensions; d++) centroid[d] /= length;
  }
  return sums;
}
