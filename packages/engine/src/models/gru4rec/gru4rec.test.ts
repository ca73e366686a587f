import { describe, expect, it, test } from "vitest";
import { testStart } from "../../testing/builders.ts";
import { bestOf, itemCount, rounds, roundsContinued } from "../sequence/test-rounds.ts";
import { dataOf, fitOn, historyOf, scoresFor } from "../test-data.ts";
import { type Gru4recConfig, gru4rec } from "./gru4rec.ts";

const data = dataOf(rounds(120, 5), itemCount);
const small = { width: 16, units: 24, learningRate: 0.01, epochs: 30, batchSize: 16, dropout: 0, threads: 1 } as const;

test.each<[string, Partial<Gru4recConfig>]>([
  ["one layer", {}],
  ["two layers, and drawn negatives", { layers: 2, loss: "sampled", negatives: 8 }],
])("what comes next in rounds, forwards and backwards, is found by %s", async (_, settings) => {
  const fitted = await fitOn(gru4rec, data, { ...small, ...settings });
  for (const [history, next] of roundsContinued) expect(bestOf(fitted, history)).toBe(next);
});

describe("scores in plain arrays and through the network's graph are the same", () => {
  test.each<[string, Partial<Gru4recConfig>]>([
    ["one layer", {}],
    ["two layers of another width", { layers: 2, units: 10, width: 12 }],
  ])("%s", async (_, settings) => {
    const fitted = await fitOn(gru4rec, data, { ...small, epochs: 3, ...settings });
    const histories = [[3], [1, 2], [5, 4, 3, 2, 1, 0, 11, 10], []];
    const queries = histories.map((items) => ({ history: historyOf(items), at: testStart }));
    for (const [index, scores] of (await fitted.scoreMany!(queries)).entries()) {
      for (const [item, score] of fitted.score(queries[index]).entries()) expect(scores[item]).toBeCloseTo(score, 4);
    }
  });
});

it("carries its state no further than it was trained to", async () => {
  const fitted = await fitOn(gru4rec, data, { ...small, epochs: 2, length: 3 });
  expect(scoresFor(fitted, [8, 9, 1, 2, 3])).toEqual(scoresFor(fitted, [1, 2, 3]));
});
