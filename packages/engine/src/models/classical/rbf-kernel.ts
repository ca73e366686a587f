/** Rows of the matrix of radial basis functions, `exp(-gamma |x - x'|^2)`, computed when asked for and kept while there is room. */
import { openWorkspace, paddedWidth } from "../kernels/kernels.ts";
import { type FeatureMatrix, rowCount } from "./features.ts";

export interface Kernel {
  /** The kernel of one row with all. Valid until the next but one is asked for. [rows] */
  row(row: number): Float32Array;
}

/** Kept rows of the kernel take at most so much; at least two are kept, which is what a step needs. */
const keptBytesMax = 256 * 2 ** 20;

export function rbfKernel(model: string, features: FeatureMatrix, gamma: number): Kernel {
  const count = rowCount(features);
  const fill = rbfRows(model, features, gamma);
  const room = Math.max(2, Math.floor(keptBytesMax / (4 * count)));
  // A map keeps the order in which its keys came: the first is the one that nobody has asked for longest.
  const kept = new Map<number, Float32Array>();
  return {
    row(row) {
      let values = kept.get(row);
      if (values === undefined) {
        const oldest = kept.size < room ? undefined : kept.entries().next().value;
        if (oldest !== undefined) kept.delete(oldest[0]);
        values = oldest?.[1] ?? new Float32Array(count);
        fill(features, row, values);
      } else {
        kept.delete(row);
      }
      kept.set(row, values);
      return values;
    },
  };
}

/** Writes the kernel of a row of `asked` with each of the rows that it was made for. `out` is [rows] */
export type KernelRows = (asked: FeatureMatrix, row: number, out: Float32Array) => void;

export function rbfRows(model: string, features: FeatureMatrix, gamma: number): KernelRows {
  const count = rowCount(features);
  const width = features.names.length;
  const stride = paddedWidth(width);
  const workspace = openWorkspace(model, [count * stride, stride]);
  const rows = workspace.floats(count * stride);
  const asked = workspace.floats(stride);
  const squares = new Float64Array(count);
  for (let row = 0; row < count; row++) {
    const own = features.values.subarray(row * width, (row + 1) * width);
    rows.set(own, row * stride);
    squares[row] = own.reduce((sum, value) => sum + value * value, 0);
  }
  return ({ values }, row, out) => {
    const own = values.subarray(row * width, (row + 1) * width);
    asked.set(own);
    const square = own.reduce((sum, value) => sum + value * value, 0);
    for (let other = 0; other < count; other++) {
      const product = workspace.kernels.dot(rows.byteOffset + 4 * stride * other, asked.byteOffset, 4 * stride);
      // Rounding may make a distance of nothing a little less.
      out[other] = Math.exp(-gamma * Math.max(0, square + squares[other] - 2 * product));
    }
  };
}
