import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { seededRandom } from "../base/random.ts";
import { chooseSplit } from "./clustering.ts";
import { silhouette } from "./silhouette.ts";
import { sphericalKMeans } from "./spherical-k-means.ts";

const fixed = { seed: 1, numRuns: 25 };

/** Unit vectors without structure. */
function noise(count: number, dimensions: number, seed: number): Float32Array {
  const random = seededRandom(seed);
  return unitRows(
    Float32Array.from({ length: count * dimensions }, () => random.normal()),
    dimensions,
  );
}

/** Row i lies around direction `i % clusters`; `spread` is the length of its random part against 1 of the direction. */
function planted(count: number, options: { dimensions: number; clusters: number; spread: number; seed: number }) {
  const { dimensions, clusters, spread, seed } = options;
  const random = seededRandom(seed);
  const vectors = Float32Array.from({ length: count * dimensions }, (_, at) => {
    const row = Math.floor(at / dimensions);
    return (at % dimensions === row % clusters ? 1 : 0) + (spread * random.normal()) / Math.sqrt(dimensions);
  });
  return unitRows(vectors, dimensions);
}

function unitRows(vectors: Float32Array, dimensions: number): Float32Array {
  for (let from = 0; from < vectors.length; from += dimensions) {
    const length = Math.hypot(...vectors.subarray(from, from + dimensions));
    for (let at = from; at < from + dimensions; at++) vectors[at] /= length;
  }
  return vectors;
}

/** The rows of each cluster, so that two numberings of the same clusters are equal. */
function partition(assignments: Iterable<number>, name = (row: number) => row): string[] {
  const groups = new Map<number, number[]>();
  for (const [row, cluster] of [...assignments].entries()) {
    groups.set(cluster, [...(groups.get(cluster) ?? []), name(row)]);
  }
  return [...groups.values()].map((rows) => rows.sort((a, b) => a - b).join(" ")).sort();
}

const plantedPartition = (count: number, clusters: number) =>
  partition(Array.from({ length: count }, (_, row) => row % clusters));

function expectUnitRows(centroids: Float32Array, dimensions: number): void {
  for (let from = 0; from < centroids.length; from += dimensions) {
    expect(Math.hypot(...centroids.subarray(from, from + dimensions))).toBeCloseTo(1, 5);
  }
}

describe("sphericalKMeans", () => {
  it("turns each centroid to the mean direction of its vectors", () => {
    const vectors = Float32Array.of(1, 0, 0.8, 0.6, 0, -1, -0.6, -0.8);
    const { assignments, centroids, cohesion } = sphericalKMeans(vectors, { dimensions: 2, clusters: 2, seed: 1 });
    expect(partition(assignments)).toEqual(["0 1", "2 3"]);
    const first = assignments[0];
    // (1, 0) + (0.8, 0.6) = (1.8, 0.6); (0, -1) + (-0.6, -0.8) = (-0.6, -1.8): both of length sqrt(3.6).
    const length = Math.sqrt(3.6);
    const [x, y] = centroids.slice(2 * first, 2 * first + 2);
    expect([x, y]).toEqual([expect.closeTo(1.8 / length, 6), expect.closeTo(0.6 / length, 6)]);
    expect(cohesion).toBeCloseTo((1.8 + 1.8 + 1.8 + 1.8) / length / 4, 6);
  });

  it("recovers planted clusters", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 6 }), fc.integer(), (clusters, seed) => {
        const vectors = planted(90, { dimensions: 12, clusters, spread: 0.5, seed });
        const { assignments } = sphericalKMeans(vectors, { dimensions: 12, clusters, seed });
        expect(partition(assignments)).toEqual(plantedPartition(90, clusters));
      }),
      fixed,
    );
  });

  it("gives valid clusters of anything, the same ones every time", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 9 }),
        fc.integer(),
        (count, dimensions, clusters, seed) => {
          const vectors = noise(count, dimensions, seed);
          const found = sphericalKMeans(vectors, { dimensions, clusters, seed });
          const number = found.centroids.length / dimensions;
          expect(number).toBeLessThanOrEqual(clusters);
          expect(found.assignments).toHaveLength(count);
          expect(new Set(found.assignments)).toEqual(new Set(Array.from({ length: number }, (_, c) => c)));
          expectUnitRows(found.centroids, dimensions);
          expect(found.cohesion).toBeGreaterThanOrEqual(-1);
          expect(found.cohesion).toBeLessThanOrEqual(1 + 1e-6);
          expect(sphericalKMeans(vectors, { dimensions, clusters, seed })).toEqual(found);
        },
      ),
      fixed,
    );
  });

  it("does not depend on the order of well separated vectors", () => {
    fc.assert(
      fc.property(
        fc.shuffledSubarray(
          Array.from({ length: 40 }, (_, row) => row),
          { minLength: 40 },
        ),
        (order) => {
          const vectors = planted(40, { dimensions: 8, clusters: 4, spread: 0.4, seed: 7 });
          const shuffled = Float32Array.from(order.flatMap((row) => [...vectors.subarray(row * 8, (row + 1) * 8)]));
          const { assignments } = sphericalKMeans(shuffled, { dimensions: 8, clusters: 4, seed: 3 });
          expect(partition(assignments, (place) => order[place])).toEqual(plantedPartition(40, 4));
        },
      ),
      fixed,
    );
  });

  it("leaves all-zero vectors out, and makes no more clusters than there are different vectors", () => {
    const vectors = Float32Array.of(0, 0, 1, 0, 1, 0, 0, 0, 0, 1);
    const { assignments, centroids, cohesion } = sphericalKMeans(vectors, { dimensions: 2, clusters: 4, seed: 1 });
    expect(centroids).toHaveLength(4);
    expect(cohesion).toBeCloseTo(1, 6);
    expect([assignments[0], assignments[3]]).toEqual([-1, -1]);
    expect(assignments[1]).toBe(assignments[2]);
    expect(new Set([assignments[1], assignments[4]])).toEqual(new Set([0, 1]));

    const nothing = sphericalKMeans(new Float32Array(6), { dimensions: 2, clusters: 2, seed: 1 });
    expect(nothing).toEqual({ assignments: Int32Array.of(-1, -1, -1), centroids: new Float32Array(0), cohesion: 0 });
  });
});

