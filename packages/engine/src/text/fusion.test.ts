import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { seededRandom } from "../base/random.ts";
import { dot } from "../core/vector.ts";
import { type FusionInput, fitFusion, fuse, loadFusion, saveFusion } from "./fusion.ts";

const random = seededRandom(5);
const items = 200;
/** Which of four things each item is about. */
const topics = Array.from({ length: items }, (_, item) => item % 4);

/** Vectors near to one of four directions, with noise, all shifted by the same. */
function input(source: string, dimensions: number, topicOf: (topic: number) => number, shift = 0): FusionInput {
  const vectors = new Float32Array(items * dimensions);
  for (const [item, topic] of topics.entries()) {
    for (let d = 0; d < dimensions; d++) vectors[item * dimensions + d] = 0.3 * random.normal() + shift;
    vectors[item * dimensions + topicOf(topic)] += 2;
  }
  return { source, dimensions, vectors };
}

const words = input("words", 12, (topic) => topic);
const images = input("images", 30, (topic) => 10 + topic, 3);
const options = { dimensions: 8, seed: 1 };
const row = ({ vectors, dimensions }: FusionInput, item: number) =>
  vectors.subarray(item * dimensions, (item + 1) * dimensions);
const fused = (fusion: ReturnType<typeof fitFusion>, item: number, parts: readonly FusionInput[]) =>
  fuse(fusion, new Map(parts.map((part) => [part.source, row(part, item)])));

function separation(vectors: readonly Float32Array[]): { within: number; across: number } {
  const sums = { within: 0, across: 0 };
  const counts = { within: 0, across: 0 };
  for (const [a, one] of vectors.entries()) {
    for (const [b, other] of vectors.entries()) {
      if (a === b) continue;
      const kind = topics[a] === topics[b] ? "within" : "across";
      sums[kind] += dot(one, other);
      counts[kind] += 1;
    }
  }
  return { within: sums.within / counts.within, across: sums.across / counts.across };
}

describe("a fusion", () => {
  const both = fitFusion([words, images], options);
  const together = topics.map((_, item) => fused(both, item, [words, images]));

  it("gives unit vectors that keep apart what the parts tell apart", () => {
    for (const vector of together) expect(Math.sqrt(dot(vector, vector))).toBeCloseTo(1, 5);
    const { within, across } = separation(together);
    expect(within).toBeGreaterThan(0.6);
    expect(across).toBeLessThan(0);
  });

  it("tells more apart than one part alone", () => {
    const alone = fitFusion([images], options);
    const gap = (vectors: readonly Float32Array[]) => {
      const { within, across } = separation(vectors);
      return within - across;
    };
    expect(gap(together)).toBeGreaterThan(gap(topics.map((_, item) => fused(alone, item, [images]))));
  });

  it("takes no heed of what all vectors of a part have in common", () => {
    const shifted = { ...words, vectors: words.vectors.map((value) => value) };
    const [first, second] = [0, 1].map((item) => fused(fitFusion([shifted], options), item, [shifted]));
    expect(dot(first, second)).toBeLessThan(0.2);
  });

  it("does without a part that is missing, and is nothing without any", () => {
    const half = fused(both, 0, [images]);
    expect(dot(half, together[0])).toBeGreaterThan(0.5);
    expect(dot(half, together[0])).toBeGreaterThan(dot(half, together[1]) + 0.5);
    expect(fuse(both, new Map())).toEqual(new Float32Array(8));
  });

  it("takes vectors of another length, other sources and zeros for missing", () => {
    const strange = new Map([
      ["words", new Float32Array(5).fill(1)],
      ["images", new Float32Array(30)],
      ["sounds", new Float32Array(12).fill(1)],
    ]);
    expect(fuse(both, strange)).toEqual(new Float32Array(8));
  });

  it("is the same for vectors of any length", () => {
    fc.assert(
      fc.property(fc.double({ min: 0.01, max: 100, noNaN: true }), (scale) => {
        const longer = fuse(both, new Map([["words", row(words, 3).map((value) => value * scale)]]));
        const vector = fused(both, 3, [words]);
        for (let d = 0; d < 8; d++) expect(longer[d]).toBeCloseTo(vector[d], 4);
      }),
    );
  });

  it("of one part spans its principal directions: the cosines of a hand-made cross", () => {
    // Two axes, four things at their ends: the centre is 0 and both directions weigh the same, so nothing changes.
    const cross = { source: "cross", dimensions: 2, vectors: Float32Array.of(1, 0, -1, 0, 0, 1, 0, -1) };
    const fusion = fitFusion([cross], { dimensions: 2, seed: 1 });
    const vectors = [0, 1, 2, 3].map((item) => fused(fusion, item, [cross]));
    expect(dot(vectors[0], vectors[1])).toBeCloseTo(-1, 5);
    expect(dot(vectors[0], vectors[2])).toBeCloseTo(0, 5);
  });

  it("may be of few things or none", () => {
    expect(fitFusion([], options).parts).toEqual([]);
    const nothing = { source: "nothing", dimensions: 3, vectors: new Float32Array(9) };
    expect(fitFusion([nothing], options).parts).toEqual([]);
    const one = { source: "one", dimensions: 3, vectors: Float32Array.of(1, 2, 2) };
    const vector = fused(fitFusion([one], options), 0, [one]);
    expect(Math.sqrt(dot(vector, vector))).toBeCloseTo(1, 5);
  });

  it("comes back from its stored form as it was", () => {
    expect(loadFusion(saveFusion(both))).toEqual(both);
    const [standIn] = fitFusion([words], options).parts;
    expect(loadFusion(saveFusion({ ...both, standIn }))).toEqual({ ...both, standIn });
  });
});
