/** Reading the log: as a whole, by user, and what of it waits for items. */
import { setImmediate } from "node:timers/promises";
import type { LoggedEvent } from "../../core/event.ts";
import type { FoldRecord, LogRecord } from "../../core/log-record.ts";
import type { EventLog } from "../../core/ports.ts";
import { eventColumns, foldColumns, recordColumns, rowToEvent, rowToFoldRecord, rowToRecord } from "./event-rows.ts";
import { hash64 } from "./hashes.ts";
import { userByName } from "./interning.ts";
import type { Reader, Row } from "./reader.ts";
import { eventKind, recordKinds, segmentBits } from "./schema.ts";

const readBatchSize = 2_000;
const segmentSize = 2 ** segmentBits;

const inSegment = `e.position >> ${segmentBits} = ? AND e.user = ?`;
const ofUser = `${inSegment} AND e.kind = ${eventKind}`;
const recordsOfUser = `SELECT ${foldColumns} WHERE ${inSegment} AND e.kind IN (${recordKinds}) AND e.position <= ?
  AND e.time <= ? ORDER BY e.position`;
const oldestFirst = `SELECT ${eventColumns} WHERE ${ofUser} AND e.position < ? ORDER BY e.position LIMIT ?`;
const newestFirstOrder = `SELECT ${eventColumns} WHERE ${ofUser} AND e.position < ? ORDER BY e.position DESC LIMIT ?`;

export function lastPosition(reader: Reader): number {
  return reader.number("SELECT value FROM counters WHERE name = 'position'");
}

/** The user's number and the secret of their state and record. */
export function findUser(reader: Reader, user: string): { key: number; secret: Uint8Array } | undefined {
  const row = reader.first(userByName, hash64(user), user);
  return row && { key: row[0] as number, secret: row[1] as Uint8Array };
}

/** The user's number, and those of the users who were merged into theirs. */
function familyOf(reader: Reader, key: number): number[] {
  return [key, ...reader.all("SELECT user FROM merges WHERE into_user = ?", key).map(([user]) => user as number)];
}

/** How many events a user has, from the index alone. */
export function countUserEvents(reader: Reader, key: number): number {
  let count = 0;
  for (const member of familyOf(reader, key)) {
    for (let segment = Math.floor(lastPosition(reader) / segmentSize); segment >= 0; segment--) {
      count += reader.number(`SELECT count(*) FROM events e WHERE ${ofUser}`, segment, member);
    }
  }
  return count;
}

/** Batches of events. */
export function readLog(reader: Reader, options: { after: number; batchSize?: number }): AsyncGenerator<LoggedEvent[]> {
  return batchesOf(reader, `SELECT ${eventColumns} WHERE e.kind = ${eventKind}`, rowToEvent, options);
}

/** Batches of the whole log. */
export function readRecords(
  reader: Reader,
  options: { after: number; batchSize?: number },
): AsyncGenerator<LogRecord[]> {
  return batchesOf(reader, `SELECT ${recordColumns} WHERE e.kind IN (${recordKinds})`, rowToRecord, options);
}

/** Other work of the thread gets its turn between batches. */
async function* batchesOf<Kind extends LogRecord>(
  reader: Reader,
  selection: string,
  fromRow: (row: Row) => Kind,
  { after, batchSize = readBatchSize }: { after: number; batchSize?: number },
): AsyncGenerator<Kind[]> {
  const sql = `${selection} AND e.position > ? ORDER BY e.position LIMIT ?`;
  for (;;) {
    const records = reader.all(sql, after, batchSize).map(fromRow);
    if (records.length > 0) yield records;
    if (records.length < batchSize) return;
    after = records.at(-1)!.position;
    await setImmediate();
  }
}

/** One user's records, in log order. */
export function readUserRecords(
  reader: Reader,
  user: string,
  { position = Number.MAX_SAFE_INTEGER, time = Number.MAX_SAFE_INTEGER }: { position?: number; time?: number } = {},
): FoldRecord[] {
  const key = findUser(reader, user)?.key;
  if (key === undefined) return [];
  const family = familyOf(reader, key);
  const segments = Math.floor(Math.min(position, lastPosition(reader)) / segmentSize) + 1;
  const records: FoldRecord[] = [];
  const nameOf = (table: "types" | "items", key: number) => reader.nameOf(table, key);
  for (let segment = 0; segment < segments; segment++) {
    for (const member of family) {
      for (const row of reader.all(recordsOfUser, segment, member, position, time)) {
        records.push(rowToFoldRecord(row, user, nameOf));
      }
    }
  }
  return family.length === 1 ? records : records.sort((a, b) => a.position - b.position);
}

/** One user's events, segment of the log by segment, until there are enough. */
export function readUserEvents(
  reader: Reader,
  user: string,
  options: Parameters<EventLog["readUser"]>[1] = {},
): LoggedEvent[] {
  const { limit = Number.MAX_SAFE_INTEGER, newestFirst = false } = options;
  const key = findUser(reader, user)?.key;
  if (key === undefined) return [];
  const family = familyOf(reader, key);
  const before = Math.min(options.before ?? Number.MAX_SAFE_INTEGER, lastPosition(reader) + 1);
  const segments = Math.floor((before - 1) / segmentSize) + 1;
  const sql = newestFirst ? newestFirstOrder : oldestFirst;
  const sign = newestFirst ? -1 : 1;
  const events: LoggedEvent[] = [];
  for (let index = 0; index < segments && events.length < limit; index++) {
    const segment = newestFirst ? segments - 1 - index : index;
    const found = family.flatMap((member) => reader.all(sql, segment, member, before, limit - events.length));
    const ordered = found.map(rowToEvent);
    if (family.length > 1) ordered.sort((a, b) => sign * (a.position - b.position));
    for (const event of ordered.slice(0, limit - events.length)) events.push(event);
  }
  return events;
}

/** Every merged user's name with that of whom they were merged into. */
export function readMerged(reader: Reader): [merged: string, user: string][] {
  return reader
    .all(
      "SELECT a.id, b.id FROM merges m CROSS JOIN users a ON a.key = m.user CROSS JOIN users b ON b.key = m.into_user",
    )
    .map(([merged, user]) => [merged as string, user as string]);
}

export function usersWaitingFor(reader: Reader, items: readonly string[]): string[] {
  const users = new Set<string>();
  if (reader.first("SELECT 1 FROM waiting LIMIT 1") === undefined) return [];
  for (const item of items) {
    const rows = reader.all(
      `SELECT DISTINCT u.id FROM items i CROSS JOIN waiting w ON w.item = i.key
       CROSS JOIN events e ON e.position = w.position CROSS JOIN users u ON u.key = e.user WHERE i.id = ?`,
      item,
    );
    for (const [user] of rows) users.add(user as string);
  }
  return [...users];
}

export function itemsWaitedFor(reader: Reader): string[] {
  return reader
    .all(
      `SELECT i.id FROM (SELECT DISTINCT item FROM waiting) w
       JOIN catalogue c ON c.item = w.item JOIN items i ON i.key = w.item ORDER BY i.id`,
    )
    .map(([item]) => item as string);
}
