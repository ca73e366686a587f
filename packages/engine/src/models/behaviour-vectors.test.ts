import { describe, expect, it } from "vitest";
import { seededRandom } from "../base/random.ts";
import { dot } from "../core/vector.ts";
import { fitBehaviourVectors } from "./behaviour-vectors.ts";

const dimensions = 6;

/** 80 users, each of whom takes five of the ten items of one taste, and now and then one of another. */
function tastes(): Int32Array[] {
  const random = seededRandom(1);
  return Array.from({ length: 80 }, (_, user) => {
    const taste = user % 4;
    const items = new Set<number>();
    while (items.size < 5) items.add(10 * taste + random.integer(10));
    if (user % 5 === 0) items.add(random.integer(40));
    return Int32Array.from(items);
  });
}

describe("behaviour vectors", () => {
  const itemCount = 42;
  // Item 40 has a single user, item 41 has none.
  const histories = [...tastes(), Int32Array.of(1, 2, 40)];
  const vectors = fitBehaviourVectors(histories, itemCount, { dimensions, seed: 1 });
  const items = [...Array(40).keys()];
  const tasteOf = (item: number) => Math.floor(item / 10);
  const vector = (item: number) => vectors.subarray(item * dimensions, (item + 1) * dimensions);

  it("are near for items that the same people take, and far for others", () => {
    const mean = (pairs: [number, number][]) =>
      pairs.reduce((sum, [a, b]) => sum + dot(vector(a), vector(b)), 0) / pairs.length;
    const pairs = items.flatMap((a) => items.filter((b) => b !== a).map((b): [number, number] => [a, b]));
    expect(mean(pairs.filter(([a, b]) => tasteOf(a) === tasteOf(b)))).toBeGreaterThan(0.6);
    expect(Math.abs(mean(pairs.filter(([a, b]) => tasteOf(a) !== tasteOf(b))))).toBeLessThan(0.1);
    for (const a of items) {
      const [nearest] = items
        .filter((b) => b !== a)
        .sort((b, c) => dot(vector(a), vector(c)) - dot(vector(a), vector(b)));
      expect(tasteOf(nearest)).toBe(tasteOf(a));
    }
  });

  it("have unit length, or are zero for items that say only whose they were", () => {
    for (const item of items) expect(Math.hypot(...vector(item))).toBeCloseTo(1, 5);
    for (const item of [40, 41]) expect([...vector(item)]).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it("are the same every time, and do not depend on the order of a user's items", () => {
    const reversed = histories.map((items) => items.toReversed());
    expect(fitBehaviourVectors(reversed, itemCount, { dimensions, seed: 1 })).toEqual(vectors);
  });

  it("are zero where too little happened", () => {
    for (const few of [[], [Int32Array.of(0, 1)], [Int32Array.of(0), Int32Array.of(0)]]) {
      expect(fitBehaviourVectors(few, 2, { dimensions, seed: 1 }).every((value) => value === 0)).toBe(true);
    }
  });
});
