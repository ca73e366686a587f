/**
 * The embedded storage: one SQLite file in a directory of its own. All writing happens in a worker thread that shares
 * commits among what waits; reading happens on the calling thread and sees everything that was acknowledged.
 *
 *   append -> queue -> worker: one transaction, one wait for the disk -> acknowledge
 *   load, read, list -> a read-only connection here
 *
 * At most one process at a time may write to a directory; others may open it with `readOnly`.
 */
import { PenchantError } from "../../base/errors.ts";
import { Tally } from "../../base/tally.ts";
import { type Clock, systemClock } from "../../base/time.ts";
import type { LoggedEvent } from "../../core/event.ts";
import type { CatalogueEntry } from "../../core/item.ts";
import type { LogRecord } from "../../core/log-record.ts";
import type { Storage, StoredState } from "../../core/ports.ts";
import { findDamage, findLogDamage } from "./check.ts";
import { databasePath } from "./connection.ts";
import {
  itemsWaitedFor,
  lastPosition,
  readLog,
  readMerged,
  readRecords,
  readUserEvents,
  readUserRecords,
  usersWaitingFor,
} from "./event-reads.ts";
import { eventToRow, requireWellFormed } from "./event-rows.ts";
import { defaultEmbeddedLimits, type EmbeddedLimits } from "./limits.ts";
import { Reader } from "./reader.ts";
import { getBlob, getUser, hasImport, listUsers, loadStates, readCatalogue, readStates } from "./reads.ts";
import type { CatalogueRow } from "./requests.ts";
import { startWriter, type WriteClient } from "./writer-client.ts";

export { defaultEmbeddedLimits, type EmbeddedLimits } from "./limits.ts";

export interface EmbeddedStorageOptions {
  /** Directory of the database; created when it does not exist. */
  readonly dataDir: string;
  readonly clock?: Clock;
  /** Opens for reading only, also while another process writes. Writing is refused. */
  readonly readOnly?: boolean;
  readonly limits?: Partial<EmbeddedLimits>;
}

/**
 * Opens the storage, creating it where there is none.
 *
 * @throws PENCHANT_E_STORAGE_LOCKED when another engine has the directory, PENCHANT_E_STORAGE_CORRUPT, _READ_ONLY, _FULL
 * and _VERSION when the file cannot be used.
 *
 * @example
 * const storage = await openEmbeddedStorage({ dataDir: "./data" });
 * const [receipt] = await storage.events.append([{ id: "e1", user: "u42", type: "view", item: "m1", time: Date.now() }]);
 */
export async function openEmbeddedStorage(options: EmbeddedStorageOptions): Promise<Storage> {
  const { dataDir, clock = systemClock, readOnly = false } = options;
  const writer = readOnly
    ? refusingWriter(dataDir)
    : await startWriter(dataDir, { ...defaultEmbeddedLimits, ...options.limits });
  try {
    return compose({ dataDir, clock, readOnly }, writer, new Reader(dataDir));
  } catch (error) {
    await writer.close();
    // A lost log can look like a database that was never filled: then the log is what must be told.
    const [damage] = readOnly ? findLogDamage(dataDir) : [];
    throw damage === undefined ? error : new PenchantError("PENCHANT_E_STORAGE_CORRUPT", damage, { cause: error });
  }
}

