/** The small values that the wire's documents are made of, and how a query string spells them. */
import { z } from "zod";
import { limits } from "./limits.ts";

/** 1 to 128 characters, none of them a control character or half of a surrogate pair. */
export const id = z
  .string()
  .regex(
    new RegExp(`^[^\\p{Cc}\\p{Cs}]{1,${limits.idLength}}$`, "u"),
    `expected 1 to ${limits.idLength} characters without control characters`,
  );

/** The id of an interest: a label for every level, and so longer than other ids. */
export const interestId = z.string().min(1).max(limits.interestIdLength);

/** A moment in answers. */
export const time = z
  .number()
  .meta({ description: "Milliseconds since 1970-01-01 UTC.", examples: [1_767_225_600_000] });

const momentText = "expected ISO 8601, or milliseconds since 1970";

/** A moment as a caller may write it. What lies between the year 1970 and 9999 is the engine's to check. */
export const moment = z.union([z.number().min(0), z.string().min(7).max(40)], momentText).meta({
  description: "ISO 8601, or milliseconds since 1970-01-01 UTC.",
  examples: ["2026-01-01T00:00:00Z"],
});

/** Free data: attributes of items and users, context of events. Bytes and depth are limited. */
export const record = z.record(z.string(), z.unknown()).meta({
  description: `An object, at most ${limits.attributesBytes} bytes as JSON and ${limits.attributesDepth} levels deep.`,
});

export const cursor = z.string().min(1).max(limits.cursorLength).meta({
  description: "The `nextCursor` of the page before.",
});

export const nextCursor = z.string().nullable().meta({ description: "Gives the next page; null on the last one." });

/** A value that a query string spells as text: turned into a number where the text is one, else left to fail. */
const spelledNumber = (value: unknown) =>
  typeof value === "string" && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value;

const spelledBoolean = (value: unknown) => (value === "true" ? true : value === "false" ? false : value);

export const queryInteger = (minimum: number, maximum: number) =>
  z.preprocess(spelledNumber, z.int().min(minimum).max(maximum));

export const queryNumber = (minimum: number, maximum: number) =>
  z.preprocess(spelledNumber, z.number().min(minimum).max(maximum));

/** Whether reasons are given, and in words. */
export const explain = z.union([z.boolean(), z.literal("words")], "expected true, false or words");
export const queryExplain = z.preprocess(spelledBoolean, explain);

/** `2016` and `20160101` are meant as dates, not as milliseconds after 1970: they stay text, which the engine refuses. */
export const queryMoment = z.preprocess(
  (value) => (typeof value === "string" && /^(\d{4}|\d{8})$/.test(value) ? value : spelledNumber(value)),
  moment,
);

const unitsMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** A length of time such as `1d`, `12h`, `30m`, or a bare number of milliseconds. Read as milliseconds. */
export const queryDuration = z
  .string()
  .regex(/^0*[1-9]\d{0,11}(ms|s|m|h|d|w)?$/, "expected a length of time such as 1d, 12h, 30m, or milliseconds")
  .transform((text) => Number.parseInt(text, 10) * unitsMs[(text.replace(/^\d+/, "") || "ms") as keyof typeof unitsMs])
  .meta({ description: "A length of time: `1d`, `12h`, `30m`, or milliseconds.", examples: ["1d"] });

/** How a listing is paged. */
export const pageQuery = z.strictObject({
  cursor: cursor.optional(),
  limit: queryInteger(1, limits.page).default(100),
});

export const idParameters = z.strictObject({ id });
