import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dayMs, hourMs } from "../../../base/time.ts";
import { type InteractionTable, interactionTable } from "../../../core/interaction-table.ts";
import type { Item } from "../../../core/item.ts";
import type { Interaction } from "../../../core/ports.ts";
import { halfLivesDays } from "../../../core/timescales.ts";
import type { UptakeTable } from "../../../core/uptake.ts";
import { day } from "../../../testing/builders.ts";
import { fitFeatures, type UptakeQuestions, withFeatures } from "./pipeline.ts";

/** Three sailing books, the last about knots as well, and a cookbook. */
const items: Item[] = [
  { id: "a", title: "a", categories: [["Sailing"]] },
  { id: "b", title: "b", categories: [["Sailing"]] },
  { id: "c", title: "c", categories: [["Sailing"], ["Knots"]] },
  { id: "d", title: "d", categories: [["Cooking"]], createdAt: day(0) },
  { id: "e", title: "e", categories: [["Cooking"], ["Knots"]] },
];
const itemCount = items.length;

const took = (item: number, days: number, value = 4, weight = 1): Interaction => ({
  item,
  time: day(days),
  weight,
  value,
});

type Row = { user?: number; start?: number; end: number; item: number; at: number };

function asked(histories: InteractionTable, rows: readonly Row[]): UptakeQuestions {
  return {
    histories,
    users: Int32Array.from(rows, ({ user = 0 }) => user),
    starts: Int32Array.from(rows, ({ user = 0, start = 0 }) => histories.offsets[user] + start),
    ends: Int32Array.from(rows, ({ user = 0, end }) => histories.offsets[user] + end),
    items: Int32Array.from(rows, ({ item }) => item),
    times: Float64Array.from(rows, ({ at }) => at),
  };
}

function named(table: UptakeTable, row = 0): Record<string, number> {
  const width = table.columns.length;
  return Object.fromEntries(table.columns.map(({ name }, column) => [name, table.features[row * width + column]]));
}

const vectors = Float32Array.of(1, 0, 1, 0, 0.6, 0.8, 0, 1, 0, 1);

