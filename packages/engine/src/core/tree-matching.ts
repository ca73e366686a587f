/**
 * Who of a new interest tree is who of the old one, for one level.
 *
 * Two nodes are the same interest when their items are: by the Jaccard index of their members, over the items that both
 * trees know, pairs are taken greedily from the largest down to 0.3. Above one half no two pairs compete, so that there it
 * is the best assignment, the one that the Hungarian method would find; and below, the id of an interest that fell apart goes
 * to the part that is most like it. What happened is told in words: see `Lineage`.
 */
import type { LineageChange } from "./lineage.ts";

/** Pairs that share less are strangers. */
const jaccardMin = 0.3;
/** A part of an interest counts as one when it has this much of it. */
const essentialShare = 0.2;
/** An interest went into another when most of it did. */
const mostShare = 0.5;

export interface LevelMatch {
  /** The old node whose id each new one carries on; -1 for none. [groups] */
  readonly heirOf: Int32Array;
  /** What happened to each new node and the old nodes that it came from. [groups] */
  readonly origins: readonly { readonly change: LineageChange; readonly from: readonly number[] }[];
  /** The old nodes whose id nobody carries on, with the new nodes that took their items over. */
  readonly retired: ReadonlyMap<number, { readonly change: "split" | "merged" | "gone"; readonly into: number[] }>;
}

/**
 * @param overlaps for each new node the old nodes of its members, with the number of members that they share
 * @param sizes all old nodes of the level with the number of their members that are still there
 * @param certain pairs that are known to belong together, new node -> old node: categories of the same path
 */
export function matchLevel(
  overlaps: readonly ReadonlyMap<number, number>[],
  sizes: ReadonlyMap<number, number>,
  certain: ReadonlyMap<number, number>,
): LevelMatch {
  const known = overlaps.map((shared) => shared.values().reduce((sum, count) => sum + count, 0));
  const heirOf = new Int32Array(overlaps.length).fill(-1);
  const heirs = new Map<number, number>();
  const pair = (group: number, old: number) => {
    if (heirOf[group] >= 0 || heirs.has(old)) return;
    heirOf[group] = old;
    heirs.set(old, group);
  };
  for (const [group, old] of certain) pair(group, old);
  const pairs = overlaps.flatMap((shared, group) =>
    [...shared].map(([old, count]) => ({ group, old, jaccard: count / (sizes.get(old)! + known[group] - count) })),
  );
  pairs.sort((a, b) => b.jaccard - a.jaccard || a.old - b.old || a.group - b.group);
  for (const { group, old, jaccard } of pairs) if (jaccard >= jaccardMin) pair(group, old);

  // The new nodes that are mostly made of an old one and have an essential part of it.
  const parts = new Map([...sizes.keys()].map((old) => [old, [] as number[]]));
  for (const [group, shared] of overlaps.entries()) {
    for (const [old, count] of shared) {
      const isPart = count >= mostShare * known[group] && count >= essentialShare * sizes.get(old)!;
      if (isPart) parts.get(old)!.push(group);
    }
  }
  const origins = overlaps.map((shared, group) => {
    const merged = [...shared]
      .filter(([old, count]) => count >= essentialShare * known[group] && count >= mostShare * sizes.get(old)!)
      .map(([old]) => old);
    if (merged.length > 1) return { change: "merged" as const, from: merged.sort((a, b) => a - b) };
    const splitFrom = [...shared.keys()].find((old) => parts.get(old)!.length > 1 && parts.get(old)!.includes(group));
    if (splitFrom !== undefined) return { change: "split" as const, from: [splitFrom] };
    const old = heirOf[group];
    return old < 0 ? { change: "new" as const, from: [] } : { change: "kept" as const, from: [old] };
  });

  const retired = new Map<number, { change: "split" | "merged" | "gone"; into: number[] }>();
  for (const [old, size] of sizes) {
    if (heirs.has(old)) continue;
    const into = parts.get(old)!;
    const host = overlaps.findIndex((shared) => size > 0 && (shared.get(old) ?? 0) >= mostShare * size);
    if (into.length > 1) retired.set(old, { change: "split", into });
    else if (host >= 0) retired.set(old, { change: "merged", into: [host] });
    else retired.set(old, { change: "gone", into: [] });
  }
  return { heirOf, origins, retired };
}
