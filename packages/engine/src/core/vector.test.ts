import { assert, integer, property } from "fast-check";
import { expect, test } from "vitest";
import { seededRandom } from "../base/random.ts";
import { dot, multiplyRows } from "./vector.ts";

test("the products of all rows are the products of each", () => {
  assert(
    property(integer({ min: 0, max: 11 }), integer({ min: 1, max: 9 }), integer(), (rows, dimensions, seed) => {
      const random = seededRandom(seed);
      const matrix = Float32Array.from({ length: rows * dimensions }, () => random.normal());
      const vector = Float32Array.from({ length: dimensions }, () => random.normal());
      const products = multiplyRows(matrix, Float64Array.from(vector));
      expect(products).toHaveLength(rows);
      for (let row = 0; row < rows; row++) {
        const own = matrix.subarray(row * dimensions, (row + 1) * dimensions);
        expect(products[row]).toBeCloseTo(dot(own, vector), 10);
      }
    }),
  );
});
