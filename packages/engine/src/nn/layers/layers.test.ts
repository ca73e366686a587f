import { describe, expect, test } from "vitest";
import { gradients } from "../gradients.ts";
import { inOrder, operandsOf } from "../graph.ts";
import { sum } from "../operations/broadcasting.ts";
import { layerNorm, rmsNorm } from "../operations/fused.ts";
import { parameterName, parametersOf } from "../parameters.ts";
import { compile } from "../session.ts";
import { constant, input, type Tensor } from "../tensor.ts";
import { expectFixture } from "../test-fixtures.ts";
import { hstuBlock, relativeBias, selfAttention, siluAttention } from "./attention.ts";
import { convolution } from "./convolution.ts";
import { embedding } from "./embedding.ts";
import { feedForward, swiglu } from "./feed-forward.ts";
import { layerNormalization, linear, rmsNormalization } from "./linear.ts";
import { additiveAttention, maxPooling, meanPooling } from "./pooling.ts";
import { gru, lstm } from "./recurrent.ts";

/** The case's names of a layer's parameters: `weight` is `layer.weight`. */
const own = (...names: string[]) => Object.fromEntries(names.map((name) => [name, `layer.${name}`]));

describe("outputs and gradients agree with PyTorch:", () => {
  test("linear", async () => {
    const layer = linear("layer", { inputs: 4, outputs: 5 });
    await expectFixture({
      topic: "basics",
      name: "linear",
      build: ({ x }) => layer(x),
      parameters: own("weight", "bias"),
    });
  });

  test("embedding", async () => {
    const layer = embedding("layer", { rows: 6, width: 4 });
    const build = ({ indices }: Readonly<Record<string, Tensor>>) => layer(indices);
    await expectFixture({ topic: "basics", name: "embedding", build, parameters: own("table") });
  });

  test("layer norm, as operation and as layer", async () => {
    const shared = { topic: "basics", name: "layerNorm" };
    await expectFixture({ ...shared, build: ({ x, gain, bias }) => layerNorm(x, gain, bias) });
    const layer = layerNormalization("layer", { width: 6 });
    await expectFixture({ ...shared, build: ({ x }) => layer(x), parameters: own("gain", "bias") });
  });

  test("RMS norm, as operation and as layer", async () => {
    const shared = { topic: "basics", name: "rmsNorm" };
    await expectFixture({ ...shared, build: ({ x, gain }) => rmsNorm(x, gain) });
    const layer = rmsNormalization("layer", { width: 6 });
    await expectFixture({ ...shared, build: ({ x }) => layer(x), parameters: own("gain") });
  });

  test.each(["relu", "gelu"] as const)("feed-forward with %s", async (activation) => {
    const layer = feedForward("layer", { width: 4, hidden: 5, activation });
    await expectFixture({
      topic: "feed-forward",
      name: activation,
      build: ({ x }) => layer(x),
      parameters: {
        weight1: "layer.out.weight",
        bias1: "layer.out.bias",
        weight2: "layer.back.weight",
        bias2: "layer.back.bias",
      },
    });
  });

  test("feed-forward with SwiGLU", async () => {
    const layer = swiglu("layer", { width: 4, hidden: 5 });
    await expectFixture({
      topic: "feed-forward",
      name: "swiglu",
      build: ({ x }) => layer(x),
      parameters: { gateWeight: "layer.gate.weight", upWeight: "layer.up.weight", downWeight: "layer.down.weight" },
    });
  });

  test("two layers of LSTM", async () => {
    const first = lstm("layer0", { inputs: 3, units: 4 });
    const second = lstm("layer1", { inputs: 4, units: 3 });
    const names = ["inputWeight", "recurrentWeight", "bias"].flatMap((name) => [
      [`${name}0`, `layer0.${name}`],
      [`${name}1`, `layer1.${name}`],
    ]);
    await expectFixture({
      topic: "recurrent",
      name: "lstm",
      build: ({ x }) => ({ ...second(first(x).output) }),
      parameters: Object.fromEntries(names),
    });
  });

  test("GRU", async () => {
    const layer = gru("layer", { inputs: 3, units: 4 });
    const parameters = own("inputWeight", "recurrentWeight", "inputBias", "recurrentBias");
    await expectFixture({ topic: "recurrent", name: "gru", build: ({ x }) => layer(x), parameters });
  });

  test.each(["valid", "same", "causal"] as const)("convolution with padding %s", async (padding) => {
    const layer = convolution("layer", { inputs: 3, outputs: 4, kernel: 3, padding });
    const parameters = own("weight", "bias");
    await expectFixture({ topic: "convolution", name: padding, build: ({ x }) => layer(x), parameters });
  });

  test.each([
    ["max", maxPooling],
    ["mean", meanPooling],
  ])("%s pooling", async (name, pool) => {
    await expectFixture({ topic: "pooling", name, build: ({ x, keyMask }) => pool(x, keyMask) });
  });

  test("additive attention", async () => {
    const layer = additiveAttention("layer", { width: 3, hidden: 5 });
    await expectFixture({
      topic: "pooling",
      name: "additiveAttention",
      build: ({ x, keyMask }) => layer(x, { keyMask }).mean,
      parameters: own("weight", "bias", "query"),
    });
  });

  test.each([
    ["plain", false],
    ["causal", true],
    ["padding", false],
    ["causalLeftPadding", true],
    ["causalRelative", true],
  ])("self-attention, %s", async (name, causal) => {
    const layer = selfAttention("layer", { width: 4, heads: 2, causal });
    const bias = relativeBias("bias", { heads: 2, time: 4, timeBuckets: 3 });
    const projections = ["query", "key", "value", "output"].flatMap((part) => [
      [`${part}Weight`, `layer.${part}.weight`],
      [`${part}Bias`, `layer.${part}.bias`],
    ]);
    const tables = name === "causalRelative" ? { positionTable: "bias.position", timeTable: "bias.time" } : {};
    await expectFixture({
      topic: "attention",
      name,
      build: ({ x, keyMask, timeBucket }) =>
        layer(x, { keyMask, bias: timeBucket === undefined ? undefined : bias({ buckets: timeBucket }) }),
      parameters: { ...Object.fromEntries(projections), ...tables },
    });
  });

  test("SiLU attention", async () => {
    const bias = relativeBias("bias", { heads: 2, time: 4, timeBuckets: 3 });
    await expectFixture({
      topic: "silu-attention",
      name: "attention",
      build: ({ query, key, value, keyMask, timeBucket }) =>
        siluAttention(query, key, value, { heads: 2, causal: true, keyMask, bias: bias({ buckets: timeBucket }) }),
      parameters: { positionTable: "bias.position", timeTable: "bias.time" },
    });
  });

  test("an HSTU block", async () => {
    const bias = relativeBias("bias", { heads: 2, time: 4, timeBuckets: 3 });
    const layer = hstuBlock("layer", { width: 4, heads: 2, causal: true });
    await expectFixture({
      topic: "silu-attention",
      name: "block",
      build: ({ x, keyMask, timeBucket }) => layer(x, { keyMask, bias: bias({ buckets: timeBucket }) }),
      parameters: {
        weight: "layer.parts.weight",
        outputWeight: "layer.output.weight",
        outputBias: "layer.output.bias",
        positionTable: "bias.position",
        timeTable: "bias.time",
      },
    });
  });
});

