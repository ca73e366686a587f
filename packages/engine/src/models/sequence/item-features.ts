/**
 * What is known of items besides who had to do with them, and what becomes of it: an item's row is
 *
 *     row = own + sum over the nodes of its category paths (share * node) + vector W
 *
 * with a learned row for each node and a learned projection W of the item's unit vector. What items have in common is learned
 * from all of them, and an item that nobody had to do with yet is placed by it (`feature-space.ts`).
 */
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

/** Some items' features, followed by those of others; what the others lack says nothing of them. */
export function joinedFeatures(first: CountedFeatures, then: CountedFeatures): ItemFeatures {
  const { paths, vectors } = first.features;
  return {
    ...(paths && { paths: joinedPaths(paths, then.features.paths ?? noPaths(paths.nodeCount, then.itemCount)) }),
    ...(vectors && { vectors: joinedVectors(vectors, first.itemCount + then.itemCount, then.features.vectors) }),
  };
}

export interface CountedFeatures {
  readonly features: ItemFeatures;
  readonly itemCount: number;
}

export function joinedPaths(first: ItemPaths, then: ItemPaths): ItemPaths {
  const before = first.nodes.length;
  const nodes = new Int32Array(before + then.nodes.length);
  nodes.set(first.nodes);
  nodes.set(then.nodes, before);
  const shares = new Float32Array(nodes.length);
  shares.set(first.shares);
  shares.set(then.shares, before);
  const offsets = new Int32Array(first.offsets.length + then.offsets.length - 1);
  offsets.set(
    then.offsets.map((offset) => offset + before),
    first.offsets.length - 1,
  );
  offsets.set(first.offsets);
  return { nodeCount: first.nodeCount, offsets, nodes, shares };
}

function joinedVectors({ dimensions, values: first }: ItemVectors, itemCount: number, then: ItemVectors | undefined) {
  const values = new Float32Array(itemCount * dimensions);
  values.set(first);
  if (then !== undefined) values.set(then.values, first.length);
  return { dimensions, values };
}

function noPaths(nodeCount: number, itemCount: number): ItemPaths {
  return { nodeCount, offsets: new Int32Array(itemCount + 1), nodes: new Int32Array(0), shares: new Float32Array(0) };
}

/** The features of some items, in the order of their keys. */
export function selectedFeatures({ paths, vectors }: ItemFeatures, items: Int32Array): ItemFeatures {
  return {
    ...(paths && { paths: selectedPaths(paths, items) }),
    ...(vectors && { vectors: { ...vectors, values: selectedRows(vectors.values, vectors.dimensions, items) } }),
  };
}

export function selectedPaths({ nodeCount, offsets, nodes, shares }: ItemPaths, items: Int32Array): ItemPaths {
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
