/** The gate that every event and item passes. What comes out is complete, finite and within the limits. */
import { type ErrorCode, PenchantError } from "../base/errors.ts";
import { hourMs } from "../base/time.ts";
import type { EventInput, UserEvent } from "./event.ts";
import type { Item, User } from "./item.ts";
import { limits } from "./limits.ts";

/**
 * Milliseconds since 1970 of a `Date`, an ISO 8601 string or a number of milliseconds; NaN for anything else. A time of day
 * without an offset is UTC, so that the answer does not depend on where the program runs.
 */
export function toTime(value: unknown): number {
  if (typeof value === "number") return value;
  if (value instanceof Date) return value.getTime();
  const [, day, clock, offset] = (typeof value === "string" && isoTime.exec(value)) || [];
  if (day === undefined) return Number.NaN;
  // Date.parse takes February 30th for March 1st.
  const midnight = Date.parse(day);
  if (Number.isNaN(midnight) || !new Date(midnight).toISOString().startsWith(day)) return Number.NaN;
  return clock === undefined ? midnight : Date.parse(`${day}T${clock}${offset ?? "Z"}`);
}

const isoTime = /^(\d{4}-\d{2}(?:-\d{2})?)(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)(Z|[+-]\d{2}:?\d{2})?)?$/i;

/** A moment named by a caller, `fallback` when it is missing. Throws PENCHANT_E_REQUEST_INVALID. */
export function momentOf(value: Date | string | number | undefined, name: string, fallback: number): number {
  if (value === undefined) return fallback;
  const time = toTime(value);
  if (isTime(time)) return time;
  throw new PenchantError(
    "PENCHANT_E_REQUEST_INVALID",
    `${name}: expected a date, ISO 8601 or milliseconds since 1970, got ${shown(value)}.`,
  );
}

/** Throws PENCHANT_E_ID_INVALID unless the value is a string of 1 to `limits.idLength` printable characters. */
export function validateId(value: unknown, what: string): string {
  if (typeof value !== "string" || value.length === 0 || value.length > limits.idLength || !isPlain(value)) {
    throw new PenchantError(
      "PENCHANT_E_ID_INVALID",
      `${what}: expected an id of 1 to ${limits.idLength} characters of well-formed Unicode without control characters, got ${shown(value)}.`,
    );
  }
  return value;
}

/**
 * A complete event from a caller's. `id` and `time` are filled in when missing.
 *
 * @throws PENCHANT_E_ID_INVALID, PENCHANT_E_EVENT_TIME, PENCHANT_E_EVENT_VALUE or PENCHANT_E_EVENT_INVALID
 */
export function validateEvent(input: EventInput, options: { now: number; newId: () => string }): UserEvent {
  if (typeof input !== "object" || input === null) {
    fail("PENCHANT_E_EVENT_INVALID", `An event must be an object, got ${shown(input)}.`);
  }
  const id = input.id === undefined ? options.newId() : validateId(input.id, "event id");
  const what = `event "${id}"`;
  const user = validateId(input.user, `${what}: user`);
  const { type } = input;
  if (typeof type !== "string" || type.length === 0 || type.length > limits.eventTypeLength || !isPlain(type)) {
    fail(
      "PENCHANT_E_EVENT_INVALID",
      `${what}: type: expected 1 to ${limits.eventTypeLength} characters, got ${shown(type)}.`,
    );
  }
  const event: { -readonly [K in keyof UserEvent]: UserEvent[K] } = {
    id,
    user,
    type,
    time: validateTime(input.time, what, options.now),
  };
  if (input.item !== undefined) event.item = validateId(input.item, `${what}: item`);
  if (input.session !== undefined) event.session = validateId(input.session, `${what}: session`);
  if (input.value !== undefined) {
    if (typeof input.value !== "number" || !Number.isFinite(input.value)) {
      fail("PENCHANT_E_EVENT_VALUE", `${what}: value: expected a finite number, got ${shown(input.value)}.`);
    }
    event.value = input.value + 0; // Adding zero turns -0, which the database does not keep, into 0.
  }
  if (input.text !== undefined)
    event.text = text(input.text, `${what}: text`, limits.eventTextLength, "PENCHANT_E_EVENT_INVALID");
  if (input.context !== undefined)
    event.context = record(input.context, `${what}: context`, "PENCHANT_E_EVENT_INVALID");
  return event;
}

