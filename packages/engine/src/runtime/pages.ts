/** Lists page by page: the catalogue, or what of it has some words in its title; users; a user's events. */
import type { Catalogue } from "../core/catalogue.ts";
import type { LoggedEvent } from "../core/event.ts";
import type { Item } from "../core/item.ts";
import type { EventLog, UserStore } from "../core/ports.ts";
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

/** In order of their ids. */
export async function pageOfUsers(store: UserStore, options: PageOptions) {
  const limit = pageSize(options.limit);
  const users = await store.list({ ...options, limit });
  return { users, nextCursor: users.length === limit ? users.at(-1)!.id : null };
}

/** Newest first. */
export async function pageOfEvents(
  log: EventLog,
  user: string,
  options: { limit?: number; cursor?: string },
): Promise<{ events: LoggedEvent[]; nextCursor: string | null }> {
  const limit = pageSize(options.limit);
  const events = await log.readUser(user, {
    limit,
    newestFirst: true,
    ...(options.cursor === undefined ? {} : { before: cursorNumber(options.cursor) }),
  });
  return { events, nextCursor: events.length === limit ? String(events.at(-1)!.position) : null };
}
