import { describe, expect, it } from "vitest";
import { accuracy } from "./accuracy.ts";

const measured = (ranked: number[], targets: number[], k = 10) => accuracy(ranked, new Set(targets), k);

describe("accuracy of a list", () => {
  it("hits when any target is among the first k", () => {
    expect(measured([4, 5, 6], [6, 9]).HR).toBe(1);
    expect(measured([4, 5, 6], [9]).HR).toBe(0);
    expect(measured([4, 5, 6], [6], 2).HR).toBe(0);
  });

  it("NDCG gives each hit 1 / log2(rank + 1), over the best that was possible", () => {
    // One target, at rank 1, 3 and 7: 1/log2(2), 1/log2(4) and 1/log2(8).
    expect(measured([7, 1, 2], [7]).NDCG).toBe(1);
    expect(measured([1, 2, 7], [7]).NDCG).toBe(1 / 2);
    expect(measured([1, 2, 3, 4, 5, 6, 7], [7]).NDCG).toBe(1 / 3);
    // Two targets at ranks 1 and 3 of two: (1 + 1/2) / (1 + 1/log2(3)).
    expect(measured([7, 1, 8], [7, 8]).NDCG).toBeCloseTo(1.5 / (1 + 1 / Math.log2(3)), 14);
    // No more targets count than there are places.
    expect(measured([7, 8], [7, 8, 9, 10], 2).NDCG).toBe(1);
  });

  it("worked by hand: hits at ranks 2 and 3 of three targets, five places", () => {
    expect(measured([1, 7, 8, 2, 3], [7, 8, 9], 5)).toEqual({
      HR: 1,
      NDCG: expect.closeTo((1 / Math.log2(3) + 1 / 2) / (1 + 1 / Math.log2(3) + 1 / 2), 14),
      MRR: 1 / 2,
      MAP: (1 / 2 + 2 / 3) / 3,
      precision: 2 / 5,
      recall: 2 / 3,
      F1: expect.closeTo(1 / 2, 14),
    });
  });

  it("is 0 throughout without a target, without a list, and without a hit", () => {
    const none = { HR: 0, NDCG: 0, MRR: 0, MAP: 0, precision: 0, recall: 0, F1: 0 };
    expect(measured([1, 2], [])).toEqual(none);
    expect(measured([], [1])).toEqual(none);
    expect(measured([1, 2], [3])).toEqual(none);
  });

  it("a list shorter than k leaves its empty places without hits", () => {
    expect(measured([7], [7], 10)).toMatchObject({ precision: 1 / 10, recall: 1, NDCG: 1 });
  });
});
