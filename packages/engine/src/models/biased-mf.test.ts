import { describe, expect, it } from "vitest";
import { seededRandom } from "../base/random.ts";
import { interactionTable } from "../core/interaction-table.ts";
import { biasedMf } from "./biased-mf.ts";
import { dataOf, fitOn, historyOf, scoresFor } from "./test-data.ts";

const [userCount, itemCount] = [80, 40];

/** Ratings 3 + b_u + b_i + p_u' q_i of planted biases and vectors of two numbers, for 60 % of all pairs. */
function planted() {
  const random = seededRandom(4);
  const side = (count: number) => Array.from({ length: count }, () => [0, 0, 0].map(() => 0.7 * random.normal()));
  const [users, items] = [side(userCount), side(itemCount)];
  const rating = (u: number, i: number) =>
    3 + users[u][0] + items[i][0] + users[u][1] * items[i][1] + users[u][2] * items[i][2];
  const known = users.map((_, u) =>
    items
      .map((_, i) => i)
      .filter(() => random.uniform() < 0.6)
      .map((i) => [i, rating(u, i)]),
  );
  return { rating, known };
}

describe("biased matrix factorisation", () => {
  it("finds a planted matrix of low rank, and predicts the ratings that it has not seen", async () => {
    const { rating, known } = planted();
    const histories = known.map((pairs) =>
      historyOf(
        pairs.map(([i]) => i),
        pairs.map(([, value]) => value),
      ),
    );
    const fitted = await fitOn(
      biasedMf,
      { itemCount, interactions: interactionTable(histories) },
      { factors: 2, regularisation: 1e-4, iterations: 60 },
    );
    let squares = 0;
    let count = 0;
    for (const [user, history] of histories.entries()) {
      const scores = fitted.score({ history, at: 0 });
      const seen = new Set(history.map(({ item }) => item));
      for (let item = 0; item < itemCount; item++) {
        if (seen.has(item)) continue;
        squares += (scores[item] - rating(user, item)) ** 2;
        count += 1;
      }
    }
    expect(Math.sqrt(squares / count)).toBeLessThan(0.05);
  });

  it("predicts an item's mean, drawn to everybody's, where no taste shows", async () => {
    // Item 0 has five stars four times, item 1 one star four times: the mean is 3, their biases 2 and -2, shrunk.
    const histories = Array.from({ length: 4 }, () => historyOf([0, 1], [5, 1]));
    const data = { itemCount: 3, interactions: interactionTable(histories) };
    const fitted = await fitOn(biasedMf, data, { factors: 1, regularisation: 10 });
    const scores = scoresFor(fitted, []);
    expect(scores[0]).toBeCloseTo(3 + 2 / 11, 2);
    expect(scores[1]).toBeCloseTo(3 - 2 / 11, 2);
    expect(scores[2]).toBeCloseTo(3, 5);
  });

  it("takes the last rating where somebody rated again", async () => {
    const data = (histories: ReturnType<typeof historyOf>[]) => ({
      itemCount: 3,
      interactions: interactionTable(histories),
    });
    const once = await fitOn(biasedMf, data([historyOf([0, 1], [2, 4]), historyOf([1, 2], [5, 1])]));
    const again = await fitOn(biasedMf, data([historyOf([0, 1, 0], [5, 4, 2]), historyOf([1, 2], [5, 1])]));
    expect(again.save()).toEqual(once.save());
  });

  it("refuses interactions without ratings", async () => {
    const refused = { code: "PENCHANT_E_MODEL_DATA", message: expect.stringContaining("ratings") };
    await expect(fitOn(biasedMf, dataOf([[0, 1]], 2))).rejects.toMatchObject(refused);
  });
});
