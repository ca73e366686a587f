/**
 * A step of preparation: fitted to the rows that are learned from, applied to any. Steps are composed by
 * `preparation.ts`; what one leaves is what the next one is fitted to. Only while fitting may a step leave rows out: whoever
 * is asked about later gets an answer.
 */
import type { SavedTensor } from "../../../core/model.ts";
import type { SavedReader } from "../../saved.ts";
import { type FeatureMatrix, type LabelledFeatures, selectLabelled } from "../features.ts";

/** Rows while a preparation is fitted to them. */
export interface TrainingRows extends LabelledFeatures {
  /** Whose rows belong together, and their times in milliseconds: what interpolation needs. [rows] */
  readonly series: Int32Array;
  readonly times: Float64Array;
}

export interface Step {
  /** Unique in its chain; its tensors are stored under it. */
  readonly name: string;
  fit(rows: TrainingRows, seed: number): StepFit;
  /** @throws PENCHANT_E_MODEL_FILE where a part is missing */
  load(parts: SavedReader): FittedStep;
}

export interface StepFit {
  readonly fitted: FittedStep;
  /** What the step leaves of the rows. */
  readonly rows: TrainingRows;
  /** What people should know of what it found. */
  readonly note?: string | undefined;
}

export interface FittedStep {
  apply(features: FeatureMatrix): FeatureMatrix;
  readonly tensors: Readonly<Record<string, SavedTensor["values"]>>;
}

export function selectTrainingRows(rows: TrainingRows, chosen: Int32Array): TrainingRows {
  return {
    ...selectLabelled(rows, chosen),
    series: Int32Array.from(chosen, (row) => rows.series[row]),
    times: Float64Array.from(chosen, (row) => rows.times[row]),
  };
}

/** Each value as a function of itself and its column. */
export function mapValues(
  { names, values }: FeatureMatrix,
  change: (value: number, column: number) => number,
): FeatureMatrix {
  const width = names.length;
  const changed = new Float32Array(values.length);
  for (let at = 0; at < values.length; at++) changed[at] = change(values[at], at % width);
  return { names, values: changed };
}

/** The values of a column that are known, ascending. */
export function sortedColumn({ names, values }: FeatureMatrix, column: number): Float32Array {
  const known = new Float32Array(values.length / names.length);
  let count = 0;
  for (let at = column; at < values.length; at += names.length) {
    if (!Number.isNaN(values[at])) known[count++] = values[at];
  }
  return known.subarray(0, count).sort();
}

/** Between the two nearest values by rank, as NumPy's default has it; NaN of none. */
export function quantile(sorted: Float32Array, part: number): number {
  const place = part * (sorted.length - 1);
  const below = Math.floor(place);
  const above = Math.min(sorted.length - 1, below + 1);
  return sorted.length === 0 ? Number.NaN : sorted[below] + (place - below) * (sorted[above] - sorted[below]);
}

/** Mean and deviation of each column's known values; NaN of none. */
export function momentsOf({ names, values }: FeatureMatrix): { means: Float64Array; deviations: Float64Array } {
  const width = names.length;
  const counts = new Float64Array(width);
  const means = new Float64Array(width);
  const squares = new Float64Array(width);
  // Welford's update, so that a large mean leaves the deviation its digits.
  for (let at = 0; at < values.length; at++) {
    const value = values[at];
    if (Number.isNaN(value)) continue;
    const column = at % width;
    counts[column] += 1;
    const away = value - means[column];
    means[column] += away / counts[column];
    squares[column] += away * (value - means[column]);
  }
  return {
    means: means.map((mean, column) => (counts[column] > 0 ? mean : Number.NaN)),
    deviations: squares.map((square, column) => Math.sqrt(square / counts[column])),
  };
}

/** A few names, for a note. */
export function listed(names: readonly string[]): string {
  const shown = names.slice(0, 5).join(", ");
  return names.length > 5 ? `${shown} and ${names.length - 5} more` : shown;
}
