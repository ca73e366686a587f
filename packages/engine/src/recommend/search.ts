/**
 * Items that fit some words. An item scores the cosine of its text to the words', plus the part of the words that stand in
 * its title: who names a film means that film, and who describes one finds those of its kind.
 */
import type { Catalogue } from "../core/catalogue.ts";
import type { Item } from "../core/item.ts";
import { topItems } from "../core/top-items.ts";

export interface WordQuery {
  /** Unit vector of the words, all zeros where nothing is known of them. `[textDimensions]` */
  readonly vector: Float32Array;
  /** The words that say something, in lower case. */
  readonly words: readonly string[];
}

/** Best first; hidden items and those that have nothing of it left out. The similarity is 0 to 1. */
export function searchItems(
  catalogue: Catalogue,
  { vector, words }: WordQuery,
  limit: number,
): { item: Item; similarity: number }[] {
  const { size } = catalogue;
  const scores = new Float32Array(size);
  for (let key = 0; key < size; key++) {
    const { vector: own } = catalogue.entry(key);
    let product = 0;
    let squares = 0;
    // The first dimensions of an item's vector are its text's; how long they are depends on how much else is known of it.
    for (let d = 0; d < vector.length; d++) {
      product += vector[d] * own[d];
      squares += own[d] * own[d];
    }
    const cosine = squares > 0 ? Math.max(0, product / Math.sqrt(squares)) : 0;
    scores[key] = (cosine + wordsInTitle(catalogue.item(key).title, words)) / 2;
  }
  return topItems(scores, limit, (key) => scores[key] > 0 && !catalogue.isHidden(key), "search").map((key) => ({
    item: catalogue.item(key),
    similarity: Math.min(1, scores[key]),
  }));
}

/** The part of the words that the title has. */
function wordsInTitle(title: string, words: readonly string[]): number {
  if (words.length === 0) return 0;
  const folded = title.toLowerCase();
  return words.filter((word) => folded.includes(word)).length / words.length;
}
