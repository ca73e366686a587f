/**
 * `keys.json` in the data folder: read by the server, which notices a change within a second, and written by
 * `penchant keys`. A new version is written beside the old one and takes its name, so that a reader sees the one or the
 * other. The name of the new version is also the lock: whoever creates it may change the keys.
 *
 * Whatever happens to the file while a server runs, it never opens the door: a file that cannot be read leaves the keys as
 * they were, and a file without keys leaves a server that nobody may ask.
 */
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { PenchantError } from "../base/errors.ts";
import { type Clock, secondMs } from "../base/time.ts";
import { endOf, hasSecret, type Key, keyLimits, keySchema, partsOf } from "./keys.ts";

const version = 1;
const fileSchema = z.strictObject({ version: z.literal(version), keys: z.array(keySchema).max(keyLimits.keys) });

const checkIntervalMs = secondMs;

export const keyFilePath = (dataDir: string): string => join(dataDir, "keys.json");

/** The new version while it is written: there as long as somebody is changing the keys. */
export const keyLockPath = (dataDir: string): string => `${keyFilePath(dataDir)}.new`;

/**
 * The keys of a data folder; none where there is no file.
 *
 * @throws PENCHANT_E_KEY_FILE
 */
export function readKeys(dataDir: string): readonly Key[] {
  const path = keyFilePath(dataDir);
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw unusable(path, (error as Error).message, error);
  }
  return parseKeys(path, text);
}

/**
 * Replaces the keys of a data folder by what `change` makes of them, durably, and gives what it gives.
 *
 * @throws PENCHANT_E_KEY_FILE when the file cannot be read or written, or somebody else is changing it
 */
export function changeKeys<T>(
  dataDir: string,
  change: (keys: readonly Key[]) => { keys: readonly Key[]; result: T },
): T {
  const path = keyFilePath(dataDir);
  const next = keyLockPath(dataDir);
  mkdirSync(dataDir, { recursive: true });
  const file = createFile(next);
  try {
    const { keys, result } = change(readKeys(dataDir));
    const text = `${JSON.stringify({ version, keys }, null, 2)}\n`;
    // What could not be read again must not be written.
    parseKeys(path, text);
    writeFileSync(file, text);
    fsyncSync(file);
    renameSync(next, path);
    syncFolder(dataDir);
    return result;
  } catch (error) {
    rmSync(next, { force: true });
    throw PenchantError.isInstance(error) ? error : unusable(path, (error as Error).message, error);
  } finally {
    closeSync(file);
  }
}

export interface KeyFileOptions {
  readonly clock: Clock;
  /** Told once of every version of the file that cannot be used. */
  readonly onError: (error: unknown) => void;
}

/** The keys of a data folder as they are now, give or take a second. */
export class KeyFile {
  readonly #dataDir: string;
  readonly #options: KeyFileOptions;
  #keys: ReadonlyMap<string, Key>;
  #version: string;
  #checkedAt: number;
  #hadKeys: boolean;

  /** @throws PENCHANT_E_KEY_FILE */
  constructor(dataDir: string, options: KeyFileOptions) {
    this.#dataDir = dataDir;
    this.#options = options;
    this.#checkedAt = options.clock.now();
    this.#version = this.#versionNow();
    this.#keys = byId(readKeys(dataDir));
    this.#hadKeys = this.#keys.size > 0;
  }

  /**
   * Whether a request needs a key: once there was one, whatever became of it. A server whose last key has expired must not
   * let everybody in.
   */
  get isRequired(): boolean {
    this.#refresh();
    return this.#hadKeys;
  }

  /** Whether anybody has a key that is valid. */
  get isUsable(): boolean {
    return this.#valid().some(() => true);
  }

  /** Whether a valid key is for web pages of this origin. */
  namesOrigin(origin: string): boolean {
    return this.#valid().some(({ origins }) => origins?.includes(origin) === true);
  }

  /**
   * The key of a text that somebody sent.
   *
   * @throws PENCHANT_E_KEY_INVALID; the message never repeats the text
   */
  find(text: string): Key {
    this.#refresh();
    const parts = partsOf(text);
    if (parts === undefined) {
      throw invalid("expected pk_, the key's 12 characters of id, _ and 43 characters of secret, got another text");
    }
    const key = this.#keys.get(parts.id);
    // The same words for both: an id alone is not to be told from none.
    if (key === undefined || !hasSecret(key, parts.secret)) throw invalid("expected a key of this server, got another");
    const end = endOf(key, this.#options.clock.now());
    if (end !== undefined) throw invalid(`expected one that is valid, and key ${key.id} ${end}`);
    return key;
  }

  #valid(): IteratorObject<Key> {
    this.#refresh();
    const now = this.#options.clock.now();
    return this.#keys.values().filter((key) => endOf(key, now) === undefined);
  }

  #refresh(): void {
    const now = this.#options.clock.now();
    // A clock that was put back counts as well.
    if (Math.abs(now - this.#checkedAt) < checkIntervalMs) return;
    this.#checkedAt = now;
    const version = this.#versionNow();
    if (version === this.#version) return;
    this.#version = version;
    try {
      this.#keys = byId(readKeys(this.#dataDir));
      this.#hadKeys ||= this.#keys.size > 0;
    } catch (error) {
      this.#options.onError(error);
    }
  }

  /** Differs between any two versions of the file: each is a file of its own. */
  #versionNow(): string {
    try {
      const { ino, size, mtimeNs } = statSync(keyFilePath(this.#dataDir), { bigint: true });
      return `${ino} ${size} ${mtimeNs}`;
    } catch (error) {
      return String((error as NodeJS.ErrnoException).code);
    }
  }
}

function parseKeys(path: string, text: string): readonly Key[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw unusable(path, "expected JSON, got something else", error);
  }
  const found = z.looseObject({ version: z.number() }).safeParse(value).data?.version;
  if (found !== undefined && found > version) {
    throw unusable(path, `expected version ${version}, got ${found}, which a newer Penchant has written`);
  }
  const { data, error } = fileSchema.safeParse(value);
  if (data === undefined) {
    const [{ path: place, message }] = error.issues;
    throw unusable(path, `${place.join(".") || "the whole"}: ${message}`, error);
  }
  return data.keys;
}

function byId(keys: readonly Key[]): Map<string, Key> {
  return new Map(keys.map((key) => [key.id, key]));
}

/** Only its owner may read it. */
function createFile(path: string): number {
  try {
    return openSync(path, "wx", 0o600);
  } catch (error) {
    const isTaken = (error as NodeJS.ErrnoException).code === "EEXIST";
    throw unusable(
      path,
      isTaken
        ? "another command is changing the keys; if none is, it was killed: delete this file"
        : (error as Error).message,
      error,
    );
  }
}

/** A new name is durable once its folder is. */
function syncFolder(path: string): void {
  const folder = openSync(path, "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

function unusable(path: string, why: string, cause?: unknown): PenchantError {
  return new PenchantError("PENCHANT_E_KEY_FILE", `${path}: ${why}.`, { details: { file: path }, cause });
}

function invalid(why: string): PenchantError {
  return new PenchantError("PENCHANT_E_KEY_INVALID", `The key: ${why}.`);
}
