/** A look at a data directory without changing anything in it, also while another process writes to it. */
import { PenchantError } from "../../base/errors.ts";
import { findDamage, findLogDamage } from "./check.ts";
import { takeDirectory } from "./connection.ts";
import { Reader } from "./reader.ts";
import { getBlob } from "./reads.ts";

export interface Inspection {
  /** Another process, or another engine of this one, has the directory. */
  readonly isInUse: boolean;
  /** In words, each with the way out; empty when all is well. */
  readonly damage: readonly string[];
  /** What can be read; undefined where the damage keeps it from being read. */
  readonly content: DataContent | undefined;
}

export interface DataContent {
  readonly events: number;
  readonly users: number;
  readonly items: number;
  /** Positions of the log that the stored states are behind. */
  readonly eventsBehind: number;
  /** Items of the catalogue with events that the states do not count yet: left by a crash between the two. */
  readonly itemsWaitedFor: number;
  /** Items by the version of the tree that they are placed in. */
  readonly itemsByTree: ReadonlyMap<number, number>;
  /** Every type of event that ever came. */
  readonly types: readonly string[];
  /** The stored models; undefined before the first. */
  readonly models: Uint8Array | undefined;
}

/** @throws PENCHANT_E_STORAGE codes where the database cannot be opened at all */
export function inspectDatabase(dataDir: string): Inspection {
  const isInUse = isTaken(dataDir);
  const logDamage = isInUse ? [] : findLogDamage(dataDir);
  // Over a damaged log the rest would show an older state of things.
  if (logDamage.length > 0) return { isInUse, damage: logDamage, content: undefined };
  const reader = new Reader(dataDir);
  try {
    const damage = findDamage(reader);
    try {
      return { isInUse, damage, content: contentOf(reader) };
    } catch (error) {
      if (damage.length === 0) throw error;
      return { isInUse, damage, content: undefined };
    }
  } finally {
    reader.close();
  }
}

function contentOf(reader: Reader): DataContent {
  const counter = (name: string) => reader.number("SELECT value FROM counters WHERE name = ?", name);
  const trees = reader.all("SELECT tree_version, count(*) FROM catalogue GROUP BY tree_version");
  return {
    events: counter("events"),
    users: counter("users"),
    items: reader.number("SELECT count(*) FROM catalogue"),
    eventsBehind: Math.max(0, counter("position") - counter("checkpoint")),
    itemsWaitedFor: reader.number(
      "SELECT count(DISTINCT item) FROM waiting WHERE item IN (SELECT item FROM catalogue)",
    ),
    itemsByTree: new Map(trees.map(([version, items]) => [Number(version), Number(items)])),
    types: reader.all("SELECT id FROM types ORDER BY id").map(([id]) => String(id)),
    models: getBlob(reader, "models"),
  };
}

function isTaken(dataDir: string): boolean {
  try {
    takeDirectory(dataDir).release();
    return false;
  } catch (error) {
    // What else keeps it from being taken is told by opening it.
    return PenchantError.isInstance(error) && error.code === "PENCHANT_E_STORAGE_LOCKED";
  }
}
