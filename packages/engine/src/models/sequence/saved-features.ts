/** Features of items, and the space that places later ones, as parts of a stored model. */
import { PenchantError } from "../../base/errors.ts";
import type { SavedTensor } from "../../core/model.ts";
import { type SavedReader, textTensor } from "../saved.ts";
import type { FeatureSpace } from "./feature-space.ts";
import type { ItemFeatures } from "./item-features.ts";

export function featureTensors({ paths, vectors }: ItemFeatures): Record<string, SavedTensor | SavedTensor["values"]> {
  return {
    ...(paths && {
      pathOffsets: paths.offsets,
      pathNodes: paths.nodes,
      pathShares: paths.shares,
      pathNodeCount: Int32Array.of(paths.nodeCount),
    }),
    ...(vectors && {
      vectors: { shape: [vectors.values.length / vectors.dimensions, vectors.dimensions], values: vectors.values },
    }),
  };
}

/** @throws PENCHANT_E_MODEL_FILE for parts that do not fit each other */
export function readFeatures(name: string, parts: SavedReader, itemCount: number): ItemFeatures {
  const unfit = (problem: string) =>
    new PenchantError("PENCHANT_E_MODEL_FILE", `${name}: ${problem}`, { details: { model: name } });
  const features: { -readonly [Part in keyof ItemFeatures]: ItemFeatures[Part] } = {};
  if (parts.has("pathOffsets")) {
    const offsets = parts.offsets("pathOffsets", "pathNodes");
    const nodes = parts.integers("pathNodes");
    const shares = parts.floats("pathShares");
    const [nodeCount] = parts.integers("pathNodeCount");
    if (offsets.length !== itemCount + 1 || shares.length !== nodes.length) {
      throw unfit(`paths of ${offsets.length - 1} items with ${shares.length} shares do not fit ${itemCount} items.`);
    }
    if (!nodes.every((node) => node >= 0 && node < nodeCount))
      throw unfit(`a path names a node over ${nodeCount - 1}.`);
    features.paths = { nodeCount, offsets, nodes, shares };
  }
  if (parts.has("vectors")) {
    features.vectors = { values: parts.rows("vectors", itemCount), dimensions: parts.shape("vectors")[1] };
  }
  return features;
}

export function spaceTensors({ nodes, words }: FeatureSpace): Record<string, SavedTensor | SavedTensor["values"]> {
  return {
    ...(nodes && { pathNames: textTensor(nodes) }),
    ...(words && {
      terms: textTensor(words.terms.terms),
      termWeights: Float32Array.from(words.terms.weights),
      termDirections: { shape: [words.terms.terms.length, words.rank], values: words.directions },
    }),
  };
}

/**
 * Models that were stored before there was a space have none, and place no later items.
 *
 * @throws PENCHANT_E_MODEL_FILE for parts that do not fit each other
 */
export function readSpace(name: string, parts: SavedReader, { paths, vectors }: ItemFeatures): FeatureSpace {
  const unfit = (problem: string) =>
    new PenchantError("PENCHANT_E_MODEL_FILE", `${name}: ${problem}`, { details: { model: name } });
  const space: { -readonly [Part in keyof FeatureSpace]: FeatureSpace[Part] } = {};
  if (parts.has("pathNames")) {
    const nodes = parts.texts("pathNames");
    if (nodes.length !== paths?.nodeCount) throw unfit(`${nodes.length} names do not fit the nodes of its paths.`);
    space.nodes = nodes;
  }
  if (parts.has("terms")) {
    const terms = parts.texts("terms");
    const weights = parts.floats("termWeights");
    const directions = parts.rows("termDirections", terms.length);
    const [, rank] = parts.shape("termDirections");
    if (weights.length !== terms.length || rank !== vectors?.dimensions) {
      throw unfit(`${weights.length} weights and ${rank} directions do not fit its terms and its items' vectors.`);
    }
    space.words = { terms: { terms, weights }, directions, rank };
  }
  return space;
}
