import { array, assert, constantFrom, double, integer, property, tuple } from "fast-check";
import { expect, test } from "vitest";
import { PenchantError } from "../../base/errors.ts";
import { dayMs } from "../../base/time.ts";
import { interactionTable } from "../../core/interaction-table.ts";
import { fitWeekRhythm } from "./calendar.ts";
import { fitIntensity, logLikelihoodByRow } from "./fit.ts";
import { readPoints } from "./points.ts";
import { expectedEvents, sumsBefore } from "./predict.ts";

/** Equal times, years without events, weights of zero, rejections, and items in several places or at the root. */
const places = [Int32Array.of(2), Int32Array.of(3), Int32Array.of(1, 3), Int32Array.of(0)];
const parents = Int32Array.of(-1, 0, 1, 1, 0);
const gaps = constantFrom(0, 0, 1e-6, 0.02, 1, 9, 400, 20_000);
const weights = constantFrom(1, 1, 0.25, 0, -0.5, -1, 1e-12, 1e6);
const histories = array(
  tuple(
    double({ min: -30_000, max: 30_000, noNaN: true }),
    array(tuple(gaps, weights, integer({ min: 0, max: 3 })), { maxLength: 12 }),
  ),
  { minLength: 1, maxLength: 6 },
).map((users) =>
  users.map(([firstDay, events]) => {
    let day = firstDay;
    return events.map(([gap, weight, item]) => {
      day += gap;
      return { item, time: Math.round(day * dayMs), weight };
    });
  }),
);

test("whatever the histories, weights, likelihoods and forecasts are numbers, and none is negative that must not be", () => {
  let fitted = 0;
  assert(
    property(histories, (users) => {
      const data = { interactions: interactionTable(users), places, parents };
      const until = Math.max(0, ...data.interactions.times) + dayMs;
      const model = (() => {
        try {
          return fitIntensity(data, until);
        } catch (error) {
          expect(PenchantError.isInstance(error) && error.code).toBe("PENCHANT_E_MODEL_DATA");
          return undefined;
        }
      })();
      if (model === undefined) return;
      fitted += 1;
      expect(model.weights.every((weight) => Number.isFinite(weight) && weight >= 0)).toBe(true);
      expect(model.deviations.every((deviation) => Number.isFinite(deviation) && deviation >= 0)).toBe(true);
      for (const halfLife of model.halfLives) {
        if (halfLife !== null)
          expect(halfLife.lowDays <= halfLife.days && halfLife.days <= (halfLife.highDays ?? Infinity)).toBe(true);
      }
      const rhythm = fitWeekRhythm(data, until);
      const points = readPoints(data, { ...model.options, rates: model.rates, rhythm, until });
      expect(logLikelihoodByRow(model, points).logLikelihood.every(Number.isFinite)).toBe(true);
      for (const user of users.keys()) {
        const person = sumsBefore(data, model, user, until);
        if (Number.isNaN(person.sinceFirstDays)) continue;
        expect(expectedEvents(model, person, 30).every((events) => Number.isFinite(events) && events >= 0)).toBe(true);
      }
    }),
    { seed: 7, numRuns: 150 },
  );
  expect(fitted).toBeGreaterThan(50);
});
