/** Binned rows in a workspace, where the sums of a group of rows by bin are cheap (`sumBins` of the kernels). */
import { openWorkspace } from "../../kernels/kernels.ts";
import { type FeatureMatrix, rowCount } from "../features.ts";
import { type Cuts, fillBins, findCuts } from "./bins.ts";

/** Bin 0 for what is missing, and up to 255 of values. */
const binsPerColumn = 256;
/** From one column of a histogram to the next, in numbers: two sums for each bin. */
export const columnStride = 2 * binsPerColumn;

export interface BinnedRows {
  /** [rows, columns] */
  readonly bins: Uint8Array;
  readonly columnCount: number;
  readonly cuts: Cuts;
  /** Columns that miss a value somewhere. [columns] */
  readonly hasMissing: Uint8Array;
  /** Two numbers to be summed of each row, for the caller to fill. [rows, 2] */
  readonly sums: Float32Array;
  /** Numbers of rows, for the caller to fill. [rows] */
  readonly rows: Int32Array;
  /** Overwrites the columns' parts of the histogram with the sums of `rows` from start up to end. [columns, bins, 2] */
  sumUp(start: number, end: number, columns: Int32Array, histogram: Float64Array): void;
}

/** @throws PENCHANT_E_MODEL_DATA where the rows need more memory than there is in one piece */
export function binRows(
  model: string,
  features: FeatureMatrix,
  settings: { readonly bins: number; readonly seed: number },
): BinnedRows {
  const count = rowCount(features);
  const columnCount = features.names.length;
  const places = {
    bins: Math.ceil((count * columnCount) / 4),
    sums: 2 * count,
    rows: count,
    columns: columnCount,
    cells: 2 * columnStride * columnCount,
  };
  const workspace = openWorkspace(model, Object.values(places));
  const words = workspace.integers(places.bins);
  const bins = new Uint8Array(words.buffer, words.byteOffset, count * columnCount);
  const sums = workspace.floats(places.sums);
  const rows = workspace.integers(places.rows);
  const listed = workspace.integers(places.columns);
  const halves = workspace.floats(places.cells);
  const cells = new Float64Array(halves.buffer, halves.byteOffset, columnStride * columnCount);
  const cuts = findCuts(features, settings);
  const hasMissing = fillBins(cuts, features, bins);
  return {
    bins,
    columnCount,
    cuts,
    hasMissing,
    sums,
    rows,
    sumUp(start, end, columns, histogram) {
      listed.set(columns);
      for (const column of columns) cells.fill(0, column * columnStride, (column + 1) * columnStride);
      if (end > start) {
        workspace.kernels.sumBins(
          rows.byteOffset + 4 * start,
          end - start,
          bins.byteOffset,
          columnCount,
          sums.byteOffset,
          listed.byteOffset,
          columns.length,
          cells.byteOffset,
        );
      }
      for (const column of columns) {
        const start = column * columnStride;
        histogram.set(cells.subarray(start, start + columnStride), start);
      }
    },
  };
}
