import * as fc from "fast-check";
import { expect, it } from "vitest";
import { KeySet } from "./key-set.ts";

it("holds what was added, each once and in order", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -20, max: 20 })), fc.integer({ min: -21, max: 21 }), (keys, other) => {
      const set = new KeySet();
      for (const key of keys) set.add(key);
      const expected = new Set(keys);
      expect([...set.values()]).toEqual([...expected].sort((a, b) => a - b));
      expect(set.size).toBe(expected.size);
      expect(set.has(other)).toBe(expected.has(other));
    }),
    { seed: 1 },
  );
});

it("goes on from a sorted array", () => {
  const set = new KeySet(Int32Array.of(2, 5, 2 ** 31 - 1));
  set.add(3);
  set.add(5);
  expect([...set.values()]).toEqual([2, 3, 5, 2 ** 31 - 1]);
});
