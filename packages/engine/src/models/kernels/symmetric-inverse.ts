/**
 * The inverse of a symmetric positive definite matrix in its own place, by blocks: the sweep operator (Goodnight, A
 * Tutorial on the SWEEP Operator, The American Statistician 1979) applied to 64 rows and columns at a time. With D the
 * inverse of the diagonal block K and U the columns of K in all other rows,
 *
 *     A_IJ <- A_IJ - (U D) U'     A_IK <- U D     A_KK <- -D
 *
 * for all I and J other than K. After every block was swept once, A holds its negated inverse. The matrix stays symmetric
 * throughout, so only its upper triangle is computed: n^3 operations, nearly all of them in one product of 64 rows.
 */
import { PenchantError } from "../../base/errors.ts";
import { openWorkspace, type Workspace } from "./kernels.ts";

const block = 64;
const tileColumns = 8;
const stripRows = 4;

/** A square matrix in a workspace of its own. */
export interface SquareMatrix {
  readonly size: number;
  /** Elements from one row to the next: `size`, padded. */
  readonly stride: number;
  /** `[stride, stride]` row-major. */
  readonly values: Float32Array;
  readonly workspace: Workspace;
  /** Packed operands of the product. */
  readonly panels: { readonly left: Float32Array; readonly right: Float32Array; readonly product: Float32Array };
}

/** Elements from one row to the next of a matrix of this size. */
export const squareStride = (size: number): number => Math.ceil(size / block) * block;

/**
 * A matrix of zeros with what its inversion needs.
 *
 * @param others lengths of the arrays that the caller will place in the same workspace
 */
export function squareMatrix(model: string, size: number, others: readonly number[] = []): SquareMatrix {
  const stride = squareStride(size);
  const panel = stride * block;
  const workspace = openWorkspace(model, [stride * stride, panel, panel, panel, ...others]);
  return {
    size,
    stride,
    values: workspace.floats(stride * stride),
    workspace,
    panels: { left: workspace.floats(panel), right: workspace.floats(panel), product: workspace.floats(panel) },
  };
}

/**
 * Turns the matrix into its inverse, reading the upper triangle and writing both.
 *
 * @param breathe called after each block with the part done; awaited, so that it may give way to others or stop the work
 * @throws PENCHANT_E_MODEL_DATA where the matrix is not positive definite
 */
export async function invertInPlace(
  model: string,
  matrix: SquareMatrix,
  breathe: (done: number) => Promise<void>,
): Promise<void> {
  const { size, stride, values } = matrix;
  for (let row = size; row < stride; row++) values[row * stride + row] = 1;
  for (let pivot = 0; pivot < stride; pivot += block) {
    sweep(model, matrix, pivot);
    await breathe((pivot + block) / stride);
  }
  for (let row = 0; row < stride; row++) {
    for (let column = row; column < stride; column++) {
      const value = -values[row * stride + column];
      values[row * stride + column] = value;
      values[column * stride + row] = value;
    }
  }
}

function sweep(model: string, { stride, values, workspace, panels }: SquareMatrix, pivot: number): void {
  const inverse = invertBlock(model, values, stride, pivot);
  packColumns(panels.right, values, stride, pivot);
  // The product (U D)' = D U', [block, stride], as 0 - (-D) U'.
  panels.product.fill(0);
  for (let row = 0; row < block; row += stripRows) {
    for (let k = 0; k < block; k++) {
      for (let r = 0; r < stripRows; r++) panels.left[k * stripRows + r] = -inverse[(row + r) * block + k];
    }
    subtract(workspace, panels.left, panels.right, panels.product, row * stride, stride, 0);
  }
  packStrips(panels.left, panels.product, stride);
  for (let row = 0; row < stride; row += stripRows) {
    if (row >= pivot && row < pivot + block) continue;
    const left = panels.left.subarray(row * block);
    const from = row - (row % tileColumns);
    subtract(workspace, left, panels.right, values, row * stride + from, stride, from);
  }
  // U is 0 in the rows of K, so that the product has left them as they were; now they get their own values.
  for (let k = 0; k < block; k++) {
    const row = (pivot + k) * stride;
    for (let i = 0; i < pivot; i++) values[i * stride + pivot + k] = panels.product[k * stride + i];
    for (let j = 0; j < block; j++) values[row + pivot + j] = -inverse[k * block + j];
    for (let j = pivot + block; j < stride; j++) values[row + j] = panels.product[k * stride + j];
  }
}

/** target[at...] -= left right, from column `from` to the end of the row. */
function subtract(
  { kernels }: Workspace,
  left: Float32Array,
  right: Float32Array,
  target: Float32Array,
  at: number,
  stride: number,
  from: number,
): void {
  const tiles = (stride - from) / tileColumns;
  const rightAt = right.byteOffset + 4 * from * block;
  kernels.subtractProduct(left.byteOffset, rightAt, block, target.byteOffset + 4 * at, 4 * stride, tiles);
}

/** U' in tiles of eight columns, `[stride / 8, block, 8]`, read from the upper triangle; 0 in the columns of K. */
function packColumns(packed: Float32Array, values: Float32Array, stride: number, pivot: number): void {
  for (let column = 0; column < stride; column++) {
    const tile = column - (column % tileColumns);
    let at = tile * block + (column - tile);
    const isPivot = column >= pivot && column < pivot + block;
    for (let k = 0; k < block; k++, at += tileColumns) {
      if (isPivot) packed[at] = 0;
      else packed[at] = column < pivot ? values[column * stride + pivot + k] : values[(pivot + k) * stride + column];
    }
  }
}

/** The columns of the product in strips of four, `[stride / 4, block, 4]`. */
function packStrips(packed: Float32Array, product: Float32Array, stride: number): void {
  for (let strip = 0; strip < stride; strip += stripRows) {
    for (let k = 0; k < block; k++) {
      for (let r = 0; r < stripRows; r++) packed[strip * block + k * stripRows + r] = product[k * stride + strip + r];
    }
  }
}

/** Inverse of a diagonal block by the same operator, one row at a time in 64 bits. `[block, block]` */
function invertBlock(model: string, values: Float32Array, stride: number, pivot: number): Float64Array {
  const a = new Float64Array(block * block);
  for (let i = 0; i < block; i++) {
    for (let j = i; j < block; j++) {
      const value = values[(pivot + i) * stride + pivot + j];
      a[i * block + j] = value;
      a[j * block + i] = value;
    }
  }
  for (let k = 0; k < block; k++) {
    const d = a[k * block + k];
    if (!(d > 0)) {
      throw new PenchantError(
        "PENCHANT_E_MODEL_DATA",
        `${model}: the matrix is not positive definite at row ${pivot + k} (pivot ${d}); expected a higher regularisation.`,
        { details: { model, row: pivot + k } },
      );
    }
    for (let i = 0; i < block; i++) {
      if (i === k) continue;
      const factor = a[i * block + k] / d;
      for (let j = 0; j < block; j++) if (j !== k) a[i * block + j] -= factor * a[k * block + j];
    }
    for (let i = 0; i < block; i++) {
      if (i === k) continue;
      a[i * block + k] /= d;
      a[k * block + i] /= d;
    }
    a[k * block + k] = -1 / d;
  }
  return a.map((value) => -value);
}
