/**
 * Adam for tables too large to be part of the graph, such as the embeddings of a million items. A step names the rows that
 * it read and brings their gradients; only these rows and their averages change ("lazy" Adam: the averages of the others do
 * not decay meanwhile). A step so costs what it touches, whatever the size of the table.
 */
import { assert } from "../../base/errors.ts";
import { type AdamOptions, adamDefaults, adamScalars } from "./optimiser.ts";

export interface SparseTable {
  /** [rows, width], row-major. */
  readonly values: Float32Array;
  readonly width: number;
  /** The running means of gradients and of their squares, laid out as the values; zeros at first. */
  readonly mean: Float32Array;
  readonly meanSquare: Float32Array;
}

export function sparseTable(values: Float32Array, width: number): SparseTable {
  assert(values.length % width === 0, `${values.length} numbers are no rows of ${width}`);
  return { values, width, mean: new Float32Array(values.length), meanSquare: new Float32Array(values.length) };
}

/** Copies rows of the table to the beginning of `into`, in their order. */
export function gatherRows({ values, width }: SparseTable, rows: Int32Array, into: Float32Array): void {
  for (const [index, row] of rows.entries()) into.set(values.subarray(row * width, (row + 1) * width), index * width);
}

/**
 * One step for these rows.
 *
 * @param gradients by the rows as `gatherRows` gave them, [rows.length, width]; more that follows is left out
 * @param rows each at most once: a row named twice has its gradients in two places, and Adam needs their sum
 * @param step counted from 1, over all steps of the training
 */
export function updateRows(
  table: SparseTable,
  rows: Int32Array,
  gradients: Float32Array,
  { step, rate, ...options }: { readonly step: number; readonly rate: number } & AdamOptions,
): void {
  const { values, width, mean, meanSquare } = table;
  const { beta1, beta2, epsilon } = { ...adamDefaults, ...options };
  const scalars = adamScalars(step, rate, { beta1, beta2 });
  for (const [index, row] of rows.entries()) {
    let source = index * width;
    for (let at = row * width; at < (row + 1) * width; at++) {
      const gradient = gradients[source++];
      mean[at] = beta1 * mean[at] + (1 - beta1) * gradient;
      meanSquare[at] = beta2 * meanSquare[at] + (1 - beta2) * gradient * gradient;
      values[at] -= (scalars.rate * mean[at]) / (scalars.rootCorrection * Math.sqrt(meanSquare[at]) + epsilon);
    }
  }
}
