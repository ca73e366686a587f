import { describe, expect, test } from "vitest";
import { id, queryDuration, queryExplain, queryInteger, queryMoment } from "./values.ts";

describe("a query string", () => {
  test.each([
    ["1d", 86_400_000],
    ["12h", 43_200_000],
    ["30m", 1_800_000],
    ["5s", 5_000],
    ["250ms", 250],
    ["2w", 1_209_600_000],
    ["3600000", 3_600_000],
  ])("spells the length %s as %d ms", (text, milliseconds) => {
    expect(queryDuration.parse(text)).toBe(milliseconds);
  });

  test.each(["", "0", "0d", "d", "1.5h", "-1d", "1 d", "1y", "1e3"])("does not spell a length as %j", (text) => {
    expect(queryDuration.safeParse(text).success).toBe(false);
  });

  test("spells moments in ISO 8601 or milliseconds, and a bare year is neither", () => {
    expect(queryMoment.parse("1700000000000")).toBe(1_700_000_000_000);
    expect(queryMoment.parse("2026-01-01T00:00:00Z")).toBe("2026-01-01T00:00:00Z");
    expect(queryMoment.safeParse("2026").success).toBe(false);
  });

  test("spells whole numbers in digits, and truth in words", () => {
    expect(queryInteger(1, 10).parse("10")).toBe(10);
    for (const text of ["0", "11", "1.5", "1e1", "0x1", "", " 1"]) {
      expect(queryInteger(1, 10).safeParse(text).success, text).toBe(false);
    }
    expect(["true", "false", "words"].map((text) => queryExplain.parse(text))).toEqual([true, false, "words"]);
    expect(queryExplain.safeParse("1").success).toBe(false);
  });
});

test("an id is 1 to 128 characters of any script, without control characters or broken ones", () => {
  for (const good of ["a", "m/1 é", "書", "😀".repeat(128), "x".repeat(128)])
    expect(id.safeParse(good).success).toBe(true);
  for (const bad of ["", "x".repeat(129), "a\u0000", "a\n", "\u0085", "\ud800"])
    expect(id.safeParse(bad).success).toBe(false);
});