test("what additive attention is asked moves its scores as its bias does, and its weights make up the mean", async () => {
  const width = 2;
  const x = constant(Float32Array.of(1, 2, -3, 4, 0.5, -1), [1, 3, width]);
  const parameters = {
    "layer.weight": Float32Array.of(0.3, -0.2, 0.7, 0.1),
    "layer.query": Float32Array.of(1, -2),
    "layer.askedWeight": Float32Array.of(2, 0.5),
  };
  const weighed = async (asked: number, bias: readonly [number, number]) => {
    const layer = additiveAttention("layer", { width, hidden: 2, asked: 1 });
    const { mean, weights } = layer(x, { asked: constant(Float32Array.of(asked), [1, 1]) });
    const session = await compile({ mean, weights }, { threads: 1 });
    const results = await session.run({ ...parameters, "layer.bias": Float32Array.from(bias) });
    await session.close();
    return { mean: [...(results.mean as Float32Array)], weights: [...(results.weights as Float32Array)] };
  };
  const { mean, weights } = await weighed(0.4, [0, 0]);
  const moved = await weighed(0, [0.8, 0.2]);
  for (const [step, weight] of weights.entries()) expect(moved.weights[step]).toBeCloseTo(weight, 6);
  expect(weights[0]).not.toBeCloseTo((await weighed(0, [0, 0])).weights[0], 3);
  expect(mean[0]).toBeCloseTo(weights[0] - 3 * weights[1] + 0.5 * weights[2], 5);
  expect(mean[1]).toBeCloseTo(2 * weights[0] + 4 * weights[1] - weights[2], 5);
});

test("a layer that is used twice has its parameters once", () => {
  const layer = linear("layer", { inputs: 2, outputs: 2 });
  const names = parametersOf(layer(layer(input("x", [1, 2])))).map(parameterName);
  expect(names.sort()).toEqual(["layer.bias", "layer.weight"]);
});

test("the gradient of attention multiplies no matrix of weights by itself", () => {
  const [time, width] = [5, 4];
  const x = input("x", [2, time, width]);
  const loss = sum(selfAttention("layer", { width, heads: 1, causal: true })(x));
  const summed = inOrder(gradients(loss, parametersOf(loss))).filter(
    ({ source }) => source.kind === "operation" && source.node.operation === "sum",
  );
  const large = summed.filter((tensor) => operandsOf(tensor)[0].shape.at(-1) === time);
  expect(large).toEqual([]);
});
