import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  defaultNeighbourOptions,
  fitItemNeighbours,
  type ItemNeighbours,
  itemNeighbourRecommender,
  loadItemNeighbours,
  saveItemNeighbours,
} from "./item-neighbours.ts";

const itemCount = 9;
const anyHistories = fc
  .array(fc.uniqueArray(fc.nat(itemCount - 1), { maxLength: itemCount }), { maxLength: 12 })
  .map((users) => users.map((items) => Int32Array.from(items)));

/** The columns of items i and j in the table of users and items, entry by entry. */
function bruteSimilarity(histories: readonly Int32Array[], i: number, j: number, shrinkage: number): number {
  const column = (item: number) => histories.map((items) => (items.includes(item) ? items.length ** -0.25 : 0));
  const product = (a: number[], b: number[]) => a.reduce((sum, value, user) => sum + value * b[user], 0);
  const [a, b] = [column(i), column(j)];
  return product(a, b) / (Math.sqrt(product(a, a) * product(b, b)) + shrinkage);
}

function neighboursOf({ offsets, items, similarities }: ItemNeighbours, item: number): [number, number][] {
  const found: [number, number][] = [];
  for (let at = offsets[item]; at < offsets[item + 1]; at++) found.push([items[at], similarities[at]]);
  return found;
}

describe("item neighbours", () => {
  it("are all items with common users, by the shrunk cosine of their columns, nearest first", () => {
    fc.assert(
      fc.property(anyHistories, fc.constantFrom(0, 1, 10), (histories, shrinkage) => {
        const fitted = fitItemNeighbours(histories, itemCount, { neighbours: 100, shrinkage });
        for (let item = 0; item < itemCount; item++) {
          const expected = [...Array(itemCount).keys()]
            .filter((other) => other !== item)
            .map((other): [number, number] => [other, bruteSimilarity(histories, item, other, shrinkage)])
            .filter(([, similarity]) => similarity > 0);
          const found = neighboursOf(fitted, item);
          expect(new Set(found.map(([other]) => other))).toEqual(new Set(expected.map(([other]) => other)));
          for (const [other, similarity] of expected) {
            expect(new Map(found).get(other)).toBeCloseTo(similarity, 6);
          }
          for (const [place, [, similarity]] of found.entries()) {
            expect(similarity).toBeLessThanOrEqual(found[place - 1]?.[1] ?? 1);
          }
        }
      }),
      { seed: 1, numRuns: 100 },
    );
  });

  it("are the nearest of all where more are known than kept", () => {
    // Item 0 goes with 1 three times, with 2 twice and with 3 once.
    const histories = [
      [0, 1],
      [0, 1],
      [0, 1],
      [0, 2],
      [0, 2],
      [0, 3],
    ].map((items) => Int32Array.from(items));
    const fitted = fitItemNeighbours(histories, 4, { ...defaultNeighbourOptions, neighbours: 2 });
    expect(neighboursOf(fitted, 0).map(([item]) => item)).toEqual([1, 2]);
    // c_01 = 3 / sqrt 2, c_00 = 6 / sqrt 2, c_11 = 3 / sqrt 2.
    expect(neighboursOf(fitted, 0)[0][1]).toBeCloseTo(3 / Math.SQRT2 / (Math.sqrt(18 / 2) + 1), 6);
  });

  it("come back from their stored form", () => {
    const fitted = fitItemNeighbours([Int32Array.of(0, 2, 3), Int32Array.of(2, 3)], 5);
    expect(loadItemNeighbours(saveItemNeighbours(fitted))).toEqual(fitted);
    expect(loadItemNeighbours(saveItemNeighbours(fitItemNeighbours([], 0)))).toMatchObject({ itemCount: 0 });
  });

  it("refuse a stored form of another version or length", () => {
    const bytes = saveItemNeighbours(fitItemNeighbours([Int32Array.of(0, 1)], 2));
    for (const wrong of [bytes.subarray(0, bytes.length - 4), Uint8Array.of(9, 0, 0, 0, ...bytes.subarray(4))]) {
      expect(() => loadItemNeighbours(wrong)).toThrow(expect.objectContaining({ code: "PENCHANT_E_STATE_VERSION" }));
    }
  });

  it("recommend by the sum of the similarities to what the user took, and nothing to a stranger", () => {
    const fitted = fitItemNeighbours([Int32Array.of(0, 1, 2), Int32Array.of(1, 2), Int32Array.of(3, 2)], 5);
    const recommender = itemNeighbourRecommender(fitted);
    const history = [0, 1, 77].map((item) => ({ item, time: 0, weight: 1 }));
    const similarity = (a: number, b: number) => new Map(neighboursOf(fitted, a)).get(b) ?? 0;
    const scores = recommender.score({ history, at: 0 });
    for (let item = 0; item < 5; item++) {
      expect(scores[item]).toBeCloseTo(similarity(0, item) + similarity(1, item), 6);
    }
    expect([...recommender.score({ history: [], at: 0 })]).toEqual([0, 0, 0, 0, 0]);
  });
});
