/**
 * Learns how interests rise and fade: the weights of every row's intensity (`features.ts`) by maximum likelihood of the
 * point process, with the tree as regulariser.
 *
 * 1. Population rates r: events under every row over all exposure, the first sessions left out.
 * 2. Who is still there (`presence.ts`), in turns with the root's weights; from here on a known factor.
 * 3. Top down, level by level, one set of weights for all rows of the level together (no prior).
 * 4. Every row of the level by itself, with Gamma priors worth `borrowedEvents` events, centred on its parent's estimate;
 *    where the parent has no such term (`openFeatures`) the level's stands in, and the centre is scaled to the level's
 *    total, so that a habit of the parent's is borrowed and its volume is not. A row with thousands of events of its own
 *    hardly notices; a row with none behaves like its parent.
 * 5. The observed information at the optimum gives every weight a standard deviation, and every row a half-life with its
 *    interval (`uncertainty.ts`).
 */
import { PenchantError } from "../../base/errors.ts";
import type { HalfLife } from "../../core/intensity-weights.ts";
import type { Presence } from "../../core/presence.ts";
import { tausDays as engineTausDays } from "../../core/timescales.ts";
import { featureCount, openFeatures, type PointsByRow, pointsByRow, problemOf, type RowTree } from "./features.ts";
import { fitLinearPoisson, type GammaPrior, type LinearPoisson, linearPoissonDefaults } from "./linear-poisson.ts";
import { type IntensityPoints, readPoints } from "./points.ts";
import { fitPresence } from "./presence.ts";
import type { IntensityHistories } from "./sessions.ts";
import { habitHalfLife, weightCovariance } from "./uncertainty.ts";

export interface IntensityFitOptions {
  /** Shortest first. */
  readonly tausDays: readonly number[];
  /** n0, in days. */
  readonly priorDays: number;
  /** eta and n1: how rejections lower an intensity (`rejections.ts`). */
  readonly negative: number;
  readonly priorEvents: number;
  /** How many events a row's prior is worth. */
  readonly borrowedEvents: number;
  /** Which terms a row has beside its base rate. */
  readonly terms: readonly ("own" | "parent" | "activity")[];
  /** Whether rows have weights of their own, or those of their level. */
  readonly perRow: boolean;
  /** Whether first sessions count as activity (`points.ts`). */
  readonly firstIsActivity: boolean;
  /** Whether the time since the last session says who is still there. */
  readonly leaves: boolean;
}

export const intensityFitDefaults: IntensityFitOptions = {
  tausDays: engineTausDays,
  priorDays: 20,
  negative: 2,
  priorEvents: 4,
  borrowedEvents: 20,
  terms: ["own", "parent", "activity"],
  perRow: true,
  firstIsActivity: false,
  leaves: true,
};

export interface LearnedIntensity {
  readonly options: IntensityFitOptions;
  readonly parents: Int32Array;
  /** r, events per person and day. [rows] */
  readonly rates: Float64Array;
  /** What multiplies every intensity; absent where it was not asked for. */
  readonly presence?: Presence | undefined;
  /** mu, a_k, b_k, g_k of every row; 0 where a row has no such term. [rows, 1 + 3 K] */
  readonly weights: Float64Array;
  /** Their standard deviations. [rows, 1 + 3 K] */
  readonly deviations: Float64Array;
  /** [rows, 1 + 3 K, 1 + 3 K] */
  readonly covariances: Float32Array;
  /** How long a habit of each row outlives its last event by half; null where a row remembers nothing. [rows] */
  readonly halfLives: readonly (HalfLife | null)[];
  /** Events that each row learned from. [rows] */
  readonly events: Float64Array;
  /** Events that a session brings to a row where it brings any, smoothed by the parent's. [rows] */
  readonly eventsPerSession: Float64Array;
  /** Of the data, at the learned weights, summed over all rows but without the rejections' own constant. */
  readonly logLikelihood: number;
  /** The largest distance from a row's optimum, in nats per event. */
  readonly gap: number;
}

/**
 * @param until end of the data, in milliseconds since 1970; what comes later is not read
 * @throws PENCHANT_E_MODEL_CONFIG for options out of range, PENCHANT_E_MODEL_DATA when nobody ever came back
 */
