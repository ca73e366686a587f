import { expect, it } from "vitest";
import { reshape } from "../../nn/operations/broadcasting.ts";
import { add, mul } from "../../nn/operations/elementwise.ts";
import { cast } from "../../nn/operations/logic.ts";
import { parameter } from "../../nn/tensor.ts";
import { testStart } from "../../testing/builders.ts";
import { historyOf } from "../test-data.ts";
import type { SequenceNetwork } from "./network.ts";
import { openValidator, questionsOf } from "./validation.ts";

const itemCount = 15;

/** Scores every item with its own weight, whatever was read. */
const opinionated: SequenceNetwork = {
  table: parameter("items", [itemCount, 1], { kind: "constant", value: 0 }),
  encode: ({ items }) => reshape(add(mul(cast(items, "float32"), 0), 1), [...items.shape, 1]),
};

async function measured(
  histories: number[][],
  targets: number[][],
  scores: (item: number) => number,
  unknown: number[] = [],
) {
  const cases = histories.map((history, index) => ({
    query: { history: historyOf(history), at: testStart },
    targets: targets[index],
  }));
  const validator = await openValidator(opinionated, questionsOf(cases, itemCount), {
    reading: { kindWeights: [], time: "none", knowsAsked: false },
    unknown: Int32Array.from(unknown),
    length: 8,
    threads: 1,
  });
  const ndcg = await validator.measure({ items: Float32Array.from({ length: itemCount }, (_, item) => scores(item)) });
  await validator.close();
  return ndcg;
}
const laterIsBetter = (item: number) => item;

it("NDCG@10 is 1 / log2(rank + 1) of a target among the items that are not in the history, worked by hand", async () => {
  expect(await measured([[0]], [[14]], laterIsBetter)).toBe(1);
  // Third, but first once 14 and 13 are known.
  expect(await measured([[0]], [[12]], laterIsBetter)).toBeCloseTo(1 / 2, 12);
  expect(await measured([[14, 13]], [[12]], laterIsBetter)).toBe(1);
  // Tenth, and eleventh.
  expect(await measured([[0]], [[5]], laterIsBetter)).toBeCloseTo(1 / Math.log2(11), 12);
  expect(await measured([[0]], [[4]], laterIsBetter)).toBe(0);
  // Two targets, first and third of the best possible first and second.
  expect(await measured([[0]], [[14, 12]], laterIsBetter)).toBeCloseTo(1.5 / (1 + 1 / Math.log2(3)), 12);
});

it("is the mean over questions, however long their histories are", async () => {
  const histories = [[1], Array.from({ length: 30 }, (_, step) => step % 4), [0, 1, 2]];
  expect(await measured(histories, [[14], [12], [4]], laterIsBetter)).toBeCloseTo((1 + 1 / 2 + 0) / 3, 12);
});

it("a network that scores all alike, or a target that is known already, reaches nothing", async () => {
  expect(await measured([[0]], [[1]], () => 0)).toBe(0);
  expect(await measured([[1]], [[1]], laterIsBetter)).toBe(0);
});

it("an item of which nothing is known is ranked last", async () => {
  expect(await measured([[0]], [[13]], laterIsBetter, [14])).toBe(1);
  expect(await measured([[0]], [[14]], laterIsBetter, [14])).toBe(0);
});

it("asks at most 10,000 questions, spread over all", () => {
  const cases = Array.from({ length: 25_000 }, (_, index) => ({
    query: { history: historyOf([index % itemCount]), at: testStart },
    targets: [index % itemCount],
  }));
  const questions = questionsOf(cases, itemCount);
  expect(questions).toHaveLength(10_000);
  const item = Math.floor(9_999 * 2.5) % itemCount;
  expect(questions[9_999]).toMatchObject({ steps: { items: Int32Array.of(item) }, targets: Int32Array.of(item) });
});
