import { describe, expect, test } from "vitest";
import { seededRandom } from "../../base/random.ts";
import { dayMs } from "../../base/time.ts";
import { interactionTable } from "../../core/interaction-table.ts";
import type { Interaction } from "../../core/ports.ts";
import { presenceAt } from "../../core/presence.ts";
import { factorAt } from "./calendar.ts";
import { addExposures, featureCount, featuresAt } from "./features.ts";
import { fitIntensity } from "./fit.ts";
import { readPoints } from "./points.ts";
import { expectedEvents, intensitiesOf, sumsBefore } from "./predict.ts";
import type { IntensityHistories } from "./sessions.ts";
import { simulate, simulatedTausDays } from "./test-process.ts";

/** Root 0, branches 1 and 2, leaves 3 and 4 under 1; item i stands at row 2 + i, item 3 at rows 2 and 3. */
const parents = Int32Array.of(-1, 0, 0, 1, 1);
const places = [Int32Array.of(2), Int32Array.of(3), Int32Array.of(4), Int32Array.of(2, 3)];
const rates = Float64Array.of(0.2, 0.12, 0.08, 0.07, 0.05);
const [tauA, tauB] = [3, 50];
const options = { tausDays: [tauA, tauB], priorDays: 20, rates, negative: 2, priorEvents: 4 };

const at = (day: number, item: number, weight = 1): Interaction => ({ item, time: day * dayMs, weight });
const histories = (...users: Interaction[][]): IntensityHistories => ({
  interactions: interactionTable(users),
  places,
  parents,
});
const rowsOf = ({ rows }: { rows: Int32Array }) => [...rows];

describe("points", () => {
  test("leave the first session out, and are one per row and session, ancestors included", () => {
    const points = readPoints(histories([at(0, 1), at(2, 1), at(2, 2), at(5, 0)]), { ...options, until: 10 * dayMs });
    expect(rowsOf(points)).toEqual([0, 1, 3, 4, 0, 2]);
    expect([...points.events]).toEqual([2, 2, 1, 1, 1, 1]);
    expect([...points.parentPoints]).toEqual([-1, 0, 1, 1, -1, 4]);
    expect([...points.rootPoints]).toEqual([0, 0, 0, 0, 4, 4]);
    expect(points.days).toBe(10);
  });

  test("have the rates from before their session: events of one basket never predict each other", () => {
    const points = readPoints(histories([at(0, 1), at(2, 1), at(2.01, 1), at(2.02, 1)]), {
      ...options,
      until: 10 * dayMs,
    });
    expect([...points.events]).toEqual([3, 3, 3]);
    const leaf = points.rows.indexOf(3);
    const seen = tauA * (1 - Math.exp(-2 / tauA)) + 20;
    expect(points.rates[leaf * 2]).toBeCloseTo((Math.exp(-2 / tauA) + 20 * rates[3]) / seen, 6);
    // How often somebody comes cannot be told from their first visit.
    expect(points.rates[points.rows.indexOf(0) * 2]).toBeCloseTo((20 * rates[0]) / seen, 6);
  });

  test("keep apart what half an hour parts, and what names another session; events of one moment stay together", () => {
    const times = [0, 100, 100 + 31 / 1_440, 100 + 40 / 1_440];
    const user = times.map((day) => at(day, 1));
    const until = 200 * dayMs;
    expect(readPoints(histories(user), { ...options, until }).events).toEqual(Float32Array.of(1, 1, 1, 2, 2, 2));
    const named = { ...histories(user), sessions: Int32Array.of(0, 1, 2, 3) };
    expect(readPoints(named, { ...options, until }).count).toBe(9);
    const sameTime = { ...histories([at(0, 1), at(9, 1), at(9, 1)]), sessions: Int32Array.of(0, 1, 2) };
    expect(readPoints(sameTime, { ...options, until }).count).toBe(3);
  });

  test("share an item in two places between them, and meet again above", () => {
    const points = readPoints(histories([at(0, 1), at(3, 3)]), { ...options, until: 10 * dayMs });
    expect(rowsOf(points)).toEqual([0, 1, 2, 3]);
    expect([...points.events]).toEqual([1, 0.5, 0.5, 0.5]);
  });

  test("of a later part of the data know the earlier one, and their exposures add up", () => {
    const data = histories([at(0, 1), at(2, 1), at(7, 0), at(9, 2, -0.5), at(15, 2)], [at(6, 0), at(12, 3)]);
    const whole = readPoints(data, { ...options, until: 20 * dayMs });
    const early = readPoints(data, { ...options, until: 8 * dayMs });
    const late = readPoints(data, { ...options, from: 8 * dayMs, until: 20 * dayMs });
    expect(early.count + late.count).toBe(whole.count);
    expect([...late.rates]).toEqual([...whole.rates.subarray(early.count * 2)]);
    expect(early.days + late.days).toBeCloseTo(whole.days, 9);
    for (const name of ["seenExposures", "priorExposures", "rejected"] as const) {
      for (const [index, value] of whole[name].entries()) {
        expect(early[name][index] + late[name][index]).toBeCloseTo(value, name === "rejected" ? 4 : 9);
      }
    }
  });
});

