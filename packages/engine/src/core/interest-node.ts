/** A node of the interest tree. */
import type { Lineage } from "./lineage.ts";

export type NodeKind = "root" | "category" | "learned" | "provisional";

/** What a language model calls an interest. */
export interface GivenName {
  readonly label: string;
  readonly description: string;
  /** Hash of what it was made of: as long as that is the same, so is the name. */
  readonly basis: string;
}

export interface InterestNode {
  readonly index: number;
  readonly id: string;
  /** Index of the parent, -1 for the root. */
  readonly parent: number;
  readonly level: number;
  readonly kind: NodeKind;
  readonly label: string;
  readonly keywords: readonly string[];
  readonly description?: string;
  /** Unit vector, or zeros when no item under the node has one. */
  readonly centroid: Float32Array;
  /** Learned interests: the cosine to the centroid that an item needs to join. */
  readonly nearness: number;
  /** Goes before label and description where people read; ids, and the continuity of labels, are made without it. */
  name?: GivenName;
  readonly lineage: Lineage;
  /** Items under the node; one in several of its places counts by its parts. */
  itemCount: number;
}
