import { expect, it } from "vitest";
import { countPopularity, popularityRecommender } from "./popularity.ts";

const counts = countPopularity([Int32Array.of(0, 2), Int32Array.of(2), Int32Array.of()], 4);

it("popularity is the number of users", () => {
  expect([...counts]).toEqual([1, 0, 2, 0]);
});

it("popularity says the same to everybody, whatever they do with the answer", () => {
  const recommender = popularityRecommender(counts);
  recommender.score({ history: [], at: 0 }).fill(9);
  expect([...recommender.score({ history: [{ item: 2, time: 0, weight: 1 }], at: 5 })]).toEqual([1, 0, 2, 0]);
});
