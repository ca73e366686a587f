/** Linear scores: what logistic regression and the linear support-vector machine make of a row. */
import { dataError } from "../histories.ts";
import { fileError, type SavedReader } from "../saved.ts";
import { type FeatureMatrix, rowCount } from "./features.ts";

/** Beyond it a step of Newton's method takes too long, and nobody reads the coefficients. */
const columnsMax = 1_000;

/** @throws PENCHANT_E_MODEL_DATA for a missing value, or too many columns */
export function checkLinear(model: string, { names, values }: FeatureMatrix): void {
  if (names.length > columnsMax) {
    throw dataError(model, `expected at most ${columnsMax} features, got ${names.length}.`);
  }
  const missing = values.findIndex((value) => Number.isNaN(value));
  if (missing >= 0) {
    throw dataError(
      model,
      `feature "${names[missing % names.length]}" is missing in a row; fill what is missing first.`,
    );
  }
}

/** @param coefficients of the columns, and the intercept behind them. [columns + 1] */
export function linearScores(coefficients: Float64Array, features: FeatureMatrix): Float64Array {
  const width = features.names.length;
  const scores = new Float64Array(rowCount(features));
  for (let row = 0; row < scores.length; row++) {
    let score = coefficients[width];
    for (let column = 0; column < width; column++)
      score += coefficients[column] * features.values[row * width + column];
    scores[row] = score;
  }
  return scores;
}

/** @throws PENCHANT_E_MODEL_FILE where they are not as many as the columns want */
export function loadCoefficients(model: string, parts: SavedReader, columnCount: number): Float64Array {
  const coefficients = parts.doubles("coefficients");
  if (coefficients.length === columnCount + 1) return coefficients;
  throw fileError(model, `expected ${columnCount} coefficients and an intercept, got ${coefficients.length} numbers.`);
}
