/**
 * Which event ids are known. An id is found by 64 bits and then compared in full, so that two ids that share their 64
 * bits are still told apart.
 *
 * The 64 bits are a hash (xxHash64) of the id, except for UUIDs of version 7, which carry their time: there they are the
 * time in steps of 64 ms (42 bits) and 22 bits of hash. Such ids come in the order of their time, so their entries lie
 * side by side in the index, and writing many of them touches few pages.
 *
 * Ids are kept in generations, and a generation is forgotten as a whole, a few rows per commit, once the youngest id in
 * it is older than the window. Generations are limited in size too, because inserting hashes at random places is quick
 * only while the part of the index that they go to is small; looking them up in older parts needs no writing. Of hashes
 * that lie where those with a time of our century do, a generation knows the lowest and the highest: an id that was made
 * just now is then looked for in the youngest generation alone, however many there are. A hash of another kind may lie
 * there by chance (one in a hundred does), which widens the range and costs a look.
 */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { dayMs } from "../../base/time.ts";
import { unpackId } from "./event-rows.ts";
import { hash32, hash64 } from "./hashes.ts";
import type { EmbeddedLimits } from "./limits.ts";
import { eventKind } from "./schema.ts";

interface Generation {
  readonly generation: number;
  readonly firstPosition: number;
  /** Milliseconds since 1970. */
  readonly openedAt: number;
  /** No hash of it that is as if it had a time lies outside; none does where the lowest is above the highest. */
  lowestTimed: bigint;
  highestTimed: bigint;
}

/** The 64 bits, as the signed integer that SQLite stores. */
export function idHash(id: string, packed: string | Uint8Array): bigint {
  if (typeof packed === "string" || packed[6] >> 4 !== 7) return hash64(id);
  const timeMs = Buffer.from(packed.buffer, packed.byteOffset, 6).readUIntBE(0, 6);
  return timed(timeMs) | BigInt(hash32(id) & 0x3fffff);
}

const timed = (timeMs: number) => BigInt.asIntN(64, BigInt(Math.floor(timeMs / 64)) << 22n);

/** Hashes from the first to before the second are as if they had a time of our century. */
const timedFrom = timed(Date.UTC(2000, 0, 1));
const timedUntil = timed(Date.UTC(2100, 0, 1));
const isTimed = (hash: bigint) => hash >= timedFrom && hash < timedUntil;

export class EventIds {
  readonly #limits: EmbeddedLimits;
  readonly #hashAt: StatementSync;
  readonly #idAt: StatementSync;
  readonly #insert: StatementSync;
  readonly #delete: StatementSync;
  readonly #generations: StatementSync;
  readonly #timedRange: StatementSync;
  readonly #openGeneration: StatementSync;
  readonly #forgetSome: StatementSync;
  readonly #closeGeneration: StatementSync;
  /** Youngest first. */
  #known: Generation[] = [];

  constructor(database: DatabaseSync, limits: EmbeddedLimits) {
    this.#limits = limits;
    this.#hashAt = database.prepare("SELECT position FROM event_ids WHERE generation = ? AND hash = ?");
    this.#idAt = database.prepare(`SELECT id FROM events WHERE position = ? AND kind = ${eventKind}`);
    this.#insert = database.prepare("INSERT INTO event_ids VALUES (?, ?, ?)");
    this.#delete = database.prepare("DELETE FROM event_ids WHERE generation = ? AND hash = ? AND position = ?");
    this.#generations = database.prepare("SELECT * FROM id_generations ORDER BY generation DESC");
    const timedOf = "SELECT hash FROM event_ids WHERE generation = ?1 AND hash >= ?2 AND hash < ?3 ORDER BY hash";
    this.#timedRange = database.prepare(`SELECT (${timedOf} LIMIT 1) AS lowest, (${timedOf} DESC LIMIT 1) AS highest`);
    this.#timedRange.setReadBigInts(true);
    this.#openGeneration = database.prepare("INSERT INTO id_generations VALUES (?, ?, ?)");
    this.#forgetSome = database.prepare(
      `DELETE FROM event_ids WHERE (generation, hash, position) IN
        (SELECT generation, hash, position FROM event_ids WHERE generation = ? LIMIT ?)`,
    );
    this.#closeGeneration = database.prepare("DELETE FROM id_generations WHERE generation = ?");
    this.reload();
  }

  /** Reads the generations again: at the start, and after a rollback. */
  reload(): void {
    this.#known = this.#generations.all().map((row) => {
      const generation = row.generation as number;
      const { lowest, highest } = this.#timedRange.get(generation, timedFrom, timedUntil) as Record<
        string,
        bigint | null
      >;
      return {
        generation,
        firstPosition: row.first_position as number,
        openedAt: row.opened_at as number,
        lowestTimed: lowest ?? timedUntil,
        highestTimed: highest ?? timedFrom,
      };
    });
  }

  /** Position of the event with this id, if one is known within the window. */
  find(id: string, hash: bigint, now: number): number | undefined {
    for (const [index, { generation, lowestTimed, highestTimed }] of this.#known.entries()) {
      if (this.#isOutlived(index, now)) break;
      if (isTimed(hash) && (hash < lowestTimed || hash > highestTimed)) continue;
      for (const row of this.#hashAt.all(generation, hash)) {
        const position = row.position as number;
        const stored = this.#idAt.get(position)?.id as string | Uint8Array | undefined;
        if (stored !== undefined && unpackId(stored) === id) return position;
      }
    }
    return undefined;
  }

  add(hash: bigint, position: number, now: number): void {
    const youngest = this.#known[0];
    const isFull =
      youngest === undefined ||
      position - youngest.firstPosition >= this.#limits.idGenerationSizeMax ||
      now - youngest.openedAt >= this.#limits.idGenerationDays * dayMs;
    if (isFull) {
      const generation = (youngest?.generation ?? 0) + 1;
      const nothingTimed = { lowestTimed: timedUntil, highestTimed: timedFrom };
      const next: Generation = { generation, firstPosition: position, openedAt: now, ...nothingTimed };
      this.#openGeneration.run(next.generation, next.firstPosition, next.openedAt);
      this.#known.unshift(next);
    }
    const [current] = this.#known;
    if (isTimed(hash)) {
      if (hash < current.lowestTimed) current.lowestTimed = hash;
      if (hash > current.highestTimed) current.highestTimed = hash;
    }
    this.#insert.run(current.generation, hash, position);
  }

  /** Forgets the id of an erased event. */
  remove(id: string, packed: string | Uint8Array, position: number): void {
    const hash = idHash(id, packed);
    for (const { generation } of this.#known) this.#delete.run(generation, hash, position);
  }

  /** Forgets some of the ids that are older than the window. */
  prune(now: number): void {
    const oldest = this.#known.at(-1);
    if (oldest === undefined || !this.#isOutlived(this.#known.length - 1, now)) return;
    const limit = this.#limits.idsForgottenPerCommit;
    if (Number(this.#forgetSome.run(oldest.generation, limit).changes) === limit) return;
    this.#closeGeneration.run(oldest.generation);
    this.#known.pop();
  }

  /** True when the youngest id of a generation, from when the next generation began, is older than the window. */
  #isOutlived(index: number, now: number): boolean {
    return index > 0 && now - this.#known[index - 1].openedAt > this.#limits.idWindowDays * dayMs;
  }
}
