/**
 * Events as they travel to the writer and lie in the log. Ids and sessions that are UUIDs in their usual spelling
 * become 16 bytes; every other text is kept as it is.
 */
import type { SQLOutputValue } from "node:sqlite";
import { PenchantError } from "../../base/errors.ts";
import type { LoggedEvent, UserEvent } from "../../core/event.ts";
import type { FoldRecord, LogRecord, SteeringRecord } from "../../core/log-record.ts";
import { eventKind, mergeKind, steeringKind } from "./schema.ts";

/** An event with its fields in a fixed order, absent ones null, the context as JSON: small to send between threads. */
export type EventRow = readonly [
  id: string,
  user: string,
  type: string,
  item: string | null,
  time: number,
  value: number | null,
  session: string | null,
  text: string | null,
  context: string | null,
];

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** 16 bytes for a UUID in lower case, the text itself for anything else. */
export function packId(id: string): string | Uint8Array {
  return id.length === 36 && uuidPattern.test(id) ? Buffer.from(id.replaceAll("-", ""), "hex") : id;
}

export function unpackId(stored: string | Uint8Array): string {
  if (typeof stored === "string") return stored;
  const hex = Buffer.from(stored.buffer, stored.byteOffset, stored.byteLength).toString("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/**
 * @throws PENCHANT_E_ID_INVALID for a name that is no well-formed Unicode (two such names could become one in the
 * file), PENCHANT_E_EVENT_TIME for a time that is no whole number, PENCHANT_E_EVENT_INVALID for a context that is no
 * JSON.
 */
export function eventToRow(event: UserEvent): EventRow {
  for (const name of [event.id, event.user, event.type, event.item, event.session]) {
    if (name !== undefined) requireWellFormed(name);
  }
  if (!Number.isSafeInteger(event.time)) {
    throw new PenchantError(
      "PENCHANT_E_EVENT_TIME",
      `event "${event.id}": the log keeps times as whole milliseconds since 1970, got ${event.time}.`,
      { details: { event: event.id, time: String(event.time) } },
    );
  }
  return [
    event.id,
    event.user,
    event.type,
    event.item ?? null,
    event.time,
    event.value ?? null,
    event.session ?? null,
    event.text ?? null,
    event.context === undefined ? null : contextToJson(event),
  ];
}

/** @throws PENCHANT_E_ID_INVALID */
export function requireWellFormed(name: string): void {
  if (name.isWellFormed()) return;
  throw new PenchantError(
    "PENCHANT_E_ID_INVALID",
    `Expected a name in well-formed Unicode, got ${JSON.stringify(name)}.`,
  );
}

function contextToJson(event: UserEvent): string {
  try {
    return JSON.stringify(event.context);
  } catch (error) {
    throw new PenchantError(
      "PENCHANT_E_EVENT_INVALID",
      `event "${event.id}": the context must be plain JSON (${(error as Error).message}).`,
      { details: { event: event.id }, cause: error },
    );
  }
}

/** The columns that `rowToEvent` expects, of `events` as e with its names joined as u, t and i. */
export const eventColumns =
  "e.position, e.id, u.id, t.id, i.id, e.time, e.value, e.session, e.text, e.context FROM events e " +
  // CROSS JOIN keeps SQLite from choosing another table as the outer loop: the log's order is the order.
  "CROSS JOIN users u ON u.key = e.user CROSS JOIN types t ON t.key = e.type LEFT JOIN items i ON i.key = e.item";

export function rowToEvent(row: SQLOutputValue[]): LoggedEvent {
  const [position, id, user, type, item, time, value, session, text, context] = row as [
    number,
    string | Uint8Array,
    string,
    string,
    string | null,
    number,
    number | null,
    string | Uint8Array | null,
    string | null,
    string | null,
  ];
  return {
    position,
    id: unpackId(id),
    user,
    type,
    ...(item === null ? {} : { item }),
    time,
    ...(value === null ? {} : { value }),
    ...(session === null ? {} : { session: unpackId(session) }),
    ...(text === null ? {} : { text }),
    ...(context === null ? {} : { context: JSON.parse(context) as Record<string, unknown> }),
  };
}

/** For a merge, the other one's name. */
const mergedName = `CASE e.kind WHEN ${mergeKind} THEN (SELECT id FROM users WHERE key = CAST(e.value AS INTEGER)) END`;

/** What `rowToRecord` expects: the columns of an event, and two that tell what else it is. */
export const recordColumns = eventColumns
  .replace(" FROM events e ", `, e.kind, ${mergedName} FROM events e `)
  .replace("CROSS JOIN types t", "LEFT JOIN types t");

export function rowToRecord(row: SQLOutputValue[]): LogRecord {
  const kind = row[10];
  if (kind === eventKind) return rowToEvent(row);
  const common = { position: row[0] as number, user: row[2] as string, time: row[5] as number };
  if (kind === mergeKind) return { ...common, merged: row[11] as string };
  return { ...common, ...steeringOf(row[8]) };
}

/** What `rowToFoldRecord` expects: no names where numbers will do, and no words where an item says what they are about. */
export const foldColumns = `e.position, e.kind, e.type, e.item, e.time, e.value,
  CASE WHEN e.kind = ${mergeKind} THEN ${mergedName} WHEN e.item IS NULL THEN e.text END FROM events e`;

/** @param nameOf the name of a type or an item */
export function rowToFoldRecord(
  row: SQLOutputValue[],
  user: string,
  nameOf: (table: "types" | "items", key: number) => string,
): FoldRecord {
  const [position, kind, type, item, time, value, other] = row as [
    number,
    number,
    number,
    number | null,
    number,
    number | null,
    string | null,
  ];
  if (kind === mergeKind) return { position, user, time, merged: other! };
  if (kind === steeringKind) return { position, user, time, ...steeringOf(other) };
  return {
    position,
    time,
    type: nameOf("types", type),
    item: item === null ? undefined : nameOf("items", item),
    value: value ?? undefined,
    text: other ?? undefined,
  };
}

const steeringOf = (document: SQLOutputValue) =>
  JSON.parse(document as string) as Omit<SteeringRecord, "user" | "time">;
