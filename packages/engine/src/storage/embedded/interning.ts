/** Names as small numbers: users, types and items are written once, and the log refers to them by number. */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { hash64 } from "./hashes.ts";
import { newSecret } from "./sealing.ts";

/** Names that a cache remembers before it forgets the half that was not asked for lately, some 100 bytes each. */
const cachedNamesMax = 1_000_000;

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

/** The numbers of names, remembered; how they are looked up and given out is the table's own. */
abstract class NameNumbers {
  readonly #keys = new RecentMap<string, number>(cachedNamesMax);

  protected abstract select(name: string): number | undefined;
  protected abstract insert(name: string): number;

  /** The name's number, if it has one. */
  find(name: string): number | undefined {
    const cached = this.#keys.get(name);
    if (cached !== undefined) return cached;
    const key = this.select(name);
    if (key !== undefined) this.#keys.set(name, key);
    return key;
  }

  /** The name's number; a new name gets one, and `onNew` is told. */
  intern(name: string, onNew?: () => void): number {
    const known = this.find(name);
    if (known !== undefined) return known;
    const key = this.insert(name);
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

/** Types or items: a table with an index of the names. */
export class NameTable extends NameNumbers {
  readonly #select: StatementSync;
  readonly #insert: StatementSync;

  constructor(database: DatabaseSync, table: "types" | "items") {
    super();
    this.#select = database.prepare(`SELECT key FROM ${table} WHERE id = ?`);
    this.#insert = database.prepare(`INSERT INTO ${table} (id) VALUES (?)`);
  }

  protected override select(name: string): number | undefined {
    return this.#select.get(name)?.key as number | undefined;
  }

  protected override insert(name: string): number {
    return Number(this.#insert.run(name).lastInsertRowid);
  }
}

/** Finds a user's number by hash and name: an index of names would leave copies of names behind (see `schema.ts`). */
export const userByName =
  "SELECT u.key, u.secret FROM user_hashes h CROSS JOIN users u ON u.key = h.user WHERE h.hash = ? AND u.id = ?";

/** Users. */
export class UserTable extends NameNumbers {
  readonly #select: StatementSync;
  readonly #selectSecret: StatementSync;
  readonly #insert: StatementSync;
  readonly #insertHash: StatementSync;

  constructor(database: DatabaseSync) {
    super();
    this.#select = database.prepare(userByName);
    this.#selectSecret = database.prepare("SELECT secret FROM users WHERE key = ?");
    this.#insert = database.prepare("INSERT INTO users (erased, secret, id) VALUES (0, ?, ?)");
    this.#insertHash = database.prepare("INSERT INTO user_hashes VALUES (?, ?)");
  }

  /** The secret under which the user's state and record are stored. */
  secret(key: number): Uint8Array {
    return this.#selectSecret.get(key)!.secret as Uint8Array;
  }

  protected override select(name: string): number | undefined {
    return this.#select.get(hash64(name), name)?.key as number | undefined;
  }

  protected override insert(name: string): number {
    const key = Number(this.#insert.run(newSecret(), name).lastInsertRowid);
    this.#insertHash.run(hash64(name), key);
    return key;
  }
}
