/** Looks for damage: what SQLite finds in the file, and what does not fit together in it. */
import { PenchantError } from "../../base/errors.ts";
import { databasePath, takeDirectory } from "./connection.ts";
import type { Reader } from "./reader.ts";
import { eventKind } from "./schema.ts";
import { requireWholeLog } from "./wal-damage.ts";

interface Rule {
  /** Counts what breaks the rule; 0 when all is well. */
  readonly sql: string;
  readonly says: (count: number) => string;
}

const rebuildHint = "run `penchant rebuild`, which derives all states from the log again";
const restoreHint = "keep a copy of the directory, then restore the last backup (penchant restore FILE --force)";
const counter = (name: string) => `(SELECT value FROM counters WHERE name = '${name}')`;

const rules: readonly Rule[] = [
  {
    sql: `SELECT count(*) FROM states WHERE position > ${counter("position")}`,
    says: (count) => `${count} interest states include events beyond the end of the log; ${rebuildHint}.`,
  },
  {
    sql: `SELECT ${counter("checkpoint")} > ${counter("position")}`,
    says: () => `The checkpoint of the interest states lies beyond the end of the log; ${rebuildHint}.`,
  },
  {
    sql: "SELECT count(*) FROM states WHERE user NOT IN (SELECT key FROM users WHERE erased = 0)",
    says: (count) => `${count} interest states belong to nobody; ${rebuildHint}.`,
  },
  {
    sql: `SELECT count(*) FROM events WHERE position > ${counter("position")}`,
    says: (count) => `${count} events lie beyond the recorded end of the log; ${restoreHint}.`,
  },
  {
    sql: `SELECT count(*) FROM events e WHERE kind = ${eventKind} AND (
      NOT EXISTS (SELECT 1 FROM users WHERE key = e.user AND erased = 0)
      OR NOT EXISTS (SELECT 1 FROM types WHERE key = e.type)
      OR (e.item IS NOT NULL AND NOT EXISTS (SELECT 1 FROM items WHERE key = e.item)))`,
    says: (count) => `${count} events name a user, type or item that is lost; ${restoreHint}.`,
  },
  {
    sql: `SELECT abs((SELECT count(*) FROM events WHERE kind = ${eventKind}) - ${counter("events")})`,
    says: (count) => `The log holds ${count} events more or fewer than were counted; ${restoreHint}.`,
  },
  {
    sql: `SELECT count(*) FROM merges WHERE user NOT IN (SELECT key FROM users WHERE erased = 0)
      OR into_user NOT IN (SELECT key FROM users WHERE erased = 0)`,
    says: (count) => `${count} merges name a user who is lost; ${restoreHint}.`,
  },
  {
    sql: "SELECT count(*) FROM waiting WHERE position NOT IN (SELECT position FROM events)",
    says: (count) => `${count} events that wait for their items are lost; ${restoreHint}.`,
  },
  {
    sql: "SELECT coalesce(max(key) + 1, 0) - count(*) FROM catalogue",
    says: (count) => `${count} items are missing from the catalogue; put the items again, or ${restoreHint}.`,
  },
];

/** Damage in words, each with the way out. */
export function findDamage(reader: Reader): string[] {
  const damage = reading(() =>
    reader
      .all("PRAGMA quick_check(20)")
      .map(([line]) => String(line))
      .filter((line) => line !== "ok")
      .map((line) => `The database file is damaged (${line}); ${restoreHint}.`),
  );
  for (const { sql, says } of rules) {
    damage.push(
      ...reading(() => {
        const count = reader.number(sql);
        return count > 0 ? [says(count)] : [];
      }),
    );
  }
  return [...new Set(damage)];
}

/**
 * Damage of the write-ahead log that nobody has opened for writing since a crash. While a writer has the directory, its
 * log was whole when it opened it, and is changing.
 */
export function findLogDamage(dataDir: string): string[] {
  let directory: ReturnType<typeof takeDirectory>;
  try {
    directory = takeDirectory(dataDir);
  } catch {
    return [];
  }
  try {
    return reading(() => {
      requireWholeLog(databasePath(dataDir));
      return [];
    });
  } finally {
    directory.release();
  }
}

/** Damage can also keep a question from being answered: then its error is the finding. */
function reading(ask: () => string[]): string[] {
  try {
    return ask();
  } catch (error) {
    if (PenchantError.isInstance(error) && error.code === "PENCHANT_E_STORAGE_CORRUPT") return [error.message];
    throw error;
  }
}
