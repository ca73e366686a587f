/** What each request does to the database. Every handler runs inside a transaction that the caller opens and ends. */
import type { DatabaseSync } from "node:sqlite";
import { assert } from "../../base/errors.ts";
import type { Counters } from "./counters.ts";
import { erasure } from "./erasure.ts";
import { EventAppends, type Names } from "./event-appends.ts";
import { EventIds } from "./event-ids.ts";
import { NameTable, UserTable } from "./interning.ts";
import type { EmbeddedLimits } from "./limits.ts";
import { otherRecords } from "./other-records.ts";
import type { WriteHandlers } from "./requests.ts";
import { seal } from "./sealing.ts";

export interface WriteOperations {
  readonly handlers: WriteHandlers;
  /** Housekeeping that joins a commit of appends. */
  prune(now: number): void;
  /** Drops what was remembered of a transaction that did not come about. */
  rolledBack(): void;
}

export function writeOperations(database: DatabaseSync, counters: Counters, limits: EmbeddedLimits): WriteOperations {
  const names: Names = {
    users: new UserTable(database),
    types: new NameTable(database, "types"),
    items: new NameTable(database, "items"),
  };
  const ids = new EventIds(database, limits);
  const appends = new EventAppends(database, names, ids, counters);
  const erase = erasure(database, names, ids, counters);
  const countUser = () => counters.values.users++;

  const settle = database.prepare("DELETE FROM waiting WHERE item = ?");
  const saveState = database.prepare(
    `INSERT INTO states SELECT ?1, ?2, ?3 WHERE NOT EXISTS (SELECT 1 FROM merges WHERE user = ?1)
     ON CONFLICT (user) DO UPDATE SET position = excluded.position, sealed = excluded.sealed`,
  );
  const clearStates = database.prepare("DELETE FROM states");
  const conflictingEntry = database.prepare(
    "SELECT 1 FROM catalogue WHERE (key = ?1 OR item = ?2) AND NOT (key = ?1 AND item = ?2)",
  );
  const putEntry = database.prepare(
    `INSERT INTO catalogue VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (key) DO UPDATE SET tree_version = excluded.tree_version, document = excluded.document,
       nodes = excluded.nodes, vector = excluded.vector`,
  );
  const putRecord = database.prepare(
    "INSERT INTO user_records VALUES (?, ?) ON CONFLICT (user) DO UPDATE SET sealed = excluded.sealed",
  );
  const putBlob = database.prepare(
    "INSERT INTO blobs VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET bytes = excluded.bytes",
  );
  const addImport = database.prepare("INSERT INTO imports VALUES (?, ?, ?) ON CONFLICT (fingerprint) DO NOTHING");

  const handlers: WriteHandlers = {
    append: ({ events, receivedAt }) => appends.append(events, receivedAt),
    ...otherRecords(database, names, counters),

    settleWaiting({ items }) {
      for (const item of items) {
        const key = names.items.find(item);
        if (key !== undefined) settle.run(key);
      }
      return undefined;
    },

    saveStates({ states, checkpoint }) {
      for (const [user, { position, bytes }] of states) {
        // A state without a user belongs to one who was erased, or merged, while it was on its way: it must not come back.
        const key = names.users.find(user);
        if (key !== undefined) saveState.run(key, position, seal(names.users.secret(key), bytes));
      }
      counters.values.checkpoint = checkpoint;
      return undefined;
    },

    clearStates() {
      clearStates.run();
      counters.values.checkpoint = 0;
      return undefined;
    },

    putItems({ rows }) {
      for (const { key, item, treeVersion, document, nodes, vector } of rows) {
        const itemKey = names.items.intern(item);
        assert(
          conflictingEntry.get(key, itemKey) === undefined,
          `item "${item}" and catalogue key ${key} belong together for good, and one of them is taken`,
        );
        putEntry.run(key, itemKey, treeVersion, document, nodes, vector);
      }
      return undefined;
    },

    putUser({ id, record }) {
      const key = names.users.intern(id, countUser);
      putRecord.run(key, seal(names.users.secret(key), Buffer.from(record)));
      return undefined;
    },

    erase: ({ id }) => erase(id),

    putBlob({ name, bytes }) {
      putBlob.run(name, bytes);
      return undefined;
    },

    addImport({ fingerprint, description, addedAt }) {
      addImport.run(fingerprint, description, addedAt);
      return undefined;
    },
  };

  return {
    handlers,
    prune: (now) => ids.prune(now),
    rolledBack() {
      names.users.forgetAll();
      names.types.forgetAll();
      names.items.forgetAll();
      appends.forgetAll();
      ids.reload();
    },
  };
}
