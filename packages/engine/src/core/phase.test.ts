import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { phaseOf } from "./phase.ts";

/** Sums of one timescale each: S_6h, S_4d, S_30d, S_240d. */
const inputs = (month: number, year: number, recent: { month: number; year: number } = { month: 0, year: 0 }) => ({
  sums: [0, 0, month, year],
  recentSums: [0, 0, recent.month, recent.year],
  seenDays: [0.36, 5.77, 43.3, 346],
});

describe("the phase of an interest", () => {
  it("is dormant when less than a twentieth of an event is left of the last month", () => {
    expect(phaseOf(inputs(0.049, 5))).toBe("dormant");
    expect(phaseOf(inputs(0, 0))).toBe("dormant");
  });

  it("is revived when only the last days keep it from being dormant, and it was known before", () => {
    expect(phaseOf(inputs(1.04, 3, { month: 1, year: 1 }))).toBe("revived");
    expect(phaseOf(inputs(1.06, 3, { month: 1, year: 1 }))).not.toBe("revived");
  });

  it("is emerging when nearly all that is known of it is new", () => {
    expect(phaseOf(inputs(0.9, 1, { month: 0.9, year: 1 }))).toBe("emerging");
    expect(phaseOf(inputs(0.71, 1))).toBe("emerging");
  });

  it("is fading when the month's rate is less than half of the year's", () => {
    // Rates: month / 43.3 against half of 10 / 346: 0.62 is about as much as 0.63 needs.
    expect(phaseOf(inputs(0.6, 10))).toBe("fading");
    expect(phaseOf(inputs(0.65, 10))).toBe("core");
  });

  it("is held while it is not clearly another, and always when it is the phase anyway", () => {
    expect(phaseOf(inputs(0.69, 1))).toBe("core");
    expect(phaseOf(inputs(0.69, 1), "emerging")).toBe("emerging");
    expect(phaseOf(inputs(0.62, 1), "emerging")).toBe("core");
    expect(phaseOf(inputs(0.71, 1), "core")).toBe("core");
    expect(phaseOf(inputs(0.78, 1), "core")).toBe("emerging");
    expect(phaseOf(inputs(0.048, 5), "fading")).toBe("fading");
    expect(phaseOf(inputs(0.052, 5), "dormant")).toBe("dormant");
    const sum = fc.double({ min: 0, max: 10, noNaN: true });
    fc.assert(
      fc.property(sum, sum, sum, sum, (month, year, recentMonth, recentYear) => {
        const any = inputs(month, year, { month: Math.min(month, recentMonth), year: Math.min(year, recentYear) });
        expect(phaseOf(any, phaseOf(any))).toBe(phaseOf(any));
      }),
      { seed: 2, numRuns: 1_000 },
    );
  });

  it("is some phase for any sums, even before any time has passed", () => {
    const sum = fc.double({ min: 0, max: 1e300, noNaN: true });
    fc.assert(
      fc.property(fc.array(sum, { minLength: 12, maxLength: 12 }), (numbers) => {
        const phase = phaseOf({
          sums: numbers.slice(0, 4),
          recentSums: numbers.slice(4, 8),
          seenDays: numbers.slice(8),
        });
        expect(["emerging", "core", "fading", "dormant", "revived"]).toContain(phase);
      }),
      { seed: 1 },
    );
    expect(phaseOf({ sums: [1, 1, 1, 1], recentSums: [1, 1, 1, 1], seenDays: [0, 0, 0, 0] })).toBe("emerging");
  });
});
