/**
 * The linear support-vector machine by dual coordinate descent (Hsieh, Chang, Lin, Keerthi and Sundararajan, A Dual Coordinate
 * Descent Method for Large-scale Linear SVM, ICML 2008; what LIBLINEAR does):
 *
 *     min |c|^2 / 2 + cost * sum over rows of weight * hinge(1 - y c'x),   y = 1 for yes, -1 for no
 *
 * with the intercept as the coefficient of a column of ones. Each row has a multiplier, 0 where it lies on its side with room
 * to spare; one after the other, in an order drawn anew for each epoch, they are set to what is best while the others stay,
 * and c, their sum over the rows, follows. Margins become probabilities in `margins.ts`.
 */
import { type Random, seededRandom } from "../../base/random.ts";
import type { ModelFitOptions } from "../../core/model.ts";
import { paceOf } from "../pace.ts";
import { type Calibration, loadCalibration } from "./calibration.ts";
import { type LabelledFeatures, rowCount } from "./features.ts";
import type { FittedLearner, Learner } from "./learner.ts";
import { checkLinear, linearScores, loadCoefficients } from "./linear.ts";
import { fitCalibrated } from "./margins.ts";

export interface LinearSvmConfig {
  /** What a row on the wrong side costs beside the width of the margin; 1e-6 to 1e6. */
  readonly cost: number;
  /** How it costs: by its distance, or by the square of it. */
  readonly loss: "hinge" | "squared-hinge";
  /** Passes over the rows, at most; 1 to 100,000. */
  readonly epochs: number;
}

const name = "linear-svm";

export const linearSvm: Learner<LinearSvmConfig> = {
  name,
  defaults: { cost: 0.01, loss: "squared-hinge", epochs: 100 },
  ranges: {
    cost: { min: 1e-6, max: 1e6 },
    loss: { oneOf: ["hinge", "squared-hinge"] },
    epochs: { min: 1, max: 100_000, integer: true },
  },
  grid: { cost: [0.001, 0.01, 0.1] },
  reads: "scaled",
  async fit(train, validation, config, options) {
    checkLinear(name, train.features);
    const { machine, calibration } = await fitCalibrated(
      train,
      validation,
      options.seed,
      async (rows, { from, to }) => {
        const coefficients = await descend(rows, config, {
          ...options,
          onProgress: (done, note) => options.onProgress?.(from + done * (to - from), note),
        });
        return { coefficients, margins: (features) => linearScores(coefficients, features) };
      },
    );
    return fitted(machine.coefficients, calibration);
  },
  load: (parts, columnCount) =>
    fitted(loadCoefficients(name, parts, columnCount), loadCalibration(parts, "calibration")),
};

function fitted(coefficients: Float64Array, calibration: Calibration): FittedLearner {
  return {
    probabilities: (features) => calibration.probabilities(linearScores(coefficients, features)),
    tensors: { coefficients, calibration: calibration.tensor },
  };
}

/** The least that a multiplier's gradient may be off for another epoch to be worth while. */
const tolerance = 1e-4;

/** @returns the coefficients and the intercept. [columns + 1] */
async function descend(
  rows: LabelledFeatures,
  { cost, loss, epochs }: LinearSvmConfig,
  options: ModelFitOptions,
): Promise<Float64Array> {
  const pace = paceOf(options);
  const random = seededRandom(options.seed);
  const { features, labels, weights } = rows;
  const { values } = features;
  const width = features.names.length;
  const count = rowCount(features);
  const coefficients = new Float64Array(width + 1);
  const multipliers = new Float64Array(count);
  // |x|^2, the column of ones included.
  const squares = new Float64Array(count).fill(1);
  for (let at = 0; at < values.length; at++) squares[Math.floor(at / width)] += values[at] ** 2;
  const order = Int32Array.from({ length: count }, (_, row) => row).filter((row) => (weights?.[row] ?? 1) > 0);
  for (let epoch = 1; epoch <= epochs; epoch++) {
    shuffle(order, random);
    let off = 0;
    for (const row of order) {
      const sign = labels[row] === 1 ? 1 : -1;
      const most = cost * (weights?.[row] ?? 1);
      // The square of the hinge bounds no multiplier, but adds to the diagonal.
      const [diagonal, bound] = loss === "hinge" ? [0, most] : [1 / (2 * most), Number.POSITIVE_INFINITY];
      const multiplier = multipliers[row];
      let margin = coefficients[width];
      const start = row * width;
      for (let column = 0; column < width; column++) margin += coefficients[column] * values[start + column];
      const gradient = sign * margin - 1 + diagonal * multiplier;
      const isHeld = (multiplier === 0 && gradient > 0) || (multiplier === bound && gradient < 0);
      if (isHeld) continue;
      off = Math.max(off, Math.abs(gradient));
      const next = Math.min(bound, Math.max(0, multiplier - gradient / (squares[row] + diagonal)));
      const change = sign * (next - multiplier);
      if (change === 0) continue;
      multipliers[row] = next;
      for (let column = 0; column < width; column++) coefficients[column] += change * values[start + column];
      coefficients[width] += change;
    }
    await pace(epoch / epochs, `off by ${off.toExponential(1)}`);
    if (off <= tolerance) break;
  }
  return coefficients;
}

function shuffle(order: Int32Array, random: Random): void {
  for (let place = order.length - 1; place > 0; place--) {
    const other = random.integer(place + 1);
    const row = order[place];
    order[place] = order[other];
    order[other] = row;
  }
}
