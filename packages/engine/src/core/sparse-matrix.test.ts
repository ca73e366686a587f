import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PenchantError } from "../base/errors.ts";
import { multiply, type SparseMatrix, sparseMatrix, transpose } from "./sparse-matrix.ts";

/** Row-major. */
function toDense({ rows, columns, offsets, indices, values }: SparseMatrix): number[][] {
  const dense = Array.from({ length: rows }, () => Array<number>(columns).fill(0));
  for (let row = 0; row < rows; row++) {
    for (let entry = offsets[row]; entry < offsets[row + 1]; entry++) dense[row][indices[entry]] += values[entry];
  }
  return dense;
}

const anyMatrix = fc
  .record({ rows: fc.integer({ min: 0, max: 9 }), columns: fc.integer({ min: 1, max: 9 }) })
  .chain(({ rows, columns }) =>
    fc
      .array(fc.array(fc.tuple(fc.nat(columns - 1), fc.integer({ min: -9, max: 9 })), { maxLength: 12 }), {
        minLength: rows,
        maxLength: rows,
      })
      .map((entries) => ({ columns, entries })),
  );

describe("sparseMatrix", () => {
  it("keeps rows in order and columns ascending within them", () => {
    const rows = [new Map([[2, 5], [0, 1]]), new Map(), new Map([[1, -3]])]; // biome-ignore format: a matrix
    const matrix = sparseMatrix(3, rows);
    expect([...matrix.offsets]).toEqual([0, 2, 2, 3]);
    expect([...matrix.indices]).toEqual([0, 2, 1]);
    expect([...matrix.values]).toEqual([1, 5, -3]);
  });

  it("adds up what a row says twice of a column", () => {
    expect(toDense(sparseMatrix(2, [[[1, 2], [0, 1], [1, 3]]]))).toEqual([[1, 5]]); // biome-ignore format: a matrix
  });

  it("refuses columns outside and values that are not numbers", () => {
    for (const entry of [
      [3, 1],
      [-1, 1],
      [0.5, 1],
      [0, Number.NaN],
    ] as const) {
      expect(() => sparseMatrix(3, [[entry]])).toThrow(PenchantError);
    }
  });
});

describe("transpose", () => {
  it("exchanges rows and columns, and twice is nothing", () => {
    fc.assert(
      fc.property(anyMatrix, ({ columns, entries }) => {
        const matrix = sparseMatrix(columns, entries);
        const turned = transpose(matrix);
        const dense = toDense(matrix);
        expect(toDense(turned)).toEqual(Array.from({ length: columns }, (_, c) => dense.map((row) => row[c])));
        expect(transpose(turned)).toEqual(matrix);
      }),
    );
  });
});

describe("multiply", () => {
  it("gives the sums of products of the dense product", () => {
    fc.assert(
      fc.property(anyMatrix, fc.integer({ min: 1, max: 6 }), ({ columns, entries }, width) => {
        const matrix = sparseMatrix(columns, entries);
        const factor = Float64Array.from({ length: columns * width }, (_, i) => ((i * 7) % 11) - 5);
        const expected = toDense(matrix).flatMap((row) =>
          Array.from({ length: width }, (_, k) =>
            row.reduce((sum, value, c) => sum + value * factor[c * width + k], 0),
          ),
        );
        expect([...multiply(matrix, factor, width)].map((value) => value + 0)).toEqual(expected.map((v) => v + 0));
      }),
    );
  });
});
