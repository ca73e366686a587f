/** The interests of the tree as they are shown, with what is learned of them. */
import { topItems } from "../core/top-items.ts";
import type { InterestNode } from "../core/tree.ts";
import type { InterestDetail, TreeInterest } from "./engine-contract.ts";
import type { Understanding } from "./understanding.ts";

const itemsShown = 20;

/** See `Engine.interests`. */
export function treeInterests(understanding: Understanding): TreeInterest[] {
  return understanding.models.tree.nodes.map((node) => treeInterest(understanding, node));
}

/** See `Engine.interest`. */
export function interestDetail(understanding: Understanding, node: InterestNode): InterestDetail {
  const { models, catalogue } = understanding;
  const isUnder = (item: number) =>
    catalogue.nodes(item).some((start) => node.index === 0 || models.tree.pathTo(start).includes(node));
  const popularity = new Float32Array(catalogue.size);
  popularity.set(models.popularity.subarray(0, catalogue.size));
  return {
    ...treeInterest(understanding, node),
    lineage: node.lineage,
    children: models.tree.children(node.index).map((child) => models.tree.summary(child)),
    items: topItems(popularity, itemsShown, isUnder, "popularity").map((key) => catalogue.item(key)),
  };
}

function treeInterest({ models: { tree, learned } }: Understanding, { index }: InterestNode): TreeInterest {
  const halfLife = learned?.halfLives[index] ?? undefined;
  return { ...tree.summary(index), ...(halfLife !== undefined && { halfLife }) };
}
