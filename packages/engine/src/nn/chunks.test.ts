import { describe, expect, test } from "vitest";
import { chunksFor, inChunks } from "./chunks.ts";
import { gradients } from "./gradients.ts";
import { sum } from "./operations/broadcasting.ts";
import { add, mul, tanh } from "./operations/elementwise.ts";
import { matmul } from "./operations/linear-algebra.ts";
import { compile } from "./session.ts";
import { constant, input, type Tensor } from "./tensor.ts";
import { expectGradients, numbers } from "./test-gradients.ts";

const [rows, width] = [7, 3];
const weights = constant(
  Float64Array.from({ length: rows * width }, (_, at) => Math.cos(at)),
  [rows, width],
);

describe.each([1, 2, 3, 7])("rows in %i chunks", (chunks) => {
  /** Uses a matrix, and what was computed from the same matrix outside: what comes by the one must not be counted by the other. */
  const network = (x: Tensor, table: Tensor, mask?: Tensor) => {
    const captured = tanh(table);
    return inChunks(chunks, { x, mask }, (own) => {
      const mixed = add(matmul(tanh(matmul(own.x, table)), captured), matmul(own.x, captured));
      return own.mask === undefined ? mixed : mul(mixed, own.mask);
    });
  };
  const [x, table] = [input("x", [rows, width], "float64"), input("table", [width, width], "float64")];

  test("give what they give in one piece", async () => {
    const whole = add(matmul(tanh(matmul(x, table)), tanh(table)), matmul(x, tanh(table)));
    const session = await compile({ whole, cut: network(x, table) }, { threads: 1 });
    const values = (length: number) => Float64Array.from({ length }, (_, at) => Math.sin(3 * at));
    const results = await session.run({ x: values(rows * width), table: values(width * width) });
    for (const [at, value] of numbers(results.whole).entries()) expect(results.cut[at]).toBeCloseTo(value, 12);
    await session.close();
  });

  test("have the gradients that finite differences give", async () => {
    const shapes = [
      [rows, width],
      [width, width],
    ];
    await expectGradients({ seed: chunks, shapes, build: network });
    await expectGradients({ seed: chunks, shapes: [...shapes, [rows, 1]], build: network });
  });

  test("have a gradient by what all use where none is wanted by the rows, and the other way round", async () => {
    const loss = sum(mul(network(x, table, weights), weights));
    const both = gradients(loss, [x, table]);
    const [byTable] = gradients(loss, [table]);
    const [byRows] = gradients(loss, [x]);
    const session = await compile({ both0: both[0], both1: both[1], byRows, byTable }, { threads: 1 });
    const values = (length: number) => Float64Array.from({ length }, (_, at) => Math.sin(3 * at));
    const results = await session.run({ x: values(rows * width), table: values(width * width) });
    expect(numbers(results.byRows)).toEqual(numbers(results.both0));
    expect(numbers(results.byTable)).toEqual(numbers(results.both1));
    await session.close();
  });
});

test("there are as many chunks as keep each small, and no more than rows", () => {
  expect(chunksFor(64, 100)).toBe(1);
  expect(chunksFor(64, 60_000)).toBe(8);
  expect(chunksFor(3, 10_000_000)).toBe(3);
});
