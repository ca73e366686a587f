/**
 * Builds the interest tree from the catalogue, near to the one that there was.
 *
 * A tree built afresh would be a little better at best and another one for everybody: where items change little, where the
 * borders between interests run is largely chance. So the tree before is continued (`tree-growth.ts`) wherever that costs little.
 * How little is measured on the whole tree, by its cohesion, against one that is built afresh in any case.
 */
import { type BuiltTree, growTree, type TreeBuildOptions, type TreeItem } from "./tree-growth.ts";
import { dot } from "./vector.ts";

export type { BuiltTree, EarlierTree, TreeBuildOptions, TreeItem } from "./tree-growth.ts";

/** What staying near to the tree before may cost. */
const cohesionLossMax = 0.02;
/** How much worse than new ones the clusters of a single node may be, the steadiest first. */
const steadiness = [0.9, 0.91, 0.92, 0.93, 0.95, 0.98];

/**
 * Builds the tree. Where there was one before, the one that stays nearest to it is taken of those whose cohesion is within
 * 2 % of a tree that is built afresh; a fresh one, too, carries on the ids of what is the same.
 */
export function buildTree(items: readonly TreeItem[], options: TreeBuildOptions): BuiltTree {
  const fresh = growTree(items, options, Number.POSITIVE_INFINITY);
  if (options.earlier === undefined) return fresh;
  const cohesionNeeded = (1 - cohesionLossMax) * treeCohesion(items, fresh);
  for (const cohesionMin of steadiness) {
    const steady = growTree(items, options, cohesionMin);
    if (treeCohesion(items, steady) >= cohesionNeeded) return steady;
  }
  return fresh;
}

/** The quality of a tree: mean cosine of the items to the centroid of the node that they belong to, over all their places. */
export function treeCohesion(items: readonly Pick<TreeItem, "vector">[], { tree, nodes }: BuiltTree): number {
  let sum = 0;
  let count = 0;
  for (const [item, places] of nodes.entries()) {
    for (const node of places) sum += dot(items[item].vector, tree.nodes[node].centroid);
    count += places.length;
  }
  return count === 0 ? 0 : sum / count;
}
