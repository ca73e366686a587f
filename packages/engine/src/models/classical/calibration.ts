/**
 * Calibration: scores of any kind become probabilities of yes that mean what they say. Two ways, both fitted to scores of rows
 * that the model has not learned from:
 *
 * - `platt`: `p = 1 / (1 + exp(-(slope s + intercept)))`, by maximum likelihood with softened answers, so that scores that
 *   part yes from no without an error do not become certainties (Platt, Probabilistic Outputs for Support Vector Machines,
 *   1999; Newton's method by Lin, Lin and Weng, A Note on Platt's Probabilistic Outputs, Machine Learning 2007). Two numbers:
 *   right for few rows, and for scores that are off by stretching and shifting only.
 * - `isotonic`: the rising step function of least squared error, by pooling adjacent violators (Ayer et al., 1955; Zadrozny
 *   and Elkan, KDD 2002), linear between its steps. Assumes order alone, and wants a thousand rows or more. A step that saw only
 *   one kind of answer would say 0 or 1; `n` rows can vouch for no more than 1 / (n + 2) (Laplace's rule of succession).
 */
import type { SavedTensor } from "../../core/model.ts";
import { dataError } from "../histories.ts";
import type { SavedReader } from "../saved.ts";
import { sigmoid, softplus } from "./logistic.ts";

export type CalibrationMethod = "platt" | "isotonic";

export interface Calibration {
  readonly method: CalibrationMethod;
  /** The probability of yes by score. Never falls as the score rises, but for Platt's on scores that have it backwards. */
  probabilities(scores: ArrayLike<number>): Float64Array;
  /** What `loadCalibration` reads: `[slope, intercept]`, or scores and probabilities as two rows. */
  readonly tensor: SavedTensor;
}

/**
 * @param scores finite, of rows that the model was not fitted on
 * @param labels 1 for yes, 0 for no
 * @param weights how much a row counts; all alike where absent
 * @throws PENCHANT_E_MODEL_DATA without rows that count, or for a score that is not finite
 */
export function fitCalibration(
  method: CalibrationMethod,
  scores: ArrayLike<number>,
  labels: ArrayLike<number>,
  weights?: ArrayLike<number>,
): Calibration {
  let total = 0;
  for (let row = 0; row < scores.length; row++) {
    if (!Number.isFinite(scores[row])) {
      throw dataError("calibration", `expected finite scores, got ${scores[row]} in row ${row}.`);
    }
    total += weights?.[row] ?? 1;
  }
  if (!(total > 0)) throw dataError("calibration", "expected at least one row that counts, got none.");
  return method === "platt" ? fitPlatt(scores, labels, weights) : fitIsotonic(scores, labels, weights);
}

/** @throws PENCHANT_E_MODEL_FILE where the part is no calibration */
export function loadCalibration(parts: SavedReader, part: string): Calibration {
  const values = parts.doubles(part);
  return parts.shape(part).length === 1
    ? platt(values[0], values[1])
    : isotonic(values.slice(0, values.length / 2), values.slice(values.length / 2));
}

const roundsMax = 100;
const gradientMax = 1e-10;

