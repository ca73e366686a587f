import { Matrix, solve } from "ml-matrix";
import { describe, expect, it } from "vitest";
import { seededRandom } from "../../base/random.ts";
import { dataOf, fitOn, scoresFor } from "../test-data.ts";
import { ials } from "./ials.ts";

const itemCount = 30;
const settings = { factors: 5, regularisation: 0.05, alpha: 3 };

function someUsers(): number[][] {
  const random = seededRandom(9);
  return Array.from({ length: 50 }, (_, user) =>
    Array.from({ length: 6 }, () => (10 * (user % 3) + random.integer(12)) % itemCount),
  );
}

/** (Y'CY + regularisation (1 + sum(C - 1)) I)^-1 Y'C p, with the dense matrices of the paper. */
function closedForm(factors: Matrix, counts: ReadonlyMap<number, number>): Matrix {
  const { alpha, regularisation } = settings;
  const confidence = Array.from({ length: factors.rows }, (_, row) => 1 + alpha * (counts.get(row) ?? 0));
  const weighted = factors.clone();
  for (const [row, c] of confidence.entries()) weighted.mulRow(row, c);
  const strength = regularisation * (1 + confidence.reduce((sum, c) => sum + c - 1, 0));
  const left = factors.transpose().mmul(weighted).add(Matrix.eye(factors.columns).mul(strength));
  const preference = Matrix.columnVector(confidence.map((_, row) => (counts.has(row) ? 1 : 0)));
  return solve(left, weighted.transpose().mmul(preference));
}

const countsOf = (items: readonly number[]) => {
  const counts = new Map<number, number>();
  for (const item of items) counts.set(item, (counts.get(item) ?? 0) + 1);
  return counts;
};

function itemFactors(fitted: Awaited<ReturnType<typeof fitOn>>): Matrix {
  return Matrix.from1DArray(itemCount, settings.factors, [...fitted.save().tensors.itemFactors.values]);
}

describe("implicit ALS", () => {
  it("solves a person's vector as the closed form does, repeats included", async () => {
    const fitted = await fitOn(ials, dataOf(someUsers(), itemCount), settings);
    const items = itemFactors(fitted);
    for (const taken of [[0], [3, 3, 3, 8], [1, 5, 9, 14, 22, 29]]) {
      const expected = items.mmul(closedForm(items, countsOf(taken))).to1DArray();
      for (const [item, score] of scoresFor(fitted, taken).entries()) expect(score).toBeCloseTo(expected[item], 4);
    }
  });

  it("reaches items that are in turn the closed form of the users, where neither side can improve", async () => {
    const users = someUsers();
    const fitted = await fitOn(ials, dataOf(users, itemCount), { ...settings, iterations: 200, steps: 10 });
    const items = itemFactors(fitted);
    const people = new Matrix(users.map((taken) => closedForm(items, countsOf(taken)).to1DArray()));
    for (let item = 0; item < itemCount; item++) {
      const takers = new Map<number, number>();
      for (const [user, taken] of users.entries()) {
        const count = taken.filter((one) => one === item).length;
        if (count > 0) takers.set(user, count);
      }
      const expected = closedForm(people, takers).to1DArray();
      for (const [d, value] of expected.entries()) expect(items.get(item, d)).toBeCloseTo(value, 3);
    }
  });

  it("depends on the seed where it has not converged, and not on how wide rows are stored", async () => {
    const data = dataOf(someUsers(), itemCount);
    const [first, other] = await Promise.all(
      [1, 2].map((seed) => ials.fit(data, { ...ials.defaults, factors: 17, iterations: 1 }, { seed })),
    );
    expect(first.save().tensors.itemFactors.shape).toEqual([itemCount, 17]);
    expect(other.save()).not.toEqual(first.save());
  });
});
