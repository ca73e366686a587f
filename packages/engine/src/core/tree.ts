/**
 * The interest tree: the catalogue seen as a hierarchy of interests.
 *
 * Categories of the catalogue give the top levels; inside each category path, learned interests group the items whose
 * path ends there (`tree-build.ts`). Between two builds the tree only grows at the edges: an item of an unknown category
 * brings that category, and an item near to no learned interest waits under a provisional one. Node indices are never
 * reused within a version, parents come before their children, and an item's nodes stay what they were when it arrived,
 * so that folding the log again gives the same states.
 */
import { assert, PenchantError } from "../base/errors.ts";
import { slug } from "./labels.ts";
import { limits } from "./limits.ts";
import type { InterestSummary } from "./profile.ts";
import { dot } from "./vector.ts";

export type NodeKind = "root" | "category" | "learned" | "provisional";

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
  /** Items under the node; one in several of its places counts by its parts. */
  itemCount: number;
}

export class InterestTree {
  readonly version: number;
  readonly dimensions: number;
  readonly nodes: InterestNode[] = [];
  readonly #children: number[][] = [];
  readonly #byId = new Map<string, number>();

  constructor(version: number, dimensions: number) {
    this.version = version;
    this.dimensions = dimensions;
    this.add({ parent: -1, kind: "root", label: "Everything" });
  }

  get root(): InterestNode {
    return this.nodes[0];
  }

  node(id: string): InterestNode | undefined {
    const index = this.#byId.get(id);
    return index === undefined ? undefined : this.nodes[index];
  }

  children(index: number): readonly number[] {
    return this.#children[index];
  }

  /** Adds a node under a parent, with an id made of the parent's and the label. */
  add(options: {
    parent: number;
    kind: NodeKind;
    label: string;
    keywords?: readonly string[];
    description?: string;
    centroid?: Float32Array;
    nearness?: number;
  }): InterestNode {
    const parent = this.nodes[options.parent];
    const level = parent === undefined ? 0 : parent.level + 1;
    assert(level <= limits.treeDepth, `an interest tree has at most ${limits.treeDepth} levels`);
    if (this.nodes.length >= limits.treeNodes) {
      throw new PenchantError(
        "PENCHANT_E_ITEM_INVALID",
        `The interest tree is full: the categories of the items make more than ${limits.treeNodes} nodes.`,
      );
    }
    const node: InterestNode = {
      index: this.nodes.length,
      id: parent === undefined ? "all" : this.#freeId(parent, options.label),
      parent: options.parent,
      level,
      kind: options.kind,
      label: options.label,
      keywords: options.keywords ?? [],
      ...(options.description === undefined ? {} : { description: options.description }),
      centroid: options.centroid ?? new Float32Array(this.dimensions),
      nearness: options.nearness ?? 0,
      itemCount: 0,
    };
    this.#insert(node);
    return node;
  }

