/**
 * The largest singular values of a sparse matrix A and their vectors, by randomised subspace iteration (Halko,
 * Martinsson and Tropp, Finding Structure with Randomness, SIAM Review 2011, algorithms 4.4 and 5.1):
 *
 *   1. Turn A so that it is not taller than wide. Draw a Gaussian G and take Y = A G: a random mix of A's columns, whose
 *      span holds the leading left singular vectors well. A few more columns than the rank make that far more certain.
 *   2. Power iterations: Y <- A A' Q with Q an orthonormal basis of Y. Each one raises the spectrum to a higher odd
 *      power, so that the directions asked for outgrow the rest. The basis in between keeps them from collapsing
 *      into the first one.
 *   3. With Q final, A is near Q Q' A. Factor (Q' A)' = P R, P orthonormal, R small and triangular, and take the dense
 *      SVD R = U S W'. Then A is near (Q W) S (P U)', and both factors are orthonormal by construction.
 *
 * Vectors are only determined up to a common sign: each right vector is turned so that its entry of largest magnitude
 * is positive (the first of them if several are). Singular values below a millionth of the largest are rounding noise
 * of 32-bit values and left out, so the rank found can be smaller than the rank asked for.
 *
 * The factors are kept column by column while they are orthonormalised, where everything is dots and sums of whole
 * columns, and row by row while A is applied.
 */
import { Matrix, SingularValueDecomposition } from "ml-matrix";
import { assert } from "../base/errors.ts";
import { seededRandom } from "../base/random.ts";
import { multiply, type SparseMatrix, transpose } from "./sparse-matrix.ts";

export interface TruncatedSvd {
  /** U, `[rows, rank]` row-major, orthonormal columns. */
  readonly left: Float32Array;
  /** Descending, all positive. Its length is the rank found: less than asked for where the matrix has no more. */
  readonly singularValues: Float32Array;
  /** V, `[columns, rank]` row-major, orthonormal columns. */
  readonly right: Float32Array;
}

const oversampling = 10;
const relativeNoise = 1e-6;

/**
 * @param options.powerIterations more of them cost time and separate slowly falling singular values better; default 4
 */
export function truncatedSvd(
  matrix: SparseMatrix,
  options: { rank: number; seed: number; powerIterations?: number },
): TruncatedSvd {
  const { rank, seed, powerIterations = 4 } = options;
  assert(Number.isInteger(rank) && rank >= 1, `a rank of at least 1, not ${rank}`);
  const tall = matrix.rows > matrix.columns;
  const turned = transpose(matrix);
  const wide = tall ? turned : matrix; //                                    [short, long]
  const wideTransposed = tall ? matrix : turned; //                          [long, short]
  const short = wide.rows;
  const long = wide.columns;

  const random = seededRandom(seed);
  const width = Math.min(short, rank + oversampling);
  const gaussian = Float64Array.from({ length: long * width }, () => random.normal());

  let basis = orthonormalise(multiply(wide, gaussian, width), width, { passes: powerIterations === 0 ? 2 : 1 });
  for (let iteration = 1; iteration <= powerIterations; iteration++) {
    const product = multiply(wide, multiply(wideTransposed, toRows(basis.columns), basis.width), basis.width);
    // Only the last basis has to be orthonormal to rounding; the ones before must merely keep the directions apart.
    basis = orthonormalise(product, basis.width, { passes: iteration === powerIterations ? 2 : 1 });
  }
  if (basis.width === 0) return empty();

  const projected = multiply(wideTransposed, toRows(basis.columns), basis.width); //  [long, width] = (Q' A)'
  const factor = orthonormalise(projected, basis.width, { passes: 2 });
  if (factor.width === 0) return empty();

  const small = new SingularValueDecomposition(triangle(factor, basis.width), { autoTranspose: true });
  const values = small.diagonal;
  let found = 0;
  while (found < Math.min(rank, values.length) && values[found] > relativeNoise * values[0]) found++;

  const shortVectors = combine(basis.columns, small.rightSingularVectors, found); // [short, found] = Q W
  const longVectors = combine(factor.columns, small.leftSingularVectors, found); //  [long, found] = P U
  const left = tall ? longVectors : shortVectors;
  const right = tall ? shortVectors : longVectors;
  settleSigns(left, right, found);
  return { left, singularValues: Float32Array.from(values.slice(0, found)), right };
}

interface OrthonormalBasis {
  /** Orthonormal columns that span the input's columns: `width` of them. */
  readonly columns: Float64Array[];
  readonly width: number;
  /** What each input column was made of: `coefficients[c][k]` times basis column k, summed. */
  readonly coefficients: Float64Array[];
}

/**
 * Gram and Schmidt's process on a row-major `[rows, width]` matrix. One pass leaves rounding errors that grow with the
 * condition of the input; a second one over its result is orthonormal to rounding (Giraud et al. 2005). A column that
 * the ones before it span already adds nothing to the basis.
 */
