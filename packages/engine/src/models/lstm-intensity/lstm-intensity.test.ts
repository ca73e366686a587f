import { beforeAll, describe, expect, it, test } from "vitest";
import { seededRandom } from "../../base/random.ts";
import { dayMs } from "../../base/time.ts";
import { interactionTable } from "../../core/interaction-table.ts";
import type { IntensityHistories } from "../intensity/sessions.ts";
import { type FittedLstmIntensity, fitLstmIntensity, loadLstmIntensity } from "./lstm-intensity.ts";
import { channels, countsAfter, distinctQuestions, rateLevels, windowsBefore, writeSeries } from "./windows.ts";

/** Root 0, branches 1 and 2, leaves 3 and 4 under the first; item 0 and 1 at the leaves, 2 at the second branch, 3 in both branches. */
const parents = Int32Array.of(-1, 0, 0, 1, 1);
const places = [Int32Array.of(3), Int32Array.of(4), Int32Array.of(2), Int32Array.of(1, 2)];

function historiesOf(people: readonly (readonly (readonly [day: number, item: number, weight?: number])[])[]) {
  const table = people.map((events) => events.map(([day, item, weight = 1]) => ({ item, time: day * dayMs, weight })));
  return { interactions: interactionTable(table), places, parents } satisfies IntensityHistories;
}

const rowOf = (counts: Float32Array, row: number, windows: number) => [
  ...counts.subarray(row * windows, (row + 1) * windows),
];

describe("windows, worked by hand,", () => {
  const histories = historiesOf([
    [
      [5, 0],
      [12, 0],
      [12, 3],
      [18, 1, -0.5],
      [25, 2],
      [31, 0],
    ],
  ]);
  const person = windowsBefore(histories, 0, 30 * dayMs, { windowDays: 10, windows: 4 });

  test("count positive events under a row and all above it, an item in two places half in each", () => {
    expect(rowOf(person.counts, 3, 4)).toEqual([0, 1, 1, 0]);
    expect(rowOf(person.counts, 1, 4)).toEqual([0, 1, 1.5, 0]);
    expect(rowOf(person.counts, 2, 4)).toEqual([0, 0, 0.5, 1]);
    expect(rowOf(person.counts, 0, 4)).toEqual([0, 1, 2, 1]);
    expect([...countsAfter(histories, 0, 30 * dayMs, 30)]).toEqual([1, 1, 0, 1, 0]);
  });

  test("know since when the person is there, and nothing of a person who is not there yet", () => {
    expect([...person.seen]).toEqual([0, 0.5, 1, 1]);
    expect(person.lastTime).toBe(25 * dayMs);
    const nobody = windowsBefore(histories, 0, 4 * dayMs, { windowDays: 10, windows: 4 });
    expect([nobody.counts.some((count) => count > 0), nobody.firstTime]).toEqual([false, Number.NaN]);
  });

  test("rates come in half octaves", () => {
    // Four events and a half in 95 days, and half of one.
    const levels = rateLevels(
      historiesOf([
        [
          [5, 0],
          [6, 0],
          [7, 0],
          [8, 0],
        ],
      ]),
      100 * dayMs,
    );
    expect([levels[3], levels[4]]).toEqual([4.5, 0.5].map((events) => Math.round(2 * Math.log2(events / 95)) / 2));
  });
});

it("rows share a question only where they read the same, and every row has one", () => {
  const random = seededRandom(2);
  const tree = Int32Array.from({ length: 60 }, (_, row) => (row === 0 ? -1 : random.integer(row)));
  const levels = Float32Array.from(tree, () => random.integer(3));
  const counts = new Float32Array(tree.length * 4);
  for (let event = 0; event < 8; event++) {
    for (let row = random.integer(tree.length), window = random.integer(4); row >= 0; row = tree[row]) {
      counts[row * 4 + window] += 1;
    }
  }
  const person = { counts, seen: Float32Array.of(0, 1, 1, 1), firstTime: 0, lastTime: 0 };
  const { of, rows, sizes } = distinctQuestions(person, tree, levels);
  const seriesOf = (row: number) => {
    const series = new Float32Array(4 * channels);
    writeSeries(series, row, person, tree, levels);
    return series;
  };
  for (const [row, question] of of.entries()) expect(seriesOf(row)).toEqual(seriesOf(rows[question]));
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(tree.length);
  expect(rows.length).toBeLessThan(tree.length);
});

