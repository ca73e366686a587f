import { describe, expect, it } from "vitest";
import { coverage, gini } from "./exposure.ts";
import { diversity, listContext, miscalibration, novelty, serendipity } from "./lists.ts";

const item = (id: string, ...categories: string[][]) => ({
  id,
  title: id,
  ...(categories.length > 0 && { categories }),
});
/** Four users: all of them know item 0, one knows item 1, nobody the rest. */
const train = {
  offsets: Int32Array.of(0, 2, 3, 4, 5),
  items: Int32Array.of(0, 1, 0, 0, 0),
  times: new Float64Array(5),
  weights: new Float32Array(5).fill(1),
};
const context = listContext(train, [item("0", ["a"]), item("1", ["a"]), item("2", ["b"]), item("3", ["a"], ["b"])]);
const bare = listContext(
  train,
  ["0", "1", "2", "3"].map((id) => item(id)),
);

describe("what lists are like, worked by hand", () => {
  it("novelty is in bits: nothing for what all know, two for one in four, no more for what nobody knows", () => {
    expect(novelty([0], context)).toBeCloseTo(0, 12);
    expect(novelty([1], context)).toBe(2);
    expect(novelty([2], context)).toBe(2);
    expect(novelty([0, 1], context)).toBe(1);
    expect(novelty([], context)).toBe(0);
  });

  it("diversity is 0 for one category, 1 for two, and between for an item of both", () => {
    expect(diversity([0, 1], context)).toBeCloseTo(0, 12);
    expect(diversity([0, 2], context)).toBe(1);
    expect(diversity([0, 3], context)).toBeCloseTo(1 - Math.SQRT1_2, 12);
    expect(diversity([0], context)).toBeUndefined();
  });

  it("serendipity counts hits that popularity ranks lower", () => {
    // Item 2 is third by popularity and first here: two of four places higher, in a list of two.
    expect(serendipity([2, 0], new Set([2]), context)).toBe(2 / 4 / 2);
    expect(serendipity([0, 1], new Set([0, 1]), context)).toBe(0);
    expect(serendipity([2, 0], new Set([1]), context)).toBe(0);
  });

  it("calibration is exact where the list has the history's shares, and bad where it lacks a category", () => {
    expect(miscalibration([0, 2], [1, 2], context)).toBeCloseTo(0, 12);
    // Half of the history is b, which the list lacks: q is .995 for a and .005 for b.
    expect(miscalibration([0, 1], [0, 2], context)).toBeCloseTo(
      0.5 * Math.log2(0.5 / 0.995) + 0.5 * Math.log2(100),
      12,
    );
  });

  it("without categories there is neither diversity nor calibration", () => {
    expect(diversity([0, 2], bare)).toBeUndefined();
    expect(miscalibration([0, 2], [1], bare)).toBeUndefined();
    expect(miscalibration([0], [], context)).toBeUndefined();
  });
});

describe("exposure of the catalogue, worked by hand", () => {
  it("coverage is the part that was shown at all", () => {
    expect(coverage([0, 3, 1, 0])).toBe(0.5);
    expect(coverage([])).toBe(0);
  });

  it("the Gini coefficient is 0 for equal shares and nearly 1 when one takes all", () => {
    expect(gini([2, 2, 2])).toBe(0);
    expect(gini([0, 0, 0, 8])).toBe(3 / 4);
    expect(gini([0, 0])).toBe(0);
  });
});
