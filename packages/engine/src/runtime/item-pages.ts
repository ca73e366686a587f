/** The catalogue page by page, or what of it has some words in its title. */
import type { Catalogue } from "../core/catalogue.ts";
import type { Item } from "../core/item.ts";
import { cursorNumber, pageSize } from "./options.ts";

export interface PageOptions {
  /** Only what contains this. */
  readonly query?: string;
  readonly cursor?: string;
  readonly limit?: number;
}

/** In order of their keys. A search looks at every item from the cursor on, which for a million of them takes a moment. */
export function pageOfItems(catalogue: Catalogue, options: PageOptions): { items: Item[]; nextCursor: string | null } {
  const most = pageSize(options.limit);
  const query = options.query?.toLowerCase() ?? "";
  const items: Item[] = [];
  let key = options.cursor === undefined ? 0 : cursorNumber(options.cursor);
  for (; key < catalogue.size && items.length < most; key++) {
    const item = catalogue.item(key);
    if (item.title.toLowerCase().includes(query) || item.id.toLowerCase().includes(query)) items.push(item);
  }
  return { items, nextCursor: key < catalogue.size ? String(key) : null };
}
