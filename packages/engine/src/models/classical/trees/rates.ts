/** A tree whose leaves say the rate of yes among their rows: what a decision tree is, and a forest is made of. */
import type { Random } from "../../../base/random.ts";
import { growTree } from "./grow.ts";
import type { BinnedRows } from "./histograms.ts";
import type { Trees } from "./trees.ts";

export interface RateTreeConfig {
  /** Questions on the way to a leaf, at most; 1 to 64. */
  readonly depth: number;
  /** A leaf's rows weigh at least so much together; 0 to 1e6. */
  readonly leafWeight: number;
  /** Which split is best: the one of least Gini impurity or of least entropy. */
  readonly impurity: "gini" | "entropy";
  /** A leaf says `(yes + smoothing * rate) / (weight + smoothing)`, with the rate of yes of all rows; 0 to 1e6. */
  readonly smoothing: number;
  /** Bins of a column; 2 to 255. */
  readonly bins: number;
}

export const rateTreeRanges = {
  depth: { min: 1, max: 64, integer: true },
  leafWeight: { min: 0, max: 1e6 },
  impurity: { oneOf: ["gini", "entropy"] },
  smoothing: { min: 0, max: 1e6 },
  bins: { min: 2, max: 255, integer: true },
} as const;

/**
 * @param table its `sums` are filled here
 * @param weights of the rows; rows of weight 0 are left out
 * @param columnsPerSplit columns drawn for each split; all where absent
 */
export function growRateTree(
  table: BinnedRows,
  labels: ArrayLike<number>,
  weights: Float64Array,
  { depth, leafWeight, impurity, smoothing }: RateTreeConfig,
  { random, columnsPerSplit }: { random: Random; columnsPerSplit?: number },
): Trees {
  let [count, yes, total] = [0, 0, 0];
  for (let row = 0; row < weights.length; row++) {
    const weight = weights[row];
    if (weight === 0) continue;
    table.rows[count++] = row;
    table.sums[2 * row] = weight * labels[row];
    table.sums[2 * row + 1] = weight;
    yes += weight * labels[row];
    total += weight;
  }
  const { tree, leaves } = growTree(table, count, {
    depth,
    leafWeight,
    // For rates, least squares is least Gini impurity.
    impurity: impurity === "gini" ? "squares" : "entropy",
    regularisation: 0,
    columns: Int32Array.from({ length: table.columnCount }, (_, column) => column),
    columnsPerSplit,
    random,
  });
  for (const { node, pull, weight } of leaves) {
    tree.values[node] = (pull + smoothing * (yes / total)) / (weight + smoothing);
  }
  return tree;
}
