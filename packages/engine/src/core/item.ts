/** Items: the things of the catalogue that events refer to. */

/** An item as a caller gives it and gets it back. */
export interface Item {
  readonly id: string;
  readonly title: string;
  readonly text?: string | undefined;
  /** Paths, broadest category first. An item with m paths gives each of them 1/m of its weight and count. */
  readonly categories?: readonly (readonly string[])[] | undefined;
  readonly attributes?: Readonly<Record<string, unknown>> | undefined;
  readonly image?: string | undefined;
  /** What the caller's own models make of it, such as of its image: vectors by name, each name's of one length. */
  readonly vectors?: Readonly<Record<string, readonly number[]>> | undefined;
  /** Milliseconds since 1970-01-01 UTC. */
  readonly createdAt?: number | undefined;
  /** A hidden item keeps its place in profiles and is never recommended. */
  readonly hidden?: boolean | undefined;
}

/** What is known of a user beside their events. */
export interface User {
  readonly id: string;
  readonly attributes?: Readonly<Record<string, unknown>> | undefined;
  readonly consent?: Readonly<Record<string, boolean>> | undefined;
}

/**
 * An item with what the engine derived for it: a small dense number for states and matrices (`key`, from 0), a unit
 * vector, and the nodes of the interest tree that it belongs to. Membership belongs to one version of the tree and does
 * not change until the tree is built again, so that folding the log once more gives the same states.
 */
export interface CatalogueEntry {
  readonly key: number;
  readonly item: Item;
  /** Unit length, or all zeros when nothing is known of the item but its id. */
  readonly vector: Float32Array;
  /** Node indices in the tree, one per category path (repeats are possible when paths share a node). */
  readonly nodes: Int32Array;
  readonly treeVersion: number;
}
