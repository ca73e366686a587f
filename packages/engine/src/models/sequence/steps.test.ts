import { describe, expect, it, test } from "vitest";
import { interactionTable } from "../../core/interaction-table.ts";
import {
  askedTimes,
  columnsOf,
  kindOf,
  kindWeightsOf,
  queriedSteps,
  slicedSteps,
  stepSequences,
  timeBucket,
} from "./steps.ts";

const hourMs = 3_600_000;
const history = [
  { item: 3, time: 0, weight: 1 },
  { item: 4, time: hourMs, weight: 0 },
  { item: 99, time: hourMs, weight: 1 },
  { item: 5, time: 3 * hourMs, weight: -0.5 },
  { item: 3, time: 3 * hourMs, weight: 0.5 },
];
const steps = queriedSteps(history, 10);
const at = 5 * hourMs;

test("events without weight and items without a key are left out, of what is asked and of what is learned from", () => {
  expect([...steps.items]).toEqual([3, 5, 3]);
  expect([...stepSequences(interactionTable([history]))[0].items]).toEqual([3, 99, 5, 3]);
  expect([...slicedSteps(steps, -2).times]).toEqual([3 * hourMs, 3 * hourMs]);
});

test("time comes in half octaves of seconds, the last one open", () => {
  expect([0, 1, 3, 7, 1_023, 2 ** 31 - 1].map(timeBucket)).toEqual([0, 2, 4, 6, 20, 62]);
  expect([-5, 0.3, 0.5, 1e12].map(timeBucket)).toEqual([0, 0, 1, 63]);
});

describe("kinds are the distinct weights of the training", () => {
  const table = (weights: number[]) => interactionTable([weights.map((weight) => ({ item: 0, time: 0, weight }))]);
  test("in order, the nearest for one that was not there", () => {
    expect(kindWeightsOf(table([1, 0, -0.5, 1]))).toEqual([-0.5, 1]);
    expect([-3, 0.2, 0.3, 5].map((weight) => kindOf([-0.5, 1], weight))).toEqual([0, 0, 1, 1]);
  });
  test("at most 16, spread over all", () => {
    const many = kindWeightsOf(table(Array.from({ length: 64 }, (_, index) => index + 1)));
    expect(many).toEqual(Array.from({ length: 16 }, (_, index) => 4 * index + 1));
  });
});

describe("what a step reads", () => {
  it("is its item alone, or its kind too", () => {
    expect(columnsOf({ kindWeights: [], time: "none", knowsAsked: false }, steps, at)).toEqual({ items: steps.items });
    const { kinds } = columnsOf({ kindWeights: [-0.5, 0.5, 1], time: "none", knowsAsked: false }, steps, at);
    expect([...kinds!]).toEqual([2, 0, 1]);
  });

  it("is the time since the event before, or until the question", () => {
    const gaps = (knowsAsked: boolean) => [
      ...columnsOf({ kindWeights: [], time: "gaps", knowsAsked }, steps, at).gaps!,
    ];
    expect(gaps(false)).toEqual([0, timeBucket(3 * 3_600), 0]);
    expect(gaps(true)).toEqual([timeBucket(3 * 3_600), 0, timeBucket(2 * 3_600)]);
  });

  it("is the times themselves, before the last question, whose own time stands beside where it is known", () => {
    expect([...askedTimes(steps, at)]).toEqual([3 * hourMs, 3 * hourMs, at]);
    const { times, asked } = columnsOf({ kindWeights: [], time: "pairs", knowsAsked: true }, steps, at);
    expect([...times!].map((seconds) => seconds / 3_600)).toEqual([-5, -2, -2]);
    expect([...asked!].map((seconds) => seconds / 3_600)).toEqual([-2, -2, 0]);
    expect(columnsOf({ kindWeights: [], time: "pairs", knowsAsked: false }, steps, at).asked).toBeUndefined();
  });
});
