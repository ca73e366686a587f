/**
 * Where words that name no item belong in the interest tree: search queries, comments, spoken requests, answers.
 *
 *  1. The items nearest to the words in what they say of themselves vote for their nodes and all nodes above, by the fourth
 *     power of their cosine: who is clearly nearest decides.
 *  2. From the root downwards the words go on to the child with the most votes as long as it has at least half of them. So
 *     they stay as high up as there is disagreement, and at the root where nothing is near.
 *
 * Nearest items know an interest's edges, which its centroid does not: of the genres of held-out film titles they find 43 %,
 * the nearest centroid 23 %. With the rule of half the votes fewer words get a place, and more of those the right one
 * (bench/text-placement.ts).
 *
 * A state must be the same whenever its log is folded. So the items are those that the tree was built from, whose places and
 * vectors stay what they were until the next build; what came since has no vote.
 */
import type { CatalogueEntry } from "./item.ts";
import { RowMatrix } from "./row-matrix.ts";
import type { InterestTree } from "./tree.ts";

/** Items that may vote, evenly taken from all: placing some words looks at each of them. */
const voters = 8_000;
const neighbours = 20;
const cosineMin = 0.3;
const sharpness = 4;
const voteShareMin = 0.5;

export class TextPlacement {
  readonly #tree: InterestTree;
  readonly #entries: readonly CatalogueEntry[];
  /** The text part of their vectors at unit length. [entries, textDimensions] */
  readonly #texts: RowMatrix;
  readonly #cosines: Float32Array;
  readonly #voteShareMin: number;

  /**
   * @param entries the items that the tree was built from, in order of their keys
   * @param options.voteShareMin the part of the votes that a node needs; default a half
   */
  constructor(
    tree: InterestTree,
    entries: readonly CatalogueEntry[],
    textDimensions: number,
    options: { voteShareMin?: number } = {},
  ) {
    this.#voteShareMin = options.voteShareMin ?? voteShareMin;
    this.#tree = tree;
    const count = Math.min(voters, entries.length);
    this.#entries = Array.from({ length: count }, (_, i) => entries[Math.floor((i * entries.length) / count)]);
    this.#texts = new RowMatrix(textDimensions);
    for (const [row, { vector }] of this.#entries.entries()) {
      const text = vector.subarray(0, textDimensions);
      const length = Math.hypot(...text);
      this.#texts.set(row, length > 0 ? text.map((value) => value / length) : text);
    }
    this.#cosines = new Float32Array(count);
  }

  /**
   * The node of some words.
   *
   * @param vector of the words, at unit length; all zeros where nothing is known of them. `[textDimensions]`
   */
  place(vector: Float32Array): number {
    const near = this.#nearest(vector);
    if (near.length === 0) return 0;
    const votes = new Map<number, number>();
    let all = 0;
    for (const row of near) {
      const weight = this.#cosines[row] ** sharpness;
      const { nodes } = this.#entries[row];
      all += weight;
      for (const node of nodes) {
        for (let at = node; at > 0; at = this.#tree.nodes[at].parent) {
          votes.set(at, (votes.get(at) ?? 0) + weight / nodes.length);
        }
      }
    }
    let place = 0;
    for (;;) {
      let best = -1;
      for (const child of this.#tree.children(place)) {
        if ((votes.get(child) ?? 0) > (votes.get(best) ?? 0)) best = child;
      }
      if (best < 0 || votes.get(best)! < this.#voteShareMin * all) return place;
      place = best;
    }
  }

  /** Rows of the nearest items, in no order that matters; of equals the first. */
  #nearest(vector: Float32Array): number[] {
    if (this.#entries.length === 0) return [];
    const cosines = this.#texts.products(vector, this.#cosines);
    const near: number[] = [];
    for (let row = 0; row < cosines.length; row++) {
      if (!(cosines[row] >= cosineMin)) continue;
      let at = near.length;
      while (at > 0 && cosines[near[at - 1]] < cosines[row]) at -= 1;
      if (at === neighbours) continue;
      if (near.length === neighbours) near.pop();
      near.splice(at, 0, row);
    }
    return near;
  }
}
