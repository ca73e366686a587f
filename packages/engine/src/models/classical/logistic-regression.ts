/**
 * Logistic regression with L2: the coefficients c and the intercept b of least
 *
 *     sum over rows of weight * (ln(1 + exp(z)) - label z) + regularisation / 2 |c|^2,   z = c'x + b,
 *
 * by Newton's method, halving a step that overshoots. The sum is convex and, regularised, has one least point, where its
 * gradient vanishes: what is found does not depend on the way or on a seed.
 */
import { assert } from "../../base/errors.ts";
import type { ModelFitOptions } from "../../core/model.ts";
import { solveCholesky } from "../cholesky.ts";
import { paceOf } from "../pace.ts";
import { type LabelledFeatures, rowCount } from "./features.ts";
import type { FittedLearner, Learner } from "./learner.ts";
import { checkLinear, linearScores, loadCoefficients } from "./linear.ts";
import { sigmoid, softplus } from "./logistic.ts";

export interface LogisticRegressionConfig {
  /** L2 on the coefficients, beside the sum over all rows; 1e-6 to 1e6. */
  readonly regularisation: number;
}

const name = "logistic-regression";

export const logisticRegression: Learner<LogisticRegressionConfig> = {
  name,
  defaults: { regularisation: 1 },
  ranges: { regularisation: { min: 1e-6, max: 1e6 } },
  grid: { regularisation: [0.1, 1, 10, 100] },
  reads: "scaled",
  async fit(train, _, config, options) {
    return fitted(await newton(train, config, options));
  },
  load: (parts, columnCount) => fitted(loadCoefficients(name, parts, columnCount)),
};

function fitted(coefficients: Float64Array): FittedLearner {
  return {
    probabilities: (features) => linearScores(coefficients, features).map(sigmoid),
    tensors: { coefficients },
  };
}

const roundsMax = 100;
const halvingsMax = 40;
/** The gradient's largest part, beside the weight of all rows, that counts as none. */
const gradientMax = 1e-9;
/** What a step gains beside the loss, below which rounding of the sum hides it: so near, the whole step is right unchecked. */
const gainMin = 1e-12;
/** Rows at a time. */
const lanes = 4;

async function newton(
  train: LabelledFeatures,
  { regularisation }: LogisticRegressionConfig,
  options: ModelFitOptions,
): Promise<Float64Array> {
  checkLinear(name, train.features);
  const pace = paceOf(options);
  const { features, labels, weights } = train;
  const width = features.names.length;
  const size = width + 1;
  const rows = rowCount(features);
  const total = weights === undefined ? rows : Array.from(weights).reduce((sum, weight) => sum + weight, 0);
  assert(total > 0, "some row counts");
  let at = new Float64Array(size);
  let scores = linearScores(at, features);
  let loss = lossOf(at, scores, train, regularisation);
  const gradient = new Float64Array(size);
  const hessian = new Float64Array(size * size);
  // Some rows at a time, each with a one for the intercept behind its features.
  const block = new Float64Array(lanes * size).fill(1);
  const curvatures = new Float64Array(lanes);
  for (let round = 1; round <= roundsMax; round++) {
    gradient.fill(0);
    hessian.fill(0);
    for (let column = 0; column < width; column++) {
      gradient[column] = regularisation * at[column];
      hessian[column * size + column] = regularisation;
    }
    for (let first = 0; first < rows; first += lanes) {
      for (let lane = 0; lane < lanes; lane++) {
        const row = first + lane;
        const weight = row < rows ? (weights?.[row] ?? 1) : 0;
        curvatures[lane] = 0;
        if (weight === 0) continue;
        const probability = sigmoid(scores[row]);
        const error = weight * (probability - labels[row]);
        curvatures[lane] = weight * probability * (1 - probability);
        for (let column = 0; column < width; column++) {
          const value = features.values[row * width + column];
          block[lane * size + column] = value;
          gradient[column] += error * value;
        }
        gradient[width] += error;
      }
      addSquares(block, curvatures, hessian, size);
    }
    const steepest = gradient.reduce((most, part) => Math.max(most, Math.abs(part)), 0);
    await pace(round / roundsMax, `loss ${(loss / total).toFixed(6)}`);
    if (steepest <= gradientMax * total) break;
    // The intercept alone is not regularised: a little keeps its curvature above 0 where everybody is sure.
    hessian[size * size - 1] += 1e-12 * total;
    const step = gradient.slice();
    solveCholesky(hessian, step, size);
    const descent = step.reduce((sum, part, i) => sum + part * gradient[i], 0);
    if (descent / 2 <= gainMin * loss) return at.map((value, i) => value - step[i]);
    const better = halveUntilBetter((share) => {
      const next = at.map((value, i) => value - share * step[i]);
      const nextScores = linearScores(next, features);
      const nextLoss = lossOf(next, nextScores, train, regularisation);
      return nextLoss <= loss - 1e-4 * share * descent ? { next, nextScores, nextLoss } : undefined;
    });
    // As far as the numbers go.
    if (better === undefined) break;
    at = better.next;
    scores = better.nextScores;
    loss = better.nextLoss;
  }
  return at;
}

/** Adds `curvature x x'` of each of four rows to the lower triangle: four products for each time that it is read and written. */
function addSquares(block: Float64Array, curvatures: Float64Array, hessian: Float64Array, size: number): void {
  for (let i = 0; i < size; i++) {
    const a = curvatures[0] * block[i];
    const b = curvatures[1] * block[size + i];
    const c = curvatures[2] * block[2 * size + i];
    const d = curvatures[3] * block[3 * size + i];
    for (let j = 0; j <= i; j++) {
      hessian[i * size + j] += a * block[j] + b * block[size + j] + c * block[2 * size + j] + d * block[3 * size + j];
    }
  }
}

function halveUntilBetter<Found>(attempt: (share: number) => Found | undefined): Found | undefined {
  for (let halving = 0; halving < halvingsMax; halving++) {
    const found = attempt(0.5 ** halving);
    if (found !== undefined) return found;
  }
  return undefined;
}

function lossOf(
  coefficients: Float64Array,
  scores: Float64Array,
  { labels, weights }: LabelledFeatures,
  regularisation: number,
): number {
  let loss = 0;
  for (let column = 0; column < coefficients.length - 1; column++) loss += coefficients[column] ** 2;
  loss *= regularisation / 2;
  for (let row = 0; row < scores.length; row++) {
    loss += (weights?.[row] ?? 1) * (softplus(scores[row]) - labels[row] * scores[row]);
  }
  return loss;
}
