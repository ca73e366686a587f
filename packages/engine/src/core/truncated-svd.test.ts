import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { EigenvalueDecomposition, Matrix } from "ml-matrix";
import { describe, expect, it } from "vitest";
import { seededRandom } from "../base/random.ts";
import { type SparseMatrix, sparseMatrix, transpose } from "./sparse-matrix.ts";
import { type TruncatedSvd, truncatedSvd } from "./truncated-svd.ts";

/** Column c of a row-major matrix. */
const column = (matrix: Float32Array, rank: number, c: number) => [...matrix].filter((_, at) => at % rank === c);
const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, value, i) => sum + value * b[i], 0);

function randomMatrix(rows: number, columns: number, density: number, seed: number): SparseMatrix {
  const random = seededRandom(seed);
  const entries = Array.from({ length: rows }, () =>
    Array.from({ length: columns }, (_, c) => [c, random.uniform() < density ? random.normal() : 0] as const),
  );
  return sparseMatrix(
    columns,
    entries.map((row) => row.filter(([, value]) => value !== 0)),
  );
}

function toDense({ rows, columns, offsets, indices, values }: SparseMatrix): number[][] {
  const dense = Array.from({ length: rows }, () => Array<number>(columns).fill(0));
  for (let row = 0; row < rows; row++) {
    for (let entry = offsets[row]; entry < offsets[row + 1]; entry++) dense[row][indices[entry]] = values[entry];
  }
  return dense;
}

function expectOrthonormal(matrix: Float32Array, rank: number): void {
  for (let a = 0; a < rank; a++) {
    for (let b = 0; b <= a; b++) {
      expect(dot(column(matrix, rank, a), column(matrix, rank, b))).toBeCloseTo(a === b ? 1 : 0, 5);
    }
  }
}

function expectWellFormed({ left, singularValues, right }: TruncatedSvd): void {
  const rank = singularValues.length;
  expectOrthonormal(left, rank);
  expectOrthonormal(right, rank);
  for (let c = 0; c < rank; c++) {
    expect(singularValues[c]).toBeGreaterThan(0);
    if (c > 0) expect(singularValues[c]).toBeLessThanOrEqual(singularValues[c - 1]);
  }
}

const anyMatrix = fc.record({
  rows: fc.integer({ min: 1, max: 14 }),
  columns: fc.integer({ min: 1, max: 14 }),
  density: fc.constantFrom(0.1, 0.4, 1),
  seed: fc.integer(),
});

