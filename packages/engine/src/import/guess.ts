/**
 * What a table most likely holds: events or items, and which column is what. Each field has words that its column's name
 * may contain, best first, and a test that its values must pass; the best fitting free column gets the field. The
 * certainty is that of the weakest required field, so that a mapping nobody should trust unseen says so.
 */
import { PenchantError } from "../base/errors.ts";
import {
  amountWords,
  categoryWords,
  imageWords,
  itemWords,
  ratingWords,
  sessionWords,
  textWords,
  timeWords,
  titleWords,
  typeWords,
  userWords,
  wordsWords,
} from "./guess-words.ts";
import type { EventMapping, ItemMapping } from "./mapping.ts";
import { columnList, openTable, type Row, type Table, type TableOptions } from "./table.ts";
import { parseTime } from "./times.ts";

export type TableGuess = (
  | { readonly events: EventMapping; readonly items?: undefined }
  | { readonly items: ItemMapping; readonly events?: undefined }
) & {
  readonly file: string;
  /** 0 to 1; from 0.7 on, an import goes ahead without being told the mapping. */
  readonly certainty: number;
  /** Why: one sentence per field and what to look at, for a person to check. */
  readonly remarks: readonly string[];
  readonly columns: readonly string[];
  /** The types that the first rows have, where a column holds them. */
  readonly types: readonly string[];
};

/** Least certainty with which a guess is used unseen. */
export const certaintyToImport = 0.7;

const sampledRows = 500;

interface Column {
  readonly name: string;
  /** The name in small letters, split into words: customerId is customer id. */
  readonly words: string;
  /** Sampled values that are there. */
  readonly values: readonly unknown[];
  readonly distinct: number;
}

/** Throws PENCHANT_E_IMPORT_SOURCE for a file that cannot be read, PENCHANT_E_IMPORT_COLUMNS for one that fits nothing. */
export async function guessMapping(
  file: string,
  options: TableOptions & { readonly kind?: "events" | "items" | undefined } = {},
): Promise<TableGuess> {
  const table = await openTable(file, options);
  const rows = await sampleOf(table);
  if (rows.length === 0) {
    throw new PenchantError(
      "PENCHANT_E_IMPORT_SOURCE",
      `${file}: expected rows below the names of the columns, found none.`,
    );
  }
  const columns = table.columns.map((name) => columnOf(name, rows));
  const events = options.kind === "items" ? undefined : guessEvents(columns);
  const items = options.kind === "events" ? undefined : guessItems(columns);
  const best = events && (!items || events.certainty >= items.certainty) ? events : items;
  if (best) return { file, columns: table.columns, types: [], ...best };
  throw new PenchantError(
    "PENCHANT_E_IMPORT_COLUMNS",
    `${file}: expected the columns of ${expectedColumns(options.kind)}; found ${columnList(table)}.`,
  );
}

function expectedColumns(kind: "events" | "items" | undefined): string {
  const events = "events (a user, an item, a time)";
  const items = "items (an id, a title)";
  return kind === "events" ? events : kind === "items" ? items : `${events} or of ${items}`;
}

async function sampleOf(table: Table): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const batch of table.batches()) {
    const readable = batch.rows.filter((row) => row.values !== undefined);
    rows.push(...readable.slice(0, sampledRows - rows.length));
    if (rows.length >= sampledRows) break;
  }
  return rows;
}

function columnOf(name: string, rows: readonly Row[]): Column {
  const words = name
    .replaceAll(/([a-z0-9])([A-Z])/g, "$1 $2")
    .replaceAll(/[^\p{L}\p{N}]+/gu, " ")
    .trim()
    .toLowerCase();
  const values = rows
    .map((row) => row.values[name])
    .filter((value) => value !== "" && value !== null && value !== undefined);
  return { name, words, values, distinct: new Set(values.map(String)).size };
}

/**
 * The free column that fits a field best, with how well: the share of passing values times the rank of the word that the
 * name has. Takes the column.
 */
class Chooser {
  readonly #free: Set<Column>;
  readonly remarks: string[] = [];

  constructor(columns: readonly Column[]) {
    this.#free = new Set(columns);
  }

  take(
    field: string,
    words: readonly string[],
    fits: (value: unknown) => boolean,
  ): { column: Column; fit: number } | undefined {
    let best: { column: Column; fit: number } | undefined;
    for (const column of this.#free) {
      const share = column.values.length === 0 ? 0 : column.values.filter(fits).length / column.values.length;
      if (share < 0.9) continue;
      const fit = share * nameFit(column.words, words);
      if (fit > (best?.fit ?? 0)) best = { column, fit };
    }
    if (best) {
      this.#free.delete(best.column);
      this.remarks.push(`${field}: ${best.column.name}, such as ${example(best.column)}`);
    }
    return best;
  }

