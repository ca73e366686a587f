import { describe, expect, it, test } from "vitest";
import { testStart } from "../../testing/builders.ts";
import { bestOf, itemCount, rounds, roundsContinued } from "../sequence/test-rounds.ts";
import { dataOf, fitOn, historyOf } from "../test-data.ts";
import { type HstuConfig, hstu } from "./hstu.ts";

const data = dataOf(rounds(120, 5), itemCount);
const small = { width: 16, learningRate: 0.01, epochs: 30, batchSize: 16, dropout: 0, threads: 1 } as const;

test.each<[string, Partial<HstuConfig>]>([
  ["one head", {}],
  ["two heads, and drawn negatives", { heads: 2, loss: "sampled", negatives: 8 }],
])("what comes next in rounds, forwards and backwards, is found by %s", async (_, settings) => {
  const fitted = await fitOn(hstu, data, { ...small, ...settings });
  for (const [history, next] of roundsContinued) expect(bestOf(fitted, history)).toBe(next);
});

describe("scores in plain arrays and through the network's graph are the same", () => {
  test.each<[string, Partial<HstuConfig>]>([
    ["two blocks", {}],
    ["three blocks with three heads", { blocks: 3, heads: 3, width: 18 }],
    ["the times of events", { times: "past" }],
    ["the time of the question, with two heads", { times: "asked", heads: 2 }],
  ])("%s", async (_, settings) => {
    const fitted = await fitOn(hstu, data, { ...small, epochs: 3, ...settings });
    const histories = [[3], [1, 2], [5, 4, 3, 2, 1, 0, 11, 10], []];
    const queries = histories.map((items) => ({ history: historyOf(items), at: testStart }));
    for (const [index, scores] of (await fitted.scoreMany!(queries)).entries()) {
      for (const [item, score] of fitted.score(queries[index]).entries()) expect(scores[item]).toBeCloseTo(score, 4);
    }
  });
});

it("a short sequence sees the same in a batch of short ones and in one of long ones", async () => {
  // Two lengths of batch; the validation's are others again.
  const long = dataOf([...rounds(20, 60), ...rounds(20, 8)], itemCount);
  const validation = [{ query: { history: historyOf([1, 2, 3]), at: testStart }, targets: [4] }];
  const fitted = await hstu.fit({ ...long, validation }, { ...hstu.defaults, ...small, epochs: 2 }, { seed: 1 });
  const query = { history: historyOf([1, 2, 3]), at: testStart };
  const [scores] = await fitted.scoreMany!([query]);
  for (const [item, score] of fitted.score(query).entries()) expect(scores[item]).toBeCloseTo(score, 4);
});
