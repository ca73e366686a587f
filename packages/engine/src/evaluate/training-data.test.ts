import { expect, it } from "vitest";
import { datasetOf, inOrder } from "./splits/test-datasets.ts";
import { wholeTrainingData } from "./training-data.ts";

it("a whole data set is learned from, but for the last event of one user in ten", () => {
  const users = Array.from({ length: 21 }, (_, user) => inOrder(user % 3, 3, 4));
  const { itemCount, interactions, validation } = wholeTrainingData(datasetOf(users));
  expect(itemCount).toBe(5);
  expect(interactions.items).toHaveLength(3 * 21 - 3);
  expect([...interactions.items.subarray(0, 5)]).toEqual([0, 3, 1, 3, 4]);
  expect(validation).toHaveLength(3);
  expect(validation![1].targets).toEqual([4]);
  expect(validation![1].query.history.map(({ item }) => item)).toEqual([1, 3]);
});
