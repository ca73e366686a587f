/**
 * Builds the interest tree from the catalogue.
 *
 *  1. Every category path becomes a chain of nodes, broadest first.
 *  2. The items whose path ends at a node are split by spherical k-means over their vectors while a split is better than
 *     none and its parts are big enough (`chooseSplit`), down to the deepest level.
 *  3. Learned interests are labelled by class-based TF-IDF: the words that set one apart from its siblings.
 *  4. Every node's centroid is the mean direction of the items under it. A learned interest takes new items that are at
 *     least as near as all but a few of its own.
 */
import { chooseSplit } from "./clustering.ts";
import { classKeywords, uniqueLabels } from "./labels.ts";
import { limits } from "./limits.ts";
import { type InterestNode, InterestTree } from "./tree.ts";
import { dot } from "./vector.ts";

export interface TreeItem {
  readonly categories: readonly (readonly string[])[];
  readonly vector: Float32Array;
  /** Words that may label an interest, as a person would read them. */
  readonly terms: readonly string[];
  readonly title: string;
  /** How well known the item is, for naming examples: its number of events. */
  readonly popularity: number;
}

export interface TreeBuildOptions {
  readonly version: number;
  readonly dimensions: number;
  readonly seed: number;
  /** Fewest items of a learned interest. Default: the larger of 12 and a 100th of the catalogue. */
  readonly sizeMin?: number;
  /** Most children of one split. */
  readonly clustersMax?: number;
}

/** A word labels an interest when at least this part of its items have it. */
const labelShareMin = 0.12;
/** An interest keeps out new items farther from it than this part of its own items. */
const outlierShare = 0.02;
const keywordsKept = 8;
const examplesNamed = 3;

/** @returns the tree, and for each item its nodes, one per category path. */
export function buildTree(
  items: readonly TreeItem[],
  options: TreeBuildOptions,
): { tree: InterestTree; nodes: Int32Array[] } {
  const { dimensions, seed } = options;
  const sizeMin = options.sizeMin ?? Math.max(12, Math.ceil(items.length / 100));
  const tree = new InterestTree(options.version, dimensions);

  // An empty tree places an item at the node of each of its paths, making the categories on the way. Broad and frequent
  // categories come first, so that the numbering does not depend on the order of the items.
  for (const path of pathsByFrequency(items)) tree.place({ vector: new Float32Array(dimensions), categories: [path] });
  const nodes = items.map((item) => tree.place(item));

  const members = new Map<number, { item: number; path: number }[]>();
  for (const [item, places] of nodes.entries()) {
    for (const [path, node] of places.entries()) {
      const list = members.get(node);
      if (list === undefined) members.set(node, [{ item, path }]);
      else list.push({ item, path });
    }
  }
  for (const [node, list] of [...members].sort(([a], [b]) => a - b)) split(tree.nodes[node], list);

  for (const places of nodes) tree.count(places);
  placeCentroids(tree, items, nodes);
  return { tree, nodes };

  function split(parent: InterestNode, list: readonly { item: number; path: number }[]): void {
    if (parent.level >= limits.treeDepth || list.length < 2 * sizeMin) return;
    const vectors = new Float32Array(list.length * dimensions);
    for (const [row, { item }] of list.entries()) vectors.set(items[item].vector, row * dimensions);
    const found = chooseSplit(vectors, { dimensions, clustersMax: options.clustersMax ?? 8, sizeMin, seed });
    if (found === null) return;

    const groups = Array.from({ length: found.clusters }, (): { item: number; path: number }[] => []);
    for (const [row, member] of list.entries()) {
      const cluster = found.assignments[row];
      if (cluster >= 0) groups[cluster].push(member);
    }
    const saidAbove = wordsAbove(tree, parent);
    const keywords = classKeywords(
      groups.map((group) =>
        countTerms(
          group.map(({ item }) => items[item]),
          saidAbove,
        ),
      ),
      { keywords: keywordsKept },
    );
    const known = groups.map((group) => examples(group.map(({ item }) => items[item])));
    // Where words tell siblings apart too little, the best-known item does: "Comedy, Like Pretty Woman".
    const labels = uniqueLabels(keywords.map((words, cluster) => [...words, { term: `like ${known[cluster][0]}` }]));
    const order = [...groups.keys()].sort((a, b) => groups[b].length - groups[a].length);
    for (const cluster of order) {
      const group = groups[cluster];
      const centroid = found.centroids.slice(cluster * dimensions, (cluster + 1) * dimensions);
      const cosines = group.map(({ item }) => dot(items[item].vector, centroid)).sort((a, b) => a - b);
      const node = tree.add({
        parent: parent.index,
        kind: "learned",
        label: labels[cluster],
        keywords: keywords[cluster].map(({ term }) => term),
        description: `Such as ${known[cluster].join(", ")}`,
        centroid,
        nearness: cosines[Math.floor(cosines.length * outlierShare)],
      });
      for (const { item, path } of group) nodes[item][path] = node.index;
      split(node, group);
    }
  }
}

function pathsByFrequency(items: readonly TreeItem[]): (readonly string[])[] {
  const paths = new Map<string, { path: readonly string[]; count: number }>();
  for (const { categories } of items) {
    for (const path of categories) {
      const key = JSON.stringify(path);
      const known = paths.get(key);
      if (known === undefined) paths.set(key, { path, count: 1 });
      else known.count += 1;
    }
  }
  return [...paths]
    .sort(([keyA, a], [keyB, b]) => a.path.length - b.path.length || b.count - a.count || (keyA < keyB ? -1 : 1))
    .map(([, { path }]) => path);
}

/** The words of the labels from a node up: below it they say nothing new. */
function wordsAbove(tree: InterestTree, node: InterestNode): Set<string> {
  return new Set(tree.pathTo(node.index).flatMap(({ label }) => [label, ...label.split(", ")].map(fold)));
}

/** In how many items of a group each term occurs; rare terms, and those already said above it, are left out. */
function countTerms(group: readonly TreeItem[], saidAbove: ReadonlySet<string>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { terms } of group) {
    for (const term of new Set(terms)) {
      if (!saidAbove.has(fold(term))) counts.set(term, (counts.get(term) ?? 0) + 1);
    }
  }
  for (const [term, count] of counts) if (count < labelShareMin * group.length) counts.delete(term);
  return counts;
}

function fold(word: string): string {
  return word.toLowerCase();
}

/** The titles of the best-known items. */
function examples(group: readonly TreeItem[]): string[] {
  return group
    .toSorted((a, b) => b.popularity - a.popularity || (a.title < b.title ? -1 : 1))
    .slice(0, examplesNamed)
    .map(({ title }) => title);
}

/** Mean direction of the items under each category node; learned nodes keep the centroid that made them. */
function placeCentroids(tree: InterestTree, items: readonly TreeItem[], nodes: readonly Int32Array[]): void {
  for (const [item, places] of nodes.entries()) {
    const { vector } = items[item];
    for (const start of places) {
      for (let index = start; index >= 0; index = tree.nodes[index].parent) {
        const { kind, centroid } = tree.nodes[index];
        if (kind !== "learned") for (let d = 0; d < vector.length; d++) centroid[d] += vector[d] / places.length;
      }
    }
  }
  for (const { kind, centroid } of tree.nodes) {
    if (kind === "learned") continue;
    const norm = Math.sqrt(dot(centroid, centroid));
    if (norm > 0) for (let d = 0; d < centroid.length; d++) centroid[d] /= norm;
  }
}
