import { describe, expect, it } from "vitest";
import { seededRandom } from "../../base/random.ts";
import { gradients } from "../gradients.ts";
import { sum } from "../operations/broadcasting.ts";
import { mul } from "../operations/elementwise.ts";
import { compile } from "../session.ts";
import { constant, input } from "../tensor.ts";
import { scaledDotProductAttention, siluAttention } from "./attention.ts";

/** Long enough to be cut into pieces, and odd. */
const time = 71;
const shape = [2, time, 4];

describe.each([
  ["softmax", scaledDotProductAttention],
  ["SiLU", siluAttention],
])("causal %s attention over a long sequence", (_, attention) => {
  it.each([
    ["alone", false, false],
    ["with padding", true, false],
    ["with a bias", false, true],
  ])("is what hiding later steps one by one gives, values and gradients, %s", async (_, padded, biased) => {
    const random = seededRandom(1);
    const numbers = (length: number) => Float32Array.from({ length }, () => random.normal());
    const operands = ["query", "key", "value"].map((name) => input(name, shape));
    const weights = constant(numbers(2 * time * 4), shape);
    // Some steps in the middle of both rows, so that no query is left without a key.
    const real = Float32Array.from({ length: 2 * time }, (_, step) => (step % time > 20 && step % time < 40 ? 0 : 1));
    const keyMask = padded ? constant(real, [2, time]) : undefined;
    const bias = numbers(2 * time * time);
    const later = bias.map((value, cell) => {
      const hides = cell % time > Math.floor(cell / time) % time;
      return (biased ? value : 0) + (hides ? -1e9 : 0);
    });
    const results = async (causal: boolean): Promise<number[]> => {
      const added = causal ? (biased ? bias : undefined) : later;
      const [query, key, value] = operands;
      const mixed = attention(query, key, value, {
        heads: 2,
        causal,
        keyMask,
        bias: added && constant(added, [1, 2, time, time]),
      });
      const derived = gradients(sum(mul(mixed, weights)), operands);
      const session = await compile({ mixed, dQuery: derived[0], dKey: derived[1], dValue: derived[2] });
      const outputs = await session.run({ query: values[0], key: values[1], value: values[2] });
      await session.close();
      return [outputs.mixed, outputs.dQuery, outputs.dKey, outputs.dValue].flatMap((part) => [
        ...(part as Float32Array),
      ]);
    };
    const values = operands.map(() => numbers(2 * time * 4));
    const [inPieces, whole] = [await results(true), await results(false)];
    let furthest = 0;
    for (const [index, value] of whole.entries()) furthest = Math.max(furthest, Math.abs(value - inPieces[index]));
    expect(furthest).toBeLessThan(1e-4);
    expect(whole.some((value) => Math.abs(value) > 0.1)).toBe(true);
  });
});