/** @throws PENCHANT_E_ID_INVALID or PENCHANT_E_ITEM_INVALID */
export function validateItem(input: Item): Item {
  if (typeof input !== "object" || input === null) {
    fail("PENCHANT_E_ITEM_INVALID", `An item must be an object, got ${shown(input)}.`);
  }
  const id = validateId(input.id, "item id");
  const what = `item "${id}"`;
  const code = "PENCHANT_E_ITEM_INVALID";
  const title = text(input.title, `${what}: title`, limits.titleLength, code);
  if (title.trim() === "") fail(code, `${what}: title: expected some words, got none.`);
  const item: { -readonly [K in keyof Item]: Item[K] } = { id, title };
  if (input.text !== undefined) item.text = text(input.text, `${what}: text`, limits.itemTextLength, code);
  if (input.image !== undefined) item.image = text(input.image, `${what}: image`, limits.imageLength, code);
  if (input.attributes !== undefined) item.attributes = record(input.attributes, `${what}: attributes`, code);
  if (input.createdAt !== undefined) {
    if (!isTime(input.createdAt))
      fail(code, `${what}: createdAt: expected milliseconds since 1970, got ${shown(input.createdAt)}.`);
    item.createdAt = Math.floor(input.createdAt);
  }
  if (input.hidden !== undefined) {
    if (typeof input.hidden !== "boolean")
      fail(code, `${what}: hidden: expected true or false, got ${shown(input.hidden)}.`);
    item.hidden = input.hidden;
  }
  if (input.vectors !== undefined) item.vectors = vectors(input.vectors, what);
  if (input.categories !== undefined) item.categories = categories(input.categories, what);
  return item;
}

/** @throws PENCHANT_E_ID_INVALID or PENCHANT_E_REQUEST_INVALID */
export function validateUser(input: User): User {
  const id = validateId(input?.id, "user id");
  const user: { -readonly [K in keyof User]: User[K] } = { id };
  const code = "PENCHANT_E_REQUEST_INVALID";
  if (input.attributes !== undefined) user.attributes = record(input.attributes, `user "${id}": attributes`, code);
  if (input.consent !== undefined) {
    const consent = record(input.consent, `user "${id}": consent`, code);
    for (const [purpose, given] of Object.entries(consent)) {
      if (typeof given !== "boolean")
        fail(code, `user "${id}": consent.${purpose}: expected true or false, got ${shown(given)}.`);
    }
    user.consent = consent as Record<string, boolean>;
  }
  return user;
}

function validateTime(value: unknown, what: string, now: number): number {
  if (value === undefined) return now;
  const time = toTime(value);
  if (!isTime(time)) {
    fail(
      "PENCHANT_E_EVENT_TIME",
      `${what}: time: expected a date, ISO 8601 or milliseconds since 1970, got ${shown(value)}.`,
    );
  }
  const aheadHours = (time - now) / hourMs;
  if (aheadHours > limits.futureHours) {
    const ahead =
      aheadHours >= 48 * 365 ? `${Math.round(aheadHours / 24 / 365.25)} years` : `${Math.ceil(aheadHours)} hours`;
    fail(
      "PENCHANT_E_EVENT_TIME",
      `${what}: time ${new Date(time).toISOString()} lies ${ahead} ahead; at most ${limits.futureHours} hours ahead is accepted (limits.futureHours).`,
    );
  }
  return Math.floor(time) + 0;
}

function vectors(value: unknown, what: string): Record<string, number[]> {
  const code = "PENCHANT_E_ITEM_INVALID";
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    fail(code, `${what}: vectors: expected an object of lists of numbers by name, got ${shown(value)}.`);
  }
  const entries = Object.entries(value);
  if (entries.length > limits.itemVectors) {
    fail(code, `${what}: vectors: expected at most ${limits.itemVectors} of them, got ${entries.length}.`);
  }
  for (const [name, vector] of entries) {
    if (name === "" || name.length > limits.itemVectorNameLength || !isPlain(name)) {
      fail(
        code,
        `${what}: vectors: expected names of 1 to ${limits.itemVectorNameLength} characters, got ${shown(name)}.`,
      );
    }
    const isVector = Array.isArray(vector) && vector.length > 0 && vector.length <= limits.itemVectorLength;
    if (!isVector || !vector.every((entry) => typeof entry === "number" && Number.isFinite(entry))) {
      fail(
        code,
        `${what}: vectors.${name}: expected 1 to ${limits.itemVectorLength} finite numbers, got ${shown(vector)}.`,
      );
    }
  }
  return Object.fromEntries(entries.map(([name, vector]) => [name, [...(vector as number[])]]));
}

