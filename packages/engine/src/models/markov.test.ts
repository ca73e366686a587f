import { expect, it } from "vitest";
import { markov } from "./markov.ts";
import { dataOf, fitOn, scoresFor } from "./test-data.ts";

// 0 is followed by 1 twice and by 2 once; two steps after 0 come 2 and 3; interactions: 3, 2, 3, 1 of 9.
const sequences = [
  [0, 1, 2],
  [0, 1],
  [0, 2, 3, 2],
];
const shares = [3 / 9, 2 / 9, 3 / 9, 1 / 9];

it("a plain chain has the counts of what followed, backed off to popularity", async () => {
  const fitted = await fitOn(markov, dataOf(sequences, 4), { gapMax: 1, decay: 1, backOff: 2 });
  const scores = scoresFor(fitted, [3, 0]);
  for (const [item, count] of [0, 2, 1, 0].entries()) {
    expect(scores[item]).toBeCloseTo((count + 2 * shares[item]) / (3 + 2), 6);
  }
});

it("steps further apart count less, in training and in the question", async () => {
  const fitted = await fitOn(markov, dataOf(sequences, 4), { gapMax: 2, decay: 0.5, backOff: 1 });
  const after0 = [0, 2, 1.5, 0.5].map((count, item) => (count + shares[item]) / (4 + 1));
  const after1 = [0, 0, 1, 0].map((count, item) => (count + shares[item]) / (1 + 1));
  const scores = scoresFor(fitted, [3, 0, 1]);
  for (const [item, score] of scores.entries()) expect(score).toBeCloseTo(after1[item] + 0.5 * after0[item], 6);
});

it("somebody new gets what is popular, and so does one whose last item led nowhere", async () => {
  const fitted = await fitOn(markov, dataOf([...sequences, [4]], 5), { gapMax: 1, decay: 1, backOff: 0 });
  for (const history of [[], [4]]) {
    const scores = scoresFor(fitted, history);
    for (const [item, count] of [3, 2, 3, 1, 1].entries()) expect(scores[item]).toBeCloseTo(count / 10, 6);
  }
});
