/**
 * Grows an interest tree from the catalogue, level by level.
 *
 *  1. Every category path becomes a chain of nodes, broadest first.
 *  2. The items whose path ends at a node are split by their vectors while a split is better than none and its parts are
 *     big enough (`chooseSplit`), down to the deepest level.
 *  3. Where there was a tree before, the new nodes of the level are matched to the old ones by the items that they share
 *     (`tree-matching.ts`). A node that carries an old one's id on continues the old one's children in the next step.
 *  4. Learned interests are named by the words that set one apart from its siblings (`tree-naming.ts`).
 *  5. Every node's centroid is the mean direction of the items under it. A learned interest takes new items that are at
 *     least as near as all but a few of its own.
 */
import { chooseSplit, type EarlierClusters } from "./clustering.ts";
import { limits } from "./limits.ts";
import type { Lineage } from "./lineage.ts";
import { type InterestNode, InterestTree } from "./tree.ts";
import { type LevelMatch, matchLevel } from "./tree-matching.ts";
import { type NamedItem, nameGroups } from "./tree-naming.ts";
import { dot } from "./vector.ts";

export interface TreeItem extends NamedItem {
  readonly categories: readonly (readonly string[])[];
  readonly vector: Float32Array;
}

/** The tree before, and the nodes of each item in it, by key. Items beyond its end were not there. */
export interface EarlierTree {
  readonly tree: InterestTree;
  readonly nodes: readonly Int32Array[];
}

export interface TreeBuildOptions {
  readonly version: number;
  readonly dimensions: number;
  readonly seed: number;
  /** Fewest items of a learned interest. Default: the larger of 12 and a 100th of the catalogue. */
  readonly sizeMin?: number;
  /** Most children of one split. */
  readonly clustersMax?: number;
  /** What the new tree is to stay near to. */
  readonly earlier?: EarlierTree | undefined;
}

/** An interest keeps out new items farther from it than this part of its own items. */
const outlierShare = 0.02;

/** An item at one of its category paths; an item without categories is there once, with an empty path. */
interface Member {
  readonly item: number;
  readonly path: readonly string[];
  /** Its node in the tree before, -1 for none. */
  readonly was: number;
  /** Its node in the new tree so far. */
  at: number;
}

/** A node to be. */
interface Group {
  readonly parent: number;
  readonly members: readonly Member[];
  /** The name of a category; a learned interest has a centroid instead. */
  readonly category?: string;
  readonly centroid?: Float32Array;
}

export interface BuiltTree {
  readonly tree: InterestTree;
  /** For each item its nodes, one per category path. */
  readonly nodes: Int32Array[];
}

/**
 * @param cohesionMin how cohesive continued clusters have to be at each node, as a part of what new ones reach; infinite where
 *   none are to be continued
 */
