/** Appending to the log: the one write that an acknowledgement waits for. */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Counters } from "./counters.ts";
import { type EventIds, idHash } from "./event-ids.ts";
import { type EventRow, packId } from "./event-rows.ts";
import { type NameTable, RecentMap, type UserTable } from "./interning.ts";
import { eventKind } from "./schema.ts";

const cataloguedItemsMax = 200_000;

export interface Names {
  readonly users: UserTable;
  readonly types: NameTable;
  readonly items: NameTable;
}

export class EventAppends {
  readonly #names: Names;
  readonly #ids: EventIds;
  readonly #counters: Counters;
  readonly #insertEvent: StatementSync;
  readonly #insertWaiting: StatementSync;
  readonly #selectCatalogued: StatementSync;
  /** Items that have a catalogue entry; an entry never goes away. */
  readonly #catalogued = new RecentMap<number, true>(cataloguedItemsMax);

  constructor(database: DatabaseSync, names: Names, ids: EventIds, counters: Counters) {
    this.#names = names;
    this.#ids = ids;
    this.#counters = counters;
    this.#insertEvent = database.prepare(
      `INSERT INTO events (position, time, user, type, item, id, kind, value, session, text, context)
       VALUES (?, ?, ?, ?, ?, ?, ${eventKind}, ?, ?, ?, ?)`,
    );
    this.#insertWaiting = database.prepare("INSERT INTO waiting VALUES (?, ?)");
    this.#selectCatalogued = database.prepare("SELECT 1 FROM catalogue WHERE item = ?");
  }

  /** Appends the events whose ids are new, and tells their positions; of the others that of the first with their id, below 0. */
  append(events: readonly EventRow[], receivedAt: number): Float64Array {
    return Float64Array.from(events, (event) => {
      const [id, user, type, item, time, value, session, text, context] = event;
      const packedId = packId(id);
      const hash = idHash(id, packedId);
      const first = this.#ids.find(id, hash, receivedAt);
      if (first !== undefined) return -first;

      const counters = this.#counters.values;
      const position = ++counters.position;
      counters.events++;
      const userKey = this.#names.users.intern(user, () => counters.users++);
      const typeKey = this.#names.types.intern(type);
      const itemKey = item === null ? null : this.#names.items.intern(item);
      const packedSession = session === null ? null : packId(session);
      this.#insertEvent.run(position, time, userKey, typeKey, itemKey, packedId, value, packedSession, text, context);
      this.#ids.add(hash, position, receivedAt);
      if (itemKey !== null && !this.#isCatalogued(itemKey)) this.#insertWaiting.run(itemKey, position);
      return position;
    });
  }

  /** After a rollback. */
  forgetAll(): void {
    this.#catalogued.clear();
  }

  #isCatalogued(itemKey: number): boolean {
    if (this.#catalogued.get(itemKey)) return true;
    if (this.#selectCatalogued.get(itemKey) === undefined) return false;
    this.#catalogued.set(itemKey, true);
    return true;
  }
}
