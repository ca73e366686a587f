/** Sums of rows of a dense matrix, as item-to-item models score: what every item of a history says of all others. */
import type { Workspace } from "./kernels.ts";

/** Rows added in one call; longer histories take several. */
const entriesMax = 1_024;

/** What `rowSums` places in the workspace, beside the matrix. */
export const rowSumsSpace = (stride: number): readonly number[] => [entriesMax, entriesMax, stride];

/**
 * @param matrix in the workspace, `[rows, stride]` row-major, `stride` a multiple of 16
 * @returns the sum of the rows with these keys, cut to `width`
 */
export function rowSums(
  workspace: Workspace,
  matrix: Float32Array,
  { stride, width }: { stride: number; width: number },
): (rows: readonly number[]) => Float32Array {
  const indices = workspace.integers(entriesMax);
  const weights = workspace.floats(entriesMax);
  const sum = workspace.floats(stride);
  return (rows) => {
    sum.fill(0);
    for (let from = 0; from < rows.length; from += entriesMax) {
      const count = Math.min(entriesMax, rows.length - from);
      for (let entry = 0; entry < count; entry++) indices[entry] = rows[from + entry];
      weights.fill(1, 0, count);
      // The kernel takes four rows at a time; those beyond the last weigh nothing.
      const padded = Math.ceil(count / 4) * 4;
      indices.fill(0, count, padded);
      weights.fill(0, count, padded);
      const { kernels } = workspace;
      kernels.addRows(matrix.byteOffset, 4 * stride, indices.byteOffset, weights.byteOffset, padded, sum.byteOffset);
    }
    return sum.slice(0, width);
  };
}
