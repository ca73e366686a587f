import { expect, it } from "vitest";
import { hitRate, ndcg } from "./metrics.ts";

it("the hit rate is whether any target is in the list", () => {
  expect(hitRate([4, 5, 6], new Set([6, 9]))).toBe(1);
  expect(hitRate([4, 5, 6], new Set([9]))).toBe(0);
  expect(hitRate([], new Set([9]))).toBe(0);
  expect(hitRate([4], new Set())).toBe(0);
});

it("NDCG gives each hit 1 / log2(rank + 1), over the best that was possible", () => {
  // One target, at rank 1, 3 and 7: 1/log2(2), 1/log2(4) and 1/log2(8).
  expect(ndcg([7, 1, 2], new Set([7]), 10)).toBe(1);
  expect(ndcg([1, 2, 7], new Set([7]), 10)).toBe(1 / 2);
  expect(ndcg([1, 2, 3, 4, 5, 6, 7], new Set([7]), 10)).toBe(1 / 3);
  // Two targets at ranks 1 and 3 of two: (1 + 1/2) / (1 + 1/log2(3)).
  expect(ndcg([7, 1, 8], new Set([7, 8]), 10)).toBeCloseTo(1.5 / (1 + 1 / Math.log2(3)), 14);
});

it("NDCG counts the first k places only, and no more targets than places", () => {
  expect(ndcg([1, 2, 7], new Set([7]), 2)).toBe(0);
  expect(ndcg([7, 8], new Set([7, 8, 9, 10]), 2)).toBe(1);
});

it("NDCG without targets is 0", () => {
  expect(ndcg([1, 2], new Set(), 10)).toBe(0);
});
