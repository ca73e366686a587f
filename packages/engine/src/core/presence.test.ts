import { assert, double, property } from "fast-check";
import { describe, expect, it, test } from "vitest";
import { seededRandom } from "../base/random.ts";
import { ageCount, ageOf, cutByAge, expectedPresence, type Presence, presenceAt, presentDays } from "./presence.ts";

/** Falls to a twentieth within a few days, and comes back a little after months. */
const leaving: Presence = { factors: Float64Array.of(6, 3, 2, 1, 0.3, 0.05, 0.05, 0.2, 0.2, 0.2, 0.2) };

describe("time by the age of the last session", () => {
  test("has parts that follow each other, in ages that follow each other, and leaves nothing out", () => {
    const days = double({ min: 0, max: 3_000, noNaN: true });
    assert(
      property(days, days, days, (began, wait, length) => {
        const [from, to] = [began + wait, began + wait + length];
        let reached = from;
        let last = -1;
        cutByAge(began, from, to, (age, partFrom, partTo) => {
          expect(partFrom).toBe(reached);
          expect(partTo).toBeGreaterThan(partFrom);
          expect(age).toBeGreaterThan(last);
          expect(ageOf((partFrom + partTo) / 2 - began)).toBe(age);
          [reached, last] = [partTo, age];
        });
        expect(reached).toBe(Math.max(from, to));
      }),
      { seed: 3, numRuns: 200 },
    );
  });

  test("is read at an age, and added up over a span of ages", () => {
    expect(leaving.factors).toHaveLength(ageCount);
    expect([0, 0.1, 4.9, 5, 1e6].map((days) => presenceAt(leaving, days))).toEqual([6, 3, 1, 0.3, 0.2]);
    expect(presentDays(leaving, 1, 20)).toBeCloseTo(0.5 * 2 + 3.5 * 1 + 10 * 0.3 + 5 * 0.05, 10);
  });
});

describe("what is to be expected of presence", () => {
  it("is what it is where it is always the same, whoever comes meanwhile", () => {
    const same = { factors: new Float64Array(ageCount).fill(0.7) };
    for (const rate of [0, 0.1, 3]) {
      for (const part of expectedPresence(same, 12, rate, 30)) expect(part).toBeCloseTo(0.7, 10);
    }
  });

  it("is its course where nobody comes", () => {
    const parts = expectedPresence(leaving, 2, 0, 24);
    expect(parts[0]).toBeCloseTo(1, 10);
    expect(parts[23]).toBeCloseTo(0.05, 10);
  });

  it.each([
    [1, 0.05, 30],
    [20, 0.05, 30],
    [0.05, 0.02, 7],
  ])("%d days after the last session, at %d a day, is what comes of trying it out over %d days", (age, rate, days) => {
    const random = seededRandom(1);
    const people = 4_000;
    const step = days / 600;
    let present = 0;
    for (let person = 0; person < people; person++) {
      let since = age;
      for (let at = 0; at < 600; at++) {
        const factor = presenceAt(leaving, since);
        present += factor / 600;
        since = random.uniform() < rate * factor * step ? 0 : since + step;
      }
    }
    const parts = expectedPresence(leaving, age, rate, days);
    const mean = parts.reduce((sum, part) => sum + part, 0) / parts.length;
    expect(mean / (present / people)).toBeCloseTo(1, 1);
  });
});
