/** Names as small numbers: users, types and items are written once, and the log refers to them by number. */
import type { DatabaseSync, StatementSync } from "node:sqlite";

/** Names that a cache remembers before it forgets the half that was not asked for lately. */
const cachedNamesMax = 200_000;

/**
 * A map that forgets what was not used lately: when the young half is full, it becomes the old half, and what was in
 * the old half and not asked for meanwhile is gone.
 */
export class RecentMap<Key, Value> {
  readonly #youngMax: number;
  #young = new Map<Key, Value>();
  #old = new Map<Key, Value>();

  constructor(sizeMax: number) {
    this.#youngMax = Math.ceil(sizeMax / 2);
  }

  get(key: Key): Value | undefined {
    const young = this.#young.get(key);
    if (young !== undefined) return young;
    const old = this.#old.get(key);
    if (old !== undefined) this.set(key, old);
    return old;
  }

  set(key: Key, value: Value): void {
    if (this.#young.size >= this.#youngMax) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(key, value);
  }

  delete(key: Key): void {
    this.#young.delete(key);
    this.#old.delete(key);
  }

  clear(): void {
    this.#young.clear();
    this.#old.clear();
  }
}

/** One table of names. */
export class NameTable {
  readonly #select: StatementSync;
  readonly #insert: StatementSync;
  readonly #keys = new RecentMap<string, number>(cachedNamesMax);

  constructor(database: DatabaseSync, table: "users" | "types" | "items") {
    this.#select = database.prepare(`SELECT key FROM ${table} WHERE id = ?`);
    this.#insert = database.prepare(`INSERT INTO ${table} (id) VALUES (?)`);
  }

  /** The name's number, if it has one. */
  find(name: string): number | undefined {
    const cached = this.#keys.get(name);
    if (cached !== undefined) return cached;
    const key = this.#select.get(name)?.key as number | undefined;
    if (key !== undefined) this.#keys.set(name, key);
    return key;
  }

  /** The name's number; a new name gets one, and `onNew` is told. */
  intern(name: string, onNew?: () => void): number {
    const known = this.find(name);
    if (known !== undefined) return known;
    const key = Number(this.#insert.run(name).lastInsertRowid);
    this.#keys.set(name, key);
    onNew?.();
    return key;
  }

  forget(name: string): void {
    this.#keys.delete(name);
  }

  /** After a rollback, numbers that were given out may not exist. */
  forgetAll(): void {
    this.#keys.clear();
  }
}
