/** How the database file is opened: once for writing, by the worker, and once for reading, by the thread that asks. */
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { PenchantError } from "../../base/errors.ts";
import { migrate, migrations, readVersion } from "./schema.ts";
import { storageError } from "./sqlite-errors.ts";
import { requireWholeLog } from "./wal-damage.ts";

export const databasePath = (dataDir: string): string => join(dataDir, "penchant.db");

/** How long a statement waits for another process that reads the same file, such as a backup. */
const busyTimeoutMs = 5_000;

/** How long opening waits for the process that holds the data directory: enough for one that is just being killed. */
const lockTimeoutMs = 200;

/** Pages of the write-ahead log after which it is copied into the database file. */
const checkpointPages = 4_000;

/**
 * Opens or creates the database for writing and brings its schema up to date. Every commit reaches the disk before it
 * is acknowledged, deleted content is overwritten with zeros, and temporary content stays in memory.
 */
export function openForWriting(dataDir: string, databasePagesMax: number): DatabaseSync {
  const path = databasePath(dataDir);
  requireWholeLog(path);
  return opening(path, new DatabaseSync(path, { timeout: busyTimeoutMs, open: false }), (database) => {
    // Before anything is written, so that a file of another program or version is left as it is.
    readVersion(database, path);
    database.exec(`
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = FULL;
      PRAGMA secure_delete = ON;
      PRAGMA temp_store = MEMORY;
      PRAGMA cache_size = -65536;
      PRAGMA wal_autocheckpoint = ${checkpointPages};
      PRAGMA journal_size_limit = ${checkpointPages * 4_096};
      PRAGMA max_page_count = ${databasePagesMax};
    `);
    migrate(database, path);
  });
}

/**
 * Does work whose commits do not wait for the disk. After a loss of power what it wrote may be gone, but nothing that was
 * committed by the time of the last commit that did wait.
 */
export function withoutWaiting<Result>(database: DatabaseSync, work: () => Result): Result {
  // Not as prepared statements: SQLite sets this when a statement is prepared, and not when it runs.
  database.exec("PRAGMA synchronous = NORMAL");
  try {
    return work();
  } finally {
    database.exec("PRAGMA synchronous = FULL");
  }
}

/** Opens the database for reading. It sees everything that was committed before a statement began. */
export function openForReading(dataDir: string): DatabaseSync {
  const path = databasePath(dataDir);
  if (!existsSync(path)) {
    throw new PenchantError(
      "PENCHANT_E_STORAGE_READ_ONLY",
      `${path} does not exist, and reading does not create it; check the data directory's name.`,
      { details: { file: path } },
    );
  }
  const options = { timeout: busyTimeoutMs, open: false, readOnly: true };
  return opening(path, new DatabaseSync(path, options), (database) => {
    const version = readVersion(database, path);
    if (version < migrations.length) {
      throw new PenchantError(
        "PENCHANT_E_STORAGE_VERSION",
        `${path} has schema version ${version}, older than ${migrations.length}; open it once for writing to bring it up to date.`,
        { details: { file: path, version, latest: migrations.length } },
      );
    }
    database.exec("PRAGMA cache_size = -32768");
  });
}

/**
 * Takes the data directory for this process, by an exclusive lock on a file beside the database. The operating system
 * lets go of it when the process ends, in whatever way, so nothing stale can stay behind.
 *
 * @throws PENCHANT_E_STORAGE_LOCKED when another process, or another engine of this one, has it.
 */
export function takeDirectory(dataDir: string): { release(): void } {
  const path = join(dataDir, "penchant.lock");
  try {
    mkdirSync(dataDir, { recursive: true });
    const lock = new DatabaseSync(path, { timeout: lockTimeoutMs });
    try {
      // Never written to: the file stays empty, and only its lock counts.
      lock.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
    } catch (error) {
      lock.close();
      throw error;
    }
    return { release: () => lock.close() };
  } catch (error) {
    const mapped = storageError(error, path);
    if (mapped.code !== "PENCHANT_E_STORAGE_LOCKED") throw mapped;
    throw new PenchantError(
      "PENCHANT_E_STORAGE_LOCKED",
      `The data directory ${dataDir} is in use by another Penchant; stop that one, talk to it over HTTP, or choose another directory.`,
      { details: { dataDir }, cause: error },
    );
  }
}

function opening(path: string, database: DatabaseSync, prepare: (database: DatabaseSync) => void): DatabaseSync {
  try {
    database.open();
    prepare(database);
    return database;
  } catch (error) {
    if (database.isOpen) database.close();
    throw storageError(error, path);
  }
}
