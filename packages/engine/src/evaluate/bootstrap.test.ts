import { describe, expect, it } from "vitest";
import { seededRandom } from "../base/random.ts";
import { bootstrapMean } from "./bootstrap.ts";

describe("the bootstrap interval", () => {
  it("covers the true mean about as often as it says", () => {
    const random = seededRandom(1);
    let covered = 0;
    const trials = 300;
    for (let trial = 0; trial < trials; trial++) {
      const values = Float64Array.from({ length: 60 }, () => (random.uniform() < 0.3 ? 1 : 0));
      const { low, high } = bootstrapMean(values, random, 400);
      if (low <= 0.3 && 0.3 <= high) covered += 1;
    }
    expect(covered / trials).toBeGreaterThan(0.9);
    expect(covered / trials).toBeLessThan(0.985);
  });

  it("is as wide as the normal approximation where that holds", () => {
    const random = seededRandom(2);
    const values = Float64Array.from({ length: 2_000 }, () => random.normal());
    const { value, low, high } = bootstrapMean(values, random);
    const half = 1.96 / Math.sqrt(2_000);
    expect((high - low) / 2 / half).toBeGreaterThan(0.93);
    expect((high - low) / 2 / half).toBeLessThan(1.07);
    expect(value).toBeCloseTo(values.reduce((sum, one) => sum + one) / 2_000, 12);
    expect(low < value && value < high).toBe(true);
  });

  it("is the same for the same seed", () => {
    const values = [0, 1, 0, 0, 1];
    expect(bootstrapMean(values, seededRandom(3))).toEqual(bootstrapMean(values, seededRandom(3)));
  });

  it("is a point where all values are equal, and zero where there are none", () => {
    expect(bootstrapMean([0.5, 0.5], seededRandom(1))).toEqual({ value: 0.5, low: 0.5, high: 0.5 });
    expect(bootstrapMean([], seededRandom(1))).toEqual({ value: 0, low: 0, high: 0 });
  });
});
