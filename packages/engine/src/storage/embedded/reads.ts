/** Reading states, catalogue, users, documents and the ledger of imports. */
import type { CatalogueEntry, Item, User } from "../../core/item.ts";
import type { StoredState } from "../../core/ports.ts";
import { countUserEvents, findUser } from "./event-reads.ts";
import { hash64 } from "./hashes.ts";
import type { Reader } from "./reader.ts";
import { unseal } from "./sealing.ts";

const catalogueBatchSize = 500;
const statesBatchSize = 100;
const usersListedMax = 100;

const stateByUser = `SELECT u.secret, s.position, s.sealed FROM user_hashes h CROSS JOIN users u ON u.key = h.user
  CROSS JOIN states s ON s.user = u.key WHERE h.hash = ? AND u.id = ?`;

export function loadStates(reader: Reader, users: readonly string[]): Map<string, StoredState> {
  const states = new Map<string, StoredState>();
  for (const user of users) {
    const row = reader.first(stateByUser, hash64(user), user);
    if (row === undefined) continue;
    const [secret, position, sealed] = row as [Uint8Array, number, Uint8Array];
    states.set(user, { position, bytes: unseal(secret, sealed) });
  }
  return states;
}

/** Users are numbered as they come. Reading them in a row takes a fraction of looking each of them up. */
export function* readStates(reader: Reader, batchSize = statesBatchSize): Generator<Map<string, StoredState>> {
  let before = Number.MAX_SAFE_INTEGER;
  for (;;) {
    const rows = reader.all(
      `SELECT u.id, u.secret, s.position, s.sealed, s.user FROM states s CROSS JOIN users u ON u.key = s.user
       WHERE s.user < ? ORDER BY s.user DESC LIMIT ?`,
      before,
      batchSize,
    ) as [string, Uint8Array, number, Uint8Array, number][];
    if (rows.length > 0) {
      yield new Map(
        rows.map(([user, secret, position, sealed]) => [user, { position, bytes: unseal(secret, sealed) }]),
      );
    }
    if (rows.length < batchSize) return;
    before = rows.at(-1)![4];
  }
}

export function* readCatalogue(reader: Reader, batchSize = catalogueBatchSize): Generator<CatalogueEntry[]> {
  let after = -1;
  for (;;) {
    const rows = reader.all(
      "SELECT key, tree_version, document, nodes, vector FROM catalogue WHERE key > ? ORDER BY key LIMIT ?",
      after,
      batchSize,
    );
    if (rows.length > 0) yield rows.map(rowToEntry);
    if (rows.length < batchSize) return;
    after = rows.at(-1)![0] as number;
  }
}

/** The record of a user; a bare one for a user who has events only. */
export function getUser(reader: Reader, id: string): User | undefined {
  const found = findUser(reader, id);
  if (found === undefined) return undefined;
  const row = reader.first("SELECT sealed FROM user_records WHERE user = ?", found.key);
  if (row === undefined) return { id };
  const record = Buffer.from(unseal(found.secret, row[0] as Uint8Array)).toString();
  return { id, ...(JSON.parse(record) as Omit<User, "id">) };
}

/** In the order of the ids' code points. Looks at every user: there is no index of names (see `schema.ts`). */
export function listUsers(
  reader: Reader,
  { query = "", cursor = "", limit = usersListedMax }: { query?: string; cursor?: string; limit?: number } = {},
): { id: string; events: number }[] {
  return reader
    .all(
      `SELECT id, key FROM users WHERE erased = 0 AND id > ? AND instr(id, ?) > 0
       AND NOT EXISTS (SELECT 1 FROM merges WHERE user = key) ORDER BY id LIMIT ?`,
      cursor,
      query,
      limit,
    )
    .map(([id, key]) => ({ id: id as string, events: countUserEvents(reader, key as number) }));
}

export function getBlob(reader: Reader, name: string): Uint8Array | undefined {
  return reader.first("SELECT bytes FROM blobs WHERE name = ?", name)?.[0] as Uint8Array | undefined;
}

export function hasImport(reader: Reader, fingerprint: string): boolean {
  return reader.first("SELECT 1 FROM imports WHERE fingerprint = ?", fingerprint) !== undefined;
}

function rowToEntry(row: unknown[]): CatalogueEntry {
  const [key, treeVersion, document, nodes, vector] = row as [number, number, string, Uint8Array, Uint8Array];
  return {
    key,
    item: JSON.parse(document) as Item,
    vector: new Float32Array(alignedBuffer(vector)),
    nodes: new Int32Array(alignedBuffer(nodes)),
    treeVersion,
  };
}

/** A copy that begins at the start of a buffer of its own, where numbers of any width are aligned. */
const alignedBuffer = (bytes: Uint8Array): ArrayBuffer => new Uint8Array(bytes).buffer;
