/**
 * Sparse matrices as compressed sparse rows: the entries of row r stand at `offsets[r]` up to, but not including,
 * `offsets[r + 1]` in `indices` (their columns, ascending) and `values`. Term counts and interaction tables are built
 * once and then multiplied many times, so the form is made for reading and there is no way to change an entry.
 */
import { assert } from "../base/errors.ts";

export interface SparseMatrix {
  readonly rows: number;
  readonly columns: number;
  /** `[rows + 1]`, from 0 to the number of entries. */
  readonly offsets: Int32Array;
  /** Columns of the entries, ascending within a row. */
  readonly indices: Int32Array;
  readonly values: Float32Array;
}

/** The entries of one row as (column, value) pairs in any order; a `Map` from column to value is one. */
export type SparseRow = Iterable<readonly [column: number, value: number]>;

/** Builds a matrix from its rows. Values of a column that a row names more than once are added up. */
export function sparseMatrix(columns: number, rows: Iterable<SparseRow>): SparseMatrix {
  const offsets = [0];
  const indices: number[] = [];
  const values: number[] = [];
  for (const row of rows) {
    const entries = [...row].sort((a, b) => a[0] - b[0]);
    let previous = -1;
    for (const [column, value] of entries) {
      assert(Number.isInteger(column) && column >= 0 && column < columns, `column ${column} lies in 0..${columns - 1}`);
      assert(
        Number.isFinite(value),
        `the value at row ${offsets.length - 1}, column ${column} is finite, not ${value}`,
      );
      if (column === previous) {
        values[values.length - 1] += value;
      } else {
        indices.push(column);
        values.push(value);
      }
      previous = column;
    }
    offsets.push(indices.length);
  }
  return {
    rows: offsets.length - 1,
    columns,
    offsets: Int32Array.from(offsets),
    indices: Int32Array.from(indices),
    values: Float32Array.from(values),
  };
}

/** The same entries with rows and columns exchanged, by counting sort: time proportional to the entries. */
export function transpose(matrix: SparseMatrix): SparseMatrix {
  const { rows, columns } = matrix;
  const offsets = new Int32Array(columns + 1);
  for (const column of matrix.indices) offsets[column + 1]++;
  for (let column = 0; column < columns; column++) offsets[column + 1] += offsets[column];

  const next = offsets.slice(0, columns);
  const indices = new Int32Array(matrix.indices.length);
  const values = new Float32Array(matrix.values.length);
  for (let row = 0; row < rows; row++) {
    for (let entry = matrix.offsets[row]; entry < matrix.offsets[row + 1]; entry++) {
      const place = next[matrix.indices[entry]]++;
      indices[place] = row;
      values[place] = matrix.values[entry];
    }
  }
  return { rows: columns, columns: rows, offsets, indices, values };
}

/**
 * The product with a dense matrix: `[rows, columns] x [columns, width] -> [rows, width]`, dense ones row-major. The
 * inner loops run along dense rows, so that reads and writes are contiguous, and add four of them at once, so that a sum
 * is loaded and stored a quarter as often.
 */
export function multiply(matrix: SparseMatrix, dense: Float64Array, width: number): Float64Array {
  const { rows, columns, offsets, indices, values } = matrix;
  assert(dense.length === columns * width, `the dense factor has ${columns} x ${width} values, not ${dense.length}`);
  const product = new Float64Array(rows * width);
  for (let row = 0; row < rows; row++) {
    const to = row * width;
    const end = offsets[row + 1];
    let entry = offsets[row];
    for (; entry + 4 <= end; entry += 4) {
      const from0 = indices[entry] * width;
      const from1 = indices[entry + 1] * width;
      const from2 = indices[entry + 2] * width;
      const from3 = indices[entry + 3] * width;
      const value0 = values[entry];
      const value1 = values[entry + 1];
      const value2 = values[entry + 2];
      const value3 = values[entry + 3];
      for (let k = 0; k < width; k++) {
        product[to + k] +=
          value0 * dense[from0 + k] + value1 * dense[from1 + k] + value2 * dense[from2 + k] + value3 * dense[from3 + k];
      }
    }
    for (; entry < end; entry++) {
      const from = indices[entry] * width;
      const value = values[entry];
      for (let k = 0; k < width; k++) product[to + k] += value * dense[from + k];
    }
  }
  return product;
}
