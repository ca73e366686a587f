/** Features of items, and the space that places later ones, as parts of a stored model. */
import { PenchantError } from "../../base/errors.ts";
import type { SavedTensor } from "../../core/model.ts";
import { type SavedReader, textTensor } from "../saved.ts";
import type { FeatureSpace } from "./feature-space.ts";
import type { ItemFeatures, ItemPaths } from "./item-features.ts";
import type { Interests } from "./profiles.ts";

export function featureTensors({ paths, vectors }: ItemFeatures): Record<string, SavedTensor | SavedTensor["values"]> {
  return {
    ...(paths && pathTensors("path", paths)),
    ...(vectors && {
      vectors: { shape: [vectors.values.length / vectors.dimensions, vectors.dimensions], values: vectors.values },
    }),
  };
}

/** @throws PENCHANT_E_MODEL_FILE for parts that do not fit each other */
export function readFeatures(name: string, parts: SavedReader, itemCount: number): ItemFeatures {
  const features: { -readonly [Part in keyof ItemFeatures]: ItemFeatures[Part] } = {};
  if (parts.has("pathOffsets")) features.paths = readPaths(name, "path", parts, itemCount);
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
  const space: { -readonly [Part in keyof FeatureSpace]: FeatureSpace[Part] } = {};
  if (parts.has("pathNames")) {
    const nodes = parts.texts("pathNames");
    if (nodes.length !== paths?.nodeCount)
      throw unfit(name, `${nodes.length} names do not fit the nodes of its paths.`);
    space.nodes = nodes;
  }
  if (parts.has("terms")) {
    const terms = parts.texts("terms");
    const weights = parts.floats("termWeights");
    const directions = parts.rows("termDirections", terms.length);
    const [, rank] = parts.shape("termDirections");
    if (weights.length !== terms.length || rank !== vectors?.dimensions) {
      throw unfit(
        name,
        `${weights.length} weights and ${rank} directions do not fit its terms and its items' vectors.`,
      );
    }
    space.words = { terms: { terms, weights }, directions, rank };
  }
  return space;
}

/** The nodes that profiles are made of. */
export function interestTensors({ paths, nodes }: Interests): Record<string, SavedTensor | SavedTensor["values"]> {
  return paths === undefined ? {} : { ...pathTensors("interest", paths), interestNames: textTensor(nodes) };
}

/** @throws PENCHANT_E_MODEL_FILE for parts that do not fit each other */
export function readInterests(name: string, parts: SavedReader, itemCount: number): Interests {
  if (!["interestOffsets", "interestNames"].some((part) => parts.has(part))) return { paths: undefined, nodes: [] };
  const paths = readPaths(name, "interest", parts, itemCount);
  const nodes = parts.texts("interestNames");
  if (nodes.length !== paths.nodeCount)
    throw unfit(name, `${nodes.length} names do not fit the nodes of its interests.`);
  return { paths, nodes };
}

function pathTensors(prefix: string, paths: ItemPaths): Record<string, SavedTensor["values"]> {
  return {
    [`${prefix}Offsets`]: paths.offsets,
    [`${prefix}Nodes`]: paths.nodes,
    [`${prefix}Shares`]: paths.shares,
    [`${prefix}NodeCount`]: Int32Array.of(paths.nodeCount),
  };
}

function readPaths(name: string, prefix: string, parts: SavedReader, itemCount: number): ItemPaths {
  const offsets = parts.offsets(`${prefix}Offsets`, `${prefix}Nodes`);
  const nodes = parts.integers(`${prefix}Nodes`);
  const shares = parts.floats(`${prefix}Shares`);
  const [nodeCount] = parts.integers(`${prefix}NodeCount`);
  if (offsets.length !== itemCount + 1 || shares.length !== nodes.length) {
    throw unfit(
      name,
      `paths of ${offsets.length - 1} items with ${shares.length} shares do not fit ${itemCount} items.`,
    );
  }
  if (!nodes.every((node) => node >= 0 && node < nodeCount)) {
    throw unfit(name, `a path names a node over ${nodeCount - 1}.`);
  }
  return { nodeCount, offsets, nodes, shares };
}

function unfit(name: string, problem: string): PenchantError {
  return new PenchantError("PENCHANT_E_MODEL_FILE", `${name}: ${problem}`, { details: { model: name } });
}
