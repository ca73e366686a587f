/** What factor models share: item vectors in rows, and the scores of all items for one vector of a person. */
import { RowMatrix } from "../core/row-matrix.ts";

/** @param factors `[items, width]` row-major */
export function rowMatrix(factors: Float32Array, width: number): RowMatrix {
  const matrix = new RowMatrix(width);
  for (let item = factors.length / width - 1; item >= 0; item--) {
    matrix.set(item, factors.subarray(item * width, (item + 1) * width));
  }
  return matrix;
}

/** The first `width` columns of rows that are padded to `stride`. */
export function unpadded(values: Float32Array, stride: number, width: number): Float32Array {
  const rows = values.length / stride;
  const result = new Float32Array(rows * width);
  for (let row = 0; row < rows; row++) result.set(values.subarray(row * stride, row * stride + width), row * width);
  return result;
}

/** Writes rows of `width` into rows of `stride`, the reverse of `unpadded`. */
export function pad(target: Float32Array, stride: number, values: Float32Array, width: number): void {
  for (let row = 0; row < values.length / width; row++) {
    target.set(values.subarray(row * width, (row + 1) * width), row * stride);
  }
}
