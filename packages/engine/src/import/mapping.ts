/**
 * From a table's rows to events and items. A mapping says which column holds what; compiling it against a table checks
 * that the columns exist and gives a function from row to event or item. What that function returns has passed the same
 * gate as everything else that enters the engine.
 */
import { hash } from "node:crypto";
import { PenchantError } from "../base/errors.ts";
import type { UserEvent } from "../core/event.ts";
import type { Item } from "../core/item.ts";
import { validateEvent, validateItem } from "../core/validate.ts";
import { columnList, type Row, type Table } from "./table.ts";
import { parseTime, type TimeUnit } from "./times.ts";

/** A value that all rows share. */
export interface Constant {
  readonly constant: string;
}

/** A column with times; without a unit, ISO 8601 or a count since 1970 whose magnitude tells the unit. */
export type TimeColumn = string | { readonly column: string; readonly unit: TimeUnit };

/** Which columns hold what of an event. */
export interface EventMapping {
  /**
   * Without it, an id is derived from the rest, so that importing the same row again changes nothing. Name a column where
   * equal rows are different events.
   */
  readonly id?: string | undefined;
  readonly user: string;
  readonly type: string | Constant;
  readonly item?: string | undefined;
  readonly value?: string | undefined;
  readonly text?: string | undefined;
  readonly time: TimeColumn;
  readonly session?: string | undefined;
  /** Columns to keep in the event's context, under their own names. */
  readonly context?: readonly string[] | undefined;
}

/**
 * Which columns hold an item's categories. A list of columns is one path, broadest first. An object is a column with
 * paths in it: `separator` stands between paths, `levels` between the levels of one ("Home > Kitchen"). A list value
 * (JSON, Parquet) gives a path per element.
 */
export type CategoryMapping =
  | readonly string[]
  | { readonly column: string; readonly separator?: string | undefined; readonly levels?: string | undefined };

/** Which columns hold what of an item. Several columns for a title or text are joined. */
export interface ItemMapping {
  readonly id: string;
  readonly title: string | readonly string[];
  readonly text?: string | readonly string[] | undefined;
  readonly categories?: CategoryMapping | undefined;
  /** Columns to keep as attributes, under their own names. */
  readonly attributes?: readonly string[] | undefined;
  readonly image?: string | undefined;
  readonly createdAt?: TimeColumn | undefined;
}

type Cell = (row: Row) => unknown;

/**
 * A function from row to event. Throws PENCHANT_E_IMPORT_COLUMNS when the table lacks a column; what it returns throws a
 * `PenchantError` for a row that makes no event.
 */
export function eventReader(table: Table, mapping: EventMapping, now: () => number): (row: Row) => UserEvent {
  const { type } = mapping;
  const optional = (column: string | undefined) => (column === undefined ? undefined : cellOf(table, column));
  const id = optional(mapping.id);
  const user = cellOf(table, mapping.user);
  const typeOf: Cell = typeof type === "string" ? cellOf(table, type) : () => type.constant;
  const item = optional(mapping.item);
  const value = optional(mapping.value);
  const text = optional(mapping.text);
  const time = timeOf(table, mapping.time);
  const session = optional(mapping.session);
  const context = mapping.context?.map((column) => [column, cellOf(table, column)] as const);
  return (row) => {
    const event = {
      user: asId(user(row)) ?? "",
      type: asText(typeOf(row)) ?? "",
      item: item && asId(item(row)),
      value: value && asNumber(value(row), mapping.value!),
      text: text && asText(text(row)),
      time: time(row),
      session: session && asId(session(row)),
      context: context && keep(context, row),
    };
    const given = id && asId(id(row));
    return validateEvent({ ...event, id: given ?? derivedId(event) }, { now: now(), newId: () => "" });
  };
}

/** A function from row to item, with the same errors as `eventReader`. */
export function itemReader(table: Table, mapping: ItemMapping): (row: Row) => Item {
  const id = cellOf(table, mapping.id);
  const title = joined(table, mapping.title, " ");
  const text = mapping.text === undefined ? undefined : joined(table, mapping.text, "\n");
  const categories = mapping.categories && categoriesOf(table, mapping.categories);
  const attributes = mapping.attributes?.map((column) => [column, cellOf(table, column)] as const);
  const image = mapping.image ? cellOf(table, mapping.image) : undefined;
  const createdAt = mapping.createdAt ? timeOf(table, mapping.createdAt) : undefined;
  return (row) =>
    validateItem({
      id: asId(id(row)) ?? "",
      title: title(row) ?? "",
      text: text?.(row),
      categories: categories?.(row),
      attributes: attributes && keep(attributes, row),
      image: image && asText(image(row)),
      createdAt: createdAt?.(row),
    });
}

