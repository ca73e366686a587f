/** Reading the log: as a whole, by user, and what of it waits for items. */
import { setImmediate } from "node:timers/promises";
import type { LoggedEvent } from "../../core/event.ts";
import type { EventLog } from "../../core/ports.ts";
import { eventColumns, rowToEvent } from "./event-rows.ts";
import { hash64 } from "./hashes.ts";
import { userByName } from "./interning.ts";
import type { Reader } from "./reader.ts";
import { eventKind, segmentBits } from "./schema.ts";

const readBatchSize = 2_000;
const segmentSize = 2 ** segmentBits;

const ofUser = `e.position >> ${segmentBits} = ? AND e.user = ? AND e.kind = ${eventKind}`;
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

/** How many events a user has, from the index alone. */
export function countUserEvents(reader: Reader, key: number): number {
  let count = 0;
  for (let segment = Math.floor(lastPosition(reader) / segmentSize); segment >= 0; segment--) {
    count += reader.number(`SELECT count(*) FROM events e WHERE ${ofUser}`, segment, key);
  }
  return count;
}

/** Batches of the log. Other work of the thread gets its turn between them. */
export async function* readLog(
  reader: Reader,
  { after, batchSize = readBatchSize }: { after: number; batchSize?: number },
): AsyncGenerator<LoggedEvent[]> {
  const sql = `SELECT ${eventColumns} WHERE e.position > ? AND e.kind = ${eventKind} ORDER BY e.position LIMIT ?`;
  for (;;) {
    const events = reader.all(sql, after, batchSize).map(rowToEvent);
    if (events.length > 0) yield events;
    if (events.length < batchSize) return;
    after = events.at(-1)!.position;
    await setImmediate();
  }
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
  const before = Math.min(options.before ?? Number.MAX_SAFE_INTEGER, lastPosition(reader) + 1);
  const segments = Math.floor((before - 1) / segmentSize) + 1;
  const sql = newestFirst ? newestFirstOrder : oldestFirst;
  const events: LoggedEvent[] = [];
  for (let index = 0; index < segments && events.length < limit; index++) {
    const segment = newestFirst ? segments - 1 - index : index;
    for (const row of reader.all(sql, segment, key, before, limit - events.length)) events.push(rowToEvent(row));
  }
  return events;
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
