import { describe, expect, test } from "vitest";
import { seededRandom } from "../../base/random.ts";
import { dayMs, hourMs } from "../../base/time.ts";
import { interactionTable } from "../../core/interaction-table.ts";
import type { Interaction } from "../../core/ports.ts";
import { decayedDeviation, factorAt, fitWeekRhythm, meanFactor } from "./calendar.ts";

const monday = Date.UTC(2024, 0, 1);
const random = seededRandom(4);
const rhythm = { factors: Float64Array.from({ length: 168 }, () => 0.2 + 1.6 * random.uniform()) };
const mean = rhythm.factors.reduce((sum, factor) => sum + factor, 0) / 168;
for (const [hour, factor] of rhythm.factors.entries()) rhythm.factors[hour] = factor / mean;

describe("the rhythm of the week", () => {
  test("is found in events that follow one", () => {
    // Mondays at nine, three times as often as Thursdays at twenty.
    const user: Interaction[] = [{ item: 0, time: monday - dayMs, weight: 1 }];
    for (let week = 0; week < 3_000; week++) {
      for (const minute of [0, 1, 2]) {
        user.push({ item: 0, time: monday + week * 7 * dayMs + 9 * hourMs + minute * 60_000, weight: 1 });
      }
      user.push({ item: 0, time: monday + week * 7 * dayMs + 3 * dayMs + 20 * hourMs, weight: 1 });
    }
    const data = { interactions: interactionTable([user]), places: [Int32Array.of(0)], parents: Int32Array.of(-1) };
    const found = fitWeekRhythm(data, Number.POSITIVE_INFINITY);
    expect(found.factors.reduce((sum, factor) => sum + factor, 0)).toBeCloseTo(168, 8);
    const nine = factorAt(found, monday + 9.5 * hourMs);
    expect(nine / factorAt(found, monday + 3 * dayMs + 20 * hourMs)).toBeCloseTo(3, 0);
    expect(factorAt(found, monday + 2 * dayMs)).toBeLessThan(0.1);
    expect([...fitWeekRhythm(data, monday).factors].every((factor) => Math.abs(factor - 1) < 1e-9)).toBe(true);
  });

  test("averages out over whole weeks, and not over a day", () => {
    expect(meanFactor(rhythm, monday + 5 * hourMs, monday + 14 * dayMs + 5 * hourMs)).toBeCloseTo(1, 10);
    const day = rhythm.factors.slice(0, 24).reduce((sum, factor) => sum + factor, 0) / 24;
    expect(meanFactor(rhythm, monday, monday + dayMs)).toBeCloseTo(day, 10);
    expect(meanFactor(rhythm, monday, monday + hourMs / 4)).toBeCloseTo(rhythm.factors[0], 10);
    expect(meanFactor(rhythm, monday, monday)).toBe(1);
  });

  test.each([0.36, 5.8, 43])("has the decayed deviation that adding up gives (tau %f days)", (tau) => {
    for (const start of [monday, monday - 400 * dayMs + 0.3 * hourMs, monday + 6.99 * dayMs]) {
      const stepDays = 1 / 24 / 20;
      let sum = 0;
      for (let day = stepDays / 2; day < 12 * tau; day += stepDays) {
        sum += Math.exp(-day / tau) * (factorAt(rhythm, start + day * dayMs) - 1) * stepDays;
      }
      expect(decayedDeviation(rhythm, tau)(start)).toBeCloseTo(sum, 3);
    }
  });
});