function cellOf(table: Table, column: string): Cell {
  if (!table.columns.includes(column)) {
    throw new PenchantError(
      "PENCHANT_E_IMPORT_COLUMNS",
      `${table.file}: there is no column ${JSON.stringify(column)}; the columns are ${columnList(table)}.`,
      { details: { file: table.file, column } },
    );
  }
  const path = column.split(".");
  if (table.format !== "json" || path.length === 1) return (row) => ownValue(row.values, column);
  return (row) => ownValue(row.values, column) ?? path.reduce<unknown>(ownValue, row.values);
}

function ownValue(values: unknown, key: string): unknown {
  if (typeof values !== "object" || values === null || !Object.hasOwn(values, key)) return undefined;
  const value = (values as Record<string, unknown>)[key];
  return value === "" || value === null ? undefined : value;
}

function timeOf(table: Table, time: TimeColumn): (row: Row) => number {
  const { column, unit } = typeof time === "string" ? { column: time, unit: undefined } : time;
  const cell = cellOf(table, column);
  const expected = unit ? `a count of ${unit} since 1970` : "ISO 8601 or a count since 1970";
  return (row) => {
    const value = cell(row);
    const parsed = parseTime(value, unit);
    if (Number.isFinite(parsed)) return parsed;
    throw new PenchantError("PENCHANT_E_EVENT_TIME", `${column}: expected a time (${expected}), got ${shown(value)}.`);
  };
}

function joined(table: Table, columns: string | readonly string[], glue: string): (row: Row) => string | undefined {
  const cells = (typeof columns === "string" ? [columns] : columns).map((column) => cellOf(table, column));
  return (row) => {
    const parts = cells.map((cell) => asText(cell(row))?.trim()).filter((part) => part !== undefined && part !== "");
    return parts.length === 0 ? undefined : parts.join(glue);
  };
}

function categoriesOf(table: Table, mapping: CategoryMapping): (row: Row) => string[][] | undefined {
  if ("column" in mapping) {
    const cell = cellOf(table, mapping.column);
    return (row) => pathsIn(cell(row), mapping.separator, mapping.levels);
  }
  const cells = mapping.map((column) => cellOf(table, column));
  return (row) => {
    const path: string[] = [];
    for (const cell of cells) {
      const name = asText(cell(row))?.trim();
      // What lies below a missing level would hang in the air.
      if (!name) break;
      path.push(name);
    }
    return path.length === 0 ? undefined : [path];
  };
}

function pathsIn(value: unknown, separator: string | undefined, levels: string | undefined): string[][] | undefined {
  if (value === undefined) return undefined;
  const split = (text: string, by: string | undefined) => (by ? text.split(by) : [text]);
  const elements: unknown[] = Array.isArray(value) ? value : split(asText(value) ?? "", separator);
  const paths = elements.map((element) => {
    const names = Array.isArray(element)
      ? element.map((name) => asText(name) ?? "")
      : split(asText(element) ?? "", levels);
    return names.map((name) => name.trim()).filter((name) => name !== "");
  });
  return paths.filter((path) => path.length > 0);
}

function keep(columns: readonly (readonly [string, Cell])[], row: Row): Record<string, unknown> {
  const kept: Record<string, unknown> = {};
  for (const [name, cell] of columns) {
    const value = cell(row);
    if (value !== undefined) kept[name] = typeof value === "bigint" ? asId(value) : value;
  }
  return kept;
}

/** Ids may be numbers in the file; a missing one is undefined. */
function asId(value: unknown): string | undefined {
  return typeof value === "string" ? value.trim() || undefined : asText(value);
}

function asText(value: unknown): string | undefined {
  if (value === undefined || typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "bigint" || typeof value === "boolean") return String(value);
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map((part) => asText(part) ?? "").join(" ");
  return JSON.stringify(value);
}

function asNumber(value: unknown, column: string): number | undefined {
  if (value === undefined) return undefined;
  const number = typeof value === "string" ? Number(value.trim() || Number.NaN) : Number(value);
  if (typeof value === "object" || !Number.isFinite(number)) {
    throw new PenchantError("PENCHANT_E_EVENT_VALUE", `${column}: expected a finite number, got ${shown(value)}.`);
  }
  return number;
}

/** The same event gives the same id in every import: 132 bits of SHA-256 over its fields. */
export function derivedId(event: Omit<UserEvent, "id"> | Record<string, unknown>): string {
  const { user, type, item, value, text, time, session, context } = event as Partial<UserEvent>;
  const fields = JSON.stringify([user, type, item, value, text, time, session, context]);
  return hash("sha256", fields, "base64url").slice(0, 22);
}

function shown(value: unknown): string {
  if (value === undefined) return "nothing";
  const text = typeof value === "string" ? JSON.stringify(value) : (asText(value) ?? "");
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