describe("the features of a question", () => {
  const events = [took(0, 0, 5), took(3, 1, 2, -0.5), took(1, 10, 3), took(0, 10.01, 4)];
  const everybody = interactionTable([events, [took(0, 2, 5), took(2, 3, 1)], [took(4, 4, 4)]]);
  const source = fitFeatures(everybody, { itemCount, items, vectors });
  const of = (row: Row) => named(withFeatures(asked(everybody, [row]), source));
  const close = (value: number) => expect.closeTo(value, 5);

  it("tell what a case worked by hand says", () => {
    const row = of({ end: 4, item: 2, at: day(10.02) });
    const decayed = (k: number, ages: number[]) => ages.reduce((sum, age) => sum + 2 ** (-age / halfLivesDays[k]), 0);
    const usual = (5 * 3 + 20) / 7;
    expect(row).toMatchObject({
      userEventsLog: close(Math.log(5)),
      userActivity4DaysLog: close(Math.log1p(decayed(1, [10.02, 0.02, 0.01]))),
      userRejectedShare: close(1 / 4),
      userMeanValue: close((14 + 3 * (24 / 7)) / 7),
      userValueDeviation: close(Math.sqrt(54 / 4 - 3.5 ** 2)),
      // Items have ten events of the mean value beforehand.
      itemMeanValue: close((1 + 10 * (24 / 7)) / 11),
      itemEventsLog: close(Math.log(2)),
      gapHoursLog: close(Math.log1p(0.01 * 24)),
      sessionEventsLog: close(Math.log(3)),
      itemRepeatsLog: 0,
      itemGapHoursLog: Number.NaN,
      // Half of the item is about sailing, as all but the rejected event were, and half about knots, as none was.
      categoryShare30Days: close(0.5),
      categoryShareRecent: close(0.5),
      categoryGapHoursLog: close(Math.log1p(0.01 * 24)),
      categoryResidual: close((0.5 * (12 - 3 * ((14 + 3 * (24 / 7)) / 7))) / 6),
    });
    expect(usual).toBe(5);
    expect(of({ end: 4, item: 0, at: day(12) })).toMatchObject({
      itemRepeatsLog: close(Math.log(3)),
      itemGapHoursLog: close(Math.log1p(1.99 * 24)),
      sessionEventsLog: 0,
    });
    expect(of({ end: 4, item: 3, at: day(12) }).itemAgeDaysLog).toBe(Math.fround(Math.log(13)));
    expect(of({ end: 4, item: 0, at: day(12) }).itemAgeDaysLog).toBeNaN();
  });

  it("tell how near the item lies to what the person takes up, rejections turned round", () => {
    const [x, y] = [3, -0.5];
    expect(of({ end: 4, item: 1, at: day(12) }).vectorCosine).toBeCloseTo(x / Math.hypot(x, y), 5);
    expect(of({ end: 0, item: 1, at: day(12) }).vectorCosine).toBeNaN();
  });

  it("tell how near the item lies to the history by what the same people take, and what the person gave to that", () => {
    // Items 0 and 2 have two people and one, who is the same; what else the first person had, nobody had with item 2.
    const near = 1 / Math.sqrt((1 + 5) * (2 + 5));
    const row = of({ end: 4, item: 2, at: day(12) });
    expect(row.nearness).toBeCloseTo((2 * near) / 4, 6);
    expect(row.nearnessRecent).toBeCloseTo((2 * near) / 4, 6);
    const usual = (14 + 10 * (24 / 7)) / 13;
    expect(row.nearnessResidual).toBeCloseTo((near * (5 + 4 - 2 * usual)) / (2 * near + 0.3), 6);
    expect(of({ end: 4, item: 4, at: day(12) })).toMatchObject({ nearness: 0, nearnessResidual: Number.NaN });
    // To the second person, who learns from it, it is near to nothing: nobody else had both.
    const learned = asked(everybody, [{ user: 1, end: 1, item: 2, at: day(3) }]);
    expect(named(withFeatures(learned, source, { learnedFrom: true })).nearness).toBe(0);
    expect(named(withFeatures(learned, source)).nearness).toBeCloseTo(near, 6);
  });

  it("say of somebody without a history what is usual, or that it is not known", () => {
    const row = of({ end: 0, item: 2, at: day(12) });
    expect(row).toMatchObject({
      userEventsLog: 0,
      userMeanResidual: 0,
      categoryShare30Days: 0,
      gapHoursLog: Number.NaN,
    });
    expect(row.userMeanValue).toBeCloseTo(24 / 7, 5);
  });

  it("are only those that the data allow", () => {
    const bare = interactionTable([[{ item: 0, time: day(0), weight: 1 }]]);
    const names = (given: Parameters<typeof fitFeatures>[1]) =>
      withFeatures(asked(bare, []), fitFeatures(bare, given)).columns.map(({ name }) => name);
    expect(names({ itemCount }).filter((name) => /Value|category|Residual|vector|Age|Rejected/.test(name))).toEqual([]);
    expect(names({ itemCount, items, vectors })).toEqual(
      expect.arrayContaining(["categoryShare6Hours", "vectorCosine", "itemAgeDaysLog"]),
    );
    expect(new Set(names({ itemCount, items, vectors })).size).toBe(names({ itemCount, items, vectors }).length);
  });

  it("know nothing of the question's own time or later, nor of what else is asked", () => {
    const row = { end: 2, item: 1, at: day(10) };
    const later = interactionTable([[...events.slice(0, 2), took(4, 10, 1), took(4, 11, 1)]]);
    const changed = withFeatures(asked(later, [row]), source);
    expect(named(changed)).toEqual(of(row));
    const among = withFeatures(
      asked(everybody, [{ end: 0, item: 2, at: day(0) }, row, { end: 3, item: 0, at: day(10.01) }]),
      source,
    );
    expect(named(among, 1)).toEqual(of(row));
  });

  it("of rows that are learned from know nothing that the person did but for the history", () => {
    const learn = (own: Interaction[]) => {
      const people = interactionTable([
        [took(0, 0), ...own],
        ...Array.from({ length: 12 }, () => [took(1, 1), took(2, 2, 2)]),
      ]);
      const fitted = fitFeatures(people, { itemCount, items });
      const rows = asked(people, [{ end: 1, item: 1, at: day(5) }]);
      return { own: named(withFeatures(rows, fitted, { learnedFrom: true })), all: named(withFeatures(rows, fitted)) };
    };
    const [yes, no] = [learn([took(1, 5, 5)]), learn([took(3, 5, 1)])];
    // How usual a category is among all events is the same for every row.
    expect({ ...yes.own, categoryLift: 0 }).toEqual({ ...no.own, categoryLift: 0 });
    for (const name of ["itemEventsLog", "itemMeanValue", "itemValueDeviation"]) {
      expect(yes.all[name]).not.toBe(no.all[name]);
    }
  });

  it("are the same from running sums as from the window's events alone", () => {
    const event = fc.record({
      item: fc.integer({ min: 0, max: itemCount - 1 }),
      gap: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 40 * 24 })),
      value: fc.constantFrom(1, 3, 5, Number.NaN),
      weight: fc.constantFrom(1, 0.25, -0.5, 0),
    });
    fc.assert(
      fc.property(fc.array(event, { minLength: 2, maxLength: 30 }), fc.integer({ min: 1, max: 8 }), (list, longest) => {
        let time = day(0);
        const history = list.map(({ item, gap, value, weight }) => {
          time += gap * hourMs;
          return { item, time, weight, ...(Number.isFinite(value) && { value }) };
        });
        const table = interactionTable([history]);
        const rows = history.map(({ item }, end) => ({
          start: Math.max(0, end - longest),
          end,
          item,
          at: time + dayMs,
        }));
        const running = withFeatures(asked(table, rows), source);
        for (const [row, alone] of rows.entries()) {
          const fresh = named(withFeatures(asked(table, [alone]), source));
          for (const [name, value] of Object.entries(named(running, row))) {
            if (Number.isNaN(value)) expect(fresh[name], name).toBeNaN();
            else expect(value, name).toBeCloseTo(fresh[name], 4);
          }
        }
      }),
      { numRuns: 60 },
    );
  });
});
