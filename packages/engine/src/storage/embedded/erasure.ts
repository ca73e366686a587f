/**
 * Erasing a user: events and other records, their ids, their waiting marks, the state, the record and the name; and the
 * same of every user who was merged into theirs.
 *
 * Rows of `users` and `events` are not deleted but overwritten with blanks of the same size, so that SQLite writes them
 * in place and moves nothing (the reason is told in `schema.ts`); such rows are counted and read no more. A filler has
 * the width that SQLite's record format gives to the value it replaces (https://www.sqlite.org/fileformat2.html,
 * "Record Format"). Old pages in the write-ahead log go when it is truncated, which the writer does after the commit.
 */
import type { DatabaseSync, SQLOutputValue } from "node:sqlite";
import type { Counters } from "./counters.ts";
import type { Names } from "./event-appends.ts";
import type { EventIds } from "./event-ids.ts";
import { unpackId } from "./event-rows.ts";
import { hash64 } from "./hashes.ts";
import { erasedKind, erasedRecordKind, eventKind, recordKinds, segmentBits } from "./schema.ts";
import { secretBytes } from "./sealing.ts";

/** A value that says nothing and takes as many bytes in a row as the given one. */
export function blankLike(value: SQLOutputValue): SQLOutputValue {
  if (typeof value === "string") return " ".repeat(Buffer.byteLength(value));
  if (value instanceof Uint8Array) return new Uint8Array(value.byteLength);
  if (typeof value !== "number") return value;
  if (value === 0 || value === 1) return 0;
  // Other numbers take 8 bytes; a fraction keeps SQLite from writing the filler as a small integer.
  return Number.isInteger(value) ? (integerFillers.find((filler) => fits(value, filler)) ?? 2 ** 52) : 0.5;
}

/** The largest integers of 1, 2, 3, 4 and 6 bytes. */
const integerFillers = [8, 16, 24, 32, 48].map((bits) => 2 ** (bits - 1) - 1);

const fits = (value: number, filler: number) => value <= filler && value >= -filler - 1;

/** The operation, with its statements prepared. */
export function erasure(database: DatabaseSync, names: Names, ids: EventIds, counters: Counters) {
  const recordsOfSegment = database.prepare(
    `SELECT position, time, type, item, id, value, session, text, context, kind FROM events
     WHERE position >> ${segmentBits} = ? AND user = ? AND kind IN (${recordKinds})`,
  );
  const blankRecord = database.prepare(
    `UPDATE events SET time = ?, type = ?, item = ?, id = ?, value = ?, session = ?, text = ?, context = ?,
     kind = ? WHERE position = ?`,
  );
  const deleteWaiting = database.prepare("DELETE FROM waiting WHERE item = ? AND position = ?");
  const deleteState = database.prepare("DELETE FROM states WHERE user = ?");
  const deleteRecord = database.prepare("DELETE FROM user_records WHERE user = ?");
  const deleteHash = database.prepare("DELETE FROM user_hashes WHERE hash = ? AND user = ?");
  const blankUser = database.prepare("UPDATE users SET erased = 1, secret = ?, id = ? WHERE key = ?");

  const nameOf = database.prepare("SELECT id FROM users WHERE key = ?");
  const mergedInto = database.prepare("SELECT user FROM merges WHERE into_user = ?");
  const deleteMerges = database.prepare("DELETE FROM merges WHERE user = ?1 OR into_user = ?1");

  /** @returns how many events there were */
  const eraseOne = (userKey: number): number => {
    let events = 0;
    const segments = Math.floor(counters.values.position / 2 ** segmentBits);
    for (let segment = 0; segment <= segments; segment++) {
      for (const row of recordsOfSegment.all(segment, userKey)) {
        const position = row.position as number;
        const isEvent = row.kind === eventKind;
        if (isEvent) {
          const packedId = row.id as string | Uint8Array;
          ids.remove(unpackId(packedId), packedId, position);
          if (row.item !== null) deleteWaiting.run(row.item as number, position);
          events++;
        }
        const { time, type, item, id, value, session, text, context } = row;
        const blanks = [time, type, item, id, value, session, text, context].map(blankLike);
        blankRecord.run(...blanks, isEvent ? erasedKind : erasedRecordKind, position);
      }
    }
    const name = nameOf.get(userKey)!.id as string;
    deleteState.run(userKey);
    deleteRecord.run(userKey);
    deleteHash.run(hash64(name), userKey);
    blankUser.run(new Uint8Array(secretBytes), blankLike(name), userKey);
    names.users.forget(name);
    return events;
  };

  return (user: string): { events: number } => {
    const userKey = names.users.find(user);
    if (userKey === undefined) return { events: 0 };
    let events = eraseOne(userKey);
    for (const { user: merged } of mergedInto.all(userKey)) events += eraseOne(merged as number);
    deleteMerges.run(userKey);
    counters.values.events -= events;
    counters.values.users--;
    return { events };
  };
}
