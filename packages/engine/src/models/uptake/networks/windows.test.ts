import { describe, expect, it, test } from "vitest";
import { seededRandom } from "../../../base/random.ts";
import { hourMs } from "../../../base/time.ts";
import { interactionTable } from "../../../core/interaction-table.ts";
import type { UptakeTable } from "../../../core/uptake.ts";
import { testStart } from "../../../testing/builders.ts";
import { augmented } from "./augmentation.ts";
import { scaledWidth, scalingOf, writeScaled, writeStandard } from "./scaling.ts";
import { readingOf, windowColumns, windowWriter } from "./windows.ts";

const unknown = Number.NaN;

describe("columns are scaled", () => {
  const rows = [
    [10, 5, unknown],
    [20, 5, unknown],
    [unknown, 5, unknown],
    [30, 5, unknown],
  ];
  const scaling = scalingOf(Float32Array.from(rows.flat()), 3);
  const read = (...row: number[]) => {
    const to = new Float32Array(scaledWidth(scaling));
    writeScaled(scaling, Float32Array.from(row), 0, to, 0);
    return [...to];
  };

  test("to 0 and 1 at the ends of what the training had, and no further", () => {
    expect(read(10, 5, 0).slice(0, 2)).toEqual([0, 0]);
    expect(read(25, 5, 0)[0]).toBe(0.75);
    expect(read(31, 6, 0).slice(0, 2)).toEqual([1, 0]);
    expect(read(-100, 4, 0).slice(0, 2)).toEqual([0, 0]);
  });

  test("with the mean and a column that says so where the training lacked some", () => {
    expect(read(unknown, 5, unknown)).toEqual([0.5, 0, 0, 1, 1]);
    expect(read(20, unknown, 7)).toEqual([0.5, 0, 0, 0, 0]);
  });

  test("or to mean 0 and deviation 1, where layers read many side by side", () => {
    const to = new Float32Array(scaledWidth(scaling));
    const standard = (...row: number[]) => {
      writeStandard(scaling, Float32Array.from(row), 0, to, 0);
      return [...to];
    };
    // 10, 20 and 30 are 0, .5 and 1: a deviation of the root of a sixth.
    expect(standard(10, 5, unknown)).toEqual([expect.closeTo(-Math.sqrt(1.5), 6), 0, 0, 0, 1]);
    expect(standard(unknown, 6, 3)).toEqual([0, 0, 0, 1, 0]);
  });

  test("so that one number far out does not press all others together", () => {
    const values = Float32Array.from({ length: 5_000 }, (_, row) => (row === 77 ? 1e9 : row / 5_000));
    expect(scalingOf(values, 1).spans[0]).toBeCloseTo(1, 2);
    const endless = scalingOf(Float32Array.of(1, 3, Number.POSITIVE_INFINITY), 1);
    const to = new Float32Array(2);
    writeScaled(endless, Float32Array.of(Number.POSITIVE_INFINITY), 0, to, 0);
    expect([endless.spans[0], ...to]).toEqual([2, 1, 0]);
  });
});

