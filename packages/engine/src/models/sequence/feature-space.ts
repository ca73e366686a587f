/**
 * What turns what an item says of itself into features: fitted to the items that are there, and kept with the model, so that
 * items which come after it are placed too.
 *
 * A path counts with all of its beginnings, so that siblings share their parent's row; of m paths each counts 1/m. Vectors are
 * the caller's where there are some, and else the leading directions of the items' weighted terms (latent semantic analysis;
 * Deerwester et al., 1990).
 */
import type { Item } from "../../core/item.ts";
import type { TrainingData } from "../../core/model.ts";
import { multiply } from "../../core/sparse-matrix.ts";
import { truncatedSvd } from "../../core/truncated-svd.ts";
import { fitTermSpace, placedByTerms, type TermSpace } from "../content/terms.ts";
import type { ItemFeatures, ItemPaths, ItemVectors } from "./item-features.ts";

export interface FeatureSpace {
  /** Beginnings of category paths, by the number of their node. */
  readonly nodes?: readonly string[];
  readonly words?: WordSpace;
}

/** Leading directions of the items' weighted terms. */
export interface WordSpace {
  readonly terms: TermSpace;
  /** [terms, rank] */
  readonly directions: Float32Array;
  readonly rank: number;
}

const rankMax = 64;

/** What is asked for and known; nothing where the data tell nothing of items. */
export function itemFeaturesOf(
  data: Pick<TrainingData, "items" | "itemCount" | "vectors">,
  options: { paths: boolean; texts: boolean; seed: number },
): { space: FeatureSpace; features: ItemFeatures } {
  const { items = [], itemCount, vectors } = data;
  const space = fittedSpace(data, options);
  const features = placedFeatures(space, items, itemCount);
  if (!options.texts || vectors === undefined) return { space, features };
  return { space, features: { ...features, vectors: { dimensions: vectors.length / itemCount, values: vectors } } };
}

/** Callers' vectors need no words; where they are from, nobody here knows. */
function fittedSpace(
  { items = [], itemCount, vectors }: Pick<TrainingData, "items" | "itemCount" | "vectors">,
  { paths, texts, seed }: { paths: boolean; texts: boolean; seed: number },
): FeatureSpace {
  const nodes = paths ? nodesOfPaths(items) : [];
  const words = texts && vectors === undefined ? wordSpace(items, itemCount, seed) : undefined;
  return { ...(nodes.length > 0 && { nodes }), ...(words && { words }) };
}

/** The features of items, whether the space was fitted to them or not. */
export function placedFeatures(space: FeatureSpace, items: readonly Item[], itemCount: number): ItemFeatures {
  const { nodes, words } = space;
  return {
    ...(nodes && { paths: placedPaths(nodes, items, itemCount) }),
    ...(words && { vectors: placedVectors(words, items, itemCount) }),
  };
}

/** Stands between the steps of a category path, where no name has it. */
const step = "\u0000";

/** The steps of a node's path, broadest first. */
export function stepsOfNode(node: string): string[] {
  return node.split(step);
}

/** Every beginning of an item's paths, with its share: of m paths each counts 1/m. */
function beginnings(item: Item | undefined): Map<string, number> {
  const shares = new Map<string, number>();
  const paths = item?.categories ?? [];
  for (const path of paths) {
    for (let depth = 1; depth <= path.length; depth++) {
      const node = path.slice(0, depth).join(step);
      shares.set(node, (shares.get(node) ?? 0) + 1 / paths.length);
    }
  }
  return shares;
}

export function nodesOfPaths(items: readonly Item[]): string[] {
  const itemsOf = new Map<string, number>();
  for (const item of items) {
    for (const node of beginnings(item).keys()) itemsOf.set(node, (itemsOf.get(node) ?? 0) + 1);
  }
  // A node of one item says what the item's own row says.
  return [...itemsOf].filter(([, count]) => count > 1).map(([node]) => node);
}

export function placedPaths(names: readonly string[], items: readonly Item[], itemCount: number): ItemPaths {
  const keys = new Map(names.map((node, key) => [node, key]));
  const entries = Array.from({ length: itemCount }, (_, key) =>
    [...beginnings(items[key])].filter(([node]) => keys.has(node)),
  );
  const offsets = new Int32Array(itemCount + 1);
  for (const [item, own] of entries.entries()) offsets[item + 1] = offsets[item] + own.length;
  return {
    nodeCount: names.length,
    offsets,
    nodes: Int32Array.from(entries.flat(), ([node]) => keys.get(node)!),
    shares: Float32Array.from(entries.flat(), ([, share]) => share),
  };
}

function wordSpace(items: readonly Item[], itemCount: number, seed: number): WordSpace | undefined {
  const terms = fitTermSpace(items, itemCount);
  const matrix = placedByTerms(terms, items, itemCount);
  if (matrix.indices.length === 0) return undefined;
  const { right, singularValues } = truncatedSvd(matrix, { rank: rankMax, seed, powerIterations: 2 });
  return { terms, directions: Float32Array.from(right), rank: singularValues.length };
}

function placedVectors({ terms, directions, rank }: WordSpace, items: readonly Item[], itemCount: number): ItemVectors {
  const matrix = placedByTerms(terms, items, itemCount);
  const values = Float32Array.from(multiply(matrix, Float64Array.from(directions), rank));
  for (let item = 0; item < itemCount; item++) {
    const row = values.subarray(item * rank, (item + 1) * rank);
    const length = Math.hypot(...row);
    if (length > 0) for (let at = 0; at < rank; at++) row[at] /= length;
  }
  return { dimensions: rank, values };
}
