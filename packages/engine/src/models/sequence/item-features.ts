/**
 * What is known of items besides who had to do with them, and what becomes of it: an item's row is
 *
 *     row = own + sum over the nodes of its category paths (share * node) + vector W
 *
 * with a learned row for each node and a learned projection W of the item's unit vector. What items have in common is learned
 * from all of them, and an item that nobody had to do with yet is placed by it.
 *
 * A path counts with all of its beginnings, so that siblings share their parent's row; of m paths each counts 1/m. Vectors are
 * the caller's where there are some, and else the leading directions of the items' weighted terms (latent semantic analysis;
 * Deerwester et al., 1990).
 */
import type { TrainingData } from "../../core/model.ts";
import { multiply } from "../../core/sparse-matrix.ts";
import { truncatedSvd } from "../../core/truncated-svd.ts";
import { termMatrix } from "../content/terms.ts";

export interface ItemFeatures {
  readonly paths?: ItemPaths;
  readonly vectors?: ItemVectors;
}

/** Nodes of every item's paths: item i's are `offsets[i]` up to `offsets[i + 1]`. */
export interface ItemPaths {
  readonly nodeCount: number;
  readonly offsets: Int32Array;
  readonly nodes: Int32Array;
  readonly shares: Float32Array;
}

/** Of unit length, or zeros where nothing is known of an item. [items, dimensions] */
export interface ItemVectors {
  readonly dimensions: number;
  readonly values: Float32Array;
}

const dimensions = 64;

/** What is asked for and known; nothing where the data tell nothing of items. */
export function itemFeaturesOf(
  data: TrainingData,
  { paths, texts, seed }: { paths: boolean; texts: boolean; seed: number },
): ItemFeatures {
  const own = paths ? itemPaths(data) : undefined;
  const vectors = texts ? itemVectors(data, seed) : undefined;
  return { ...(own && { paths: own }), ...(vectors && { vectors }) };
}

/** Stands between the steps of a category path, where no name has it. */
const step = "\u0000";

function itemPaths({ items = [], itemCount }: TrainingData): ItemPaths | undefined {
  const sharesOf = Array.from({ length: itemCount }, (_, key) => {
    const shares = new Map<string, number>();
    const paths = items[key]?.categories ?? [];
    for (const path of paths) {
      for (let depth = 1; depth <= path.length; depth++) {
        const node = path.slice(0, depth).join(step);
        shares.set(node, (shares.get(node) ?? 0) + 1 / paths.length);
      }
    }
    return shares;
  });
  const itemsOf = new Map<string, number>();
  for (const shares of sharesOf) for (const node of shares.keys()) itemsOf.set(node, (itemsOf.get(node) ?? 0) + 1);
  // A node of one item says what the item's own row says.
  const keys = new Map([...itemsOf].filter(([, count]) => count > 1).map(([node], key) => [node, key]));
  if (keys.size === 0) return undefined;
  const entries = sharesOf.map((shares) => [...shares].filter(([node]) => keys.has(node)));
  const offsets = new Int32Array(itemCount + 1);
  for (const [item, own] of entries.entries()) offsets[item + 1] = offsets[item] + own.length;
  return {
    nodeCount: keys.size,
    offsets,
    nodes: Int32Array.from(entries.flat(), ([node]) => keys.get(node)!),
    shares: Float32Array.from(entries.flat(), ([, share]) => share),
  };
}

function itemVectors({ items, itemCount, vectors }: TrainingData, seed: number): ItemVectors | undefined {
  if (vectors !== undefined) return { dimensions: vectors.length / itemCount, values: vectors };
  if (items === undefined) return undefined;
  const terms = termMatrix(items, itemCount);
  if (terms.indices.length === 0) return undefined;
  const { right, singularValues } = truncatedSvd(terms, { rank: dimensions, seed, powerIterations: 2 });
  const rank = singularValues.length;
  const values = Float32Array.from(multiply(terms, Float64Array.from(right), rank));
  for (let item = 0; item < itemCount; item++) {
    const row = values.subarray(item * rank, (item + 1) * rank);
    const length = Math.hypot(...row);
    if (length > 0) for (let at = 0; at < rank; at++) row[at] /= length;
  }
  return { dimensions: rank, values };
}

/** The features of some items, in the order of their keys. */
export function selectedFeatures({ paths, vectors }: ItemFeatures, items: Int32Array): ItemFeatures {
  return {
    ...(paths && { paths: selectedPaths(paths, items) }),
    ...(vectors && { vectors: { ...vectors, values: selectedRows(vectors.values, vectors.dimensions, items) } }),
  };
}

function selectedPaths({ nodeCount, offsets, nodes, shares }: ItemPaths, items: Int32Array): ItemPaths {
  const entries = Array.from(items, (item) =>
    Array.from({ length: offsets[item + 1] - offsets[item] }, (_, at) => offsets[item] + at),
  );
  const selected = new Int32Array(items.length + 1);
  for (const [place, own] of entries.entries()) selected[place + 1] = selected[place] + own.length;
  const all = entries.flat();
  return {
    nodeCount,
    offsets: selected,
    nodes: Int32Array.from(all, (at) => nodes[at]),
    shares: Float32Array.from(all, (at) => shares[at]),
  };
}

/** Rows of `width`, by number. */
export function selectedRows(values: Float32Array, width: number, rows: Int32Array): Float32Array {
  const selected = new Float32Array(rows.length * width);
  for (const [place, row] of rows.entries()) {
    selected.set(values.subarray(row * width, (row + 1) * width), place * width);
  }
  return selected;
}

/** The learned parts of rows: own [items, width], nodes [nodes, width], projection [dimensions, width]. */
export interface LearnedRows {
  readonly items: Float32Array;
  readonly nodes?: Float32Array | undefined;
  readonly projection?: Float32Array | undefined;
}

/** The rows themselves, as plain numbers. [items, width] */
export function wholeRows(learned: LearnedRows, { paths, vectors }: ItemFeatures, width: number): Float32Array {
  const rows = learned.items.slice();
  const { nodes, projection } = learned;
  for (let item = 0; item < rows.length / width; item++) {
    const row = rows.subarray(item * width, (item + 1) * width);
    if (paths !== undefined && nodes !== undefined) {
      for (let at = paths.offsets[item]; at < paths.offsets[item + 1]; at++) {
        addScaled(row, nodes.subarray(paths.nodes[at] * width), paths.shares[at]);
      }
    }
    if (vectors !== undefined && projection !== undefined) {
      for (let at = 0; at < vectors.dimensions; at++) {
        addScaled(row, projection.subarray(at * width), vectors.values[item * vectors.dimensions + at]);
      }
    }
  }
  return rows;
}

function addScaled(into: Float32Array, row: Float32Array, factor: number): void {
  for (let at = 0; at < into.length; at++) into[at] += factor * row[at];
}
