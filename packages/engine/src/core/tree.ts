/**
 * The interest tree: the catalogue seen as a hierarchy of interests.
 *
 * Categories of the catalogue give the top levels; inside each category path, learned interests group the items whose
 * path ends there (`tree-build.ts`). Between two builds the tree only grows at the edges: an item of an unknown category
 * brings that category, and an item near to no learned interest waits under a provisional one. Node indices are never
 * reused within a version, parents come before their children, and an item's nodes stay what they were when it arrived,
 * so that folding the log again gives the same states.
 *
 * Ids outlive a version: people keep them in bookmarks and steer by them. A node that is the same interest as one of the
 * tree before has its id; the id of one that is no more is never given to another, and `heirs` tells where it went.
 */
import { assert, PenchantError } from "../base/errors.ts";
import type { GivenName, InterestNode, NodeKind } from "./interest-node.ts";
import { slug } from "./labels.ts";
import { limits } from "./limits.ts";
import type { Lineage, RetiredInterest } from "./lineage.ts";
import type { InterestSummary } from "./profile.ts";
import { decodeTree, encodeTree } from "./tree-codec.ts";
import { dot } from "./vector.ts";

export type { GivenName, InterestNode, NodeKind } from "./interest-node.ts";

export class InterestTree {
  readonly version: number;
  readonly dimensions: number;
  readonly nodes: InterestNode[] = [];
  readonly #children: number[][] = [];
  readonly #byId = new Map<string, number>();
  /** Former interests, the latest to go last; at most `limits.retiredInterests`, the oldest are forgotten. */
  readonly #retired = new Map<string, RetiredInterest>();
  /** Ids of the tree before: only the same interest may have them. */
  readonly #reserved = new Set<string>();

  /** @param before the tree whose ids and former interests this one carries on */
  constructor(version: number, dimensions: number, before?: InterestTree) {
    this.version = version;
    this.dimensions = dimensions;
    if (before !== undefined) {
      for (const former of before.retired) this.#retired.set(former.id, former);
      // One that new items wait under is there again when it is needed.
      for (const { id, kind } of before.nodes) if (kind !== "provisional") this.#reserved.add(id);
    }
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

  /** Former interests. */
  get retired(): readonly RetiredInterest[] {
    return [...this.#retired.values()];
  }

  /** Notes that the id is no more, and where its items went. */
  retire(former: RetiredInterest): void {
    assert(!this.#byId.has(former.id), `a former interest's id is free, not ${former.id}`);
    this.#retired.set(former.id, former);
    for (const id of this.#retired.keys()) {
      if (this.#retired.size <= limits.retiredInterests) break;
      this.#retired.delete(id);
    }
  }

  /**
   * The interests that an id means today: itself, or for a former one those that took its items over since, through any
   * number of rebuilds. None where its items went all over the place, or the id was never there.
   */
  heirs(id: string): InterestNode[] {
    const found = new Map<string, InterestNode>();
    const waiting = [id];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const node = this.node(next);
      if (node !== undefined) found.set(next, node);
      else waiting.push(...(this.#retired.get(next)?.into ?? []));
    }
    return [...found.values()].sort((a, b) => a.index - b.index);
  }

  /** Adds a node under a parent, by default with an id made of the parent's and the label, and nobody's successor. */
  add(options: {
    id?: string;
    lineage?: Lineage;
    parent: number;
    kind: NodeKind;
    label: string;
    keywords?: readonly string[];
    description?: string;
    centroid?: Float32Array;
    nearness?: number;
    name?: GivenName | undefined;
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
      id: parent === undefined ? "all" : (options.id ?? this.#freeId(parent, options.label)),
      parent: options.parent,
      level,
      kind: options.kind,
      label: options.label,
      keywords: options.keywords ?? [],
      ...(options.description === undefined ? {} : { description: options.description }),
      centroid: options.centroid ?? new Float32Array(this.dimensions),
      nearness: options.nearness ?? 0,
      ...(options.name === undefined ? {} : { name: options.name }),
      lineage: options.lineage ?? { change: "new", from: [], since: this.version },
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

  /** The category of that name right below a node. */
  category(parent: number, name: string): InterestNode | undefined {
    const index = this.children(parent).find((child) => {
      const { kind, label } = this.nodes[child];
      return kind === "category" && label === name;
    });
    return index === undefined ? undefined : this.nodes[index];
  }

  /** The node on the way from the root to a node that stands on a level; -1 where the way ends above it, or for -1. */
  ancestorAt(index: number, level: number): number {
    while (index >= 0 && this.nodes[index].level > level) index = this.nodes[index].parent;
    return index >= 0 && this.nodes[index].level === level ? index : -1;
  }

  /** The chain of nodes from below the root down to the node. */
  pathTo(index: number): InterestNode[] {
    const path: InterestNode[] = [];
    for (let at = index; at > 0; at = this.nodes[at].parent) path.unshift(this.nodes[at]);
    return path;
  }

  summary(index: number): InterestSummary {
    const node = this.nodes[index];
    const { label, description } = node.name ?? node;
    return {
      id: node.id,
      parent: node.parent < 0 ? null : this.nodes[node.parent].id,
      level: node.level,
      label,
      ...(description === undefined ? {} : { description }),
      keywords: node.keywords,
      itemCount: Math.round(node.itemCount * 100) / 100,
    };
  }

  save(): Uint8Array {
    return encodeTree(this);
  }

  /** @throws PENCHANT_E_STATE_VERSION for a format that this version does not know */
  static load(bytes: Uint8Array): InterestTree {
    const { version, dimensions, retired, nodes } = decodeTree(bytes);
    const tree = new InterestTree(version, dimensions);
    for (const former of retired) tree.#retired.set(former.id, former);
    tree.root.itemCount = nodes[0].itemCount;
    tree.root.centroid.set(nodes[0].centroid);
    for (const node of nodes.slice(1)) tree.#insert(node);
    return tree;
  }

  #insert(node: InterestNode): void {
    this.nodes.push(node);
    this.#children.push([]);
    this.#byId.set(node.id, node.index);
    if (node.parent >= 0) this.#children[node.parent].push(node.index);
  }

  /**
   * A new id begins with its parent's: "crime.heist-gangster". Ids of the root's children stand alone. Later the interest may
   * move to another parent and keep it: ids are names and not places.
   */
  #freeId(parent: InterestNode, label: string): string {
    const base = parent.index === 0 ? slug(label) : `${parent.id}.${slug(label)}`;
    if (this.#isFree(base)) return base;
    for (let number = 2; ; number++) if (this.#isFree(`${base}-${number}`)) return `${base}-${number}`;
  }

  #isFree(id: string): boolean {
    return !this.#byId.has(id) && !this.#retired.has(id) && !this.#reserved.has(id);
  }

  /** The node of a category path, made where it is missing. */
  #category(path: readonly string[]): InterestNode {
    let node = this.root;
    for (const name of path) {
      node = this.category(node.index, name) ?? this.add({ parent: node.index, kind: "category", label: name });
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
