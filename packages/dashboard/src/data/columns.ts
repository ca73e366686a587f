/**
 * What the columns of a table mean, guessed from their names, and what a row of it is: an event, or an item. The reader sees the
 * guess and can change it.
 */
import type { EventInput, Item } from "@penchant/protocol";

export type Kind = "events" | "items";

/** What a column can be; "" is not used. */
export const fieldsOf = {
  events: ["user", "item", "type", "value", "time", "text", "session"],
  items: ["id", "title", "categories", "text"],
} as const;

export type Field = (typeof fieldsOf)[Kind][number] | "";

export interface Reading {
  readonly kind: Kind;
  /** One per column. */
  readonly columns: readonly Field[];
  /** The type of events where no column has it. */
  readonly type: string;
}

/** Names as they come, without spaces, lines and case. */
const words: Readonly<Record<Kind, readonly (readonly [Field, RegExp])[]>> = {
  events: [
    [
      "user",
      /^(user|customer|visitor|member|person|client|account|buyer|shopper|household|uid|用户)(id|key|no|number|name|编号)?$/,
    ],
    [
      "item",
      /^(item|product|movie|film|article|song|track|book|sku|asin|offer|content|news|video|商品|物品)(id|key|no|number|编号)?$/,
    ],
    ["type", /^(type|event|eventtype|eventname|action|behaviou?r(type)?|activity|interaction(type)?|类型|行为)$/],
    ["value", /^(value|rating|score|stars|price|amount|quantity|weight|评分|价格)$/],
    ["time", /^(time|timestamp|ts|date|datetime|createdat|occurredat|eventtime|day|unixtime|时间|日期)$/],
    ["text", /^(text|query|search(term)?|comment|review|tag|words)$/],
    ["session", /^(session|visit|basket|order|transaction)(id|key)?$/],
  ],
  items: [
    ["id", /^(id|(item|product|movie|film|article|song|track|book|content|news|video)(id|key|no)|sku|asin|编号)$/],
    ["title", /^(title|name|label|(item|product|movie)(title|name)|headline|标题|名称)$/],
    ["categories", /^(categor(y|ies)|genres?|department|type|tags|topics?|分类|类别)$/],
    ["text", /^(text|description|summary|abstract|body|content|plot|描述|简介)$/],
  ],
};

/** @param header The first row of the file. */
export function guessReading(header: readonly string[]): Reading {
  const columnsFor = (kind: Kind): Field[] => {
    const taken = new Set<Field>();
    return header.map((name) => {
      const plain = name.toLowerCase().replaceAll(/[\s_\-.#]/g, "");
      const found = words[kind].find(([field, pattern]) => !taken.has(field) && pattern.test(plain))?.[0] ?? "";
      taken.add(found);
      return found;
    });
  };
  const events = columnsFor("events");
  const kind = events.includes("user") ? "events" : "items";
  const columns = kind === "events" ? events : columnsFor("items");
  return {
    kind,
    columns,
    type: events.includes("value") && header.some((name) => /rating|stars|评分/i.test(name)) ? "rating" : "view",
  };
}

/** What a reading still lacks for its rows to mean anything. */
export function lackingIn({ kind, columns }: Reading): Field[] {
  const needed: Field[] = kind === "events" ? ["user", "time"] : ["id", "title"];
  return needed.filter((field) => !columns.includes(field));
}

export type Row =
  | { readonly event: EventInput }
  | { readonly item: Item }
  | { readonly problem: "user" | "time" | "value" | "id" | "title" };

/** @param source Names the file: with the line it makes an event's id, so that a file that is dropped twice counts once. */
export function rowOf(cells: readonly string[], reading: Reading, source: string, line: number): Row {
  const cell = (field: Field) => {
    const index = reading.columns.indexOf(field);
    const text = index < 0 ? "" : (cells[index] ?? "").trim();
    return text === "" ? undefined : text;
  };
  if (reading.kind === "items") {
    const [id, title, categories, text] = [cell("id"), cell("title"), cell("categories"), cell("text")];
    if (id === undefined) return { problem: "id" };
    if (title === undefined) return { problem: "title" };
    return { item: { id, title, ...(categories && { categories: pathsOf(categories) }), ...(text && { text }) } };
  }
  const [user, item, time, value] = [cell("user"), cell("item"), cell("time"), cell("value")];
  if (user === undefined) return { problem: "user" };
  const moment = time === undefined ? undefined : momentOf(time);
  if (moment === undefined) return { problem: "time" };
  const number = value === undefined ? undefined : Number(value.replace(",", "."));
  if (Number.isNaN(number)) return { problem: "value" };
  const [text, session] = [cell("text"), cell("session")];
  return {
    event: {
      id: `csv:${line}:${source}`.slice(0, 128),
      user,
      type: cell("type") ?? reading.type,
      time: moment,
      ...(item && { item }),
      ...(number !== undefined && { value: number }),
      ...(text && { text }),
      ...(session && { session }),
    },
  };
}

/** `Film > Crime | Film > Drama`: paths apart by `|` or `;`, levels by `>` or `/`; at most four levels. */
function pathsOf(text: string): string[][] {
  return text
    .split(/[|;]/)
    .map((path) =>
      path
        .split(/[>/]/)
        .map((name) => name.trim())
        .filter((name) => name !== "")
        .slice(0, 4),
    )
    .filter((path) => path.length > 0);
}

/** Seconds reach to the year 2286 with ten digits, milliseconds from 2001 on have thirteen. */
const secondsMax = 1e11;

/** Milliseconds since 1970 of a date, or of seconds or milliseconds; undefined where it is none. */
function momentOf(text: string): number | undefined {
  const number = /^\d{9,}(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isNaN(number)) return Math.round(number < secondsMax ? number * 1_000 : number);
  // A date without a time zone is in UTC, as everywhere in the API.
  const local = /^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}(:\d{2}(\.\d+)?)?)$/.exec(text);
  const time = Date.parse(local === null ? text : `${local[1]}T${local[2]}Z`);
  return Number.isNaN(time) ? undefined : time;
}