describe("windows", () => {
  const table: UptakeTable = {
    histories: interactionTable([
      [
        { item: 4, time: testStart, weight: 1, value: 1 },
        { item: 9, time: testStart + hourMs, weight: 1, value: 5 },
        { item: 2, time: testStart + hourMs, weight: -1 },
      ],
    ]),
    users: Int32Array.of(0, 0, 0),
    starts: Int32Array.of(0, 0, 0),
    ends: Int32Array.of(3, 1, 0),
    items: Int32Array.of(3, 0, 4),
    times: Float64Array.of(testStart + 2 * hourMs, testStart + hourMs, testStart),
    columns: [{ name: "feature", group: "user" }],
    features: Float32Array.of(0, 0.5, 1),
  };
  const reading = readingOf(table, { itemCount: 5, length: 2 });
  const hours = (count: number) => Math.log2(1 + 3_600 * count) / 32;

  it("hold the newest events, padding first, and what has no key", () => {
    const columns = windowColumns(reading, 3);
    const writer = windowWriter(reading, table);
    for (const row of [0, 1, 2]) {
      writer.writeQuestion(columns, row, row);
      writer.writeWindow(columns, row, row);
    }
    // Keys are 0 to 4: item 9 has none, and 5 stands for it, and for padding.
    expect([...columns.items]).toEqual([5, 2, 5, 4, 5, 5]);
    expect([...columns.mask]).toEqual([1, 1, 0, 1, 0, 0]);
    expect([...columns.candidates]).toEqual([3, 0, 4]);
    expect([...columns.dense]).toEqual([-1, 0, 1].map((sign) => expect.closeTo(sign * Math.sqrt(1.5), 6)));
  });

  it("say of an event how long before and ago it was, its weight and its value, or that there is none", () => {
    const columns = windowColumns(reading, 1);
    windowWriter(reading, table).writeWindow(columns, 0, 0);
    const [fromFirst, ago] = [hours(1), hours(1)];
    const expected = [fromFirst, ago, 1, 1, 0, 0, ago, 0, 0.5, 1];
    expect(columns.events).toHaveLength(expected.length);
    for (const [at, value] of expected.entries()) expect(columns.events[at]).toBeCloseTo(value, 6);
  });

  it("hide the items of events that are named so", () => {
    const columns = windowColumns(reading, 1);
    windowWriter(reading, table).writeWindow(columns, 0, 0, [-1 - 2, 0]);
    expect([...columns.items]).toEqual([5, 4]);
    expect([...columns.mask]).toEqual([1, 1]);
  });

  it("tell nothing of time where no two events of anybody came at different times", () => {
    const events = [1, 2, 3].map((item) => ({ item, time: testStart, weight: 1 }));
    const untimed = { ...table, histories: interactionTable([events, [], [{ item: 1, time: 0, weight: 1 }]]) };
    const set = readingOf(untimed, { itemCount: 5, length: 2 });
    expect([reading.isTemporal, set.isTemporal]).toEqual([true, false]);
    const columns = windowColumns(set, 1);
    windowWriter(set, untimed).writeWindow(columns, 0, 0);
    const width = columns.events.length / 2;
    expect(columns.events.subarray(0, width)).toEqual(columns.events.subarray(width));
  });
});

describe("an augmented window", () => {
  const random = seededRandom(3);
  const many = (settings: { crop: number; mask: number; reorder: number }) =>
    Array.from({ length: 500 }, () => augmented([10, 20], settings, (count) => random.integer(count)));
  const none = { crop: 0, mask: 0, reorder: 0 };
  const whole = Array.from({ length: 10 }, (_, step) => 10 + step);

  it("is itself without settings, and of nothing", () => {
    expect(many(none)[0]).toEqual(whole);
    expect(augmented([7, 7], { crop: 0.9, mask: 0.9, reorder: 0.9 }, (count) => random.integer(count))).toEqual([]);
  });

  it("is cropped to a stretch of no less than it says", () => {
    const windows = many({ ...none, crop: 0.4 });
    for (const window of windows) {
      expect(window).toEqual(whole.slice(window[0] - 10, window[0] - 10 + window.length));
    }
    expect(new Set(windows.map(({ length }) => length))).toEqual(new Set([6, 7, 8, 9, 10]));
    expect(new Set(windows.map(([first]) => first))).toEqual(new Set([10, 11, 12, 13, 14]));
  });

  it("hides about so many items as it says, and keeps their events", () => {
    const windows = many({ ...none, mask: 0.3 });
    const hidden = windows.flat().filter((event) => event < 0).length / 5_000;
    expect(hidden).toBeCloseTo(0.3, 1);
    for (const window of windows) expect(window.map((event) => (event < 0 ? -1 - event : event))).toEqual(whole);
  });

  it("has one stretch of so many events in another order", () => {
    const windows = many({ ...none, reorder: 0.3 });
    for (const window of windows) {
      expect([...window].sort((a, b) => a - b)).toEqual(whole);
      const moved = window.flatMap((event, step) => (event === whole[step] ? [] : [step]));
      if (moved.length > 0) expect(moved[moved.length - 1] - moved[0]).toBeLessThan(3);
    }
    expect(windows.some((window) => window.join() !== whole.join())).toBe(true);
  });
});