describe("silhouette", () => {
  const centroids = Float32Array.of(1, 0, 0, 1);

  it("is the mean of (b - a) / max(a, b) over cosine distances to centroids", () => {
    const vectors = Float32Array.of(1, 0, 0.8, 0.6, 0, 1, 0.6, 0.8);
    // Distances to the own and the other centroid: (0, 1), (0.2, 0.4), (0, 1), and (0.4, 0.2) for the misplaced last.
    const clustering = { assignments: Int32Array.of(0, 0, 1, 0), centroids };
    expect(silhouette(vectors, clustering, 2).mean).toBeCloseTo((1 + 0.5 + 1 - 0.5) / 4, 6);
  });

  it("leaves out vectors of no cluster, and is 0 where there are no two clusters", () => {
    const vectors = Float32Array.of(0.8, 0.6, 0, 0);
    const clustering = { assignments: Int32Array.of(0, -1), centroids };
    expect(silhouette(vectors, clustering, 2).mean).toBeCloseTo(0.5, 6);
    const single = { assignments: Int32Array.of(0, -1), centroids: Float32Array.of(1, 0) };
    expect(silhouette(vectors, single, 2).mean).toBe(0);
  });
});

describe("chooseSplit", () => {
  it("finds how many planted clusters there are, and which vector lies in which", () => {
    for (const [clusters, spread] of [
      [2, 0.7],
      [3, 1],
      [5, 0.8],
      [8, 0.6],
    ] as const) {
      // biome-ignore format: pairs
      const count = clusters * 30;
      const vectors = planted(count, { dimensions: 24, clusters, spread, seed: clusters });
      const split = chooseSplit(vectors, { dimensions: 24, clustersMax: 10, sizeMin: 5, seed: 1 });
      expect(split?.clusters).toBe(clusters);
      expect(partition(split!.assignments)).toEqual(plantedPartition(count, clusters));
      expectUnitRows(split!.centroids, 24);
    }
  });

  it("finds no split in noise, however many vectors and dimensions", () => {
    for (const [count, dimensions] of [
      [30, 2],
      [60, 8],
      [40, 100],
      [300, 4],
      [200, 48],
    ] as const) {
      // biome-ignore format: pairs
      for (let seed = 1; seed <= 5; seed++) {
        const vectors = noise(count, dimensions, seed);
        expect(chooseSplit(vectors, { dimensions, clustersMax: 8, sizeMin: 3, seed })).toBeNull();
      }
    }
  });

  it("finds no split in one cloud around one direction", () => {
    const vectors = planted(150, { dimensions: 20, clusters: 1, spread: 0.8, seed: 2 });
    expect(chooseSplit(vectors, { dimensions: 20, clustersMax: 6, sizeMin: 5, seed: 1 })).toBeNull();
  });

  it("decides on a sample and assigns all when there are many", () => {
    const vectors = planted(6_000, { dimensions: 8, clusters: 4, spread: 0.5, seed: 3 });
    const split = chooseSplit(vectors, { dimensions: 8, clustersMax: 6, sizeMin: 100, seed: 1 });
    expect(split?.clusters).toBe(4);
    expect(split!.assignments.every((cluster, row) => cluster === split!.assignments[row % 4])).toBe(true);
  });

  it("gives the members of clusters that are too small to their next nearest", () => {
    // 40 and 40 vectors around two directions, 4 around a third that lies nearer to the second.
    const vectors = planted(84, { dimensions: 6, clusters: 2, spread: 0.3, seed: 4 });
    for (const row of [0, 2, 4, 6]) vectors.set(unitRows(Float32Array.of(0, 0.5, 1, 0, 0, 0), 6), row * 6);
    const split = chooseSplit(vectors, { dimensions: 6, clustersMax: 6, sizeMin: 10, seed: 1 });
    expect(split?.clusters).toBe(2);
    for (const row of [0, 2, 4, 6]) expect(split!.assignments[row]).toBe(split!.assignments[1]);
    expect(split!.assignments[8]).not.toBe(split!.assignments[1]);
  });

  it("never has a cluster smaller than allowed", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30 }), fc.integer(), (sizeMin, seed) => {
        const vectors = planted(80, { dimensions: 6, clusters: 5, spread: 0.9, seed });
        const split = chooseSplit(vectors, { dimensions: 6, clustersMax: 7, sizeMin, seed });
        if (split === null) return;
        for (let cluster = 0; cluster < split.clusters; cluster++) {
          expect(split.assignments.filter((own) => own === cluster).length).toBeGreaterThanOrEqual(sizeMin);
        }
      }),
      fixed,
    );
  });

  it("takes a lopsided split only where there is no other", () => {
    const dimensions = 6;
    // Nine tenths around one direction, one tenth around another: there is no even split of it.
    const lopsided = planted(200, { dimensions, clusters: 2, spread: 0.3, seed: 5 });
    const heavy = planted(200, { dimensions, clusters: 1, spread: 0.3, seed: 6 });
    for (let row = 0; row < 200; row++) {
      if (row % 20 !== 1) lopsided.set(heavy.subarray(row * dimensions, (row + 1) * dimensions), row * dimensions);
    }
    const split = chooseSplit(lopsided, { dimensions, clustersMax: 2, sizeMin: 5, seed: 1 });
    expect(split?.clusters).toBe(2);
    expect(
      partition(split!.assignments)
        .map((rows) => rows.split(" ").length)
        .sort((a, b) => a - b),
    ).toEqual([10, 190]);
  });

  it("leaves all-zero vectors unassigned", () => {
    const vectors = planted(60, { dimensions: 6, clusters: 3, spread: 0.4, seed: 8 });
    vectors.fill(0, 0, 12);
    const split = chooseSplit(vectors, { dimensions: 6, clustersMax: 5, sizeMin: 5, seed: 1 });
    expect(split?.clusters).toBe(3);
    expect([...split!.assignments].map((cluster) => cluster < 0)).toEqual(
      Array.from({ length: 60 }, (_, row) => row < 2),
    );
  });

  it("finds no split in too few, equal or all-zero vectors", () => {
    const options = { dimensions: 3, clustersMax: 4, sizeMin: 2, seed: 1 };
    expect(chooseSplit(new Float32Array(0), options)).toBeNull();
    expect(chooseSplit(Float32Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1), options)).toBeNull();
    expect(chooseSplit(new Float32Array(90), options)).toBeNull();
    expect(
      chooseSplit(
        Float32Array.from({ length: 90 }, (_, at) => (at % 3 === 0 ? 1 : 0)),
        options,
      ),
    ).toBeNull();
  });

  it("gives the same split for the same seed", () => {
    const vectors = planted(120, { dimensions: 10, clusters: 4, spread: 1.2, seed: 9 });
    const options = { dimensions: 10, clustersMax: 6, sizeMin: 5, seed: 2 };
    expect(chooseSplit(vectors, options)).toEqual(chooseSplit(vectors, options));
  });
});