function categories(value: unknown, what: string): string[][] {
  const code = "PENCHANT_E_ITEM_INVALID";
  if (!Array.isArray(value) || value.length > limits.categoryPaths) {
    fail(code, `${what}: categories: expected at most ${limits.categoryPaths} paths, got ${shown(value)}.`);
  }
  return value.map((path: unknown, index) => {
    if (!Array.isArray(path) || path.length === 0 || path.length > limits.categoryDepth) {
      fail(
        code,
        `${what}: categories[${index}]: expected a path of 1 to ${limits.categoryDepth} names, got ${shown(path)}.`,
      );
    }
    return path.map((name: unknown) => {
      if (typeof name !== "string" || name.trim() === "" || name.length > limits.categoryNameLength || !isPlain(name)) {
        fail(
          code,
          `${what}: categories[${index}]: expected names of 1 to ${limits.categoryNameLength} characters, got ${shown(name)}.`,
        );
      }
      return name.trim();
    });
  });
}

function text(value: unknown, what: string, length: number, code: ErrorCode): string {
  if (typeof value !== "string" || value.length > length) {
    fail(code, `${what}: expected text of at most ${length} characters, got ${shown(value)}.`);
  }
  // A client that cuts a text in the middle of a character loses that character, and not the event.
  return value.toWellFormed();
}

/** A copy of a plain object as JSON keeps it: what is in memory is what will be read back, and only that. */
function record(value: unknown, what: string, code: ErrorCode): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    fail(code, `${what}: expected an object, got ${shown(value)}.`);
  }
  const json = asJson(value, what, code);
  const bytes = Buffer.byteLength(json);
  if (bytes > limits.attributesBytes) {
    fail(code, `${what}: ${bytes} bytes as JSON; at most ${limits.attributesBytes} are accepted.`);
  }
  const copy = JSON.parse(json) as Record<string, unknown>;
  if (depthOf(copy, limits.attributesDepth + 1) > limits.attributesDepth) {
    fail(code, `${what}: nested deeper than ${limits.attributesDepth} levels.`);
  }
  return copy;
}

function asJson(value: object, what: string, code: ErrorCode): string {
  let json: string | undefined;
  try {
    json = JSON.stringify(value) as string | undefined;
  } catch (error) {
    throw new PenchantError(code, `${what}: expected an object that can be written as JSON; ${String(error)}.`, {
      cause: error,
    });
  }
  if (json?.startsWith("{")) return json;
  return fail(code, `${what}: expected an object, got one that JSON does not write as an object.`);
}

function depthOf(value: unknown, stopAt: number): number {
  if (typeof value !== "object" || value === null || stopAt === 0) return 0;
  let deepest = 0;
  for (const inner of Object.values(value)) deepest = Math.max(deepest, depthOf(inner, stopAt - 1));
  return 1 + deepest;
}

/** From 1970 to the year 9999, whole milliseconds or not. */
function isTime(value: unknown): value is number {
  return typeof value === "number" && value >= 0 && value <= 253_402_300_799_999;
}

/** No control characters and no half surrogate pairs, which no encoding keeps. */
function isPlain(value: string): boolean {
  return !/\p{Cc}/u.test(value) && value.isWellFormed();
}

function shown(value: unknown): string {
  if (typeof value === "string")
    return value.length > 40 ? `text of ${value.length} characters` : JSON.stringify(value);
  if (typeof value === "number" || typeof value === "boolean" || value === null) return String(value);
  if (Array.isArray(value)) return `a list of ${value.length}`;
  return value instanceof Date
    ? `the date ${String(value)}`
    : typeof value === "undefined"
      ? "nothing"
      : `a value of type ${typeof value}`;
}

function fail(code: ErrorCode, message: string): never {
  throw new PenchantError(code, message);
}