function orthonormalise(matrix: Float64Array, width: number, options: { passes: 1 | 2 }): OrthonormalBasis {
  const rows = width === 0 ? 0 : matrix.length / width;
  const columns: Float64Array[] = [];
  const coefficients: Float64Array[] = [];
  for (let c = 0; c < width; c++) {
    const column = new Float64Array(rows);
    for (let row = 0; row < rows; row++) column[row] = matrix[row * width + c];
    const before = norm(column);
    const coefficient = new Float64Array(width);
    for (let pass = 0; pass < options.passes; pass++) subtractProjections(column, columns, coefficient);
    const rest = norm(column);
    coefficients.push(coefficient);
    if (!(rest > 1e-13 * before)) continue;
    coefficient[columns.length] = rest;
    for (let row = 0; row < rows; row++) column[row] /= rest;
    columns.push(column);
  }
  return { columns, width: columns.length, coefficients };
}

/** Takes from `column` its parts along `basis`, four directions at a time, and adds their sizes to `coefficient`. */
function subtractProjections(column: Float64Array, basis: readonly Float64Array[], coefficient: Float64Array): void {
  const rows = column.length;
  let k = 0;
  for (; k + 4 <= basis.length; k += 4) {
    const [q0, q1, q2, q3] = [basis[k], basis[k + 1], basis[k + 2], basis[k + 3]];
    let d0 = 0;
    let d1 = 0;
    let d2 = 0;
    let d3 = 0;
    for (let row = 0; row < rows; row++) {
      const value = column[row];
      d0 += value * q0[row];
      d1 += value * q1[row];
      d2 += value * q2[row];
      d3 += value * q3[row];
    }
    for (let row = 0; row < rows; row++) {
      column[row] -= d0 * q0[row] + d1 * q1[row] + d2 * q2[row] + d3 * q3[row];
    }
    coefficient[k] += d0;
    coefficient[k + 1] += d1;
    coefficient[k + 2] += d2;
    coefficient[k + 3] += d3;
  }
  for (; k < basis.length; k++) {
    const q = basis[k];
    let dot = 0;
    for (let row = 0; row < rows; row++) dot += column[row] * q[row];
    for (let row = 0; row < rows; row++) column[row] -= dot * q[row];
    coefficient[k] += dot;
  }
}

function norm(column: Float64Array): number {
  let sum = 0;
  for (const value of column) sum += value * value;
  return Math.sqrt(sum);
}

/** Columns to one row-major matrix. */
function toRows(columns: readonly Float64Array[]): Float64Array {
  const width = columns.length;
  const rows = columns[0]?.length ?? 0;
  const matrix = new Float64Array(rows * width);
  for (const [c, column] of columns.entries()) {
    for (let row = 0; row < rows; row++) matrix[row * width + c] = column[row];
  }
  return matrix;
}

/** R of the factorisation, `[factor width, input width]`. */
function triangle(factor: OrthonormalBasis, inputWidth: number): Matrix {
  const result = Matrix.zeros(factor.width, inputWidth);
  for (const [c, coefficient] of factor.coefficients.entries()) {
    for (let k = 0; k < factor.width; k++) result.set(k, c, coefficient[k]);
  }
  return result;
}

/** `columns x weights`, the first `found` columns of it, row-major `[rows, found]`; rows in blocks that fit the cache. */
function combine(columns: readonly Float64Array[], weights: Matrix, found: number): Float32Array {
  const rows = columns[0]?.length ?? 0;
  const result = new Float32Array(rows * found);
  const blockRows = 256;
  const sum = new Float64Array(blockRows);
  for (let start = 0; start < rows; start += blockRows) {
    const end = Math.min(rows, start + blockRows);
    for (let c = 0; c < found; c++) {
      sum.fill(0);
      for (const [k, column] of columns.entries()) {
        const weight = weights.get(k, c);
        for (let row = start; row < end; row++) sum[row - start] += weight * column[row];
      }
      for (let row = start; row < end; row++) result[row * found + c] = sum[row - start];
    }
  }
  return result;
}

function settleSigns(left: Float32Array, right: Float32Array, rank: number): void {
  for (let c = 0; c < rank; c++) {
    let largest = 0;
    for (let at = c; at < right.length; at += rank) {
      // A hair's breadth more is asked of later entries, so that rounding does not choose among equals.
      if (Math.abs(right[at]) > Math.abs(largest) * (1 + 1e-5)) largest = right[at];
    }
    if (largest >= 0) continue;
    for (let at = c; at < left.length; at += rank) left[at] = -left[at];
    for (let at = c; at < right.length; at += rank) right[at] = -right[at];
  }
}

function empty(): TruncatedSvd {
  return { left: new Float32Array(0), singularValues: new Float32Array(0), right: new Float32Array(0) };
}
