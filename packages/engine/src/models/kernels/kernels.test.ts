import { describe, expect, it } from "vitest";
import { seededRandom } from "../../base/random.ts";
import { fillSigmoids, openWorkspace, sigmoidCount } from "./kernels.ts";

const width = 32;
const rowCount = 5;
const bytes = 4 * width;

/** Random rows, a vector and room for results; every kernel is compared with the formula in its description. */
function scene() {
  const workspace = openWorkspace("test", [rowCount * width, width, width, 8, 8, sigmoidCount]);
  const rows = workspace.floats(rowCount * width);
  const vector = workspace.floats(width);
  const out = workspace.floats(width);
  const random = seededRandom(2);
  for (const values of [rows, vector, out])
    for (let at = 0; at < values.length; at++) values[at] = 0.3 * random.normal();
  const indices = workspace.integers(8);
  const weights = workspace.floats(8);
  indices.set([4, 0, 2, 2]);
  weights.set([0.5, -1, 2, 0.25]);
  const sigmoids = fillSigmoids(workspace.floats(sigmoidCount));
  const row = (index: number) => rows.slice(index * width, (index + 1) * width);
  return { ...workspace, rows, vector, out, indices, weights, sigmoids, row };
}

const dot = (a: ArrayLike<number>, b: ArrayLike<number>) => Array.from(a).reduce((sum, x, d) => sum + x * b[d], 0);
const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const close = (found: ArrayLike<number>, expected: ArrayLike<number>, digits = 5) => {
  expect(found.length).toBe(expected.length);
  for (let d = 0; d < expected.length; d++) expect(found[d]).toBeCloseTo(expected[d], digits);
};

