/**
 * The schema of the database file, as the list of steps that lead to it: step n takes a file from version n to n + 1,
 * and a released step is never changed. SQLite keeps the version in the file's header (`user_version`).
 *
 * What keeps an event small and its writing quick, however long the log is:
 * - users, items and types are written once and referred to by number; ids that are UUIDs take 16 bytes;
 * - the index for one user's events begins with the segment of the log (2^18 positions), so that new entries go into a
 *   part of the index that stays in memory, and not all over it. A user's events are read segment by segment;
 * - the index of event ids begins with a generation for the same reason (see `event-ids.ts`);
 * - an event that waits for its item costs a row in `waiting`; ordinary events cost nothing there.
 *
 * What lets a user be erased: SQLite overwrites deleted rows with zeros (`secure_delete`), but when it moves rows
 * between pages, to split or merge them, copies can stay behind in the unused middle of a page. So everything that names
 * a user or is their words lies in tables that rows are only added to at the end, where nothing is moved, and is
 * overwritten in place by as many bytes (`erasure.ts`): `users` and `events`. What changes its size, states and records,
 * is encrypted with the user's `secret`, which lies in `users`. Indexes hold numbers and hashes only.
 */
import type { DatabaseSync } from "node:sqlite";
import { PenchantError } from "../../base/errors.ts";

/** log2 of the positions that share a segment of the index by user. */
export const segmentBits = 18;

/** What a record of the log is. */
export const eventKind = 0;

/** A request about an interest: `text` has it as JSON, and `type` and `id` say nothing. */
export const steeringKind = 2;

/** Two ids are one person: `user` is who they are, and `value` the other one's number. */
export const mergeKind = 3;

/** What is left of a record of an erased user: a row of blanks. Like 0, 1 takes no byte in a row; 4 takes one, like 2. */
export const erasedKind = 1;
export const erasedRecordKind = 4;

/** The kinds that say something. */
export const recordKinds = `${eventKind}, ${steeringKind}, ${mergeKind}`;

/** Marks the file as ours: "PNCH". */
const applicationId = 0x504e4348;

export const migrations: readonly string[] = [
  `
  CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  INSERT INTO counters VALUES ('position', 0), ('events', 0), ('users', 0), ('checkpoint', 0);

  -- Rows are never deleted: the number of an erased user must not name another one.
  CREATE TABLE users (
    key INTEGER PRIMARY KEY, erased INTEGER NOT NULL, secret BLOB NOT NULL, id TEXT NOT NULL
  ) STRICT;
  CREATE TABLE user_hashes (
    hash INTEGER NOT NULL, user INTEGER NOT NULL, PRIMARY KEY (hash, user)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE user_records (user INTEGER PRIMARY KEY, sealed BLOB NOT NULL) STRICT;
  CREATE TABLE states (user INTEGER PRIMARY KEY, position INTEGER NOT NULL, sealed BLOB NOT NULL) STRICT;

  CREATE TABLE types (key INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE) STRICT;
  CREATE TABLE items (key INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE) STRICT;

  CREATE TABLE events (
    position INTEGER PRIMARY KEY,
    time INTEGER NOT NULL,
    user INTEGER NOT NULL,
    type INTEGER NOT NULL,
    item INTEGER,
    id ANY NOT NULL,
    kind INTEGER NOT NULL,
    value REAL,
    session ANY,
    text TEXT,
    context TEXT
  ) STRICT;
  CREATE INDEX events_by_user ON events (position >> ${segmentBits}, user, kind);

  CREATE TABLE event_ids (
    generation INTEGER NOT NULL, hash INTEGER NOT NULL, position INTEGER NOT NULL,
    PRIMARY KEY (generation, hash, position)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE id_generations (
    generation INTEGER PRIMARY KEY, first_position INTEGER NOT NULL, opened_at INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE waiting (
    item INTEGER NOT NULL, position INTEGER NOT NULL, PRIMARY KEY (item, position)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE catalogue (
    key INTEGER PRIMARY KEY,
    item INTEGER NOT NULL UNIQUE,
    tree_version INTEGER NOT NULL,
    document TEXT NOT NULL,
    nodes BLOB NOT NULL,
    vector BLOB NOT NULL
  ) STRICT;

  CREATE TABLE blobs (name TEXT PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
  CREATE TABLE imports (
    fingerprint TEXT PRIMARY KEY, description TEXT NOT NULL, added_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  `,
  `
  -- Users who turned out to be another one, who is not in the first column.
  CREATE TABLE merges (user INTEGER PRIMARY KEY, into_user INTEGER NOT NULL) STRICT;
  CREATE INDEX merges_by_target ON merges (into_user);
  `,
];

/**
 * Refuses a file that this program does not understand; returns the file's version.
 *
 * @throws PENCHANT_E_STORAGE_VERSION for a file of a newer Penchant, PENCHANT_E_STORAGE for another program's file.
 */
export function readVersion(database: DatabaseSync, path: string, latest = migrations.length): number {
  const pragma = (name: string) => Number(Object.values(database.prepare(`PRAGMA ${name}`).get()!)[0]);
  const version = pragma("user_version");
  const isEmpty = database.prepare("SELECT 1 FROM sqlite_master LIMIT 1").get() === undefined;
  if (!isEmpty && pragma("application_id") !== applicationId) {
    throw new PenchantError(
      "PENCHANT_E_STORAGE",
      `${path} is a database of another program; choose another data directory.`,
      { details: { file: path } },
    );
  }
  if (version > latest) {
    throw new PenchantError(
      "PENCHANT_E_STORAGE_VERSION",
      `${path} has schema version ${version}, and this Penchant knows versions up to ${latest}; use the newer Penchant that wrote it, or restore a backup from before the update.`,
      { details: { file: path, version, latest } },
    );
  }
  return version;
}

/** Brings a file to the latest version, one transaction per step, so that a crash between steps does no harm. */
export function migrate(database: DatabaseSync, path: string, steps: readonly string[] = migrations): void {
  for (let version = readVersion(database, path, steps.length); version < steps.length; version++) {
    database.exec("BEGIN IMMEDIATE");
    try {
      database.exec(steps[version]);
      database.exec(`PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${version + 1}`);
      database.exec("COMMIT");
    } catch (error) {
      if (database.isTransaction) database.exec("ROLLBACK");
      throw error;
    }
  }
}
