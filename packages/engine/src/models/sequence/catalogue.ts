/**
 * The catalogue as a sequence model knows it. What is trained has rows for the items that somebody had to do with, and for no
 * others: an item that is never the answer would only be learned to be none. Afterwards every item gets the row that it is
 * read and scored with: of its own and of its features, or of its features alone. An item that has neither scores as the
 * lowest of the others.
 */

import type { Weights } from "../training/weights.ts";
import { type ItemFeatures, wholeRows } from "./item-features.ts";

export interface SequenceCatalogue {
  readonly itemCount: number;
  /** Keys of the items that somebody had to do with, ascending. */
  readonly known: Int32Array;
  /** Of all items. */
  readonly features: ItemFeatures;
}

/** Keys of items of which nothing is known. */
export function unknownItems({ itemCount, known, features }: SequenceCatalogue): Int32Array {
  const { paths, vectors } = features;
  const isKnown = new Uint8Array(itemCount);
  for (const item of known) isKnown[item] = 1;
  return Int32Array.from(Array.from({ length: itemCount }).keys()).filter((item) => {
    if (isKnown[item] === 1 || (paths !== undefined && paths.offsets[item + 1] > paths.offsets[item])) return false;
    if (vectors === undefined) return true;
    const { values, dimensions } = vectors;
    return values.subarray(item * dimensions, (item + 1) * dimensions).every((value) => value === 0);
  });
}

/** Gives unknown items the lowest score of the others, in place. */
export function settle(scores: Float32Array, unknown: Int32Array): Float32Array {
  if (unknown.length === 0) return scores;
  for (const item of unknown) scores[item] = Number.POSITIVE_INFINITY;
  let lowest = Number.POSITIVE_INFINITY;
  for (const score of scores) if (score < lowest) lowest = score;
  for (const item of unknown) scores[item] = lowest;
  return scores;
}

/** Trained weights with the own rows of all items, zeros for those that nobody had to do with. */
export function expandedWeights(weights: Weights, { itemCount, known }: SequenceCatalogue, width: number): Weights {
  const items = new Float32Array(itemCount * width);
  for (const [place, item] of known.entries()) {
    items.set(weights.items.subarray(place * width, (place + 1) * width), item * width);
  }
  return { ...weights, items };
}

/** The weights that people are read and items are scored with: `items` has their composed rows. [items, width] */
export function composedWeights(expanded: Weights, { features }: SequenceCatalogue, width: number): Weights {
  return { ...expanded, items: wholeRows(expanded as Weights & { items: Float32Array }, features, width) };
}