describe("truncatedSvd", () => {
  it("finds what LAPACK finds", () => {
    interface Fixture {
      rows: number;
      columns: number;
      entries: [number, number, number][];
      rank: number;
      singularValues: number[];
      left: number[][];
      right: number[][];
    }
    const known = JSON.parse(readFileSync(new URL("fixtures/svd.json", import.meta.url), "utf8")) as Fixture;
    const rows = Array.from({ length: known.rows }, (): [number, number][] => []);
    for (const [row, c, value] of known.entries) rows[row].push([c, value]);
    const found = truncatedSvd(sparseMatrix(known.columns, rows), { rank: known.rank, seed: 1, powerIterations: 20 });

    expectWellFormed(found);
    expect(found.singularValues).toHaveLength(known.rank);
    for (let c = 0; c < known.rank; c++) {
      expect(found.singularValues[c]).toBeCloseTo(known.singularValues[c], 4);
      const sign = Math.sign(dot(column(found.right, known.rank, c), known.right[c]));
      for (const [row, value] of known.left[c].entries()) {
        expect(found.left[row * known.rank + c] * sign).toBeCloseTo(value, 3);
      }
      for (const [row, value] of known.right[c].entries()) {
        expect(found.right[row * known.rank + c] * sign).toBeCloseTo(value, 3);
      }
    }
  });

  it("takes a small matrix apart completely: the factors multiply back to it", () => {
    fc.assert(
      fc.property(anyMatrix, ({ rows, columns, density, seed }) => {
        const matrix = randomMatrix(rows, columns, density, seed);
        const found = truncatedSvd(matrix, { rank: 14, seed });
        expectWellFormed(found);
        const { left, singularValues, right } = found;
        const rank = singularValues.length;
        for (const [row, values] of toDense(matrix).entries()) {
          for (const [c, value] of values.entries()) {
            let sum = 0;
            for (let k = 0; k < rank; k++) sum += left[row * rank + k] * singularValues[k] * right[c * rank + k];
            expect(sum).toBeCloseTo(value, 4);
          }
        }
      }),
    );
  });

  it("gives the square roots of the eigenvalues of A'A", () => {
    const matrix = randomMatrix(40, 12, 0.3, 5);
    const dense = new Matrix(toDense(matrix));
    const eigenvalues = new EigenvalueDecomposition(dense.transpose().mmul(dense)).realEigenvalues;
    const expected = eigenvalues.map((value) => Math.sqrt(Math.max(0, value))).sort((a, b) => b - a);
    const { singularValues } = truncatedSvd(matrix, { rank: 5, seed: 2 });
    for (const [c, value] of singularValues.entries()) expect(value).toBeCloseTo(expected[c], 4);
  });

  it("comes near the best approximation even where singular values fall slowly", () => {
    const matrix = randomMatrix(300, 200, 0.05, 3);
    const best = truncatedSvd(matrix, { rank: 20, seed: 1, powerIterations: 40 }).singularValues;
    const found = truncatedSvd(matrix, { rank: 20, seed: 2 }).singularValues;
    for (const [c, value] of found.entries()) expect(value / best[c]).toBeGreaterThan(0.97);
  });

  it("gives the same numbers for the same seed", () => {
    const matrix = randomMatrix(50, 30, 0.2, 8);
    expect(truncatedSvd(matrix, { rank: 6, seed: 9 })).toEqual(truncatedSvd(matrix, { rank: 6, seed: 9 }));
  });

  it("turns vectors the same way whatever the seed, with the largest entry on the right positive", () => {
    const matrix = randomMatrix(12, 9, 0.5, 4); // small enough to be found completely from any seed
    const one = truncatedSvd(matrix, { rank: 9, seed: 1 });
    const other = truncatedSvd(matrix, { rank: 9, seed: 2 });
    for (const [at, value] of one.left.entries()) expect(other.left[at]).toBeCloseTo(value, 3);
    for (let c = 0; c < 9; c++) {
      const entries = column(one.right, 9, c);
      expect(Math.max(...entries)).toBeCloseTo(Math.max(...entries.map(Math.abs)), 4);
    }
  });

  it("exchanges left and right for the transposed matrix", () => {
    const matrix = randomMatrix(13, 7, 0.6, 6);
    const { left, singularValues, right } = truncatedSvd(matrix, { rank: 3, seed: 1 });
    const turned = truncatedSvd(transpose(matrix), { rank: 3, seed: 1 });
    for (let c = 0; c < 3; c++) {
      expect(turned.singularValues[c]).toBeCloseTo(singularValues[c], 4);
      expect(Math.abs(dot(column(turned.left, 3, c), column(right, 3, c)))).toBeCloseTo(1, 4);
      expect(Math.abs(dot(column(turned.right, 3, c), column(left, 3, c)))).toBeCloseTo(1, 4);
    }
  });

  it("finds only as many directions as there are", () => {
    const twoDirections = Array.from(
      { length: 10 },
      (_, i): [number, number][] =>
      i % 2 === 0 ? [[0, 1], [3, 2]] : [[1, 4]], // biome-ignore format: two rows
    );
    const { singularValues } = truncatedSvd(sparseMatrix(6, twoDirections), { rank: 5, seed: 1 });
    expect([...singularValues].map((value) => value.toFixed(4))).toEqual([
      Math.sqrt(5 * 16).toFixed(4),
      Math.sqrt(5 * 5).toFixed(4),
    ]);
    const one = truncatedSvd(sparseMatrix(1, [[[0, -2]]]), { rank: 3, seed: 1 });
    expect(one).toEqual({
      left: Float32Array.of(-1),
      singularValues: Float32Array.of(2),
      right: Float32Array.of(1),
    });
  });

  it("finds none in an empty or all-zero matrix", () => {
    for (const matrix of [sparseMatrix(4, []), sparseMatrix(4, [[], [], []]), sparseMatrix(0, [[], []])]) {
      expect(truncatedSvd(matrix, { rank: 2, seed: 1 }).singularValues).toHaveLength(0);
    }
  });
});
