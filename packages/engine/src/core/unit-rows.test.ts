import { assert, boolean, constantFrom, integer, property } from "fast-check";
import { expect, test } from "vitest";
import { seededRandom } from "../base/random.ts";
import { UnitRows } from "./unit-rows.ts";

/** Vectors of unit length, one in five of them along an axis: the largest numbers that there are. */
function unitVectors(count: number, dimensions: number, seed: number): Float32Array[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => {
    const axis = random.integer(5) === 0 ? random.integer(dimensions) : -1;
    const sign = random.uniform() < 0.5 ? -1 : 1;
    const vector = Array.from({ length: dimensions }, (_, d) => (axis < 0 ? random.normal() : axis === d ? sign : 0));
    const length = Math.hypot(...vector);
    return Float32Array.from(vector, (value) => value / length);
  });
}

const product = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((sum, value, d) => sum + value * b[d], 0);

/** What 2^-16 per number can come to in a product with a unit vector. */
const roundingOf = (dimensions: number) => 2 ** -16 * Math.sqrt(dimensions) + 1e-6;

const sizes = [0, 1, 2, 3, 4, 5, 15, 16, 17, 200];
const matrices = [constantFrom(...sizes), integer({ min: 1, max: 70 }), integer(), boolean()] as const;

function filled(vectors: readonly Float32Array[], dimensions: number, simd: boolean): UnitRows {
  const rows = new UnitRows(dimensions, { simd });
  for (const [row, vector] of vectors.entries()) rows.set(row, vector);
  return rows;
}

test("products are those of the vectors, to 2^-16 per number, however the matrix has grown", () => {
  assert(
    property(...matrices, (count, dimensions, seed, simd) => {
      const [vector, ...vectors] = unitVectors(count + 1, dimensions, seed);
      const scaled = vector.map((value) => value * 7);
      const products = filled(vectors, dimensions, simd).products(scaled);
      expect(products).toHaveLength(count);
      for (const [row, other] of vectors.entries()) {
        expect(Math.abs(products[row] - product(other, scaled))).toBeLessThan(7 * roundingOf(dimensions));
      }
    }),
    { seed: 1, numRuns: 100 },
  );
});

test("sums of rows, products of rows and products with a sum agree closely", () => {
  assert(
    property(...matrices, (count, dimensions, seed, simd) => {
      const rows = filled(unitVectors(count, dimensions, seed), dimensions, simd);
      const sum = new Float64Array(dimensions);
      for (let row = 0; row < count; row++) rows.addTo(sum, row, 1 + (row % 3));
      const products = rows.products(sum);
      for (let row = 0; row < Math.min(count, 20); row++) {
        let expected = 0;
        for (let other = 0; other < count; other++) expected += (1 + (other % 3)) * rows.dot(other, row);
        expect(Math.abs(products[row] - expected)).toBeLessThan(1e-6 * (1 + Math.hypot(...sum)));
      }
    }),
    { seed: 2, numRuns: 100 },
  );
});

test("a matrix of several chunks has no seams, and rows can be replaced", () => {
  const vectors = unitVectors(9_001, 8, 1);
  const rows = filled(vectors, 8, true);
  const [replaced, vector] = unitVectors(2, 8, 2);
  rows.set(4_096, replaced);
  vectors[4_096] = replaced;
  expect(rows.size).toBe(9_001);
  const products = rows.products(vector);
  expect(Math.max(...vectors.map((other, row) => Math.abs(products[row] - product(other, vector))))).toBeLessThan(
    roundingOf(8),
  );
});

test("a vector of zeros is near to nothing, and one that is too long is refused", () => {
  const rows = filled(unitVectors(5, 3, 3), 3, true);
  expect([...rows.products(new Float32Array(3))]).toEqual([0, 0, 0, 0, 0]);
  expect(() => rows.set(0, Float32Array.of(1, 1, 0))).toThrow("unit length");
});
