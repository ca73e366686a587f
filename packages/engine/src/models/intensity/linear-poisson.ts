/**
 * Maximum likelihood of point processes whose intensity is linear in its weights: lambda_i = sum_j w_j x_ij, w >= 0.
 *
 *     ln L(w) = sum_i n_i ln(w . x_i) - sum_j w_j X_j
 *
 * with n_i events at point i, features x_ij there, and X_j the feature's integral over the whole exposure. It is concave.
 * A Gamma prior with (shape_j - 1) = events_j and rate exposure_j adds events_j ln w_j - exposure_j w_j, which is the
 * likelihood of events_j further points that only feature j can explain: priors are data of another source, and nothing
 * below has to know them from the rest.
 *
 * 1. Expectation maximisation: every event is shared out among the features by their parts of lambda, and a weight becomes
 *    the events that it got over its exposure. Written with D_j, the ratio of the two at the present weights, the step is
 *    w_j <- w_j D_j. It never lowers the likelihood, and keeps weights positive.
 * 2. Such steps become short where features resemble each other. So after each look at the data a leap is tried first: to the
 *    maximum, among weights that are not negative, of the parabola with the likelihood's slope and curvature here (Newton's
 *    step; its small quadratic programme is solved coordinate by coordinate). A leap that lowers the likelihood is not taken,
 *    and the step of 1 is.
 * 3. How far is it to the optimum? With N events in all (the prior's included), ln L(best) - ln L(w) <= N ln max_j D_j: on the
 *    simplex of shares w_j X_j / N, by Jensen's inequality, no mixture gains more than its best component promises. The fit
 *    ends when this bound, per event, is below the tolerance, so every result comes with a certificate.
 */

export interface LinearPoisson {
  /** x_ij, not negative. [points, width] row-major */
  readonly features: Float32Array;
  /** n_i, above 0; parts of events are allowed. [points] */
  readonly counts: Float32Array;
  /** X_j. A feature without exposure has no weight. [width] */
  readonly exposures: Float64Array;
  readonly prior?: GammaPrior | undefined;
}

/** Per weight the events and the exposure that the prior is worth; its mode is their ratio. [width] each */
export interface GammaPrior {
  readonly events: Float64Array;
  readonly exposures: Float64Array;
}

export interface LinearPoissonFit {
  readonly weights: Float64Array;
  /** Of data and prior, without what does not depend on the weights. */
  readonly logLikelihood: number;
  /** ln L lies at most this far below its maximum, per event of data and prior. */
  readonly gap: number;
  /** Passes over the data. */
  readonly passes: number;
}

export interface LinearPoissonOptions {
  /** Nats per event. */
  readonly tolerance: number;
  readonly passesMax: number;
}

export const linearPoissonDefaults: LinearPoissonOptions = { tolerance: 1e-4, passesMax: 400 };

/** Smallest share of the events that a weight keeps, so that a feature can come back. */
const shareMin = 1e-12;
/** The small quadratic programme is solved to this part of the events, in at most so many rounds over the weights. */
const sweepTolerance = 1e-9;
const sweepsMax = 2_000;

/** The optimum, within the certified gap. Features that have no exposure get weight 0. */
export function fitLinearPoisson(
  problem: LinearPoisson,
  { tolerance, passesMax }: LinearPoissonOptions = linearPoissonDefaults,
): LinearPoissonFit {
  const exposures = totalExposures(problem);
  const width = exposures.length;
  const events = totalEvents(problem);
  const start = new Float64Array(width);
  const open = exposures.reduce((count, exposure) => count + (exposure > 0 ? 1 : 0), 0);
  if (events === 0 || open === 0) return { weights: start, logLikelihood: 0, gap: 0, passes: 0 };
  for (let j = 0; j < width; j++) if (exposures[j] > 0) start[j] = events / (open * exposures[j]);

  const gapOf = ({ ratios }: Expectation) =>
    Math.max(0, Math.log(ratios.reduce((most, ratio) => Math.max(most, ratio), 0)));

  let weights: Float64Array = start;
  let here = expectation(problem, weights);
  let passes = 1;
  for (; gapOf(here) > tolerance && passes < passesMax; passes += 2) {
    const leapt = leap(problem, weights, here.ratios, events);
    const atLeapt = expectation(problem, leapt);
    if (atLeapt.logLikelihood > here.logLikelihood) {
      weights = leapt;
      here = atLeapt;
    } else {
      weights = step(weights, here.ratios, exposures, events);
      here = expectation(problem, weights);
      passes += 1;
    }
  }
  return { weights, logLikelihood: here.logLikelihood, gap: gapOf(here), passes };
}

