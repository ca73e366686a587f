import { describe, expect, it } from "vitest";
import { seededRandom } from "../base/random.ts";
import { bootstrapMean, bootstrapMeans, overSeeds, pairedDifference } from "./bootstrap.ts";

describe("the bootstrap interval", () => {
  it("covers the true mean about as often as it says", () => {
    const random = seededRandom(1);
    let covered = 0;
    const trials = 300;
    for (let trial = 0; trial < trials; trial++) {
      const values = Float64Array.from({ length: 60 }, () => (random.uniform() < 0.3 ? 1 : 0));
      const { low, high } = bootstrapMean(values, random, { resamples: 400 });
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

  it("draws a user's values together, so that many answers of one user do not count as many users", () => {
    const random = seededRandom(4);
    // 40 users of 25 equal values each: as sure as 40 values, and not as 1,000.
    const ofUser = Array.from({ length: 40 }, () => random.normal());
    const values = ofUser.flatMap((value) => Array.from({ length: 25 }, () => value));
    const users = values.map((_, index) => Math.floor(index / 25));
    const width = ({ low, high }: { low: number; high: number }) => high - low;
    const grouped = width(bootstrapMean(values, seededRandom(5), { users }));
    expect(grouped).toBeCloseTo(width(bootstrapMean(ofUser, seededRandom(5))), 12);
    expect(grouped).toBeGreaterThan(3 * width(bootstrapMean(values, seededRandom(5))));
  });

  it("leaves out what has no value, and gives each of several columns what it has alone", () => {
    const columns = [
      [0, 1, 2, 3],
      [Number.NaN, 1, 5, Number.NaN],
    ];
    const [first, second] = bootstrapMeans(columns, seededRandom(6));
    expect(first).toEqual(bootstrapMean(columns[0], seededRandom(6)));
    expect(second).toEqual(bootstrapMean(columns[1], seededRandom(6)));
    expect(second.value).toBe(3);
  });
});

describe("a paired comparison", () => {
  it("sees a small difference that the two intervals apart would hide", () => {
    const random = seededRandom(7);
    const worse = Float64Array.from({ length: 200 }, () => random.normal());
    const better = worse.map((value) => value + 0.01);
    const { value, low, high } = pairedDifference(better, worse, seededRandom(8));
    expect(value).toBeCloseTo(0.01, 12);
    expect(low).toBeCloseTo(0.01, 12);
    expect(high).toBeCloseTo(0.01, 12);
    expect(bootstrapMean(worse, seededRandom(8)).high).toBeGreaterThan(bootstrapMean(better, seededRandom(8)).low);
  });
});

describe("several seeds", () => {
  it("have a mean and a sample standard deviation, and a single one has no spread", () => {
    expect(overSeeds([1, 2, 6])).toEqual({ mean: 3, deviation: Math.sqrt((4 + 1 + 9) / 2) });
    expect(overSeeds([0.5])).toEqual({ mean: 0.5, deviation: null });
  });
});