function fitPlatt(scores: ArrayLike<number>, labels: ArrayLike<number>, weights?: ArrayLike<number>): Calibration {
  let [yes, no] = [0, 0];
  for (let row = 0; row < scores.length; row++) {
    const weight = weights?.[row] ?? 1;
    if (labels[row] === 1) yes += weight;
    else no += weight;
  }
  // A row's loss is softplus(z) - target z, with z = slope s + intercept.
  const targets = [1 / (no + 2), (yes + 1) / (yes + 2)];
  const lossAt = (slope: number, intercept: number): number => {
    let loss = 0;
    for (let row = 0; row < scores.length; row++) {
      const z = slope * scores[row] + intercept;
      loss += (weights?.[row] ?? 1) * (softplus(z) - targets[labels[row]] * z);
    }
    return loss;
  };
  let slope = 0;
  let intercept = Math.log((yes + 1) / (no + 1));
  let loss = lossAt(slope, intercept);
  for (let round = 0; round < roundsMax; round++) {
    // A little on the diagonal, for scores that are all alike.
    let [gradientSlope, gradientIntercept, h00, h01, h11] = [0, 0, 1e-12, 0, 1e-12];
    for (let row = 0; row < scores.length; row++) {
      const score = scores[row];
      const weight = weights?.[row] ?? 1;
      const probability = sigmoid(slope * score + intercept);
      const error = weight * (probability - targets[labels[row]]);
      const curvature = weight * probability * (1 - probability);
      gradientSlope += error * score;
      gradientIntercept += error;
      h00 += curvature * score * score;
      h01 += curvature * score;
      h11 += curvature;
    }
    if (Math.max(Math.abs(gradientSlope), Math.abs(gradientIntercept)) < gradientMax * (yes + no)) break;
    const determinant = h00 * h11 - h01 * h01;
    const stepSlope = (h01 * gradientIntercept - h11 * gradientSlope) / determinant;
    const stepIntercept = (h01 * gradientSlope - h00 * gradientIntercept) / determinant;
    const descent = gradientSlope * stepSlope + gradientIntercept * stepIntercept;
    let part = 1;
    let next = lossAt(slope + stepSlope, intercept + stepIntercept);
    while (!(next <= loss + 1e-4 * part * descent) && part > 1e-10) {
      part /= 2;
      next = lossAt(slope + part * stepSlope, intercept + part * stepIntercept);
    }
    if (!(next < loss)) break;
    slope += part * stepSlope;
    intercept += part * stepIntercept;
    loss = next;
  }
  return platt(slope, intercept);
}

function platt(slope: number, intercept: number): Calibration {
  return {
    method: "platt",
    probabilities: (scores) => Float64Array.from(scores, (score) => sigmoid(slope * score + intercept)),
    tensor: { shape: [2], values: Float64Array.of(slope, intercept) },
  };
}

/** Neighbours in score whose answers are pooled. */
interface Block {
  readonly first: number;
  readonly last: number;
  readonly weight: number;
  readonly yes: number;
}

function fitIsotonic(scores: ArrayLike<number>, labels: ArrayLike<number>, weights?: ArrayLike<number>): Calibration {
  const order = Int32Array.from({ length: scores.length }, (_, row) => row)
    .filter((row) => (weights?.[row] ?? 1) > 0)
    .sort((a, b) => scores[a] - scores[b]);
  const blocks: Block[] = [];
  let total = 0;
  for (let start = 0; start < order.length; ) {
    const score = scores[order[start]];
    let [weight, yes] = [0, 0];
    // Rows of the same score are one.
    for (; start < order.length && scores[order[start]] === score; start++) {
      weight += weights?.[order[start]] ?? 1;
      yes += (weights?.[order[start]] ?? 1) * labels[order[start]];
    }
    total += weight;
    let block: Block = { first: score, last: score, weight, yes };
    // A block that does not lie above the one before it becomes one with it.
    for (let before = blocks.at(-1); before !== undefined; before = blocks.at(-1)) {
      if (before.yes * block.weight < block.yes * before.weight) break;
      blocks.pop();
      block = { ...block, first: before.first, weight: before.weight + block.weight, yes: before.yes + block.yes };
    }
    blocks.push(block);
  }
  const leastSure = 1 / (total + 2);
  const ends = blocks.flatMap(({ first, last, weight, yes }) => {
    const probability = Math.min(1 - leastSure, Math.max(leastSure, yes / weight));
    return first === last
      ? [[first, probability]]
      : [
          [first, probability],
          [last, probability],
        ];
  });
  return isotonic(
    Float64Array.from(ends, ([score]) => score),
    Float64Array.from(ends, ([, probability]) => probability),
  );
}

/** @param scores where the function is known, strictly ascending; constant before the first and after the last */
function isotonic(scores: Float64Array, probabilities: Float64Array): Calibration {
  const at = (score: number): number => {
    let [low, high] = [0, scores.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (scores[middle] <= score) low = middle + 1;
      else high = middle;
    }
    // `low` is the first point above the score.
    if (low === 0) return probabilities[0];
    if (low === scores.length) return probabilities[low - 1];
    const part = (score - scores[low - 1]) / (scores[low] - scores[low - 1]);
    return probabilities[low - 1] + part * (probabilities[low] - probabilities[low - 1]);
  };
  return {
    method: "isotonic",
    probabilities: (given) => Float64Array.from(given, at),
    tensor: { shape: [2, scores.length], values: Float64Array.from([...scores, ...probabilities]) },
  };
}