  get free(): Column[] {
    return [...this.#free];
  }
}

/** 1 for a column called exactly by the first word, less for later words and for names with more in them. */
function nameFit(name: string, words: readonly string[]): number {
  let best = 0;
  for (const [rank, word] of words.entries()) {
    const order = 1 - (0.25 * rank) / words.length;
    const bare = name.replace(/ (id|key|no|number|code|uuid)$/, "");
    if (name === word || bare === word) best = Math.max(best, order);
    else if (` ${name} `.includes(` ${word} `)) best = Math.max(best, 0.85 * order);
  }
  return best;
}

function guessEvents(columns: readonly Column[]) {
  const choose = new Chooser(columns);
  const time = choose.take("time", timeWords, isEventTime);
  const session = choose.take("session", sessionWords, isShort);
  const user = choose.take("user", userWords, isShort);
  const item = choose.take("item", itemWords, isShort);
  const type = choose.take("type", typeWords, isName);
  const rating = type ? undefined : choose.take("value", ratingWords, isStars);
  const amount = rating ?? choose.take("value", amountWords, isNumber);
  if (!user || !time || !item) return undefined;
  const text = choose.take("text", wordsWords, isText);
  const said = text && (/query|search/.test(text.column.words) ? "search" : "comment");
  const constant = rating ? "rating" : amount ? "purchase" : (said ?? "view");
  const remarks = type ? choose.remarks : [...choose.remarks, `type: no column; "${constant}" for all`];
  // A type that is not said may be wrong, but the events are still the right ones.
  const certainty = Math.min(user.fit, time.fit, item.fit) * (type || rating ? 1 : 0.9);
  const events: EventMapping = {
    user: user.column.name,
    type: type ? type.column.name : { constant },
    item: item.column.name,
    ...(amount && { value: amount.column.name }),
    ...(text && { text: text.column.name }),
    time: time.column.name,
    ...(session && { session: session.column.name }),
  };
  return { events, certainty, remarks, types: type ? [...new Set(type.column.values.map(String))] : [] };
}

function guessItems(columns: readonly Column[]) {
  const choose = new Chooser(columns);
  const ids = columns.filter((column) => column.distinct === column.values.length);
  const id = new Chooser(ids).take("id", [...itemWords, "id"], isShort);
  if (!id) return undefined;
  choose.take("id", [id.column.words], isShort);
  const title = choose.take("title", titleWords, isName);
  const levels = categoryWords.flatMap((words) => choose.take("category", words, isCategory) ?? []);
  const text = choose.take("text", textWords, isText);
  const image = choose.take("image", imageWords, isText);
  if (!title && levels.length === 0) return undefined;
  const titles = title ? [title.column] : levels.slice(-1).map(({ column }) => column);
  const remarks = title ? choose.remarks : [...choose.remarks, `title: no column; ${titles[0].name} stands in`];
  const attributes = choose.free.filter(({ values }) => values.every(isShort)).map(({ name }) => name);
  const items: ItemMapping = {
    id: id.column.name,
    title: titles[0].name,
    ...(text && { text: text.column.name }),
    ...(levels.length > 0 && { categories: categoryMapping(levels.map(({ column }) => column)) }),
    ...(attributes.length > 0 && { attributes }),
    ...(image && { image: image.column.name }),
  };
  return { items, certainty: Math.min(id.fit, title?.fit ?? 0.5), remarks };
}

/** One column may hold several paths, or several levels; several columns are the levels of one path. */
function categoryMapping(levels: readonly Column[]): NonNullable<ItemMapping["categories"]> {
  const [only] = levels;
  if (levels.length > 1 || !only) {
    // The broadest level has the fewest names.
    return levels.toSorted((a, b) => a.distinct - b.distinct).map(({ name }) => name);
  }
  const holds = (mark: string) =>
    only.values.filter((value) => String(value).includes(mark)).length > only.values.length / 20;
  const level = [" > ", " / ", ">", "/"].find(holds);
  const separator = ["|", ";", ","].find((mark) => mark !== level && holds(mark));
  return { column: only.name, ...(separator && { separator }), ...(level && { levels: level }) };
}

function isShort(value: unknown): boolean {
  const simple = typeof value === "string" || typeof value === "number" || typeof value === "bigint";
  return simple && String(value).length <= 128;
}

function isName(value: unknown): boolean {
  return typeof value === "string" && value.length <= 1_000 && Number.isNaN(Number(value));
}

function isText(value: unknown): boolean {
  return typeof value === "string" || Array.isArray(value);
}

function isCategory(value: unknown): boolean {
  return Array.isArray(value) || (typeof value === "string" && value.length <= 400);
}

function isNumber(value: unknown): boolean {
  return value !== "" && typeof value !== "object" && Number.isFinite(Number(value));
}

function isStars(value: unknown): boolean {
  return isNumber(value) && Number(value) >= 0 && Number(value) <= 10;
}

/** From 1990 to 2100: what else parses as a time is a count of something. */
function isEventTime(value: unknown): boolean {
  const time = parseTime(value);
  return time >= Date.UTC(1990) && time < Date.UTC(2100);
}

function example(column: Column): string {
  const [value] = column.values;
  const text = typeof value === "string" ? value : (JSON.stringify(value, (_key, part) => asPrintable(part)) ?? "");
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}

function asPrintable(value: unknown): unknown {
  return typeof value === "bigint" ? String(value) : value;
}
