/**
 * How sure the learned numbers are. At the optimum the inverse of the observed information is the weights' covariance
 * (Efron and Hinkley, Biometrika, 1978). Weights at the edge, zero or nearly, have no curvature to speak of: they are held
 * there and their deviation is that of an exponential tail, one over the slope with which the likelihood falls from the edge.
 *
 * A row's half-life is that of a habit: somebody who kept coming for long stops, and h days later their intensity from this
 * row's own events has halved. In the steady state S_k is in proportion to tau_k, so with c_k = a_k tau_k / (tau_k + n0)
 *
 *     sum_k c_k (exp(-h / tau_k) - 1/2) = 0.
 *
 * Its interval follows from the weights' covariance by the delta method, on the logarithm of h.
 */
import { type HalfLife, halfLifeMaxDays } from "../../core/intensity-weights.ts";
import { solveCholesky } from "../cholesky.ts";
import { expectation, type LinearPoisson, observedInformation, totalEvents, totalExposures } from "./linear-poisson.ts";

/** A weight that explains less of the events than this is at the edge. */
const edgeShare = 1e-6;

/** `[width, width]` row-major; zeros for features without exposure. */
export function weightCovariance(problem: LinearPoisson, weights: Float64Array): Float64Array {
  const width = weights.length;
  const covariance = new Float64Array(width * width);
  const exposures = totalExposures(problem);
  const events = totalEvents(problem);
  if (events === 0) return covariance;
  const inner: number[] = [];
  const edge: number[] = [];
  for (let j = 0; j < width; j++) {
    if (exposures[j] <= 0) continue;
    (weights[j] * exposures[j] > edgeShare * events ? inner : edge).push(j);
  }
  const information = observedInformation(problem, weights);
  const size = inner.length;
  for (let column = 0; column < size; column++) {
    const matrix = new Float64Array(size * size);
    for (const [a, i] of inner.entries()) {
      for (const [b, j] of inner.entries()) matrix[a * size + b] = information[i * width + j];
      // Collinear features: a ridge far below what the data say keeps the factorisation real.
      matrix[a * size + a] *= 1 + 1e-9;
    }
    const unit = new Float64Array(size);
    unit[column] = 1;
    solveCholesky(matrix, unit, size);
    for (let a = 0; a < size; a++) covariance[inner[a] * width + inner[column]] = unit[a];
  }
  if (edge.length > 0) {
    const { ratios } = expectation(problem, weights);
    for (const j of edge) {
      const slope = exposures[j] * Math.max(1 - ratios[j], 1e-3);
      covariance[j * width + j] = 1 / (slope * slope);
    }
  }
  return covariance;
}

/** null where the row's own events leave nothing behind. */
export function habitHalfLife(
  weights: Float64Array,
  covariance: Float64Array,
  tausDays: readonly number[],
  priorDays: number,
): HalfLife | null {
  const width = weights.length;
  const scales = tausDays.map((tau) => tau / (tau + priorDays));
  const parts = scales.map((scale, k) => scale * weights[1 + k]);
  const total = parts.reduce((sum, part) => sum + part, 0);
  if (!(total > 1e-9)) return null;
  const remains = (days: number) =>
    parts.reduce((sum, part, k) => sum + part * (Math.exp(-days / tausDays[k]) - 0.5), 0) / total;
  let low = 0;
  let high = tausDays.at(-1)! * Math.LN2;
  for (let halving = 0; halving < 60; halving++) {
    const middle = (low + high) / 2;
    if (remains(middle) > 0) low = middle;
    else high = middle;
  }
  const days = (low + high) / 2;
  // d ln h / d a_k, from differentiating the equation above.
  const fall = parts.reduce((sum, part, k) => sum + (part * Math.exp(-days / tausDays[k])) / tausDays[k], 0) * days;
  const slopes = scales.map((scale, k) => (scale * (Math.exp(-days / tausDays[k]) - 0.5)) / fall);
  let variance = 0;
  for (const [k, slope] of slopes.entries()) {
    for (const [l, other] of slopes.entries()) variance += slope * other * covariance[(1 + k) * width + 1 + l];
  }
  const spread = Math.exp(1.96 * Math.sqrt(Math.max(0, variance)));
  const highDays = days * spread;
  return { days, lowDays: days / spread, highDays: highDays < halfLifeMaxDays ? highDays : null };
}
