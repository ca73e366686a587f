import { describe, expect, test } from "vitest";
import { seededRandom } from "../../base/random.ts";
import { gradients } from "../gradients.ts";
import { inOrder, operandsOf } from "../graph.ts";
import { reshape } from "../operations/broadcasting.ts";
import { neg } from "../operations/elementwise.ts";
import { logSoftmax } from "../operations/fused.ts";
import { gatherAlong } from "../operations/indexing.ts";
import { matmul } from "../operations/linear-algebra.ts";
import { where } from "../operations/logic.ts";
import { compile } from "../session.ts";
import { constant, input, type Tensor } from "../tensor.ts";
import { expectFixture } from "../test-fixtures.ts";
import { numbers, valuesOf } from "../test-gradients.ts";
import { bceWithLogits, bpr, gbce, meanSquaredError, weightedMean } from "./pointwise.ts";
import { sampledSoftmax } from "./sampled-softmax.ts";
import { softmaxCrossEntropy } from "./softmax.ts";

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

describe("sampled softmax with negatives that are left out is softmax over the others,", () => {
  const [sequences, time, width, items] = [2, 3, 2, 7];
  const random = seededRandom(3);
  const uniform = (count: number) => Float32Array.from({ length: count }, () => 2 * random.uniform() - 1);
  const feeds = { hidden: uniform(sequences * time * width), table: uniform(items * width) };
  const targets = constant(Int32Array.of(0, 1, 2, 3, 4, 3), [sequences * time]);
  const weights = constant(Float32Array.of(1, 1, 0, 1, 2, 1), [sequences * time]);
  const everyItem = Int32Array.of(0, 1, 2, 3, 4, 5, 6);
  const own = (item: number, sequence: number) => (sequence === 0 ? item <= 2 : item === 3 || item === 4);
  const mask = Uint8Array.from({ length: sequences * items }, (_, cell) =>
    own(cell % items, Math.floor(cell / items)) ? 1 : 0,
  );
  const excluded = constant(mask, [sequences, items]);

  /** Loss and gradients by hidden and table. */
  async function slopes(build: (hidden: Tensor, table: Tensor) => Tensor): Promise<number[]> {
    const [hidden, table] = [input("hidden", [sequences * time, width]), input("table", [items, width])];
    const loss = build(hidden, table);
    const [byHidden, byTable] = gradients(loss, [hidden, table]);
    const session = await compile({ loss, byHidden, byTable });
    const results = await session.run(feeds);
    const all = [results.loss, results.byHidden, results.byTable].flatMap((values) => numbers(values));
    await session.close();
    return all;
  }

  const bySoftmax = slopes((hidden, table) => {
    const logits = reshape(matmul(hidden, table, { transposeB: true }), [sequences, time, items]);
    const places = constant(
      Uint8Array.from({ length: sequences * time * items }, (_, cell) => {
        const [sequence, item] = [Math.floor(cell / items / time), cell % items];
        return own(item, sequence) && item !== [0, 1, 2, 3, 4, 3][Math.floor(cell / items)] ? 1 : 0;
      }),
      [sequences, time, items],
    );
    const rows = reshape(logSoftmax(where(places, -1e9, logits)), [sequences * time, items]);
    return weightedMean(neg(reshape(gatherAlong(rows, reshape(targets, [-1, 1])), [-1])), weights);
  });

  const forAll = constant(everyItem, [items]);
  const forEach = constant(Int32Array.of(...everyItem, ...everyItem), [sequences, items]);
  test.each([
    ["drawn for all sequences", forAll, 1],
    ["drawn for each of them", forEach, 1],
    ["drawn for all sequences, one after the other", forAll, 2],
    ["drawn for each of them, one after the other", forEach, 2],
  ])("%s", async (_, negatives, chunks) => {
    const sampled = await slopes((hidden, table) =>
      sampledSoftmax({ hidden, table, targets, weights, negatives, excluded, chunks }),
    );
    for (const [index, value] of (await bySoftmax).entries()) expect(sampled[index]).toBeCloseTo(value, 5);
  });

  test("and with log-Q, softmax over logits less log-Q", async () => {
    const logQ = constant(
      Float32Array.from({ length: items }, (_, item) => Math.log((item + 1) / 28)),
      [items],
    );
    const [together, each] = await Promise.all(
      [forAll, forEach].map((drawn) =>
        slopes((hidden, table) =>
          sampledSoftmax({ hidden, table, targets, weights, negatives: drawn, excluded, logQ }),
        ),
      ),
    );
    for (const [index, value] of together.entries()) expect(each[index]).toBeCloseTo(value, 5);
    expect(together[0]).not.toBeCloseTo((await bySoftmax)[0], 2);
  });
});

test("chunks that the rows do not make up are refused", () => {
  const hidden = input("hidden", [6, 2]);
  const build = () =>
    softmaxCrossEntropy({ hidden, table: hidden, targets: input("targets", [6], "int32"), chunks: 4 });
  expect(build).toThrow("6 rows cannot be cut into 4 equal chunks.");
  const negatives = input("negatives", [4, 3], "int32");
  const targets = input("targets", [6], "int32");
  expect(() => sampledSoftmax({ hidden, table: hidden, targets, negatives })).toThrow("equal sequences");
});
