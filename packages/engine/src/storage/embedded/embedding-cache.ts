/**
 * Vectors of texts that were embedded once, in a file of their own beside the database. It is a cache: backups leave it out, it
 * may be deleted at any time, and one that is damaged is begun anew. It holds hashes and vectors, no words. When it is full,
 * the oldest vectors go.
 */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import type { EmbeddingCache } from "../../core/ports.ts";

const formatVersion = 1;
/** Of 512 dimensions: 2 GB. */
const vectorsMax = 1_000_000;
const busyTimeoutMs = 5_000;

export function openEmbeddingCache(dataDir: string, options: { vectorsMax?: number } = {}): EmbeddingCache {
  const path = join(dataDir, "embeddings.db");
  const database = openAnew(path);
  const find = database.prepare("SELECT vector FROM vectors WHERE model = ? AND key = ?");
  const insert = database.prepare("INSERT OR REPLACE INTO vectors (model, key, vector) VALUES (?, ?, ?)");
  const count = database.prepare("SELECT count(*) AS count FROM vectors");
  const forget = database.prepare(
    "DELETE FROM vectors WHERE position IN (SELECT position FROM vectors ORDER BY position LIMIT ?)",
  );
  let size = (count.get() as { count: number }).count;
  const models = new Map<string, number>();

  return {
    get(model, keys) {
      const of = numberOf(database, models, model);
      const found = new Map<string, Float32Array>();
      for (const key of keys) {
        const row = find.get(of, key) as { vector: Uint8Array } | undefined;
        if (row !== undefined) found.set(key, new Float32Array(row.vector.slice().buffer));
      }
      return found;
    },
    put(model, vectors) {
      inTransaction(database, () => {
        const of = numberOf(database, models, model);
        for (const [key, vector] of vectors) {
          insert.run(of, key, new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength));
        }
        size += vectors.size;
        const over = size - (options.vectorsMax ?? vectorsMax);
        if (over > 0) {
          forget.run(over);
          size = (count.get() as { count: number }).count;
        }
      });
    },
    close: () => database.close(),
  };
}

/** The file, or a new one where it cannot be used. */
function openAnew(path: string): DatabaseSync {
  try {
    return open(path);
  } catch {
    for (const end of ["", "-wal", "-shm"]) rmSync(path + end, { force: true });
    return open(path);
  }
}

function open(path: string): DatabaseSync {
  const database = new DatabaseSync(path, { timeout: busyTimeoutMs });
  try {
    // A loss of power may cost the last vectors: they are computed again.
    database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;");
    const { user_version: version } = database.prepare("PRAGMA user_version").get() as { user_version: number };
    if (version !== 0 && version !== formatVersion) throw new Error(`version ${version}`);
    database.exec(`
      CREATE TABLE IF NOT EXISTS models (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
      CREATE TABLE IF NOT EXISTS vectors (
        position INTEGER PRIMARY KEY, model INTEGER NOT NULL, key TEXT NOT NULL, vector BLOB NOT NULL,
        UNIQUE (model, key)
      ) STRICT;
      PRAGMA user_version = ${formatVersion};
    `);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function numberOf(database: DatabaseSync, known: Map<string, number>, model: string): number {
  const number = known.get(model);
  if (number !== undefined) return number;
  database.prepare("INSERT OR IGNORE INTO models (name) VALUES (?)").run(model);
  const select: StatementSync = database.prepare("SELECT number FROM models WHERE name = ?");
  const { number: found } = select.get(model) as { number: number };
  known.set(model, found);
  return found;
}

function inTransaction(database: DatabaseSync, work: () => void): void {
  database.exec("BEGIN IMMEDIATE");
  try {
    work();
    database.exec("COMMIT");
  } catch (error) {
    database.exec("ROLLBACK");
    throw error;
  }
}
