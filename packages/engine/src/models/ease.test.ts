import { inverse, Matrix } from "ml-matrix";
import { expect, it } from "vitest";
import { seededRandom } from "../base/random.ts";
import { ease } from "./ease.ts";
import { dataOf, fitOn, scoresFor } from "./test-data.ts";

/** More items than the inversion takes at once, so that several blocks meet. */
const itemCount = 150;
const regularisation = 20;

function someUsers(): number[][] {
  const random = seededRandom(3);
  return Array.from({ length: 200 }, () => [...new Set(Array.from({ length: 20 }, () => random.integer(itemCount)))]);
}

it("EASE has the weights of the paper's closed form, by a dense inverse", async () => {
  const users = someUsers();
  const table = Matrix.zeros(users.length, itemCount);
  for (const [user, items] of users.entries()) for (const item of items) table.set(user, item, 1);
  const precision = inverse(table.transpose().mmul(table).add(Matrix.eye(itemCount).mul(regularisation)));
  const fitted = await fitOn(ease, dataOf(users, itemCount), { regularisation });
  const { weights } = fitted.save().tensors;
  for (let i = 0; i < itemCount; i++) {
    for (let j = 0; j < itemCount; j++) {
      const expected = i === j ? 0 : -precision.get(i, j) / precision.get(j, j);
      expect(weights.values[i * itemCount + j]).toBeCloseTo(expected, 5);
    }
  }
});

it("EASE scores by the sum of the rows of what was taken, however long the history", async () => {
  const fitted = await fitOn(ease, dataOf(someUsers(), itemCount), { regularisation });
  const { values } = fitted.save().tensors.weights;
  for (const taken of [[7], [3, 9, 140], [...Array(itemCount).keys()]]) {
    const scores = scoresFor(fitted, [...taken, ...taken]);
    for (let j = 0; j < itemCount; j++) {
      const expected = taken.reduce((sum, i) => sum + values[i * itemCount + j], 0);
      expect(scores[j]).toBeCloseTo(expected, 4);
    }
  }
});

it("EASE refuses a catalogue that would not fit the memory", async () => {
  await expect(fitOn(ease, dataOf([[0, 1]], 20_000))).rejects.toMatchObject({ code: "PENCHANT_E_MODEL_DATA" });
});