export function fitIntensity(
  data: IntensityHistories,
  until: number,
  given: Partial<IntensityFitOptions> = {},
): LearnedIntensity {
  const options = { ...intensityFitDefaults, ...given };
  checkOptions(options);
  const { parents } = data;
  const { tausDays, priorDays, borrowedEvents, perRow } = options;
  const rates = populationRates(data, until);
  const tree = { parents, rates };
  const reading = { ...options, rates, until };
  const presence = options.leaves ? learnPresence(readPoints(data, reading), tree, options) : undefined;
  const points = readPoints(data, { ...reading, presence });
  const byRow = pointsByRow(points);
  const width = featureCount(tausDays.length);
  const weights = new Float64Array(parents.length * width);
  const deviations = new Float64Array(parents.length * width);
  const covariances = new Float32Array(parents.length * width * width);
  const halfLives: (HalfLife | null)[] = Array.from({ length: parents.length }, () => null);
  const events = new Float64Array(parents.length);
  for (let point = 0; point < points.count; point++) events[points.rows[point]] += points.events[point];

  let logLikelihood = 0;
  let gap = 0;
  for (const [level, rows] of rowsByLevel(parents).entries()) {
    const open = openTerms(openFeatures(level, tausDays.length), options);
    const pooled = fitLinearPoisson(problemOf(points, byRow, tree, rows, open, priorDays));
    for (const row of rows) {
      const alone = problemOf(points, byRow, tree, [row], open, priorDays);
      const above = level > 1 ? weights.subarray(parents[row] * width, (parents[row] + 1) * width) : pooled.weights;
      const prior = priorAround(alone, centreOf(above, pooled.weights, open, tausDays.length), borrowedEvents);
      const problem = { ...alone, prior };
      const own = perRow ? fitLinearPoisson(problem, linearPoissonDefaults) : pooled;
      weights.set(own.weights, row * width);
      const covariance = weightCovariance(problem, own.weights);
      covariances.set(covariance, row * width * width);
      for (let j = 0; j < width; j++) deviations[row * width + j] = Math.sqrt(covariance[j * width + j]);
      halfLives[row] = habitHalfLife(own.weights, covariance, tausDays, priorDays);
      logLikelihood += own.logLikelihood;
      gap = Math.max(gap, own.gap);
    }
  }
  const eventsPerSession = sessionSizes(parents, events, byRow);
  const learned = { weights, deviations, covariances, halfLives, events, eventsPerSession, logLikelihood, gap };
  return { options, parents, rates, presence, ...learned };
}

/** @param points as if nobody left */
function learnPresence(
  points: IntensityPoints,
  tree: RowTree,
  { tausDays, priorDays, terms }: IntensityFitOptions,
): Presence {
  const width = featureCount(tausDays.length);
  const open = openTerms(openFeatures(0, tausDays.length), { terms, tausDays });
  const root = thinned(problemOf(points, pointsByRow(points), tree, [0], open, priorDays), width);
  return fitPresence(points.rootByAge, (exposures) => {
    const all = new Float64Array(width);
    for (let j = 0; j < exposures.length; j++) if (open[j] === 1) all[j] = exposures[j];
    return fitLinearPoisson({ ...root, exposures: all }).weights;
  });
}

/** Points of the root that presence is learned with: its weights are fitted in many turns, and few thousand tell them. */
const thinnedMax = 20_000;

/** Every so many-th point, standing for those between. */
function thinned({ features, counts, exposures }: LinearPoisson, width: number): LinearPoisson {
  const every = Math.ceil(counts.length / thinnedMax);
  if (every <= 1) return { features, counts, exposures };
  const places = Array.from({ length: Math.floor(counts.length / every) }, (_, index) => index * every);
  const all = counts.reduce((sum, count) => sum + count, 0);
  const kept = places.reduce((sum, place) => sum + counts[place], 0);
  const few = new Float32Array(places.length * width);
  for (const [to, from] of places.entries()) few.set(features.subarray(from * width, (from + 1) * width), to * width);
  return { features: few, counts: Float32Array.from(places, (place) => (counts[place] * all) / kept), exposures };
}

/** Sessions' worth of belief that a row's are like its parent's. */
const sessionsPrior = 5;

function sessionSizes(parents: Int32Array, events: Float64Array, { offsets }: PointsByRow): Float64Array {
  const sizes = new Float64Array(parents.length);
  for (let row = 0; row < parents.length; row++) {
    const sessions = offsets[row + 1] - offsets[row];
    const prior = parents[row] < 0 ? 0 : sessionsPrior;
    sizes[row] = (events[row] + prior * (sizes[parents[row]] ?? 0)) / (sessions + prior);
  }
  return sizes;
}

/** Events under every row per person and day; half an event for rows that have none, so that nothing is impossible. */
export function populationRates(data: IntensityHistories, until: number): Float64Array {
  const rates = new Float64Array(data.parents.length);
  const counted = readPoints(data, { tausDays: [1], priorDays: 1, rates, negative: 0, priorEvents: 1, until });
  if (!(counted.days > 0) || counted.count === 0) {
    throw new PenchantError(
      "PENCHANT_E_MODEL_DATA",
      `intensity: expected people who came back at least once, got ${counted.count} returns in ${counted.days.toFixed(1)} days; what fades and what wakes cannot be learned from first visits.`,
    );
  }
  for (let point = 0; point < counted.count; point++) rates[counted.rows[point]] += counted.events[point];
  return rates.map((events) => (events + 0.5) / counted.days);
}

