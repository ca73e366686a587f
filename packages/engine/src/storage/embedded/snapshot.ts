/**
 * Copies of the database as it is at one moment, and putting such a copy in its place.
 *
 * A snapshot is made by SQLite's online backup on a connection that holds a read transaction: it sees that moment's state
 * however long the copying takes, and whoever writes meanwhile, in whatever process, is not held up. The copy is one file
 * without a log beside it.
 */
import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync } from "node:fs";
import { backup, DatabaseSync } from "node:sqlite";
import { PenchantError } from "../../base/errors.ts";
import { findDamage, findLogDamage } from "./check.ts";
import { databasePath, openForReading, openForWriting } from "./connection.ts";
import { defaultEmbeddedLimits } from "./limits.ts";
import { Reader } from "./reader.ts";
import { storageError } from "./sqlite-errors.ts";

/** Pages that are copied before others get a turn, 16 MB. */
const pagesPerStep = 4_096;

export interface DataCounts {
  readonly events: number;
  readonly users: number;
  readonly items: number;
}

/**
 * Copies the database of a data directory into another directory, durably, also while another process writes to it.
 *
 * @throws PENCHANT_E_STORAGE codes; _CORRUPT too where a copy would silently lack what a damaged log holds
 */
export async function snapshotDatabase(
  dataDir: string,
  toDir: string,
  onProgress?: (pages: { done: number; total: number }) => void,
): Promise<void> {
  const [damage] = findLogDamage(dataDir);
  if (damage !== undefined) throw new PenchantError("PENCHANT_E_STORAGE_CORRUPT", damage);
  const path = databasePath(toDir);
  const source = openForReading(dataDir);
  try {
    // The first read of a transaction fixes what it sees.
    source.exec("BEGIN");
    source.prepare("SELECT value FROM counters").all();
    await backup(source, path, {
      rate: pagesPerStep,
      progress: ({ totalPages, remainingPages }) =>
        onProgress?.({ done: totalPages - remainingPages, total: totalPages }),
    });
    const copy = new DatabaseSync(path);
    copy.exec("PRAGMA journal_mode = DELETE");
    copy.close();
    syncPath(path);
  } catch (error) {
    throw storageError(error, path);
  } finally {
    source.close();
  }
}

/**
 * Looks at a copy as a whole.
 *
 * @throws PENCHANT_E_STORAGE_CORRUPT naming the first damage, _VERSION for one of a newer Penchant
 */
export function verifyDatabase(dir: string): DataCounts {
  const reader = new Reader(dir);
  try {
    const [damage] = findDamage(reader);
    if (damage !== undefined) throw new PenchantError("PENCHANT_E_STORAGE_CORRUPT", damage);
    return {
      events: reader.number("SELECT value FROM counters WHERE name = 'events'"),
      users: reader.number("SELECT value FROM counters WHERE name = 'users'"),
      items: reader.number("SELECT count(*) FROM catalogue"),
    };
  } finally {
    reader.close();
  }
}

/** Brings a copy that an older Penchant made up to date. */
export function migrateDatabase(dir: string): void {
  openForWriting(dir, defaultEmbeddedLimits.databasePagesMax).close();
}

/**
 * Moves the database of one directory into the place of another's, at once: a crash leaves the one or the other. Both are
 * on one file system, and the caller holds the data directory.
 */
export function installDatabase(fromDir: string, dataDir: string): void {
  const path = databasePath(dataDir);
  try {
    settleLog(path);
    renameSync(databasePath(fromDir), path);
    syncPath(dataDir);
  } catch (error) {
    throw storageError(error, path);
  }
}

/** A log that stays behind would be taken for the new file's. What can be saved of it goes into the old file first. */
function settleLog(path: string): void {
  if (existsSync(`${path}-wal`)) {
    try {
      const old = new DatabaseSync(path);
      old.exec("PRAGMA wal_checkpoint(TRUNCATE)");
      old.close();
    } catch {
      // A damaged one is being replaced.
    }
  }
  for (const suffix of ["-wal", "-shm"]) rmSync(path + suffix, { force: true });
}

/** Makes a file's content, or a directory's names, durable. */
export function syncPath(path: string): void {
  const file = openSync(path, "r");
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
