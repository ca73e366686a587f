/**
 * When building the tree again is worth it.
 *
 * Between two builds new items join where they are nearest. Three signs tell that the tree no longer fits what comes: many
 * items are near to no interest and wait under provisional ones; those that found a place are farther from it than the
 * items of the build would have been, had they come as new ones do, without anybody's behaviour; or so many have come
 * that where the borders run should be looked at in any case.
 */
import type { InterestTree } from "./tree.ts";
import { dot } from "./vector.ts";

/** The catalogue that a tree was built from, seen as if all of it had come since. */
export interface TreeBaseline {
  readonly items: number;
  /** Mean of 1 minus the cosine between an item as it would arrive and its node's centroid, over all its places. */
  readonly meanDistance: number;
}

export interface TreeDrift {
  readonly itemsAtBuild: number;
  readonly itemsSince: number;
  /** Of all items, those that wait under provisional interests; an item in several places counts by its parts. 0 to 1. */
  readonly provisionalShare: number;
  readonly meanDistanceAtBuild: number;
  /** Of the items that came since and found a place; null while there are none. */
  readonly meanDistanceSince: number | null;
  readonly isWorthRebuilding: boolean;
}

const provisionalShareMax = 0.05;
/** Items since the build, against those at the build. */
const growthMax = 0.2;
const distanceRatioMax = 1.2;
/** So many items have to have come before their distances mean anything: a 50th of the catalogue, and 30 at least. */
const newcomersShareMin = 0.02;
const newcomersMin = 30;

/** Nothing was built yet. */
export const noBaseline: TreeBaseline = { items: 0, meanDistance: 0 };

/** @param arriving the items' vectors as they would have if they came today */
export function treeBaseline(
  tree: InterestTree,
  nodes: readonly Int32Array[],
  arriving: (item: number) => Float32Array,
): TreeBaseline {
  const distances = new Distances();
  for (const [item, places] of nodes.entries()) distances.add(tree, places, arriving(item));
  return { items: nodes.length, meanDistance: distances.mean ?? 0 };
}

/** Keeps count of what came since a tree was built. */
export class DriftMonitor {
  readonly #tree: InterestTree;
  readonly #baseline: TreeBaseline;
  readonly #distances = new Distances();
  #itemsSince = 0;
  #provisional = 0;

  constructor(tree: InterestTree, baseline: TreeBaseline) {
    this.#tree = tree;
    this.#baseline = baseline;
  }

  /** Counts an item that came after the build, with its nodes and its vector as they were when it came. */
  add(nodes: Int32Array, vector: Float32Array): void {
    this.#itemsSince += 1;
    for (const node of nodes) if (this.#tree.nodes[node].kind === "provisional") this.#provisional += 1 / nodes.length;
    this.#distances.add(this.#tree, nodes, vector);
  }

  read(): TreeDrift {
    const { items, meanDistance } = this.#baseline;
    const since = this.#itemsSince;
    const provisionalShare = since === 0 ? 0 : this.#provisional / (items + since);
    const meanDistanceSince = this.#distances.mean;
    const isFar =
      since >= Math.max(newcomersMin, newcomersShareMin * items) &&
      meanDistanceSince !== null &&
      meanDistanceSince > distanceRatioMax * meanDistance;
    const isWorthRebuilding =
      since >= newcomersMin && (provisionalShare > provisionalShareMax || since > growthMax * items || isFar);
    return {
      itemsAtBuild: items,
      itemsSince: since,
      provisionalShare,
      meanDistanceAtBuild: meanDistance,
      meanDistanceSince,
      isWorthRebuilding,
    };
  }
}

/** Mean distance of items to their nodes, places under provisional interests and nodes without a direction left out. */
class Distances {
  #sum = 0;
  #count = 0;

  add(tree: InterestTree, nodes: Int32Array, vector: Float32Array): void {
    for (const node of nodes) {
      const { kind, centroid } = tree.nodes[node];
      if (kind === "provisional" || !centroid.some((value) => value !== 0)) continue;
      this.#sum += 1 - dot(vector, centroid);
      this.#count += 1;
    }
  }

  get mean(): number | null {
    return this.#count === 0 ? null : this.#sum / this.#count;
  }
}