describe("the kernels compute", () => {
  it("inner products and scaled sums", () => {
    const { kernels, rows, vector, out, row } = scene();
    expect(kernels.dot(rows.byteOffset, vector.byteOffset, bytes)).toBeCloseTo(dot(row(0), vector), 5);
    const expected = out.map((value, d) => value - 1.5 * vector[d]);
    kernels.addScaled(out.byteOffset, vector.byteOffset, bytes, -1.5);
    close(out, expected);
  });

  it("weighted sums of rows", () => {
    const { kernels, rows, out, indices, weights, row } = scene();
    const expected = out.map((value, d) => value + 0.5 * row(4)[d] - row(0)[d] + 2.25 * row(2)[d]);
    kernels.addRows(rows.byteOffset, bytes, indices.byteOffset, weights.byteOffset, 4, out.byteOffset);
    close(out, expected);
    kernels.addRows(rows.byteOffset, bytes, indices.byteOffset, weights.byteOffset, 0, out.byteOffset);
    close(out, expected);
  });

  it("the residual and the product of normal equations", () => {
    for (const [base, sign] of [
      [1, -1],
      [0, 1],
    ]) {
      const { kernels, rows, vector, out, indices, weights, row } = scene();
      const expected = out.slice();
      for (let entry = 0; entry < 3; entry++) {
        const y = row(indices[entry]);
        const scale = base + weights[entry] * (base + sign * dot(y, vector));
        for (let d = 0; d < width; d++) expected[d] += scale * y[d];
      }
      const [at, by, to] = [indices.byteOffset, weights.byteOffset, out.byteOffset];
      kernels.normalProduct(rows.byteOffset, bytes, at, by, 3, vector.byteOffset, to, base, sign);
      close(out, expected);
    }
  });

  it("a step of skip-gram with negative sampling", () => {
    const { kernels, rows, vector, out, indices, sigmoids, row } = scene();
    const [liked, other] = [row(4), row(0)];
    const before = vector.slice();
    const [pull, push] = [0.1 * (1 - sigmoid(dot(liked, before))), -0.1 * sigmoid(dot(other, before))];
    const [at, from] = [indices.byteOffset, vector.byteOffset];
    kernels.contrastRows(rows.byteOffset, bytes, at, 2, from, out.byteOffset, 0.1, sigmoids.byteOffset);
    close(
      vector,
      before.map((value, d) => value + pull * liked[d] + push * other[d]),
      4,
    );
    close(
      row(4),
      liked.map((value, d) => value + pull * before[d]),
      4,
    );
    close(
      row(0),
      other.map((value, d) => value + push * before[d]),
      4,
    );
  });

  it("a step of Bayesian personalised ranking, with the items held or not", () => {
    for (const learnItems of [0, 1] as const) {
      const { kernels, rows, vector, sigmoids, row } = scene();
      const [liked, other, before] = [row(1), row(3), vector.slice()];
      const [likedAt, otherAt] = [rows.byteOffset + bytes, rows.byteOffset + 3 * bytes];
      const ahead = 0.2 + dot(liked, before) - dot(other, before);
      const expected = 0.1 * (1 - sigmoid(ahead));
      const { byteOffset } = vector;
      const size = kernels.preferRow(
        byteOffset,
        likedAt,
        otherAt,
        bytes,
        0.2,
        0.1,
        0.99,
        learnItems,
        sigmoids.byteOffset,
      );
      expect(size).toBeCloseTo(expected, 3);
      close(
        vector,
        before.map((value, d) => 0.99 * value + expected * (liked[d] - other[d])),
        3,
      );
      close(row(1), learnItems ? liked.map((value, d) => 0.99 * value + expected * before[d]) : liked, 3);
      close(row(3), learnItems ? other.map((value, d) => 0.99 * value - expected * before[d]) : other, 3);
    }
  });

  it("histograms of the listed rows and columns, and touch no others", () => {
    const [width, count] = [3, 4];
    const workspace = openWorkspace("test", [width, 2 * count, 3, 2, width * 1_024]);
    const bins = workspace.integers(width);
    new Uint8Array(bins.buffer, bins.byteOffset, 12).set([1, 255, 0, 1, 255, 2, 1, 0, 2, 4, 9, 7]);
    const sums = workspace.floats(2 * count);
    sums.set([1, 0.5, 2, 0.25, 4, 8, 100, 100]);
    const rows = workspace.integers(3);
    rows.set([0, 1, 2]);
    const columns = workspace.integers(2);
    columns.set([0, 1]);
    const cells = workspace.floats(width * 1_024);
    const histograms = new Float64Array(cells.buffer, cells.byteOffset, width * 512);
    for (let turn = 0; turn < 2; turn++) {
      const lists = [rows, bins, sums, columns, cells].map(({ byteOffset }) => byteOffset);
      workspace.kernels.sumBins(lists[0], 3, lists[1], width, lists[2], lists[3], 2, lists[4]);
    }
    const filled = [...histograms.entries()].filter(([, value]) => value !== 0);
    expect(Object.fromEntries(filled)).toEqual({
      2: 14,
      3: 17.5,
      512: 8,
      513: 16,
      [512 + 510]: 6,
      [512 + 511]: 1.5,
    });
  });

  it("the logistic function to three digits, and its ends beyond the table", () => {
    const { kernels, vector, rows, sigmoids } = scene();
    for (const x of [-50, -7.9, -1, 0, 2.5, 7.9, 50]) {
      const zero = rows.fill(0).byteOffset;
      vector.fill(0);
      const size = kernels.preferRow(vector.byteOffset, zero, zero, bytes, x, 1, 1, 0, sigmoids.byteOffset);
      expect(size).toBeCloseTo(1 - sigmoid(x), 3);
    }
  });
});

it("a workspace beyond 4 GiB is refused by the model's name", () => {
  expect(() => openWorkspace("ease", [2 ** 31])).toThrow(
    expect.objectContaining({ code: "PENCHANT_E_MODEL_DATA", message: expect.stringMatching(/^ease: needs 8192 MiB/) }),
  );
});