  /**
   * The nodes of an item, one per category path, adding categories and provisional interests where needed. Items without
   * categories are placed under the root.
   */
  place(item: { vector: Float32Array; categories: readonly (readonly string[])[] }): Int32Array {
    const paths = item.categories.length === 0 ? [[]] : item.categories;
    return Int32Array.from(paths, (path) => this.#descend(this.#category(path), item.vector));
  }

  /** Counts an item in, at its nodes and all their ancestors. */
  count(nodes: Int32Array): void {
    for (const start of nodes) {
      for (let index = start; index >= 0; index = this.nodes[index].parent) {
        this.nodes[index].itemCount += 1 / nodes.length;
      }
    }
  }

  /** The chain of nodes from below the root down to the node. */
  pathTo(index: number): InterestNode[] {
    const path: InterestNode[] = [];
    for (let at = index; at > 0; at = this.nodes[at].parent) path.unshift(this.nodes[at]);
    return path;
  }

  summary(index: number): InterestSummary {
    const node = this.nodes[index];
    return {
      id: node.id,
      parent: node.parent < 0 ? null : this.nodes[node.parent].id,
      level: node.level,
      label: node.label,
      ...(node.description === undefined ? {} : { description: node.description }),
      keywords: node.keywords,
      itemCount: Math.round(node.itemCount * 100) / 100,
    };
  }

  save(): Uint8Array {
    const nodes = this.nodes.map((node) => ({
      ...node,
      centroid: Buffer.from(node.centroid.buffer, node.centroid.byteOffset, node.centroid.byteLength).toString(
        "base64",
      ),
    }));
    return new TextEncoder().encode(
      JSON.stringify({ format: 1, version: this.version, dimensions: this.dimensions, nodes }),
    );
  }

  /** @throws PENCHANT_E_STATE_VERSION for a format that this version does not know */
  static load(bytes: Uint8Array): InterestTree {
    const stored = JSON.parse(new TextDecoder().decode(bytes)) as {
      format: number;
      version: number;
      dimensions: number;
      nodes: (Omit<InterestNode, "centroid"> & { centroid: string })[];
    };
    if (stored.format !== 1) {
      throw new PenchantError(
        "PENCHANT_E_STATE_VERSION",
        `The stored interest tree has format ${stored.format}; this version reads format 1.`,
      );
    }
    const tree = new InterestTree(stored.version, stored.dimensions);
    for (const node of stored.nodes) {
      const raw = Buffer.from(node.centroid, "base64");
      const centroid = new Float32Array(raw.buffer.slice(raw.byteOffset, raw.byteOffset + raw.byteLength));
      if (node.index > 0) tree.#insert({ ...node, centroid });
      else {
        tree.root.itemCount = node.itemCount;
        tree.root.centroid.set(centroid);
      }
    }
    return tree;
  }

  #insert(node: InterestNode): void {
    this.nodes.push(node);
    this.#children.push([]);
    this.#byId.set(node.id, node.index);
    if (node.parent >= 0) this.#children[node.parent].push(node.index);
  }

  /** Parents' ids are prefixes: "crime.heist-gangster". Ids of the root's children stand alone. */
  #freeId(parent: InterestNode, label: string): string {
    const base = parent.index === 0 ? slug(label) : `${parent.id}.${slug(label)}`;
    if (!this.#byId.has(base)) return base;
    for (let number = 2; ; number++) if (!this.#byId.has(`${base}-${number}`)) return `${base}-${number}`;
  }

  /** The node of a category path, made where it is missing. */
  #category(path: readonly string[]): InterestNode {
    let node = this.root;
    for (const name of path) {
      const known = this.children(node.index).find((child) => {
        const { kind, label } = this.nodes[child];
        return kind === "category" && label === name;
      });
      node = known === undefined ? this.add({ parent: node.index, kind: "category", label: name }) : this.nodes[known];
    }
    return node;
  }

  /** Down from a category to the nearest learned interest, or to the provisional one where nothing is near enough. */
  #descend(from: InterestNode, vector: Float32Array): number {
    let node = from;
    for (;;) {
      let nearest: InterestNode | undefined;
      let nearestCosine = Number.NEGATIVE_INFINITY;
      for (const child of this.children(node.index)) {
        const candidate = this.nodes[child];
        if (candidate.kind !== "learned") continue;
        const cosine = dot(vector, candidate.centroid);
        if (cosine > nearestCosine) {
          nearest = candidate;
          nearestCosine = cosine;
        }
      }
      if (nearest === undefined) return node.index;
      if (nearestCosine < nearest.nearness) return this.#provisional(node).index;
      node = nearest;
    }
  }

  #provisional(parent: InterestNode): InterestNode {
    const known = this.children(parent.index).find((child) => this.nodes[child].kind === "provisional");
    if (known !== undefined) return this.nodes[known];
    return this.add({
      parent: parent.index,
      kind: "provisional",
      label: "New and different",
      description: `New in ${parent.label}, near to no known interest; the next rebuild finds its place.`,
    });
  }
}
