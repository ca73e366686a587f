import { describe, expect, it } from "vitest";
import type { RankingCase } from "./cases.ts";
import { listContext } from "./metrics/lists.ts";
import { rankAll, summarise } from "./ranking.ts";

const film = (id: number, ...genres: string[]) => ({
  id: `${id}`,
  title: `${id}`,
  categories: genres.map((genre) => [genre]),
});
const items = [film(0, "a"), film(1, "a"), film(2, "b"), film(3, "b"), film(4, "a"), film(5, "b")];
const train = {
  offsets: Int32Array.of(0, 2, 3),
  items: Int32Array.of(0, 1, 0),
  times: new Float64Array(3),
  weights: new Float32Array(3).fill(1),
};
const context = listContext(train, items);

/** Scores items by their number, backwards: item 0 is best. */
const countdown = { name: "countdown", score: () => Float32Array.of(9, 8, 7, 6, 5, 4) };
const one = (user: number, known: number[], targets: number[], targetValues: number[] = []): RankingCase => ({
  user,
  query: { history: known.map((item) => ({ item, time: 1, weight: 1 })), at: 1 },
  targets,
  targetValues,
  seen: new Set(known),
});
const cases = [one(0, [0], [1]), one(1, [0, 1], [4]), one(2, [5], [2, 0])];
const rank = (recommender: { name: string; score: () => Float32Array }, ks: number[], asked = cases) =>
  rankAll(recommender, asked.length, (index) => asked[index], { ks, context });

describe("measuring by full ranking", () => {
  it("ranks everything that the user has not had to do with", async () => {
    // Lists: [1, 2], [2, 3], [0, 1].
    const { perCase, overall } = await rank(countdown, [2]);
    expect([...perCase["HR@2"]]).toEqual([1, 0, 1]);
    expect([...perCase["NDCG@2"]]).toEqual([1, 0, 1 / (1 + 1 / Math.log2(3))]);
    expect(overall["coverage@2"]).toBe(4 / 6);
    // Shown 1, 2, 2, 1, 0, 0 times: ascending 0 0 1 1 2 2 with weights -5 -3 -1 1 3 5, over 6 x 6.
    expect(overall["Gini@2"]).toBeCloseTo(16 / 36, 14);
  });

  it("measures several lengths of list at once", async () => {
    const { perCase } = await rank(countdown, [1, 3]);
    expect([...perCase["HR@1"]]).toEqual([1, 0, 1]);
    expect([...perCase["HR@3"]]).toEqual([1, 1, 1]);
  });

  it("gives means with intervals under the metrics' names", async () => {
    const summary = summarise(await rank(countdown, [2]), { seed: 1 });
    expect(summary["HR@2"].value).toBeCloseTo(2 / 3, 14);
    expect(summary["HR@2"]).toHaveProperty("low");
    expect(summary["coverage@2"]).toEqual({ value: 4 / 6 });
  });

  it("knows what the questions are like, for comparing kinds of them", async () => {
    const { users, historyLengths, targetPopularity } = await rank(countdown, [2]);
    expect([...users]).toEqual([0, 1, 2]);
    expect([...historyLengths]).toEqual([1, 2, 1]);
    // Item 0 was known to both users, item 1 to one, the others to none.
    expect([...targetPopularity]).toEqual([1, 0, 1]);
  });

  it("takes lists longer than the catalogue for what they are", async () => {
    const { perCase } = await rank(countdown, [100]);
    expect([...perCase["HR@100"]]).toEqual([1, 1, 1]);
    expect([...perCase["recall@100"]]).toEqual([1, 1, 1]);
  });

  it("gives ties to the smaller key, always", async () => {
    const { perCase } = await rank({ name: "flat", score: () => new Float32Array(6) }, [1]);
    expect([...perCase["HR@1"]]).toEqual([1, 0, 1]);
  });

  it("measures predicted ratings where a model predicts them", async () => {
    const asked = [one(0, [0], [1], [4]), one(1, [0], [4, 5], [3, Number.NaN])];
    const { overall } = await rankAll(countdown, 2, (index) => asked[index], { ks: [1], context, ratings: true });
    // Predicted 8 and 5 for 4 and 3.
    expect(overall).toMatchObject({ MSE: (16 + 4) / 2, MAE: 3 });
  });

  it("asks a model for many at once where it can, with the same result", async () => {
    const many = { ...countdown, scoreMany: async (queries: readonly unknown[]) => queries.map(countdown.score) };
    expect((await rank(many, [2])).perCase).toEqual((await rank(countdown, [2])).perCase);
  });

  it("refuses a recommender whose scores are no numbers, by name", async () => {
    const broken = { name: "broken", score: () => new Float32Array(6).fill(Number.NaN) };
    await expect(rank(broken, [2])).rejects.toThrow("broken scored item key 0 with NaN");
  });

  it("refuses a recommender that leaves items out, by name", async () => {
    const short = { name: "short", score: () => new Float32Array(5) };
    await expect(rank(short, [2])).rejects.toThrow("short: expected a score for each of the 6 items, got 5.");
  });
});
