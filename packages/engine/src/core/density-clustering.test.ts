import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { seededRandom } from "../base/random.ts";
import { densityClusters } from "./density-clustering.ts";

/** Points of the circle at angles in degrees. */
const onCircle = (...degrees: number[]) =>
  Float32Array.from(degrees.flatMap((angle) => [Math.cos((angle * Math.PI) / 180), Math.sin((angle * Math.PI) / 180)]));
const range = (from: number, count: number, step: number) => Array.from({ length: count }, (_, i) => from + i * step);
const options = { dimensions: 2, neighboursMin: 4 };

describe("density clustering", () => {
  it("finds regions that a gap parts, long ones too, and leaves out what is alone", () => {
    const arcs = [...range(0, 60, 1), ...range(150, 30, 1), 240, 300];
    const { assignments, clusters, epsilon } = densityClusters(onCircle(...arcs), options);
    expect(clusters).toBe(2);
    expect([...assignments]).toEqual(arcs.map((angle) => (angle < 100 ? 0 : angle < 200 ? 1 : -1)));
    expect(epsilon).toBeGreaterThan(0);
    expect(epsilon).toBeLessThan(0.1);
  });

  it("gives the same groups in any order of the vectors", () => {
    const random = seededRandom(3);
    const angles = range(0, 60, 1).map((angle, i) => (i % 3) * 120 + (angle % 20) + random.uniform());
    const groupsOf = (order: readonly number[]) => {
      const { assignments } = densityClusters(onCircle(...order.map((i) => angles[i])), options);
      const names = new Map<number, number>();
      const byItem = new Int32Array(order.length);
      for (const [place, item] of order.entries()) byItem[item] = assignments[place];
      return [...byItem].map((group) => {
        if (group >= 0 && !names.has(group)) names.set(group, names.size);
        return group < 0 ? -1 : names.get(group);
      });
    };
    const inOrder = groupsOf([...angles.keys()]);
    const orders = fc.shuffledSubarray([...angles.keys()], { minLength: angles.length, maxLength: angles.length });
    fc.assert(
      fc.property(orders, (order) => {
        expect(groupsOf(order)).toEqual(inOrder);
      }),
      { seed: 1, numRuns: 20 },
    );
  });

  it("takes equal vectors for one group, and leaves those without a direction out", () => {
    const equal = densityClusters(onCircle(...range(5, 9, 0)), options);
    expect([equal.clusters, ...equal.assignments]).toEqual([1, ...range(0, 9, 0)]);
    const zeros = densityClusters(Float32Array.of(0, 0, ...onCircle(...range(5, 9, 0))), options);
    expect(zeros.assignments[0]).toBe(-1);
  });

  it("finds nothing where there are too few", () => {
    for (const count of [0, 1, 4]) {
      const found = densityClusters(onCircle(...range(0, count, 1)), options);
      expect(found).toEqual({ assignments: new Int32Array(count).fill(-1), clusters: 0, epsilon: 0 });
    }
  });
});
