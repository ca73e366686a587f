import { describe, expect, test } from "vitest";
import { gradients } from "../gradients.ts";
import { inOrder, operandsOf } from "../graph.ts";
import { compile } from "../session.ts";
import { constant, input } from "../tensor.ts";
import { expectFixture } from "../test-fixtures.ts";
import { numbers, valuesOf } from "../test-gradients.ts";
import { bceWithLogits, bpr, gbce, meanSquaredError } from "./pointwise.ts";
import { sampledSoftmax, softmaxCrossEntropy } from "./softmax.ts";

describe("losses and gradients agree with PyTorch:", () => {
  test("binary cross-entropy", async () => {
    const build = ({ logits, targets, weights }: Inputs) => bceWithLogits(logits, targets, weights);
    await expectFixture({ topic: "losses", name: "bceWithLogits", build });
  });
  test("mean squared error", async () => {
    const build = ({ predictions, targets, weights }: Inputs) => meanSquaredError(predictions, targets, weights);
    await expectFixture({ topic: "losses", name: "meanSquaredError", build });
  });
  test("Bayesian personalised ranking", async () => {
    const build = ({ positiveLogits, negativeLogits, weights }: Inputs) => bpr(positiveLogits, negativeLogits, weights);
    await expectFixture({ topic: "losses", name: "bpr", build });
  });
  test("generalised binary cross-entropy", async () => {
    const build = ({ positiveLogits, negativeLogits, weights }: Inputs) =>
      gbce({ positiveLogits, negativeLogits, weights, items: 11, calibration: 0.75 });
    await expectFixture({ topic: "losses", name: "gbce", build });
  });
  test.each([1, 2, 4])("cross-entropy over all items, in %i chunks", async (chunks) => {
    const build = ({ hidden, table, targets, weights }: Inputs) =>
      softmaxCrossEntropy({ hidden, table, targets, weights, chunks });
    await expectFixture({ topic: "losses", name: "softmaxCrossEntropy", build });
  });
  test("sampled softmax, a negative that is a row's target among them", async () => {
    const build = ({ hidden, table, targets, negatives, logQ, weights }: Inputs) =>
      sampledSoftmax({ hidden, table, targets, negatives, logQ, weights });
    await expectFixture({ topic: "losses", name: "sampledSoftmax", build });
  });
});

type Inputs = Readonly<Record<string, ReturnType<typeof input>>>;

describe("far out", () => {
  test("binary cross-entropy does not overflow", async () => {
    const logits = constant(Float32Array.of(200, -200), [2]);
    const targets = constant(Float32Array.of(0, 0), [2]);
    expect(await valuesOf(bceWithLogits(logits, targets))).toEqual([100]);
  });

  test("cross-entropy stays finite and its gradient exact where a row's probability vanishes", async () => {
    const hidden = input("hidden", [1, 1]);
    const table = constant(Float32Array.of(0, 300), [2, 1]);
    const loss = softmaxCrossEntropy({ hidden, table, targets: constant(Int32Array.of(0), [1]) });
    const session = await compile({ loss, slope: gradients(loss, [hidden])[0] });
    const results = await session.run({ hidden: Float32Array.of(1) });
    expect(numbers(results.loss)[0]).toBeCloseTo(85.19, 1);
    expect(numbers(results.slope)).toEqual([300]);
    await session.close();
  });

  test("the weighted mean of rows that all weigh nothing is 0", async () => {
    const rows = constant(Float32Array.of(3, 4), [2]);
    expect(await valuesOf(meanSquaredError(rows, rows, constant(new Float32Array(2), [2])))).toEqual([0]);
  });
});

test("cross-entropy in chunks is through with one chunk's logits before it computes the next one's", () => {
  const hidden = input("hidden", [6, 2]);
  const table = input("table", [5, 2]);
  const loss = softmaxCrossEntropy({ hidden, table, targets: input("targets", [6], "int32"), chunks: 3 });
  const all = inOrder([loss, ...gradients(loss, [hidden, table])]);
  const probabilities = all.filter(({ source }) => source.kind === "operation" && source.node.operation === "softmax");
  expect(probabilities.map(({ shape }) => shape)).toEqual([
    [2, 5],
    [2, 5],
    [2, 5],
  ]);
  for (const [chunk, next] of probabilities.slice(1).entries()) {
    const before = new Set(inOrder([next]));
    const readers = all.filter((tensor) => operandsOf(tensor).includes(probabilities[chunk]));
    expect(readers).toHaveLength(3);
    for (const reader of readers) expect(before).toContain(reader);
  }
});

test("chunks that the rows do not make up are refused", () => {
  const hidden = input("hidden", [6, 2]);
  const build = () =>
    softmaxCrossEntropy({ hidden, table: hidden, targets: input("targets", [6], "int32"), chunks: 4 });
  expect(build).toThrow("6 rows cannot be cut into 4 equal chunks.");
});