export function growTree(items: readonly TreeItem[], options: TreeBuildOptions, cohesionMin: number): BuiltTree {
  const { dimensions, seed, earlier, clustersMax = 8 } = options;
  const sizeMin = options.sizeMin ?? Math.max(12, Math.ceil(items.length / 100));
  const tree = new InterestTree(options.version, dimensions, earlier?.tree);
  const members = items.map(({ categories }, item) => membersOf(item, categories, earlier?.nodes[item]));
  const everyone = members.flat();
  /** The node of the tree before that each new one carries on; -1 for none. */
  const heirOf = [earlier === undefined ? -1 : 0];

  for (let level = 1; level <= limits.treeDepth; level++) {
    const groups = [...categoriesAt(level), ...interestsAt(level)];
    const match = earlier === undefined ? undefined : matched(earlier.tree, level, groups);
    const indices = addGroups(groups, match);
    for (const old of match?.heirOf ?? groups.map(() => -1)) heirOf.push(old);
    for (const [group, { members }] of groups.entries()) for (const member of members) member.at = indices[group];
    if (match !== undefined && earlier !== undefined) retire(earlier.tree, match, indices);
  }

  const nodes = members.map((places) => Int32Array.from(places, ({ at }) => at));
  for (const places of nodes) tree.count(places);
  placeCentroids(tree, items, nodes);
  return { tree, nodes };

  /** The categories of the level, large ones first, so that the numbering does not depend on the order of the items. */
  function categoriesAt(level: number): Group[] {
    const groups = new Map<string, { parent: number; category: string; members: Member[] }>();
    for (const member of everyone) {
      if (member.path.length < level) continue;
      const category = member.path[level - 1];
      const key = `${member.at} ${category}`;
      const known = groups.get(key);
      if (known === undefined) groups.set(key, { parent: member.at, category, members: [member] });
      else known.members.push(member);
    }
    return [...groups]
      .sort(([keyA, a], [keyB, b]) => b.members.length - a.members.length || (keyA < keyB ? -1 : 1))
      .map(([, group]) => group);
  }

  /** What the nodes above the level are split into, large parts of a node first. */
  function interestsAt(level: number): Group[] {
    const ending = new Map<number, Member[]>();
    for (const member of everyone) {
      if (member.path.length >= level || tree.nodes[member.at].level !== level - 1) continue;
      const list = ending.get(member.at);
      if (list === undefined) ending.set(member.at, [member]);
      else list.push(member);
    }
    return [...ending].sort(([a], [b]) => a - b).flatMap(([parent, list]) => split(parent, list));
  }

  function split(parent: number, list: readonly Member[]): Group[] {
    if (list.length < sizeMin) return [];
    const vectors = new Float32Array(list.length * dimensions);
    for (const [row, { item }] of list.entries()) vectors.set(items[item].vector, row * dimensions);
    const clusters = Number.isFinite(cohesionMin) ? childrenBefore(earlier!.tree, heirOf[parent], list) : undefined;
    const before = clusters && { ...clusters, cohesionMin };
    const found = chooseSplit(vectors, { dimensions, clustersMax, sizeMin, seed, before });
    if (found === null) return [];
    const parts = Array.from({ length: found.clusters }, (_, cluster) => ({
      parent,
      members: list.filter((_, row) => found.assignments[row] === cluster),
      centroid: found.centroids.slice(cluster * dimensions, (cluster + 1) * dimensions),
    }));
    return parts.sort((a, b) => b.members.length - a.members.length);
  }

  /** Adds the nodes of a level, siblings named together. */
  function addGroups(groups: readonly Group[], match: LevelMatch | undefined): number[] {
    const names = new Map<Group, ReturnType<typeof nameGroups>[number]>();
    return groups.map((group, index): number => {
      const { parent, category, centroid } = group;
      const old = match === undefined || match.heirOf[index] < 0 ? undefined : earlier!.tree.nodes[match.heirOf[index]];
      const heirloom = { ...(old !== undefined && { id: old.id }), ...lineageOf(match, index, old) };
      if (category !== undefined) return tree.add({ parent, kind: "category", label: category, ...heirloom }).index;
      if (!names.has(group)) {
        const siblings = groups.flatMap((other, at) =>
          other.parent === parent && other.category === undefined ? [{ other, heir: match?.heirOf[at] ?? -1 }] : [],
        );
        const given = nameGroups(
          tree,
          tree.nodes[parent],
          siblings.map(({ other }) => other.members.map(({ item }) => items[item])),
          siblings.map(({ heir }) => (heir < 0 ? undefined : earlier!.tree.nodes[heir].label)),
        );
        for (const [at, { other }] of siblings.entries()) names.set(other, given[at]);
      }
      return tree.add({
        parent,
        kind: "learned",
        ...names.get(group)!,
        ...nearnessOf(group),
        name: old?.name,
        centroid: centroid!,
        ...heirloom,
      }).index;
    });
  }

  function nearnessOf({ members, centroid }: Group): { nearness: number } {
    const cosines = members.map(({ item }) => dot(items[item].vector, centroid!)).sort((a, b) => a - b);
    return { nearness: cosines[Math.floor(cosines.length * outlierShare)] };
  }

  function lineageOf(
    match: LevelMatch | undefined,
    group: number,
    old: InterestNode | undefined,
  ): { lineage?: Lineage } {
    if (match === undefined) return {};
    const { change, from } = match.origins[group];
    const ids = from.map((index) => earlier!.tree.nodes[index].id);
    return { lineage: { change, from: ids, since: old?.lineage.since ?? options.version } };
  }

  /** The level's groups against the nodes of the tree before. */
  function matched(old: InterestTree, level: number, groups: readonly Group[]): LevelMatch {
    const sizes = new Map<number, number>();
    for (const { index, level: at, kind } of old.nodes) if (at === level && kind !== "provisional") sizes.set(index, 0);
    const oldAt = (was: number) => {
      const index = old.ancestorAt(was, level);
      return sizes.has(index) ? index : -1;
    };
    for (const { was } of everyone) {
      const index = oldAt(was);
      if (index >= 0) sizes.set(index, sizes.get(index)! + 1);
    }
    const certain = new Map<number, number>();
    const overlaps = groups.map(({ parent, members, category }, group) => {
      const above = heirOf[parent];
      const same = category === undefined || above < 0 ? undefined : old.category(above, category);
      if (same !== undefined) certain.set(group, same.index);
      const shared = new Map<number, number>();
      for (const { was } of members) {
        const index = oldAt(was);
        if (index >= 0) shared.set(index, (shared.get(index) ?? 0) + 1);
      }
      return shared;
    });
    return matchLevel(overlaps, sizes, certain);
  }

  function retire(old: InterestTree, { retired }: LevelMatch, indices: readonly number[]): void {
    for (const [index, { change, into }] of retired) {
      const { id, label } = old.nodes[index];
      tree.retire({
        id,
        label,
        change,
        into: into.map((group) => tree.nodes[indices[group]].id),
        version: tree.version,
      });
    }
  }
}

function membersOf(item: number, categories: TreeItem["categories"], before: Int32Array | undefined): Member[] {
  const paths = categories.length === 0 ? [[]] : categories;
  // Paths are told apart by their places in the item: one that has got more or fewer of them counts as a newcomer.
  const places = before?.length === paths.length ? before : undefined;
  return paths.map((path, place) => ({ item, path, was: places?.[place] ?? -1, at: 0 }));
}

/**
 * Which of the learned interests below an old node each member belonged to. Undefined where there is nothing to stay near to:
 * the node is new, or it was never split and most of its items are new, or nothing was learned in the old tree at all.
 */
function childrenBefore(
  old: InterestTree,
  node: number,
  list: readonly Member[],
): Omit<EarlierClusters, "cohesionMin"> | undefined {
  if (node < 0 || !old.nodes.some(({ kind }) => kind === "learned")) return undefined;
  const children = new Map<number, number>();
  for (const child of old.children(node)) if (old.nodes[child].kind === "learned") children.set(child, children.size);
  if (children.size === 0 && 2 * list.filter(({ was }) => was >= 0).length < list.length) return undefined;
  const { level } = old.nodes[node];
  const assignments = Int32Array.from(list, ({ was }) => children.get(old.ancestorAt(was, level + 1)) ?? -1);
  return { assignments, clusters: children.size };
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