describe("of habits of which some were given up", () => {
  /** Everybody had a habit under the first leaf; every second gave it up on day 100. A few things happen elsewhere. */
  const random = seededRandom(9);
  const people = Array.from({ length: 80 }, (_, person) => {
    const events: [number, number][] = [];
    for (let day = 5 * random.uniform(); day < 240; day += 8 * random.uniform()) {
      if (day < 100 || person % 2 === 0) events.push([day, 0]);
      if (random.uniform() < 0.15) events.push([day, 2]);
    }
    return events;
  });
  const histories = historiesOf(people);
  const until = 210 * dayMs;
  const small = { users: 40, moments: 2, epochs: 6, batchSize: 64, learningRate: 0.01, threads: 1 } as const;
  let fitted: FittedLstmIntensity;
  beforeAll(async () => {
    fitted = await fitLstmIntensity(histories, until, small, { seed: 1 });
  });

  test("it expects those to go on that do, and no others", async () => {
    const users = people.map((_, user) => user);
    const expected = await fitted.expected(histories, users, until);
    const kept = users.filter((user) => user % 2 === 0).map((user) => expected[user][3]);
    const given = users.filter((user) => user % 2 === 1).map((user) => expected[user][3]);
    const mean = (values: number[]) => values.reduce((sum, value) => sum + value) / values.length;
    const came = mean(users.filter((user) => user % 2 === 0).map((user) => countsAfter(histories, user, until, 30)[3]));
    expect(Math.abs(mean(kept) - came)).toBeLessThan(0.25 * came);
    expect(mean(given)).toBeLessThan(0.1 * came);
    expect(expected.flatMap((rows) => [...rows]).every((count) => count >= 0)).toBe(true);
    // Without knowing who goes on it would be above 8.
    expect(fitted.validationError).toBeLessThan(4);
  });

  test("it expects the same of somebody alone as among more people than are asked at once", async () => {
    const users = Array.from({ length: 200 }, (_, place) => place % people.length);
    const expected = await fitted.expected(histories, users, until);
    for (const place of [0, 7, 127, 128, 199]) {
      expect(await fitted.expected(histories, [users[place]], until)).toEqual([expected[place]]);
    }
  });

  test("it is the same after it was saved and loaded, and refuses what is damaged", async () => {
    const saved = structuredClone(fitted.save());
    const loaded = loadLstmIntensity(saved);
    expect(await loaded.expected(histories, [0, 1], until)).toEqual(await fitted.expected(histories, [0, 1], until));
    expect(loaded.save()).toEqual(fitted.save());
    const refused = expect.objectContaining({ code: "PENCHANT_E_MODEL_FILE" });
    for (const part of Object.keys(saved.tensors)) {
      const { [part]: _, ...tensors } = saved.tensors;
      expect(() => loadLstmIntensity({ ...saved, tensors })).toThrow(refused);
    }
    expect(() => loadLstmIntensity({ ...saved, version: 9 })).toThrow(refused);
    expect(() => loadLstmIntensity({ ...saved, config: { ...saved.config, windows: 0 } })).toThrow(refused);
  });

  test("it fits the same again, of logarithms too, and says what it cannot learn from", async () => {
    const few = { ...small, users: 10, epochs: 1, target: "log" } as const;
    const [first, second] = await Promise.all([1, 1].map((seed) => fitLstmIntensity(histories, until, few, { seed })));
    expect(second.save()).toEqual(first.save());
    const fit = (settings: object, at = until) => fitLstmIntensity(histories, at, settings, { seed: 1 });
    await expect(fit({ windows: 0 })).rejects.toMatchObject({ code: "PENCHANT_E_MODEL_CONFIG" });
    await expect(fit({ colour: 1 })).rejects.toMatchObject({ code: "PENCHANT_E_MODEL_CONFIG" });
    await expect(fit(small, 0)).rejects.toMatchObject({ code: "PENCHANT_E_MODEL_DATA" });
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(fitLstmIntensity(histories, until, small, { seed: 1, signal })).rejects.toThrow("enough");
    const other = { ...histories, parents: Int32Array.of(-1) };
    await expect(fitted.expected(other, [0], until)).rejects.toMatchObject({ code: "PENCHANT_E_MODEL_DATA" });
  });
});
