import { expect, it } from "vitest";
import { popularity } from "./popularity.ts";
import { decayedPopularity, windowedPopularity } from "./recent-popularity.ts";
import { dataOf, fitOn, scoresFor } from "./test-data.ts";

// A day apart: item 0 on days 0, 0 and 1, item 1 on day 1 and 3, item 2 on day 2, item 3 never.
const data = dataOf(
  [
    [0, 0, 2, 1],
    [0, 1],
  ],
  4,
);

it("popularity counts people", async () => {
  expect(scoresFor(await fitOn(popularity, data), [])).toEqual([2, 2, 1, 0]);
});

it("windowed popularity counts the last days, and orders the rest by all time", async () => {
  const scores = scoresFor(await fitOn(windowedPopularity, data, { windowDays: 1 }), []);
  for (const [item, count] of [0, 1, 1, 0].entries()) expect(scores[item]).toBeCloseTo(count, 2);
  expect(scores[0]).toBeGreaterThan(scores[3]);
  expect(scores[1]).toBeGreaterThan(scores[2]);
});

it("decayed popularity halves with every half-life", async () => {
  const scores = scoresFor(await fitOn(decayedPopularity, data, { halfLifeDays: 1 }), []);
  for (const [item, sum] of [1 / 8 + 1 / 8 + 1 / 4, 1 + 1 / 4, 1 / 2, 0].entries()) {
    expect(scores[item]).toBeCloseTo(sum, 2);
  }
});
