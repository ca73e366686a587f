import { expect, it } from "vitest";
import { dataOf, fitOn, scoresFor } from "./test-data.ts";
import { userKnn } from "./user-knn.ts";

const users = [
  [0, 1, 2],
  [0, 1, 3],
  [2, 4],
  [3, 4, 5],
];
const weight = (item: number) => Math.log(1 + 4 / users.filter((items) => items.includes(item)).length) ** 2;
const sum = (items: readonly number[]) => items.reduce((total, item) => total + weight(item), 0);

function similarity(taken: number[], user: number, shrinkage: number): number {
  const common = taken.filter((item) => users[user].includes(item));
  return sum(common) / (Math.sqrt(sum(taken) * sum(users[user])) + shrinkage);
}

it("user neighbours add up the shrunk cosines of the people who took an item", async () => {
  const fitted = await fitOn(userKnn, dataOf(users, 6), { neighbours: 10, shrinkage: 2 });
  const scores = scoresFor(fitted, [0, 2]);
  for (let item = 0; item < 6; item++) {
    const expected = users.reduce(
      (total, items, user) => total + (items.includes(item) ? similarity([0, 2], user, 2) : 0),
      0,
    );
    expect(scores[item]).toBeCloseTo(expected, 6);
  }
});

it("user neighbours are the most similar only", async () => {
  const fitted = await fitOn(userKnn, dataOf(users, 6), { neighbours: 1, shrinkage: 0 });
  const scores = scoresFor(fitted, [0, 1, 2]);
  expect(scores.map((score) => score > 0)).toEqual([true, true, true, false, false, false]);
  expect(scores[0]).toBeCloseTo(1, 6);
});
