/** The stored form of an interest tree: JSON, with centroids as base64 of their floats. */
import { PenchantError } from "../base/errors.ts";
import type { InterestNode } from "./interest-node.ts";
import type { RetiredInterest } from "./lineage.ts";

export interface TreeContent {
  readonly version: number;
  readonly dimensions: number;
  readonly retired: readonly RetiredInterest[];
  /** Parents before children, the root first. */
  readonly nodes: readonly InterestNode[];
}

interface StoredTree extends Omit<TreeContent, "nodes"> {
  readonly format: number;
  readonly nodes: readonly (Omit<InterestNode, "centroid"> & { readonly centroid: string })[];
}

const format = 2;

export function encodeTree({ version, dimensions, retired, nodes }: TreeContent): Uint8Array {
  const stored: StoredTree = {
    format,
    version,
    dimensions,
    retired,
    nodes: nodes.map((node) => {
      const { buffer, byteOffset, byteLength } = node.centroid;
      return { ...node, centroid: Buffer.from(buffer, byteOffset, byteLength).toString("base64") };
    }),
  };
  return new TextEncoder().encode(JSON.stringify(stored));
}

/** @throws PENCHANT_E_STATE_VERSION for a format that this version does not know */
export function decodeTree(bytes: Uint8Array): TreeContent {
  const stored = JSON.parse(new TextDecoder().decode(bytes)) as StoredTree;
  if (stored.format !== format) {
    throw new PenchantError(
      "PENCHANT_E_STATE_VERSION",
      `The stored interest tree has format ${stored.format}; this version reads format ${format}.`,
    );
  }
  const nodes = stored.nodes.map((node) => {
    const raw = Buffer.from(node.centroid, "base64");
    return { ...node, centroid: new Float32Array(raw.buffer.slice(raw.byteOffset, raw.byteOffset + raw.byteLength)) };
  });
  return { ...stored, nodes };
}
