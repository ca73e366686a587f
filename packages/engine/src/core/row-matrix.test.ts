import { assert, boolean, constantFrom, integer, property } from "fast-check";
import { expect, test } from "vitest";
import { seededRandom } from "../base/random.ts";
import { RowMatrix } from "./row-matrix.ts";
import { simdMemory } from "./simd.ts";
import { dot } from "./vector.ts";

const randomRows = (rows: number, dimensions: number, seed: number) => {
  const random = seededRandom(seed);
  return Array.from({ length: rows }, () => Float32Array.from({ length: dimensions }, () => random.normal()));
};

/** How far a sum of products in 32-bit floats may lie from the one in 64 bits. */
const roundingOf = (a: Float32Array, b: Float32Array) =>
  a.reduce((sum, value, d) => sum + Math.abs(value * b[d]), 0) * a.length * 2 ** -23;

test("multiplication by SIMD is there on the machines that run the tests", () => {
  expect(simdMemory(1)).toBeDefined();
});

test("the products of all rows are the products of each, with SIMD and without, however the matrix has grown", () => {
  const sizes = { rows: constantFrom(0, 1, 2, 3, 4, 5, 15, 16, 17, 200), dimensions: integer({ min: 1, max: 40 }) };
  assert(
    property(sizes.rows, sizes.dimensions, integer(), boolean(), (count, dimensions, seed, simd) => {
      const [vector, ...rows] = randomRows(count + 1, dimensions, seed);
      const matrix = new RowMatrix(dimensions, { simd });
      for (const [row, values] of rows.entries()) matrix.set(row, values);
      const products = matrix.products(vector);
      expect(products).toHaveLength(count);
      for (const [row, values] of rows.entries()) {
        expect(Math.abs(products[row] - dot(values, vector))).toBeLessThanOrEqual(roundingOf(values, vector));
      }
    }),
  );
});

test("a matrix of several chunks has no seams, and rows can be replaced", () => {
  const rows = randomRows(9_001, 8, 1);
  const matrix = new RowMatrix(8);
  for (const [row, values] of rows.entries()) matrix.set(row, values);
  const [replaced, vector] = randomRows(2, 8, 2);
  matrix.set(4_096, replaced);
  rows[4_096] = replaced;
  expect(matrix.size).toBe(9_001);
  expect([...matrix.values]).toEqual(rows.flatMap((values) => [...values]));
  const products = matrix.products(vector);
  for (const [row, values] of rows.entries()) {
    expect(Math.abs(products[row] - dot(values, vector))).toBeLessThanOrEqual(roundingOf(values, vector));
  }
});
