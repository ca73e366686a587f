/** Features of items as parts of a stored model. */
import { PenchantError } from "../../base/errors.ts";
import type { SavedTensor } from "../../core/model.ts";
import type { SavedReader } from "../saved.ts";
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