function compose(
  { dataDir, clock, readOnly }: { dataDir: string; clock: Clock; readOnly: boolean },
  writer: WriteClient,
  openReader: Reader,
): Storage {
  let closing: Promise<void> | undefined;

  function requireOpen(): void {
    if (closing === undefined) return;
    throw new PenchantError("PENCHANT_E_CLOSED", `The storage in ${dataDir} is closed; open it again.`);
  }

  function reader(): Reader {
    requireOpen();
    return openReader;
  }

  const send: WriteClient["send"] = async (kind, input) => {
    requireOpen();
    return await writer.send(kind, input);
  };

  return {
    events: {
      async append(events) {
        if (events.length === 0) return [];
        const positions = await send("append", { events: events.map(eventToRow), receivedAt: clock.now() });
        return Array.from(positions, (position) => ({ position: Math.abs(position), duplicate: position < 0 }));
      },
      lastPosition: async () => lastPosition(reader()),
      count: async () => reader().number("SELECT value FROM counters WHERE name = 'events'"),
      read: (options) => whileOpen<LoggedEvent[]>(requireOpen, () => readLog(openReader, options)),
      readUser: async (user, options) => readUserEvents(reader(), user, options),
      records: (options) => whileOpen<LogRecord[]>(requireOpen, () => readRecords(openReader, options)),
      userRecords: async (user, options) => readUserRecords(reader(), user, options),
      async steer({ user, time, interest, steering }) {
        requireWellFormed(user);
        return await send("steer", { user, time, document: JSON.stringify({ interest, steering }) });
      },
      usersWaitingFor: async (items) => usersWaitingFor(reader(), items),
      itemsWaitedFor: async () => itemsWaitedFor(reader()),
      settleWaiting: async (items) => await send("settleWaiting", { items }),
    },
    states: {
      load: async (users) => loadStates(reader(), users),
      read: ({ batchSize } = {}) =>
        whileOpen<Map<string, StoredState>>(requireOpen, () => readStates(openReader, batchSize)),
      async save(states, checkpoint) {
        const copies = [...states].map(
          ([user, { position, bytes }]) => [user, { position, bytes: ownBytes(bytes) }] as const,
        );
        await send("saveStates", { states: new Map(copies), checkpoint });
      },
      checkpoint: async () => reader().number("SELECT value FROM counters WHERE name = 'checkpoint'"),
      clear: async () => await send("clearStates", null),
    },
    catalogue: {
      put: async (entries) => await send("putItems", { rows: entries.map(entryToRow) }),
      read: ({ batchSize } = {}) =>
        whileOpen<CatalogueEntry[]>(requireOpen, () => readCatalogue(openReader, batchSize)),
    },
    users: {
      async put({ id, ...record }) {
        requireWellFormed(id);
        await send("putUser", { id, record: JSON.stringify(record) });
      },
      get: async (id) => getUser(reader(), id),
      list: async (options) => listUsers(reader(), options),
      count: async () => reader().number("SELECT value FROM counters WHERE name = 'users'"),
      async merge({ user, merged, time }) {
        requireWellFormed(user);
        requireWellFormed(merged);
        return await send("merge", { user, merged, time });
      },
      merged: async () => readMerged(reader()),
      erase: async (id) => await send("erase", { id }),
    },
    blobs: {
      put: async (name, bytes) => await send("putBlob", { name, bytes: ownBytes(bytes) }),
      get: async (name) => getBlob(reader(), name),
    },
    imports: {
      has: async (fingerprint) => hasImport(reader(), fingerprint),
      add: async (fingerprint, description) =>
        await send("addImport", { fingerprint, description, addedAt: clock.now() }),
    },
    check: async () => [...(readOnly ? findLogDamage(dataDir) : []), ...findDamage(reader())],
    figures: () => writer.figures(),
    async close() {
      closing ??= closeBoth(writer, openReader);
      await closing;
    },
  };
}

/** The reader goes first: the last connection to close folds the write-ahead log into the file. */
async function closeBoth(writer: WriteClient, reader: Reader): Promise<void> {
  reader.close();
  await writer.close();
}

/** Batches of a source, as long as the storage is open when the next one is asked for. */
async function* whileOpen<T>(requireOpen: () => void, source: () => AsyncIterable<T> | Iterable<T>): AsyncGenerator<T> {
  requireOpen();
  for await (const batch of source()) {
    yield batch;
    requireOpen();
  }
}

function entryToRow({ key, item, treeVersion, nodes, vector }: CatalogueEntry): CatalogueRow {
  requireWellFormed(item.id);
  const document = JSON.stringify(item);
  return { key, item: item.id, treeVersion, document, nodes: ownBytes(nodes), vector: ownBytes(vector) };
}

/** A copy of the bytes alone: sending a view to another thread would send all of the buffer that it looks at. */
function ownBytes(view: Uint8Array | Int32Array | Float32Array): Uint8Array {
  return new Uint8Array(new Uint8Array(view.buffer, view.byteOffset, view.byteLength));
}

function refusingWriter(dataDir: string): WriteClient {
  return {
    async send(kind) {
      throw new PenchantError(
        "PENCHANT_E_STORAGE_READ_ONLY",
        `${databasePath(dataDir)} was opened for reading only, and "${kind}" writes; open it without readOnly.`,
        { details: { file: databasePath(dataDir) } },
      );
    },
    figures: () => ({
      queuedEvents: 0,
      queuedEventsMax: 0,
      commitSeconds: new Tally([]),
      commitEvents: new Tally([]),
    }),
    async close() {},
  };
}
