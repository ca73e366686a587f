/**
 * Reading a learned intensity: a person's sums at a moment, what is expected of them in the days that follow, and how likely
 * a return is. What they will do meanwhile feeds back into the rates; its expectation does so here as well, taken at the
 * intensity of now:
 *
 *     S_k(t + s) ~ d S_k + (1 - d) tau_k lambda(t),   T_k(t + s) = d T_k + (1 - d) tau_k,   d = exp(-s / tau_k)
 *
 * and the integral over a horizon is by Gauss's rule with three points.
 */
import { dayMs } from "../../base/time.ts";
import { expectedPresence, presenceAt } from "../../core/presence.ts";
import { seenDays } from "./burn-in.ts";
import { featureCount } from "./features.ts";
import type { LearnedIntensity } from "./fit.ts";
import { type IntensityHistories, sessionEnd } from "./sessions.ts";

/** A person's sums at a moment. */
export interface PersonSums {
  /** Positive sums; the root's without the first session, unless that counts as activity (`points.ts`). [rows, K] */
  readonly positive: Float64Array;
  /** Rejections on the slowest timescale. [rows] */
  readonly negative: Float64Array;
  /** Days since the first event; NaN for somebody of whom nothing is known. */
  readonly sinceFirstDays: number;
  /** Days since the last session began; NaN as well. */
  readonly sinceSessionDays: number;
}

/** What is known of a user before a moment. */
export function sumsBefore(
  data: IntensityHistories,
  { parents, options: { tausDays, firstIsActivity } }: LearnedIntensity,
  user: number,
  at: number,
): PersonSums {
  const { offsets, items, times, weights } = data.interactions;
  const timescales = tausDays.length;
  const positive = new Float64Array(parents.length * timescales);
  const negative = new Float64Array(parents.length);
  const [start, end] = [offsets[user], offsets[user + 1]];
  if (start === end || times[start] >= at) {
    return { positive, negative, sinceFirstDays: Number.NaN, sinceSessionDays: Number.NaN };
  }
  const firstEnd = firstIsActivity ? start : sessionEnd(data, start, end);
  const decay = new Float64Array(timescales);
  let sinceSessionDays = 0;
  // A session is one point in time, its start.
  for (let session = start; session < end && times[session] < at; ) {
    const stop = sessionEnd(data, session, end);
    const ageDays = (at - times[session]) / dayMs;
    sinceSessionDays = ageDays;
    for (let k = 0; k < timescales; k++) decay[k] = Math.exp(-ageDays / tausDays[k]);
    for (let event = session; event < stop; event++) {
      const places = data.places[items[event]];
      const part = weights[event] / places.length;
      for (const place of places) {
        for (let row = place; row >= 0; row = parents[row]) {
          if (part < 0) negative[row] -= part * decay[timescales - 1];
          else if (row > 0 || event >= firstEnd) {
            for (let k = 0; k < timescales; k++) positive[row * timescales + k] += part * decay[k];
          }
        }
      }
    }
    session = stop;
  }
  return { positive, negative, sinceFirstDays: (at - times[start]) / dayMs, sinceSessionDays };
}

/** Events per day under every row. [rows] */
export function intensitiesOf(model: LearnedIntensity, person: PersonSums): Float64Array {
  const { presence } = model;
  const lambda = linearIntensities(model, person, 0);
  if (presence === undefined || Number.isNaN(person.sinceSessionDays)) return lambda;
  const factor = presenceAt(presence, person.sinceSessionDays);
  return lambda.map((events) => factor * events);
}

/** The same but for presence, `laterDays` after the moment of the sums. */
function linearIntensities(
  model: LearnedIntensity,
  person: PersonSums,
  laterDays: number,
  meanwhile?: Float64Array,
): Float64Array {
  const { parents, rates, weights, options } = model;
  const { tausDays, priorDays, negative, priorEvents } = options;
  const timescales = tausDays.length;
  const slowest = timescales - 1;
  const width = featureCount(timescales);
  const decay = Float64Array.from(tausDays, (tau) => Math.exp(-laterDays / tau));
  const perExposure = Float64Array.from(
    tausDays,
    (tau) => 1 / (seenDays(person.sinceFirstDays + laterDays, tau) + priorDays),
  );
  const smoothed = new Float64Array(parents.length * timescales);
  for (let k = 0; k < timescales; k++) {
    const perIntensity = (1 - decay[k]) * tausDays[k];
    for (let row = 0, at = k; row < parents.length; row++, at += timescales) {
      const gained = meanwhile === undefined ? 0 : perIntensity * meanwhile[row];
      smoothed[at] = (decay[k] * person.positive[at] + gained + priorDays * rates[row]) * perExposure[k];
    }
  }
  const lambda = new Float64Array(parents.length);
  for (let row = 0; row < parents.length; row++) {
    const own = row * width + 1;
    const parent = parents[row];
    let [ofOwn, ofParent, ofAll] = [0, 0, 0];
    for (let k = 0; k < timescales; k++) {
      ofOwn += weights[own + k] * smoothed[row * timescales + k];
      if (parent >= 0) ofParent += weights[own + timescales + k] * smoothed[parent * timescales + k];
      ofAll += weights[own + 2 * timescales + k] * smoothed[k];
    }
    let sum = weights[own - 1] * rates[row] + ofOwn + (rates[row] / rates[0]) * ofAll;
    if (parent >= 0) sum += (rates[row] / rates[parent]) * ofParent;
    const rejected = person.negative[row] * decay[slowest];
    if (rejected > 0) {
      const liked = person.positive[row * timescales + slowest] * decay[slowest];
      sum *= Math.exp((-negative * rejected) / (liked + rejected + priorEvents));
    }
    lambda[row] = sum;
  }
  return lambda;
}

/** Places and weights on [0, 1]. */
const gauss = [
  { at: 0.5 - Math.sqrt(0.15), weight: 5 / 18 },
  { at: 0.5, weight: 8 / 18 },
  { at: 0.5 + Math.sqrt(0.15), weight: 5 / 18 },
];

/** Expected events under every row within a horizon. [rows] */
export function expectedEvents(model: LearnedIntensity, person: PersonSums, horizonDays: number): Float64Array {
  const now = linearIntensities(model, person, 0);
  const present = presenceWithin(model, person, now[0], horizonDays);
  const mean = present.reduce((sum, part) => sum + part, 0) / present.length;
  const meanwhile = now.map((events) => mean * events);
  const expected = new Float64Array(now.length);
  for (const { at, weight } of gauss) {
    const then = linearIntensities(model, person, at * horizonDays, meanwhile);
    const factor = present[Math.floor(at * present.length)];
    for (let row = 0; row < then.length; row++) expected[row] += weight * horizonDays * factor * then[row];
  }
  return expected;
}

/** The mean of c in equal parts of a horizon. */
function presenceWithin(
  { presence, eventsPerSession }: LearnedIntensity,
  { sinceSessionDays }: PersonSums,
  eventsPerDay: number,
  horizonDays: number,
): Float64Array {
  if (presence === undefined || Number.isNaN(sinceSessionDays)) return Float64Array.of(1);
  return expectedPresence(presence, sinceSessionDays, eventsPerDay / eventsPerSession[0], horizonDays);
}
