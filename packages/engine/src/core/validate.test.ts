import { describe, expect, it } from "vitest";
import { PenchantError } from "../base/errors.ts";
import { dayMs, hourMs } from "../base/time.ts";
import { testStart } from "../testing/builders.ts";
import type { EventInput } from "./event.ts";
import type { User } from "./item.ts";
import { limits } from "./limits.ts";
import { momentOf, toTime, validateEvent, validateId, validateItem, validateUser } from "./validate.ts";

const now = testStart;
const event = (fields: object) =>
  validateEvent({ id: "e1", user: "ada", type: "view", ...fields }, { now, newId: () => "made" });
const item = (fields: object) => validateItem({ id: "i1", title: "Heat", ...fields });

function thrownBy(work: () => unknown): PenchantError {
  try {
    work();
  } catch (error) {
    if (PenchantError.isInstance(error)) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

describe("an event", () => {
  it("is completed with an id and the time of receipt", () => {
    expect(validateEvent({ user: "ada", type: "view" }, { now, newId: () => "made" })).toEqual({
      id: "made",
      user: "ada",
      type: "view",
      time: now,
    });
  });

  it("keeps everything that it says", () => {
    const full = { item: "i1", value: 4.5, text: "short films 短片 🎬", session: "s1", context: { page: 3 } };
    expect(event({ ...full, time: now - 1 })).toEqual({ id: "e1", user: "ada", type: "view", time: now - 1, ...full });
  });

  it.each([
    ["a date", new Date(1_000_000), 1_000_000],
    ["milliseconds, whole ones", 1_000_000.9, 1_000_000],
    ["1970", 0, 0],
    ["a day", "2024-02-29", Date.UTC(2024, 1, 29)],
    ["ISO 8601 in UTC", "2024-03-01T10:30:00.250Z", Date.UTC(2024, 2, 1, 10, 30, 0, 250)],
    ["ISO 8601 with an offset", "2024-03-01T10:30:00+05:30", Date.UTC(2024, 2, 1, 5)],
    ["a time of day without an offset, as UTC", "2024-03-01T10:30", Date.UTC(2024, 2, 1, 10, 30)],
    ["a space between day and time", "2024-03-01 10:30:00", Date.UTC(2024, 2, 1, 10, 30)],
  ])("takes as its time %s", (_, time, expected) => {
    expect(event({ time }).time).toBe(expected);
  });

  it.each([
    null,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    -1,
    253_402_300_800_000,
    "yesterday",
    "2024-02-30",
    "2023-02-29T10:00:00Z",
    "2024-13-01",
    "2024-03-01T25:00:00Z",
    "2024-03-01 (the first)",
    "1700000000",
    new Date(Number.NaN),
    {},
    true,
  ])("is refused for the time %o", (time) => {
    expect(thrownBy(() => event({ time }))).toMatchObject({
      code: "PENCHANT_E_EVENT_TIME",
      message: expect.stringMatching(/^event "e1": time: expected a date, ISO 8601 or milliseconds since 1970, got /),
    });
  });

  it("may lie a day ahead and no more", () => {
    expect(event({ time: now + dayMs }).time).toBe(now + dayMs);
    expect(thrownBy(() => event({ time: now + dayMs + 1 })).message).toBe(
      'event "e1": time 2026-01-02T00:00:00.001Z lies 25 hours ahead; at most 24 hours ahead is accepted (limits.futureHours).',
    );
    expect(thrownBy(() => event({ time: now + 100 * 365.25 * 24 * hourMs }))).toMatchObject({
      code: "PENCHANT_E_EVENT_TIME",
      message: expect.stringContaining("lies 100 years ahead"),
    });
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, "5", null, 5n])("is refused for the value %o", (value) => {
    expect(thrownBy(() => event({ value })).code).toBe("PENCHANT_E_EVENT_VALUE");
  });

  it("has no negative zeros, which a database does not keep", () => {
    const { time, value } = event({ time: -0, value: -0 });
    expect(Object.is(time, 0) && Object.is(value, 0)).toBe(true);
  });

  it.each([
    [{ id: "" }, "PENCHANT_E_ID_INVALID", "event id: expected an id of 1 to 128 characters"],
    [{ id: 7 }, "PENCHANT_E_ID_INVALID", "got 7"],
    [{ user: "x".repeat(129) }, "PENCHANT_E_ID_INVALID", 'event "e1": user: .*got text of 129 characters'],
    [{ user: undefined }, "PENCHANT_E_ID_INVALID", "got nothing"],
    [{ user: "a\nb" }, "PENCHANT_E_ID_INVALID", "without control characters"],
    [{ user: "a\ud800" }, "PENCHANT_E_ID_INVALID", "well-formed"],
    [{ item: "" }, "PENCHANT_E_ID_INVALID", 'event "e1": item'],
    [{ session: "\u0007" }, "PENCHANT_E_ID_INVALID", 'event "e1": session'],
    [{ type: "" }, "PENCHANT_E_EVENT_INVALID", 'event "e1": type: expected 1 to 64 characters'],
    [{ type: "x".repeat(65) }, "PENCHANT_E_EVENT_INVALID", "type"],
    [{ type: "\udc00" }, "PENCHANT_E_EVENT_INVALID", "type"],
    [{ text: 3 }, "PENCHANT_E_EVENT_INVALID", "text: expected text"],
    [{ text: "x".repeat(10_001) }, "PENCHANT_E_EVENT_INVALID", "text: expected text of at most 10000"],
    [{ context: [] }, "PENCHANT_E_EVENT_INVALID", "context: expected an object, got a list of 0"],
    [{ context: { a: "x".repeat(8_192) } }, "PENCHANT_E_EVENT_INVALID", "bytes as JSON; at most 8192"],
    [{ context: nested(9) }, "PENCHANT_E_EVENT_INVALID", "nested deeper than 8 levels"],
    [{ context: { a: 1n } }, "PENCHANT_E_EVENT_INVALID", "can be written as JSON; TypeError"],
    [{ context: { toJSON: () => undefined } }, "PENCHANT_E_EVENT_INVALID", "context: expected an object"],
  ])("%o is refused with the field and what came", (fields, code, message) => {
    const error = thrownBy(() => event(fields));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(new RegExp(message));
  });

  it("is refused when it is no object at all", () => {
    for (const input of [null, undefined, 5, "view"]) {
      const work = () => validateEvent(input as unknown as EventInput, { now, newId: () => "made" });
      expect(thrownBy(work).code).toBe("PENCHANT_E_EVENT_INVALID");
    }
  });

  it("keeps text that was cut through the middle of a character, as far as it can be written", () => {
    expect(event({ text: "a film 🎬".slice(0, -1) }).text).toBe("a film \ufffd");
  });

  it("takes the context as it is stored, so that a later change of the caller's changes nothing", () => {
    const context = { page: 3, when: new Date(0), nothing: undefined, deep: { list: [1] } };
    const taken = event({ context }).context;
    context.deep.list.push(2);
    expect(taken).toEqual({ page: 3, when: "1970-01-01T00:00:00.000Z", deep: { list: [1] } });
  });

  it("is refused when its context contains itself", () => {
    const context: Record<string, unknown> = {};
    for (let name = 0; name < 60; name++) context[name] = context;
    expect(thrownBy(() => event({ context })).code).toBe("PENCHANT_E_EVENT_INVALID");
  });
});

describe("an item", () => {
  it("keeps everything that it says", () => {
    const full = {
      text: "A heist",
      categories: [["Film", "Crime"], ["犯罪"]],
      attributes: { year: 1995 },
      image: "https://example.org/heat.jpg",
      createdAt: 5,
      hidden: true,
    };
    expect(item(full)).toEqual({ id: "i1", title: "Heat", ...full });
  });

  it("has its category names trimmed", () => {
    expect(item({ categories: [[" Film ", "Crime"]] }).categories).toEqual([["Film", "Crime"]]);
  });

  it("does not change with the caller's object", () => {
    const input = { categories: [["Film"]], attributes: { tags: ["a"] } };
    const taken = item(input);
    input.categories[0].push("Crime");
    input.attributes.tags.push("b");
    expect(taken).toMatchObject({ categories: [["Film"]], attributes: { tags: ["a"] } });
  });

  it.each([
    [{ id: "" }, "PENCHANT_E_ID_INVALID", "item id"],
    [
      { title: undefined },
      "PENCHANT_E_ITEM_INVALID",
      'item "i1": title: expected text of at most 1000 characters, got nothing',
    ],
    [{ title: "  " }, "PENCHANT_E_ITEM_INVALID", "expected some words"],
    [{ title: "x".repeat(1_001) }, "PENCHANT_E_ITEM_INVALID", "text of 1001 characters"],
    [{ text: "x".repeat(100_001) }, "PENCHANT_E_ITEM_INVALID", "text: expected text"],
    [{ image: 5 }, "PENCHANT_E_ITEM_INVALID", "image"],
    [{ createdAt: "2024" }, "PENCHANT_E_ITEM_INVALID", "createdAt: expected milliseconds since 1970"],
    [{ createdAt: Number.NaN }, "PENCHANT_E_ITEM_INVALID", "createdAt"],
    [{ hidden: "no" }, "PENCHANT_E_ITEM_INVALID", "hidden: expected true or false"],
    [{ categories: "Film" }, "PENCHANT_E_ITEM_INVALID", "categories: expected at most 32 paths"],
    [{ categories: ["Film"] }, "PENCHANT_E_ITEM_INVALID", String.raw`categories\[0\]: expected a path of 1 to 4 names`],
    [{ categories: [[]] }, "PENCHANT_E_ITEM_INVALID", String.raw`categories\[0\]`],
    [{ categories: [["a", "b", "c", "d", "e"]] }, "PENCHANT_E_ITEM_INVALID", String.raw`categories\[0\]`],
    [
      { categories: [["a"], [" "]] },
      "PENCHANT_E_ITEM_INVALID",
      String.raw`categories\[1\]: expected names of 1 to 200`,
    ],
    [{ categories: Array.from({ length: 33 }, () => ["a"]) }, "PENCHANT_E_ITEM_INVALID", "a list of 33"],
    [{ attributes: "year" }, "PENCHANT_E_ITEM_INVALID", "attributes: expected an object"],
  ])("%o is refused with the field and what came", (fields, code, message) => {
    const error = thrownBy(() => item(fields));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(new RegExp(message));
  });
});

describe("a user", () => {
  it("has consent of yes and no only", () => {
    expect(validateUser({ id: "ada", consent: { ads: false } })).toEqual({ id: "ada", consent: { ads: false } });
    const wrong = { id: "ada", consent: { ads: "yes" } } as unknown as User;
    expect(thrownBy(() => validateUser(wrong)).message).toBe(
      'user "ada": consent.ads: expected true or false, got "yes".',
    );
    expect(thrownBy(() => validateUser(null as unknown as User)).code).toBe("PENCHANT_E_ID_INVALID");
  });
});

it("an id may be as long as the limit, in any script", () => {
  expect(validateId("用户🎬", "user")).toBe("用户🎬");
  expect(validateId("x".repeat(limits.idLength), "user")).toHaveLength(limits.idLength);
});

it("a moment that is missing is the fallback, and one that is none is refused by name", () => {
  expect(momentOf(undefined, "at", 5)).toBe(5);
  expect(momentOf("1970-01-02", "at", 5)).toBe(dayMs);
  expect(thrownBy(() => momentOf("soon", "from", 5)).message).toBe(
    'from: expected a date, ISO 8601 or milliseconds since 1970, got "soon".',
  );
  expect(toTime(Symbol("now"))).toBeNaN();
});

function nested(levels: number): object {
  return levels === 0 ? {} : { inner: nested(levels - 1) };
}
