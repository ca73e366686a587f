/** Items near to an item in meaning and use. */
import type { Catalogue } from "../core/catalogue.ts";
import type { Item } from "../core/item.ts";
import { topItems } from "../core/top-items.ts";

/** Nearest first, by cosine; items with nothing in common and hidden ones left out. */
export function similarItems(catalogue: Catalogue, key: number, limit: number): { item: Item; similarity: number }[] {
  const { vector } = catalogue.entry(key);
  const cosines = catalogue.products(vector);
  const isCandidate = (item: number) => item !== key && cosines[item] > 0 && !catalogue.isHidden(item);
  return topItems(cosines, limit, isCandidate, "similarity").map((item) => ({
    item: catalogue.item(item),
    similarity: Math.min(1, cosines[item]),
  }));
}
