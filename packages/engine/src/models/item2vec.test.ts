import { describe, expect, it } from "vitest";
import { seededRandom } from "../base/random.ts";
import { fitItemVectors, item2vec } from "./item2vec.ts";
import { dataOf, fitOn, scoresFor } from "./test-data.ts";

/** Walks along a ring of items: what stands near in sequences stands near on the ring. Item 20 occurs alone. */
function walks(): Int32Array[] {
  const random = seededRandom(6);
  const around = Array.from({ length: 300 }, () => {
    const start = random.integer(20);
    return Int32Array.from({ length: 12 }, (_, step) => (start + step) % 20);
  });
  return [...around, Int32Array.of(20)];
}

describe("item2vec", () => {
  const config = { ...item2vec.defaults, dimensions: 8, window: 2, epochs: 10 };
  const cosine = (vectors: Float32Array, a: number, b: number) => {
    const row = (item: number) => [...vectors.subarray(item * 8, (item + 1) * 8)];
    const dot = (x: number[], y: number[]) => x.reduce((sum, value, d) => sum + value * y[d], 0);
    return dot(row(a), row(b)) / Math.sqrt(dot(row(a), row(a)) * dot(row(b), row(b)));
  };

  it("gives nearest vectors to items that stand near", async () => {
    const { vectors } = await fitItemVectors(walks(), 22, config, { seed: 1 });
    for (let item = 0; item < 20; item++) {
      const others = [...Array(20).keys()].filter((other) => other !== item);
      const [nearest] = others.sort((a, b) => cosine(vectors, item, b) - cosine(vectors, item, a));
      expect([1, 2, 3, 17, 18, 19]).toContain((nearest - item + 20) % 20);
    }
  });

  it("expects what stands within the window of the latest item", async () => {
    const fitted = await fitOn(
      item2vec,
      dataOf(
        walks().map((items) => [...items]),
        22,
      ),
      { ...config, recent: 1 },
    );
    for (let item = 0; item < 20; item++) {
      const scores = scoresFor(fitted, [(item + 10) % 20, item]);
      for (const near of [1, 2, 18, 19]) {
        for (let far = 5; far < 15; far++)
          expect(scores[(item + near) % 20]).toBeGreaterThan(scores[(item + far) % 20]);
      }
    }
  });

  it("gives no vector to an item that never stood beside another", async () => {
    const { vectors } = await fitItemVectors(walks(), 22, config, { seed: 1 });
    expect([...vectors.subarray(20 * 8)].every((value) => value === 0)).toBe(true);
  });

  it("depends on the seed", async () => {
    const fits = await Promise.all([1, 2].map((seed) => fitItemVectors(walks(), 22, config, { seed })));
    expect(fits[0].vectors).not.toEqual(fits[1].vectors);
  });
});
