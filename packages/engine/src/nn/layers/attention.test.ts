import { describe, expect, it, test } from "vitest";
import { seededRandom } from "../../base/random.ts";
import { gradients } from "../gradients.ts";
import { sum } from "../operations/broadcasting.ts";
import { add, mul } from "../operations/elementwise.ts";
import { concat, split } from "../operations/shape.ts";
import { initialise, parameterName, parametersOf } from "../parameters.ts";
import { compile } from "../session.ts";
import { constant, input, type Tensor } from "../tensor.ts";
import { numbers as listOf } from "../test-gradients.ts";
import { hstuBlock, scaledDotProductAttention, selfAttention, siluAttention } from "./attention.ts";

/** Enough for two chunks, and long enough for two pieces; both odd. */
const [batch, time, width] = [71, 73, 4];
const shape = [batch, time, width];
const random = seededRandom(1);
const numbers = (length: number) => Float32Array.from({ length }, () => random.normal());

describe.each([
  ["softmax", scaledDotProductAttention],
  ["SiLU", siluAttention],
])("causal %s attention over long sequences", (_, attention) => {
  it.each([
    ["alone", false, 0],
    ["with padding", true, 0],
    ["with a bias", false, 1],
    ["with a bias of each sequence's own", false, batch],
  ])("is what hiding later steps one by one gives, values and gradients, %s", async (_, padded, biases) => {
    const operands = ["query", "key", "value"].map((name) => input(name, shape));
    const weights = constant(numbers(batch * time * width), shape);
    // Some steps in the middle of all rows, so that no query is left without a key.
    const real = Float32Array.from({ length: batch * time }, (_, step) =>
      step % time > 20 && step % time < 40 ? 0 : 1,
    );
    const keyMask = padded ? constant(real, [batch, time]) : undefined;
    const bias = biases === 0 ? undefined : input("bias", [biases, 2, time, time]);
    const later = constant(
      Float32Array.from({ length: time * time }, (_, cell) =>
        cell % time > Math.floor(cell / time) % time ? -1e9 : 0,
      ),
      [1, 1, time, time],
    );
    const asked = bias === undefined ? operands : [...operands, bias];
    const feeds = Object.fromEntries([
      ...operands.map((_, index) => [["query", "key", "value"][index], numbers(batch * time * width)]),
      ...(biases > 0 ? [["bias", numbers(biases * 2 * time * time)]] : []),
    ]);
    const results = async (causal: boolean): Promise<number[][]> => {
      const [query, key, value] = operands;
      const hidden = bias === undefined ? later : add(bias, later);
      const mixed = attention(query, key, value, { heads: 2, causal, keyMask, bias: causal ? bias : hidden });
      const derived = gradients(sum(mul(mixed, weights)), asked);
      const session = await compile({ mixed, ...Object.fromEntries(derived.map((of, index) => [`d${index}`, of])) });
      const outputs: Readonly<Record<string, ArrayLike<unknown>>> = await session.run(feeds);
      await session.close();
      return ["mixed", ...derived.map((_, index) => `d${index}`)].map((name) => listOf(outputs[name] as Float32Array));
    };
    const [inPieces, whole] = [await results(true), await results(false)];
    for (const [index, part] of whole.entries()) {
      let furthest = 0;
      for (const [at, value] of part.entries()) furthest = Math.max(furthest, Math.abs(value - inPieces[index][at]));
      expect(furthest).toBeLessThan(1e-4);
      expect(part.some((value) => Math.abs(value) > 0.1)).toBe(true);
    }
  });
});

describe.each([
  ["self-attention", selfAttention("layer", { width, heads: 2, causal: true })],
  ["an HSTU block", hstuBlock("layer", { width, heads: 2, causal: true })],
])("%s over many sequences", (_, layer: (x: Tensor) => Tensor) => {
  it("is what it is over a few at a time, values and gradients", async () => {
    const x = input("x", shape);
    const weights = constant(numbers(batch * time * width), shape);
    const few = split(x, 0, [30, 41]).map((part) => layer(part));
    const ways = [layer(x), concat(few, 0)];
    const parameters = parametersOf(ways[0]);
    const outputs = Object.fromEntries(
      ways.flatMap((result, way) => {
        const derived = gradients(sum(mul(result, weights)), [x, ...parameters]);
        return [result, ...derived].map((tensor, index) => [`${index} ${way}`, tensor]);
      }),
    );
    const session = await compile(outputs);
    const results = await session.run({ ...initialise(parameters, 1), x: numbers(batch * time * width) });
    await session.close();
    expect(parameters.map(parameterName)).toContain("layer.output.weight");
    for (let index = 0; index < parameters.length + 2; index++) {
      const [whole, pieces] = [0, 1].map((way) => listOf(results[`${index} ${way}`]));
      const size = Math.max(...whole.map(Math.abs));
      let furthest = 0;
      for (const [at, value] of whole.entries()) furthest = Math.max(furthest, Math.abs(value - pieces[at]));
      expect(furthest).toBeLessThan(1e-4 * (1 + size));
    }
  });
});

test("what is dropped inside of an HSTU block is drawn for each chunk", () => {
  const lengths: number[] = [];
  const onGated = (gated: Tensor) => {
    lengths.push(gated.shape[0]);
    return gated;
  };
  hstuBlock("layer", { width, heads: 2, causal: true })(input("x", shape), { onGated });
  expect(lengths.length).toBe(2);
  expect(lengths[0] + lengths[1]).toBe(batch);
});