test("the rhythm of the week stands under the integral of an event's decay", () => {
  const random = seededRandom(8);
  const rhythm = { factors: Float64Array.from({ length: 168 }, () => 0.5 + random.uniform()) };
  const mean = rhythm.factors.reduce((sum, factor) => sum + factor, 0) / 168;
  for (const [hour, factor] of rhythm.factors.entries()) rhythm.factors[hour] = factor / mean;
  const data = histories([at(100, 1), at(130.4, 1)]);
  const until = 160 * dayMs;
  const found = readPoints(data, { ...options, rhythm, until });
  const stepDays = 1 / 240;
  const sums = [0, 0];
  for (let day = 100 + stepDays / 2; day < 160; day += stepDays) {
    const f = factorAt(rhythm, day * dayMs);
    for (const [k, tau] of options.tausDays.entries()) {
      const decayed = Math.exp(-(day - 100) / tau) + (day > 130.4 ? Math.exp(-(day - 130.4) / tau) : 0);
      sums[k] += (f * decayed * stepDays) / (tau * (1 - Math.exp(-(day - 100) / tau)) + 20);
    }
  }
  for (const [k, sum] of sums.entries()) expect(found.seenExposures[3 * 2 + k] / sum).toBeCloseTo(1, 2);
  const plain = readPoints(data, { ...options, until });
  expect(found.logFactors[3]).toBeCloseTo(Math.log(factorAt(rhythm, 130.4 * dayMs)), 9);
  expect(plain.logFactors[3]).toBe(0);
});

describe("a learned intensity", () => {
  const random = seededRandom(3);
  const user = Array.from({ length: 30 }, () =>
    at(random.uniform() * 100, random.integer(4), random.uniform() < 0.25 ? -0.5 : 1),
  ).sort((a, b) => a.time - b.time);
  const data = histories(user, [at(1, 0), at(40, 2), at(60, 1)]);
  const until = 110 * dayMs;
  const learned = fitIntensity(data, until, { tausDays: [tauA, tauB] });
  const model = { ...learned, rates };
  const width = featureCount(2);

  test("reads at a point what the likelihood saw there", () => {
    const points = readPoints(data, { ...options, presence: learned.presence, until });
    const line = new Float64Array(width);
    let [start, checked] = [0, 0];
    for (let point = 0; point < points.count; point++) {
      if (points.rows[point] === 0) start += 1;
      if (points.users[point] !== 1) continue;
      const moment = data.interactions.times[data.interactions.offsets[1] + (checked < 3 ? 1 : 2)];
      checked += 1;
      featuresAt(points, model, point, line);
      const row = points.rows[point];
      const lambda = line.reduce((sum, value, j) => sum + value * model.weights[row * width + j], 0);
      const person = sumsBefore(data, model, 1, moment);
      const factor = presenceAt(learned.presence!, person.sinceSessionDays);
      expect(intensitiesOf(model, person)[row]).toBeCloseTo(factor * lambda, 6);
    }
    expect(start).toBeGreaterThan(2);
    expect(checked).toBe(6);
  });

  test("has the exposure that adding up its intensity gives, rejections included", () => {
    const points = readPoints(data, { ...options, presence: learned.presence, until });
    const stepDays = 0.02;
    const sums = new Float64Array(parents.length);
    for (const person of [0, 1]) {
      const firstDay = data.interactions.times[data.interactions.offsets[person]] / dayMs;
      for (let day = firstDay + stepDays / 2; day < 110; day += stepDays) {
        const lambda = intensitiesOf(model, sumsBefore(data, model, person, day * dayMs));
        for (let row = 0; row < sums.length; row++) sums[row] += lambda[row] * stepDays;
      }
    }
    for (let row = 0; row < parents.length; row++) {
      const exposures = new Float64Array(width);
      addExposures(points, model, row, options.priorDays, exposures);
      const promised = exposures.reduce((sum, value, j) => sum + value * model.weights[row * width + j], 0);
      expect(promised / sums[row]).toBeCloseTo(1, 2);
    }
  });

  test("expects over a day what it reads now, and knows nothing special of a stranger", () => {
    const person = sumsBefore(data, model, 0, until);
    const now = intensitiesOf(model, person);
    const day = expectedEvents(model, person, 0.01);
    for (const [row, lambda] of now.entries()) expect(day[row] / 0.01 / lambda).toBeCloseTo(1, 1);
    expect(sumsBefore(data, model, 0, 0).sinceFirstDays).toBeNaN();
  });
});

test("expected events of simulated people come near to what they do", () => {
  const people = simulate({
    leaves: [
      [0.2, 0.2, 0.2, 0, 0, 0.05, 0.25],
      [0.2, 0.1, 0.2, 0, 0, 0.05, 0.35],
    ],
    users: 600,
    days: 200,
    seed: 5,
  });
  const cut = 170 * dayMs;
  const model = fitIntensity(people, cut, { tausDays: simulatedTausDays });
  const { offsets, times } = people.interactions;
  let [expected, happened] = [0, 0];
  for (let user = 0; user + 1 < offsets.length; user++) {
    expected += expectedEvents(model, sumsBefore(people, model, user, cut), 30)[0];
    for (let event = offsets[user]; event < offsets[user + 1]; event++) if (times[event] >= cut) happened += 1;
  }
  // About 1,800 events, which come in bursts.
  expect(Math.abs(expected - happened)).toBeLessThan(4 * Math.sqrt(2 * happened));
});
