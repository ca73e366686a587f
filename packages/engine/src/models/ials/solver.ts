/**
 * One side of implicit alternating least squares: with the factors Y of the other side held, the row x of someone who has
 * had to do with the items i solves
 *
 *     (Y'Y + strength I + sum over i of w_i y_i y_i') x = sum over i of (1 + w_i) y_i,
 *     strength = regularisation (1 + sum over i of w_i),
 *
 * by a few steps of conjugate gradients from where x was (Takács, Pilászy and Tikk, Applications of the Conjugate Gradient
 * Method for Implicit Feedback Collaborative Filtering, RecSys 2011). Y'Y is computed once for all rows, and the matrix on
 * the left is never formed.
 */
import type { Workspace } from "../kernels/kernels.ts";

/** Rows of factors in a workspace, and the place of each entry's index and weight in it. */
export interface Factors {
  readonly rows: number;
  /** `[rows, width]`, `width` a multiple of 16. */
  readonly values: Float32Array;
}

/** Compressed rows of a table in a workspace; the weights are w, confidence less 1. */
export interface Entries {
  readonly offsets: Int32Array;
  readonly indices: Int32Array;
  readonly weights: Float32Array;
}

export interface Solver {
  /** Prepares for rows against these factors. */
  fix(factors: Factors): void;
  /** Improves one row in place. The row lies in the workspace. */
  solve(row: Float32Array, entries: Entries, from: number, to: number, steps: number): void;
}

/** Lengths of what a solver places in the workspace. */
export const solverSpace = (width: number): readonly number[] => [width * width, width, width, width, width, width];

export function openSolver(workspace: Workspace, width: number, regularisation: number): Solver {
  const { kernels } = workspace;
  const gram = workspace.floats(width * width);
  const residual = workspace.floats(width);
  const direction = workspace.floats(width);
  const product = workspace.floats(width);
  const negated = workspace.floats(width);
  const everyRow = workspace.integers(width);
  for (let row = 0; row < width; row++) everyRow[row] = row;
  const rowBytes = 4 * width;
  let fixed: Factors = { rows: 0, values: gram };

  /** out += (Y'Y + strength I) v; the rows of a symmetric matrix are its columns. */
  const addGram = (v: Float32Array, out: Float32Array, strength: number): void => {
    kernels.addRows(gram.byteOffset, rowBytes, everyRow.byteOffset, v.byteOffset, width, out.byteOffset);
    kernels.addScaled(out.byteOffset, v.byteOffset, rowBytes, strength);
  };

  const squares = (v: Float32Array): number => kernels.dot(v.byteOffset, v.byteOffset, rowBytes);

  return {
    fix(factors) {
      fixed = factors;
      gram.set(gramOf(factors.values, width));
    },
    solve(row, { indices, weights }, from, to, steps) {
      const entries = (vector: Float32Array, out: Float32Array, base: 0 | 1, sign: 1 | -1): void =>
        kernels.normalProduct(
          fixed.values.byteOffset,
          rowBytes,
          indices.byteOffset + 4 * from,
          weights.byteOffset + 4 * from,
          to - from,
          vector.byteOffset,
          out.byteOffset,
          base,
          sign,
        );
      let confidence = 1;
      for (let entry = from; entry < to; entry++) confidence += weights[entry];
      const strength = regularisation * confidence;
      residual.fill(0);
      for (let d = 0; d < width; d++) negated[d] = -row[d];
      addGram(negated, residual, strength);
      entries(row, residual, 1, -1);
      direction.set(residual);
      let before = squares(residual);
      for (let step = 0; step < steps && before > 1e-20; step++) {
        product.fill(0);
        addGram(direction, product, strength);
        entries(direction, product, 0, 1);
        const size = before / kernels.dot(direction.byteOffset, product.byteOffset, rowBytes);
        kernels.addScaled(row.byteOffset, direction.byteOffset, rowBytes, size);
        kernels.addScaled(residual.byteOffset, product.byteOffset, rowBytes, -size);
        const after = squares(residual);
        const turn = after / before;
        for (let d = 0; d < width; d++) direction[d] = residual[d] + turn * direction[d];
        before = after;
      }
    },
  };
}

/** Y'Y in 64 bits, four rows of Y at a time. `[width, width]` */
function gramOf(values: Float32Array, width: number): Float64Array {
  const gram = new Float64Array(width * width);
  const padded = Math.ceil(values.length / width / 4) * 4;
  const rows = new Float32Array(4 * width);
  for (let row = 0; row < padded; row += 4) {
    rows.fill(0);
    rows.set(values.subarray(row * width, Math.min(values.length, (row + 4) * width)));
    for (let i = 0; i < width; i++) {
      const a = rows[i];
      const b = rows[width + i];
      const c = rows[2 * width + i];
      const e = rows[3 * width + i];
      for (let j = i; j < width; j++) {
        gram[i * width + j] += a * rows[j] + b * rows[width + j] + c * rows[2 * width + j] + e * rows[3 * width + j];
      }
    }
  }
  for (let i = 0; i < width; i++) for (let j = 0; j < i; j++) gram[i * width + j] = gram[j * width + i];
  return gram;
}
