import { expect, it } from "vitest";
import { seededRandom } from "../base/random.ts";
import { slim } from "./slim.ts";
import { dataOf, fitOn, scoresFor } from "./test-data.ts";

const itemCount = 20;
const [l1, l2] = [2, 5];

it("SLIM stands where its objective is least: no weight can move and improve it", async () => {
  const random = seededRandom(5);
  const users = Array.from({ length: 80 }, () => [
    ...new Set(Array.from({ length: 6 }, () => Math.floor(random.uniform() ** 2 * itemCount))),
  ]);
  const fitted = await fitOn(slim, dataOf(users, itemCount), { l1, l2 });
  const column = (item: number) => users.map((items) => (items.includes(item) ? 1 : 0));
  const dot = (a: number[], b: number[]) => a.reduce((sum, value, user) => sum + value * b[user], 0);
  // What each item gives to every other, read off the scores of people who took that item alone.
  const given = Array.from({ length: itemCount }, (_, item) => scoresFor(fitted, [item]));
  let positive = 0;
  for (let target = 0; target < itemCount; target++) {
    expect(given[target][target]).toBe(0);
    const explained = users.map((items) => items.reduce((sum, item) => sum + given[item][target], 0));
    const rest = column(target).map((value, user) => value - explained[user]);
    for (let item = 0; item < itemCount; item++) {
      if (item === target) continue;
      const weight = given[item][target];
      const slope = dot(column(item), rest) - l1 - l2 * weight;
      if (weight > 0) expect(Math.abs(slope)).toBeLessThan(0.02);
      else expect(slope).toBeLessThan(0.02);
      positive += weight > 0 ? 1 : 0;
    }
  }
  expect(positive).toBeGreaterThan(20);
  expect(positive).toBeLessThan(200);
});
