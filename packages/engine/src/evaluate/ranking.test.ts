import { describe, expect, it } from "vitest";
import { compare, rankUsers, summarise } from "./ranking.ts";

/** Scores items by their number, backwards: item 0 is best. */
const countdown = { name: "countdown", score: () => Float32Array.of(9, 8, 7, 6, 5, 4) };
const split = (known: number[], targets: number[]) => ({
  user: "ada",
  history: known.map((item) => ({ item, time: 1, weight: 1 })),
  targets,
  at: 1,
  cut: 2,
});
const splits = [split([0], [1]), split([0, 1], [4]), split([5], [2, 0])];

describe("measuring by full ranking", () => {
  const scores = rankUsers(countdown, splits, { k: 2, itemCount: 6 });

  it("ranks everything that the user has not had to do with", () => {
    // Lists: [1, 2], [2, 3], [0, 1].
    expect([...scores.hitRate]).toEqual([1, 0, 1]);
    expect([...scores.ndcg]).toEqual([1, 0, 1 / (1 + 1 / Math.log2(3))]);
    expect(scores.coverage).toBe(4 / 6);
  });

  it("gives means with intervals under the metrics' names", () => {
    const summary = summarise(scores, { k: 2, seed: 1 });
    expect(Object.keys(summary)).toEqual(["HR@2", "NDCG@2", "coverage@2"]);
    expect(summary["HR@2"].value).toBeCloseTo(2 / 3, 14);
    expect(summary["coverage@2"]).toEqual({ value: 4 / 6 });
  });

  it("compares two recommenders user by user", () => {
    const worst = rankUsers({ name: "none", score: () => Float32Array.of(0, 0, 0, 0, 0, 9) }, splits, {
      k: 1,
      itemCount: 6,
    });
    expect(compare(scores, scores, 1)).toEqual({ value: 0, low: 0, high: 0 });
    expect(compare(scores, worst, 1).value).toBeGreaterThan(0);
  });

  it("refuses a recommender whose scores are no numbers, by name", () => {
    const broken = { name: "broken", score: () => new Float32Array(6).fill(Number.NaN) };
    expect(() => rankUsers(broken, splits, { k: 2, itemCount: 6 })).toThrow("broken scored item key 0 with NaN");
  });
});
