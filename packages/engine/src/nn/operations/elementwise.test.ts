import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { constant, type Shape, type Tensor } from "../tensor.ts";
import { expectGradients, valuesOf } from "../test-gradients.ts";
import {
  abs,
  add,
  div,
  erf,
  exp,
  log,
  maximum,
  minimum,
  mul,
  neg,
  relu,
  sigmoid,
  softplus,
  sqrt,
  sub,
  tanh,
} from "./elementwise.ts";

const shapes = fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 0, maxLength: 3 });
/** Two shapes that broadcast: some axes of each repeated, some of the first left out. */
const pairs = fc
  .record({
    shape: shapes,
    ones: fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 3, maxLength: 3 }),
    cut: fc.nat(2),
  })
  .map(({ shape, ones, cut }): readonly [Shape, Shape] => [
    shape.map((length, axis) => (ones[axis] === 1 ? 1 : length)).slice(cut),
    shape.map((length, axis) => (ones[axis] === 2 ? 1 : length)),
  ]);
const runs = { numRuns: 6, seed: 11 };
/** Away from where the operation has a corner or a pole. */
const awayFromZero = (value: number) => value + Math.sign(value) * 0.1;
const positive = (value: number) => Math.abs(value) + 0.3;

const unary: [string, (x: Tensor) => Tensor, ((value: number) => number)?][] = [
  ["neg", neg],
  ["exp", exp],
  ["log", log, positive],
  ["sqrt", sqrt, positive],
  ["tanh", tanh],
  ["sigmoid", sigmoid],
  ["relu", relu, awayFromZero],
  ["abs", abs, awayFromZero],
];
const binary: [string, (a: Tensor, b: Tensor) => Tensor, ((value: number) => number)?][] = [
  ["add", add],
  ["sub", sub],
  ["mul", mul],
  ["div", div, awayFromZero],
  ["maximum", maximum],
  ["minimum", minimum],
];

describe("gradients agree with finite differences:", () => {
  test.each(unary)("%s", async (_, build, domain) => {
    await fc.assert(
      fc.asyncProperty(shapes, fc.nat(), async (shape, seed) => {
        await expectGradients({ shapes: [shape], build, seed, ...(domain && { domain }) });
      }),
      runs,
    );
  });
  test.each(binary)("%s, whatever is broadcast", async (_, build, domain) => {
    await fc.assert(
      fc.asyncProperty(pairs, fc.nat(), async (shapes, seed) => {
        await expectGradients({ shapes, build, seed, ...(domain && { domain }) });
      }),
      runs,
    );
  });
  // The runtime has these in single precision only.
  test.each([
    ["softplus", softplus],
    ["erf", erf],
  ])("%s", async (_, build) => {
    await expectGradients({ shapes: [[2, 3]], build, seed: 5, type: "float32" });
  });
});

describe("broadcasting", () => {
  const column = constant(Float32Array.of(1, 2), [2, 1]);
  const row = constant(Float32Array.of(10, 20, 30), [3]);

  test("repeats axes of length 1 and missing ones", async () => {
    expect(add(column, row).shape).toEqual([2, 3]);
    expect(await valuesOf(add(column, row))).toEqual([11, 21, 31, 12, 22, 32]);
  });
  test("refuses axes of different lengths, by name and shape", () => {
    expect(() => add(row, constant(new Float32Array(4), [4]))).toThrow(
      "add(float32 [3], float32 [4]): the shapes do not broadcast.",
    );
  });
  test("refuses different types", () => {
    expect(() => mul(row, constant(new Int32Array(3), [3]))).toThrow("the types float32 and int32 differ");
  });
});

describe("arithmetic with numbers", () => {
  const x = constant(Float32Array.of(1, 2), [2]);
  test("leaves a tensor alone that it would not change", () => {
    expect(mul(x, 1)).toBe(x);
    expect(add(0, x)).toBe(x);
  });
  test("is done while the graph is built", () => {
    expect(mul(2, add(3, 4)).source).toEqual({ kind: "constant", values: 14 });
  });
});
