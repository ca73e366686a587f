/** Grown trees as flat arrays, and what they say of rows. */
import type { SavedTensor } from "../../../core/model.ts";
import { fileError, type SavedReader } from "../../saved.ts";
import { type FeatureMatrix, rowCount } from "../features.ts";

/**
 * Nodes of one tree or of many, one after the other. An inner node sends a row to `children`, where its value is at most the
 * threshold, else to the node after that; a missing value goes the way that was learned.
 */
export interface Trees {
  /** The first node of each tree. [trees] */
  readonly roots: Int32Array;
  /** Column that the node asks about; -1 for a leaf. [nodes] */
  readonly columns: Int32Array;
  readonly thresholds: Float32Array;
  /** The child for small values; the other one follows it. [nodes] */
  readonly children: Int32Array;
  /** 1 where missing values go to the child for small values. [nodes] */
  readonly missingSmall: Int32Array;
  /** What a leaf says. [nodes] */
  readonly values: Float64Array;
}

/** Adds what each tree says of each row, times `scale`, to `sums`. [rows] */
export function addTrees(trees: Trees, features: FeatureMatrix, scale: number, sums: Float64Array, from = 0): void {
  const { roots, columns, thresholds, children, missingSmall, values } = trees;
  const width = features.names.length;
  const rows = rowCount(features);
  // Some rows at a time, so that their features stay near while tree after tree asks for them.
  const rowsAtOnce = 256;
  for (let start = 0; start < rows; start += rowsAtOnce) {
    const end = Math.min(rows, start + rowsAtOnce);
    for (let tree = from; tree < roots.length; tree++) {
      for (let row = start; row < end; row++) {
        let node = roots[tree];
        for (let column = columns[node]; column >= 0; column = columns[node]) {
          const value = features.values[row * width + column];
          const isSmall = value <= thresholds[node] || (Number.isNaN(value) && missingSmall[node] === 1);
          node = isSmall ? children[node] : children[node] + 1;
        }
        sums[row] += scale * values[node];
      }
    }
  }
}

/** Trees as one, in their order. */
export function joinTrees(parts: readonly Trees[]): Trees {
  let nodes = 0;
  const starts = parts.map(({ columns }) => {
    const start = nodes;
    nodes += columns.length;
    return start;
  });
  const joined: Trees = {
    roots: Int32Array.from(parts.flatMap(({ roots }, part) => [...roots].map((root) => root + starts[part]))),
    columns: new Int32Array(nodes),
    thresholds: new Float32Array(nodes),
    children: new Int32Array(nodes),
    missingSmall: new Int32Array(nodes),
    values: new Float64Array(nodes),
  };
  for (const [part, tree] of parts.entries()) {
    const start = starts[part];
    joined.columns.set(tree.columns, start);
    joined.thresholds.set(tree.thresholds, start);
    joined.children.set(
      tree.children.map((child) => child + start),
      start,
    );
    joined.missingSmall.set(tree.missingSmall, start);
    joined.values.set(tree.values, start);
  }
  return joined;
}

export function saveTrees({
  roots,
  columns,
  thresholds,
  children,
  missingSmall,
  values,
}: Trees): Readonly<Record<string, SavedTensor["values"]>> {
  return { roots, columns, thresholds, children, missingSmall, values };
}

/**
 * @param columnCount of the features that will be asked about
 * @throws PENCHANT_E_MODEL_FILE for nodes that lead nowhere
 */
export function loadTrees(model: string, parts: SavedReader, columnCount: number): Trees {
  const trees: Trees = {
    roots: parts.integers("roots"),
    columns: parts.integers("columns"),
    thresholds: parts.floats("thresholds"),
    children: parts.integers("children"),
    missingSmall: parts.integers("missingSmall"),
    values: parts.doubles("values"),
  };
  const nodes = trees.columns.length;
  const isWhole =
    [trees.thresholds, trees.children, trees.missingSmall, trees.values].every(({ length }) => length === nodes) &&
    trees.roots.every((root) => root >= 0 && root < nodes) &&
    // A child stands behind its parent: no row can go in circles.
    trees.columns.every(
      (column, node) =>
        column === -1 ||
        (column >= 0 && column < columnCount && trees.children[node] > node && trees.children[node] + 1 < nodes),
    );
  if (!isWhole) throw fileError(model, "the nodes of its trees do not fit together.");
  return trees;
}
