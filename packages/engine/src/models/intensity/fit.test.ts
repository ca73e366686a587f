import { describe, expect, test } from "vitest";
import { dayMs } from "../../base/time.ts";
import { interactionTable } from "../../core/interaction-table.ts";
import { featureCount, openFeatures, pointsByRow, problemOf } from "./features.ts";
import { fitIntensity, logLikelihoodByRow, populationRates } from "./fit.ts";
import { expectation, fitLinearPoisson } from "./linear-poisson.ts";
import { readPoints } from "./points.ts";
import type { IntensityHistories } from "./sessions.ts";
import {
  simulate,
  simulatedParents,
  simulatedPriorDays,
  simulatedRates,
  simulatedTausDays,
  type Truth,
} from "./test-process.ts";
import { habitHalfLife, weightCovariance } from "./uncertainty.ts";

const truth: Truth = {
  leaves: [
    [0.1, 0.25, 0.3, 0, 0, 0.05, 0.2],
    [0.3, 0.02, 0.15, 0, 0, 0.15, 0.3],
  ],
  users: 900,
  days: 240,
  seed: 11,
};
const data = simulate(truth);
const until = truth.days * dayMs;
const options = {
  tausDays: simulatedTausDays,
  priorDays: simulatedPriorDays,
  rates: simulatedRates,
  negative: 2,
  priorEvents: 4,
};
const width = featureCount(simulatedTausDays.length);

describe("people simulated from known weights", () => {
  const points = readPoints(data, { ...options, until });
  const tree = { parents: simulatedParents, rates: simulatedRates };
  // The branch is all there is, so what comes from it and from activity differs by the first session only.
  const open = openFeatures(1, simulatedTausDays.length);

  test.each([2, 3])("give back the weights of row %i within three standard deviations", (row) => {
    const problem = problemOf(points, pointsByRow(points), tree, [row], open, simulatedPriorDays);
    const { weights } = fitLinearPoisson(problem, { tolerance: 1e-7, passesMax: 5_000 });
    const covariance = weightCovariance(problem, weights);
    const sought = truth.leaves[row - 2];
    for (let j = 0; j < width; j++) {
      const deviation = Math.sqrt(covariance[j * width + j]);
      expect(Math.abs(weights[j] - sought[j]), `weight ${j} ± ${deviation}`).toBeLessThanOrEqual(3 * deviation);
      // An interval that holds anything would prove nothing.
      expect(deviation).toBeLessThan(0.15);
    }
    const found = expectation(problem, weights).logLikelihood;
    const atTruth = expectation(problem, Float64Array.from(sought)).logLikelihood;
    // Twice the difference is chi-squared with as many degrees of freedom as weights.
    expect(found - atTruth).toBeGreaterThanOrEqual(0);
    expect(2 * (found - atTruth)).toBeLessThan(16);
  });

  test("have habits whose half-life is found within three standard deviations", () => {
    const problem = problemOf(points, pointsByRow(points), tree, [2], open, simulatedPriorDays);
    const { weights } = fitLinearPoisson(problem, { tolerance: 1e-7, passesMax: 5_000 });
    const covariance = weightCovariance(problem, weights);
    const found = habitHalfLife(weights, covariance, simulatedTausDays, simulatedPriorDays)!;
    const sought = habitHalfLife(
      Float64Array.from(truth.leaves[0]),
      new Float64Array(width * width),
      simulatedTausDays,
      simulatedPriorDays,
    )!;
    expect(sought.lowDays).toBe(sought.days);
    const deviation = Math.log(found.highDays! / found.days) / 1.96;
    expect(Math.abs(Math.log(found.days / sought.days))).toBeLessThan(3 * deviation);
    expect(found.highDays! / found.lowDays).toBeLessThan(2);
  });
});

describe("fitting a tree", () => {
  const cut = 160 * dayMs;
  const model = fitIntensity(data, cut, { tausDays: simulatedTausDays });
  const heldOut = readPoints(data, { ...model.options, rates: model.rates, from: cut, until });
  const perEvent = ({ logLikelihood, events }: ReturnType<typeof logLikelihoodByRow>) =>
    (logLikelihood[2] + logLikelihood[3]) / (events[2] + events[3]);

  test("predicts held-out events better than rates alone, and about as many as there are", () => {
    const rates = fitIntensity(data, cut, { tausDays: simulatedTausDays, terms: [] });
    const learned = logLikelihoodByRow(model, heldOut);
    expect(perEvent(learned)).toBeGreaterThan(perEvent(logLikelihoodByRow(rates, heldOut)) + 0.015);
    expect(learned.expected[2] / learned.events[2]).toBeCloseTo(1, 0);
    expect(model.gap).toBeLessThan(1e-3);
  });

  test("lets a row without events behave like its level, and a row with many like itself", () => {
    const silent = { ...data, parents: Int32Array.of(-1, 0, 1, 1, 1) };
    const { weights, events } = fitIntensity(silent, cut, { tausDays: simulatedTausDays });
    const strong = fitIntensity(silent, cut, { tausDays: simulatedTausDays, borrowedEvents: 1e6 });
    expect(events[4]).toBe(0);
    const lineOf = (lines: Float64Array, row: number) => [...lines.subarray(row * width, (row + 1) * width)];
    const distance = (a: number[], b: number[]) => Math.max(...a.map((value, j) => Math.abs(value - b[j])));
    expect(lineOf(weights, 4).every((weight) => weight >= 0 && weight < 2)).toBe(true);
    expect(distance(lineOf(weights, 2), lineOf(weights, 3))).toBeGreaterThan(0.05);
    expect(distance(lineOf(strong.weights, 2), lineOf(strong.weights, 4))).toBeLessThan(0.02);
  });

  test("gives all rows of a level the same weights where it is asked to", () => {
    const { weights } = fitIntensity(data, cut, { tausDays: simulatedTausDays, perRow: false });
    expect([...weights.subarray(2 * width, 3 * width)]).toEqual([...weights.subarray(3 * width, 4 * width)]);
  });

  test("counts the population's rates over what people could have done after their first session", () => {
    const rates = populationRates(data, until);
    const { offsets, times } = data.interactions;
    let [events, days] = [0.5, 0];
    for (let user = 0; user + 1 < offsets.length; user++) {
      events += offsets[user + 1] - offsets[user] - 1;
      days += (until - times[offsets[user]]) / dayMs;
    }
    expect(rates[0]).toBeCloseTo(events / days, 10);
  });
});

describe("fitting refuses", () => {
  const once: IntensityHistories = {
    interactions: interactionTable([[{ item: 0, time: 0, weight: 1 }]]),
    places: [Int32Array.of(0)],
    parents: Int32Array.of(-1),
  };

  test("people who never came back", () => {
    expect(() => fitIntensity(once, dayMs)).toThrow(/expected people who came back at least once, got 0 returns/);
  });

  test.each([
    [{ tausDays: [] }, /tausDays expected 1 to 16 timescales above 0, shortest first, got none/],
    [{ tausDays: [5, 5] }, /tausDays expected .* got 5, 5/],
    [{ priorDays: 0 }, /priorDays expected days above 0/],
    [{ borrowedEvents: -1 }, /borrowedEvents expected events from 0/],
    [{ negative: Number.NaN }, /negative expected a number from 0 to 100, got NaN/],
    [{ priorEvents: 0 }, /priorEvents expected events above 0/],
  ])("the options %j", (given, message) => {
    expect(() => fitIntensity(data, until, given)).toThrow(message);
  });
});
