import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { matchLevel } from "./tree-matching.ts";

/** Old sizes and, for each new node, what it shares with them: `[old, count]` pairs. */
function match(
  sizes: Record<number, number>,
  groups: [old: number, count: number][][],
  certain: [number, number][] = [],
) {
  return matchLevel(
    groups.map((shared) => new Map(shared)),
    new Map(Object.entries(sizes).map(([old, size]) => [Number(old), size])),
    new Map(certain),
  );
}

describe("matching a level of two trees", () => {
  it("keeps an interest that exchanged a few items with its neighbour", () => {
    const { heirOf, origins, retired } = match({ 1: 100, 2: 50 }, [[[2, 45], [1, 3]], [[1, 97], [2, 5]]]); // biome-ignore format: pairs
    expect([...heirOf]).toEqual([2, 1]);
    expect(origins).toEqual([
      { change: "kept", from: [2] },
      { change: "kept", from: [1] },
    ]);
    expect(retired.size).toBe(0);
  });

  it("gives the id of an interest that fell apart to its largest part", () => {
    const { heirOf, origins } = match({ 1: 100 }, [[[1, 40]], [[1, 60]]]);
    expect([...heirOf]).toEqual([-1, 1]);
    expect(origins.map(({ change, from }) => [change, ...from])).toEqual([
      ["split", 1],
      ["split", 1],
    ]);
  });

  it("retires an interest of which no part is like it, and tells where it went", () => {
    const parts: [number, number][][] = [[[1, 25]], [[1, 25]], [[1, 25]], [[1, 25]]];
    const { heirOf, retired } = match({ 1: 100 }, parts);
    expect([...heirOf]).toEqual([-1, -1, -1, -1]);
    expect(retired.get(1)).toEqual({ change: "split", into: [0, 1, 2, 3] });
  });

  it("says what came together under the id of the larger one", () => {
    const { heirOf, origins, retired } = match({ 1: 60, 2: 40 }, [[[1, 60], [2, 40]]]); // biome-ignore format: pairs
    expect([...heirOf]).toEqual([1]);
    expect(origins).toEqual([{ change: "merged", from: [1, 2] }]);
    expect(retired.get(2)).toEqual({ change: "merged", into: [0] });
  });

  it("calls gone what has no items any more or scattered them, and new what nobody was before", () => {
    const { origins, retired } = match({ 1: 0, 2: 30, 3: 100 }, [[[3, 100], [2, 6]], [], [[2, 6]]]); // biome-ignore format: pairs
    expect(retired.get(1)).toEqual({ change: "gone", into: [] });
    expect(retired.get(2)).toEqual({ change: "gone", into: [] });
    expect(origins.map(({ change }) => change)).toEqual(["kept", "new", "new"]);
  });

  it("holds to pairs that are certain, whatever they share", () => {
    const { heirOf } = match({ 1: 100, 2: 50 }, [[[2, 50]], [[1, 100]]], [[0, 1]]);
    expect([...heirOf]).toEqual([1, -1]);
  });

  it("never gives one id twice, and accounts for every old one", () => {
    const shared = fc.array(fc.tuple(fc.integer({ min: 0, max: 7 }), fc.integer({ min: 1, max: 40 })), {
      maxLength: 6,
    });
    fc.assert(
      fc.property(fc.array(shared, { maxLength: 8 }), (groups) => {
        const overlaps = groups.map((pairs) => new Map(pairs));
        const sizes = new Map<number, number>([[8, 0]]);
        for (const overlap of overlaps)
          for (const [old, count] of overlap) sizes.set(old, (sizes.get(old) ?? 0) + count);
        const { heirOf, origins, retired } = matchLevel(overlaps, sizes, new Map());
        const carried = [...heirOf].filter((old) => old >= 0);
        expect(new Set(carried).size).toBe(carried.length);
        expect(new Set([...carried, ...retired.keys()])).toEqual(new Set(sizes.keys()));
        expect(carried.length + retired.size).toBe(sizes.size);
        for (const [group, { change, from }] of origins.entries()) {
          expect(from.every((old) => overlaps[group].has(old))).toBe(true);
          if (change === "new") expect(heirOf[group]).toBe(-1);
        }
      }),
      { seed: 1, numRuns: 200 },
    );
  });
});
