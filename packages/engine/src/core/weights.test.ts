import { expect, it } from "vitest";
import { defaultEventWeights, eventWeight, isEngaging } from "./weights.ts";

it.each([
  [5, 1],
  [4, 1],
  [3.5, 0.5],
  [3, 0.5],
  [2.5, 0],
  [2, -0.5],
  [0.5, -0.5],
  [0, -0.5],
])("a rating of %d stars weighs %d", (value, weight) => {
  expect(eventWeight(defaultEventWeights, { type: "rating", value })).toBe(weight);
});

it("a rating without stars says neither", () => {
  expect(eventWeight(defaultEventWeights, { type: "rating" })).toBe(0);
});

it.each([
  [0.9, 0.8],
  [0.25, 0.8],
  [0.1, 0.4],
  [undefined, 0.4],
  [Number.NaN, 0.4],
  [-0.24, 0.4],
  [-0.3, -0.8],
])("words of sentiment %d weigh %d", (value, weight) => {
  expect(eventWeight({ comment: "sentiment" }, { type: "comment", value })).toBe(weight);
  expect(isEngaging({ comment: "sentiment" }, "comment")).toBe(true);
});

it("a type weighs what the table says, whatever its value", () => {
  expect(eventWeight({ buy: 2 }, { type: "buy", value: -4 })).toBe(2);
});

it("a type that the table does not have weighs nothing, not even one that every object has", () => {
  for (const type of ["stare", "constructor", "__proto__", "toString"]) {
    expect(eventWeight(defaultEventWeights, { type, value: 5 })).toBe(0);
  }
});

it("only what a person did counts as having had to do with the item, a so-so rating included", () => {
  expect(["impression", "stare", "constructor"].filter((type) => isEngaging(defaultEventWeights, type))).toEqual([]);
  expect(["view", "rating", "dismiss"].filter((type) => !isEngaging(defaultEventWeights, type))).toEqual([]);
});