export interface Expectation {
  /** ln L at the weights. */
  readonly logLikelihood: number;
  /** D_j: events that the feature explains over those that its weight promises; at most 1 everywhere at the optimum. */
  readonly ratios: Float64Array;
}

/** One look at all the data. */
export function expectation(problem: LinearPoisson, weights: Float64Array): Expectation {
  const { features, counts, prior } = problem;
  const exposures = totalExposures(problem);
  const width = exposures.length;
  const ratios = new Float64Array(width);
  let logLikelihood = 0;
  for (let point = 0, from = 0; point < counts.length; point++, from += width) {
    let lambda = 0;
    for (let j = 0; j < width; j++) lambda += weights[j] * features[from + j];
    logLikelihood += counts[point] * Math.log(lambda);
    const perLambda = counts[point] / lambda;
    for (let j = 0; j < width; j++) ratios[j] += perLambda * features[from + j];
  }
  for (let j = 0; j < width; j++) {
    const events = prior?.events[j] ?? 0;
    logLikelihood -= weights[j] * exposures[j];
    if (events > 0) {
      logLikelihood += events * Math.log(weights[j]);
      ratios[j] += events / weights[j];
    }
    ratios[j] = exposures[j] > 0 ? ratios[j] / exposures[j] : 0;
  }
  return { logLikelihood, ratios };
}

/** The step of expectation maximisation. */
export function step(
  weights: Float64Array,
  ratios: Float64Array,
  exposures: Float64Array,
  events: number,
): Float64Array {
  return weights.map((weight, j) => inside(weight * ratios[j], exposures[j], events));
}

/**
 * -ln L's second derivatives: the observed information, whose inverse is the weights' covariance.
 *
 * @returns `[width, width]` row-major
 */
export function observedInformation(
  { features, counts, exposures, prior }: LinearPoisson,
  weights: Float64Array,
): Float64Array {
  const width = exposures.length;
  const information = new Float64Array(width * width);
  for (let point = 0, from = 0; point < counts.length; point++, from += width) {
    let lambda = 0;
    for (let j = 0; j < width; j++) lambda += weights[j] * features[from + j];
    const scale = counts[point] / (lambda * lambda);
    for (let i = 0; i < width; i++) {
      const scaled = scale * features[from + i];
      if (scaled === 0) continue;
      for (let j = 0; j <= i; j++) information[i * width + j] += scaled * features[from + j];
    }
  }
  for (let i = 0; i < width; i++) {
    for (let j = 0; j < i; j++) information[j * width + i] = information[i * width + j];
    const events = prior?.events[i] ?? 0;
    if (events > 0) information[i * width + i] += events / (weights[i] * weights[i]);
  }
  return information;
}

/** X_j and what the prior adds. */
export function totalExposures({ exposures, prior }: LinearPoisson): Float64Array {
  return prior === undefined ? exposures : exposures.map((exposure, j) => exposure + prior.exposures[j]);
}

export function totalEvents({ counts, prior }: LinearPoisson): number {
  let events = 0;
  for (const count of counts) events += count;
  for (const pseudo of prior?.events ?? []) events += pseudo;
  return events;
}

/** Where the parabola through the present weights has its maximum, scaled to as many events as there were. */
function leap(problem: LinearPoisson, weights: Float64Array, ratios: Float64Array, events: number): Float64Array {
  const width = weights.length;
  const exposures = totalExposures(problem);
  const curvature = observedInformation(problem, weights);
  /** Slope of the parabola at the point reached. */
  const slope = exposures.map((exposure, j) => exposure * (ratios[j] - 1));
  const reached = weights.slice();
  for (let sweep = 0; sweep < sweepsMax; sweep++) {
    let largest = 0;
    for (let j = 0; j < width; j++) {
      const bend = curvature[j * width + j];
      if (bend <= 0 || exposures[j] <= 0) continue;
      // Over the edge goes nothing, and a prior's logarithm is not followed to its pole.
      const floor = problem.prior !== undefined && problem.prior.events[j] > 0 ? weights[j] / 10 : 0;
      const to = Math.max(floor, reached[j] + slope[j] / bend);
      const by = to - reached[j];
      if (by === 0) continue;
      reached[j] = to;
      for (let i = 0; i < width; i++) slope[i] -= curvature[j * width + i] * by;
      largest = Math.max(largest, Math.abs(by) * exposures[j]);
    }
    if (largest < sweepTolerance * events) break;
  }
  let promised = 0;
  for (let j = 0; j < width; j++) promised += reached[j] * exposures[j];
  return reached.map((weight, j) => inside((weight * events) / promised, exposures[j], events));
}

function inside(weight: number, exposure: number, events: number): number {
  return exposure > 0 ? Math.max(weight, (shareMin * events) / exposure) : 0;
}
