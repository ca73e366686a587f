import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { continueClusters } from "./steady-split.ts";

/** Unit vectors at angles in degrees. */
const at = (...degrees: number[]) =>
  Float32Array.from(degrees.flatMap((angle) => [Math.cos((angle * Math.PI) / 180), Math.sin((angle * Math.PI) / 180)]));
const many = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);
const options = { dimensions: 2, clusters: 2, sizeMin: 1 };

describe("continuing clusters", () => {
  it("gives newcomers to the nearest, and turns the centroids after them", () => {
    const { assignments, centroids } = continueClusters(at(0, 90, 10, 80), Int32Array.of(0, 1, -1, -1), options);
    expect([...assignments]).toEqual([0, 1, 0, 1]);
    for (const [d, value] of at(5, 85).entries()) expect(centroids[d]).toBeCloseTo(value, 6);
  });

  it("moves of the known ones only those that gain most, up to 2 %", () => {
    // Fifty around each direction, and five on the wrong side, more and more so.
    const angles = [...many(50, 0), ...many(45, 90), 40, 30, 20, 10, 0];
    const known = Int32Array.from(angles, (_, row) => (row < 50 ? 0 : 1));
    const { assignments } = continueClusters(at(...angles), known, options);
    const moved = [...assignments].flatMap((cluster, row) => (cluster === known[row] ? [] : [row]));
    expect(moved).toEqual([98, 99]);
  });

  it("dissolves what has become too small, smallest first, and numbers the rest anew", () => {
    const angles = [...many(6, 0), ...many(2, 60), ...many(6, 120)];
    const known = Int32Array.from(angles, (angle) => angle / 60);
    const found = continueClusters(at(...angles), known, { ...options, clusters: 3, sizeMin: 4 });
    expect([...found.assignments].slice(8)).toEqual(many(6, 1));
    expect(found.centroids).toHaveLength(4);
  });

  it("leaves out vectors without a direction, known ones too, and may end with no cluster at all", () => {
    const found = continueClusters(Float32Array.of(0, 0, 1, 0), Int32Array.of(0, 1), options);
    expect([...found.assignments]).toEqual([-1, 0]);
    const none = continueClusters(new Float32Array(4), Int32Array.of(0, 1), options);
    expect(none).toEqual({ assignments: Int32Array.of(-1, -1), centroids: new Float32Array(0) });
  });

  it("keeps 98 % of the known where they are, whatever they look like, unless clusters dissolve", () => {
    const row = fc.tuple(fc.integer({ min: 0, max: 359 }), fc.integer({ min: -1, max: 2 }));
    fc.assert(
      fc.property(fc.array(row, { minLength: 30, maxLength: 120 }), (rows) => {
        const known = Int32Array.from(rows, ([, cluster]) => cluster);
        const vectors = at(...rows.map(([angle]) => angle));
        const { assignments, centroids } = continueClusters(vectors, known, { ...options, clusters: 3 });
        expect(centroids.every(Number.isFinite)).toBe(true);
        if (centroids.length < 6) return;
        const moved = known.filter((cluster, at) => cluster >= 0 && assignments[at] !== cluster).length;
        expect(moved).toBeLessThanOrEqual(0.02 * known.filter((cluster) => cluster >= 0).length);
      }),
      { seed: 1, numRuns: 100 },
    );
  });
});
