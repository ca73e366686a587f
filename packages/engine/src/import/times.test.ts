import { describe, expect, test } from "vitest";
import { parseTime } from "./times.ts";

const noon = Date.UTC(2024, 1, 29, 12);

describe("times in tables", () => {
  test.each<[unknown, number]>([
    ["2024-02-29T12:00:00Z", noon],
    ["2024-02-29 12:00:00", noon],
    ["2024-02-29 12:00:00.000 UTC", noon],
    ["2024-02-29T14:00:00+02:00", noon],
    ["2024-02-29T14:00+0200", noon],
    ["2024-02-29 14:00:00+02", noon],
    ["2024-02-29", Date.UTC(2024, 1, 29)],
    ["20240229", Date.UTC(2024, 1, 29)],
    [noon / 1000, noon],
    [String(noon / 1000), noon],
    [String(noon), noon],
    [noon * 1e3, noon],
    [BigInt(noon) * 1_000_000n, noon],
    [new Date(noon), noon],
  ])("%s is read", (value, expected) => {
    expect(parseTime(value)).toBe(expected);
  });

  test.each([
    ["yesterday"],
    ["02/29/2024"],
    ["2023-02-29"],
    ["2024-02-29T25:00"],
    ["-5"],
    [""],
    [null],
    [{}],
    [Number.NaN],
  ])("%s is refused", (value) => {
    expect(parseTime(value)).toBeNaN();
  });

  test("a stated unit wins over the magnitude, and counts only are accepted under it", () => {
    expect(parseTime("1000", "milliseconds")).toBe(1000);
    expect(parseTime("20240229", "seconds")).toBe(20_240_229_000);
    expect(parseTime("2024-02-29", "seconds")).toBeNaN();
  });
});
