import { describe, expect, test } from "vitest";
import { gradients } from "../gradients.ts";
import { sum } from "../operations/broadcasting.ts";
import { compile } from "../session.ts";
import { fill, input } from "../tensor.ts";
import { numbers, valuesOf } from "../test-gradients.ts";
import { dropout, dropoutInput, dropoutKey } from "./dropout.ts";

const [rows, columns] = [64, 50];
const ones = fill(1, [rows, columns]);
const draw = (options: { layer?: number; seed?: number; step?: number; rate?: number } = {}) => {
  const { layer = 0, seed = 1, step = 1, rate = 0.3 } = options;
  return valuesOf(dropout(ones, { rate, layer, key: dropoutInput() }), { dropoutKey: dropoutKey(seed, step) });
};
/** The share of elements that two masks agree on. */
const agreement = (a: readonly number[], b: readonly number[]) =>
  a.filter((value, at) => (value === 0) === (b[at] === 0)).length / a.length;

describe("dropout", () => {
  test("drops its share and divides the others, so that the mean stays", async () => {
    for (const rate of [0.1, 0.5, 0.8]) {
      const values = await draw({ rate });
      const dropped = values.filter((value) => value === 0).length / values.length;
      expect(Math.abs(dropped - rate)).toBeLessThan(0.03);
      expect(Math.max(...values)).toBeCloseTo(1 / (1 - rate), 5);
    }
  });

  test("drops the same for the same seed, step and layer", async () => expect(await draw()).toEqual(await draw()));

  test("drops independently for another seed, step or layer", async () => {
    const first = await draw({ rate: 0.5 });
    for (const other of [{ seed: 2 }, { step: 2 }, { layer: 1 }]) {
      expect(Math.abs(agreement(first, await draw({ rate: 0.5, ...other })) - 0.5)).toBeLessThan(0.05);
    }
  });

  test("drops rows and columns independently of each other", async () => {
    const values = await draw({ rate: 0.5 });
    const row = (at: number) => values.slice(at * columns, (at + 1) * columns);
    const column = (at: number) => Array.from({ length: rows }, (_, of) => values[of * columns + at]);
    const mean = (lines: number, line: (at: number) => number[]) => {
      let total = 0;
      for (let at = 1; at < lines; at++) total += agreement(line(at - 1), line(at)) / (lines - 1);
      return total;
    };
    expect(Math.abs(mean(rows, row) - 0.5)).toBeLessThan(0.05);
    expect(Math.abs(mean(columns, column) - 0.5)).toBeLessThan(0.05);
  });

  test("passes gradients where it passed values", async () => {
    const x = input("x", [4, 5]);
    const y = dropout(x, { rate: 0.5, layer: 3, key: dropoutInput() });
    const session = await compile({ y, slope: gradients(sum(y), [x])[0] });
    const results = await session.run({ x: new Float32Array(20).fill(1), dropoutKey: dropoutKey(1, 1) });
    expect(numbers(results.slope)).toEqual(numbers(results.y));
    await session.close();
  });

  test("does nothing at inference or at rate 0, and refuses a rate of 1", () => {
    expect(dropout(ones, { rate: 0.5, layer: 0 })).toBe(ones);
    expect(dropout(ones, { rate: 0, layer: 0, key: dropoutInput() })).toBe(ones);
    expect(() => dropout(ones, { rate: 1, layer: 0 })).toThrow(
      "Dropout takes a rate from 0 up to, not including, 1; came 1.",
    );
  });
});