/** Rows by their distance from the root. */
export function rowsByLevel(parents: Int32Array): number[][] {
  const levels = new Int32Array(parents.length);
  const rows: number[][] = [];
  for (let row = 0; row < parents.length; row++) {
    levels[row] = parents[row] < 0 ? 0 : levels[parents[row]] + 1;
    if (levels[row] === rows.length) rows.push([]);
    rows[levels[row]].push(row);
  }
  return rows;
}

/** The likelihood of points under learned weights, a row at a time, the rejections' constant included. */
export function logLikelihoodByRow(
  model: LearnedIntensity,
  points: IntensityPoints,
): { readonly logLikelihood: Float64Array; readonly expected: Float64Array; readonly events: Float64Array } {
  const { parents, weights, options } = model;
  const byRow = pointsByRow(points);
  const width = featureCount(options.tausDays.length);
  const open = new Uint8Array(width).fill(1);
  const logLikelihood = new Float64Array(parents.length);
  const expected = new Float64Array(parents.length);
  const events = new Float64Array(parents.length);
  for (let row = 0; row < parents.length; row++) {
    const own = weights.subarray(row * width, (row + 1) * width);
    const { features, counts, exposures } = problemOf(points, byRow, model, [row], open, options.priorDays);
    for (let j = 0; j < width; j++) expected[row] += own[j] * exposures[j];
    let sum = points.logFactors[row] - expected[row];
    for (let point = 0; point < counts.length; point++) {
      let lambda = 0;
      for (let j = 0; j < width; j++) lambda += own[j] * features[point * width + j];
      sum += counts[point] * Math.log(lambda);
      events[row] += counts[point];
    }
    logLikelihood[row] = sum;
  }
  return { logLikelihood, expected, events };
}

function openTerms(open: Uint8Array, { terms, tausDays }: Pick<IntensityFitOptions, "terms" | "tausDays">): Uint8Array {
  const timescales = tausDays.length;
  for (const [place, term] of (["own", "parent", "activity"] as const).entries()) {
    if (!terms.includes(term)) open.fill(0, 1 + place * timescales, 1 + (place + 1) * timescales);
  }
  return open;
}

/** The parent's weights, its missing terms from the level, scaled to the level's total. */
function centreOf(above: Float64Array, level: Float64Array, open: Uint8Array, timescales: number): Float64Array {
  const isOfParent = (j: number) => j > timescales && j <= 2 * timescales;
  let [total, levelTotal] = [0, 0];
  const centre = level.map((weight, j) => {
    if (open[j] === 0) return 0;
    // The parent's term of a parent speaks of grandparents.
    const borrowed = isOfParent(j) ? weight : above[j];
    total += borrowed;
    levelTotal += weight;
    return borrowed;
  });
  return total > 0 ? centre.map((weight) => (weight * levelTotal) / total) : centre;
}

/** Priors whose mode is the centre, and which are worth so many events together. */
function priorAround({ exposures }: LinearPoisson, centre: Float64Array, events: number): GammaPrior {
  let promised = 0;
  for (let j = 0; j < centre.length; j++) promised += centre[j] * exposures[j];
  const scale = promised > 0 ? events / promised : 0;
  return {
    events: centre.map((weight, j) => weight * exposures[j] * scale),
    exposures: exposures.map((exposure) => exposure * scale),
  };
}

function checkOptions({ tausDays, priorDays, borrowedEvents, negative, priorEvents }: IntensityFitOptions): void {
  const problem = (setting: string, expected: string, got: unknown) =>
    new PenchantError("PENCHANT_E_MODEL_CONFIG", `intensity: ${setting} expected ${expected}, got ${String(got)}.`, {
      details: { model: "intensity", setting },
    });
  const ascends = tausDays.every((tau, k) => Number.isFinite(tau) && tau > (k === 0 ? 0 : tausDays[k - 1]));
  if (tausDays.length === 0 || tausDays.length > 16 || !ascends) {
    throw problem("tausDays", "1 to 16 timescales above 0, shortest first", tausDays.join(", ") || "none");
  }
  if (!(priorDays > 0 && priorDays <= 10_000)) throw problem("priorDays", "days above 0, at most 10,000", priorDays);
  if (!(borrowedEvents >= 0 && borrowedEvents <= 1e6)) {
    throw problem("borrowedEvents", "events from 0 to 1,000,000", borrowedEvents);
  }
  if (!(negative >= 0 && negative <= 100)) throw problem("negative", "a number from 0 to 100", negative);
  if (!(priorEvents > 0 && priorEvents <= 1e6))
    throw problem("priorEvents", "events above 0, at most 1,000,000", priorEvents);
}
