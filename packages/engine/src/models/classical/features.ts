/** Plain matrices of features: all that the classical learners know of people and items. */
import { dataError } from "../histories.ts";

export interface FeatureMatrix {
  /** What stands in the columns. */
  readonly names: readonly string[];
  /** Row-major; NaN where something is not known. [rows, columns] */
  readonly values: Float32Array;
}

export const rowCount = ({ names, values }: FeatureMatrix): number => values.length / names.length;

/** Rows with what is to be learned of them. */
export interface LabelledFeatures {
  readonly features: FeatureMatrix;
  /** 1 for yes, 0 for no; any finite numbers where numbers are learned. [rows] */
  readonly labels: ArrayLike<number>;
  /** How much a row counts, 0 or more; all alike where absent. [rows] */
  readonly weights?: ArrayLike<number> | undefined;
}

/** Some rows, in the given order. */
export function selectLabelled({ features, labels, weights }: LabelledFeatures, rows: Int32Array): LabelledFeatures {
  return {
    features: selectFeatures(features, rows),
    labels: Float64Array.from(rows, (row) => labels[row]),
    weights: weights && Float64Array.from(rows, (row) => weights[row]),
  };
}

export function selectFeatures({ names, values }: FeatureMatrix, rows: Int32Array): FeatureMatrix {
  const width = names.length;
  const selected = new Float32Array(rows.length * width);
  for (const [place, row] of rows.entries()) {
    selected.set(values.subarray(row * width, (row + 1) * width), place * width);
  }
  return { names, values: selected };
}

/** @throws PENCHANT_E_MODEL_DATA where lengths do not fit, an infinity stands in a feature, or no row counts */
export function checkLabelled(model: string, { features, labels, weights }: LabelledFeatures): void {
  const rows = rowCount(features);
  if (!Number.isInteger(rows) || rows < 1) {
    throw dataError(
      model,
      `expected rows of ${features.names.length} features, got ${features.values.length} values in all.`,
    );
  }
  if (labels.length !== rows || (weights !== undefined && weights.length !== rows)) {
    throw dataError(
      model,
      `expected a label and a weight for each of ${rows} rows, got ${labels.length} and ${weights?.length ?? "none"}.`,
    );
  }
  checkFinite(model, features);
  let total = 0;
  for (let row = 0; row < rows; row++) {
    const weight = weights?.[row] ?? 1;
    if (!(weight >= 0 && weight < Number.POSITIVE_INFINITY) || !Number.isFinite(labels[row])) {
      throw dataError(model, `row ${row} has the label ${labels[row]} and the weight ${weight}.`);
    }
    total += weight;
  }
  if (!(total > 0)) throw dataError(model, "expected at least one row with a weight above 0, got none.");
}

/** @throws PENCHANT_E_MODEL_DATA for an infinite value, naming its row and column; NaN is a value that is missing */
export function checkFinite(model: string, { names, values }: FeatureMatrix): void {
  for (let at = 0; at < values.length; at++) {
    if (values[at] - values[at] === 0 || Number.isNaN(values[at])) continue;
    const [row, column] = [Math.floor(at / names.length), names[at % names.length]];
    throw dataError(
      model,
      `feature "${column}" of row ${row} is ${values[at]}; expected a finite number, or NaN where it is missing.`,
    );
  }
}
