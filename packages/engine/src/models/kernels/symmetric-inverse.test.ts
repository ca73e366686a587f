import * as fc from "fast-check";
import { Matrix } from "ml-matrix";
import { describe, expect, it } from "vitest";
import { seededRandom } from "../../base/random.ts";
import { invertInPlace, type SquareMatrix, squareMatrix } from "./symmetric-inverse.ts";

/** A A' + shift I for a random A, of which the upper triangle is set. */
function positiveDefinite(size: number, seed: number, shift: number): { matrix: SquareMatrix; dense: Matrix } {
  const random = seededRandom(seed);
  const half = new Matrix(Array.from({ length: size }, () => Array.from({ length: size }, () => random.normal())));
  const dense = half.mmul(half.transpose()).add(Matrix.eye(size).mul(shift));
  const matrix = squareMatrix("test", size);
  for (let i = 0; i < size; i++) for (let j = i; j < size; j++) matrix.values[i * matrix.stride + j] = dense.get(i, j);
  return { matrix, dense };
}

describe("the inverse in place", () => {
  it("times the matrix is the identity, whatever the size", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: 1e6 }), async (size, seed) => {
        const { matrix, dense } = positiveDefinite(size, seed, size);
        await invertInPlace("test", matrix, async () => {});
        for (let i = 0; i < size; i++) {
          for (let j = 0; j < size; j++) {
            let sum = 0;
            for (let k = 0; k < size; k++) sum += dense.get(i, k) * matrix.values[k * matrix.stride + j];
            expect(Math.abs(sum - (i === j ? 1 : 0))).toBeLessThan(1e-3);
          }
        }
      }),
      { seed: 1, numRuns: 12 },
    );
  });

  it("tells how far it is, block by block", async () => {
    const { matrix } = positiveDefinite(130, 1, 130);
    const told: number[] = [];
    await invertInPlace("test", matrix, async (done) => void told.push(done));
    expect(told).toEqual([1 / 3, 2 / 3, 1]);
  });

  it("refuses a matrix that is not positive definite, by name and row", async () => {
    const matrix = squareMatrix("ease", 3);
    matrix.values.set([1, 2, 0], 0);
    matrix.values.set([1, 0], matrix.stride + 1);
    matrix.values[2 * matrix.stride + 2] = 1;
    await expect(invertInPlace("ease", matrix, async () => {})).rejects.toMatchObject({
      code: "PENCHANT_E_MODEL_DATA",
      message: expect.stringMatching(/^ease: .* row 1 /),
    });
  });
});
