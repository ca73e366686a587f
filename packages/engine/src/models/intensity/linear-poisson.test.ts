import { readFileSync } from "node:fs";
import { type Arbitrary, array, assert, double, integer, option, property, record, tuple } from "fast-check";
import { describe, expect, test } from "vitest";
import {
  expectation,
  fitLinearPoisson,
  type LinearPoisson,
  observedInformation,
  step,
  totalEvents,
  totalExposures,
} from "./linear-poisson.ts";

interface Case {
  readonly features: number[];
  readonly counts: number[];
  readonly exposures: number[];
  readonly priorEvents: number[];
  readonly priorExposures: number[];
  readonly weights: number[];
  readonly logLikelihood: number;
}

const { cases } = JSON.parse(readFileSync(`${import.meta.dirname}/fixtures/linear-poisson.json`, "utf8")) as {
  cases: Case[];
};

function problemFrom(one: Case): LinearPoisson {
  return {
    features: Float32Array.from(one.features),
    counts: Float32Array.from(one.counts),
    exposures: Float64Array.from(one.exposures),
    prior: { events: Float64Array.from(one.priorEvents), exposures: Float64Array.from(one.priorExposures) },
  };
}

/** Two features, a few points, and perhaps a prior. */
const problems: Arbitrary<LinearPoisson> = record({
  points: array(
    tuple(
      double({ min: 0.01, max: 50, noNaN: true }),
      double({ min: 0, max: 50, noNaN: true }),
      integer({ min: 1, max: 5 }),
    ),
    {
      minLength: 1,
      maxLength: 12,
    },
  ),
  exposures: tuple(double({ min: 0.1, max: 100, noNaN: true }), double({ min: 0.1, max: 100, noNaN: true })),
  prior: option(tuple(double({ min: 0.1, max: 30, noNaN: true }), double({ min: 0.1, max: 30, noNaN: true }))),
}).map(({ points, exposures, prior }) => ({
  features: Float32Array.from(points.flatMap((point) => point.slice(0, 2))),
  counts: Float32Array.from(points, ([, , count]) => count),
  exposures: Float64Array.from(exposures),
  prior:
    prior === null
      ? undefined
      : { events: Float64Array.from(prior), exposures: Float64Array.from([prior[1], prior[0]]) },
}));

describe("a fit", () => {
  test.each(cases.map((one, index) => [index, one] as const))(
    "reaches the optimum that a direct optimiser finds, edges and priors included (case %i)",
    (_, one) => {
      const problem = problemFrom(one);
      const { weights, logLikelihood, gap } = fitLinearPoisson(problem, { tolerance: 1e-9, passesMax: 20_000 });
      const events = totalEvents(problem);
      expect(gap).toBeLessThanOrEqual(1e-9);
      expect(Math.abs(logLikelihood - one.logLikelihood) / events).toBeLessThan(1e-7);
      const exposures = totalExposures(problem);
      for (const [j, weight] of weights.entries()) {
        expect(Math.abs((weight - one.weights[j]) * exposures[j]) / events).toBeLessThan(2e-3);
      }
    },
  );

  test("promises as many events as there were", () => {
    assert(
      property(problems, (problem) => {
        const { weights } = fitLinearPoisson(problem);
        const exposures = totalExposures(problem);
        const promised = weights.reduce((sum, weight, j) => sum + weight * exposures[j], 0);
        expect(promised / totalEvents(problem)).toBeCloseTo(1, 3);
      }),
      { seed: 1 },
    );
  });

  test("says truly how far below the maximum it may be", () => {
    assert(
      property(problems, (problem) => {
        const early = fitLinearPoisson(problem, { tolerance: 0.05, passesMax: 50 });
        const best = fitLinearPoisson(problem, { tolerance: 1e-10, passesMax: 5_000 });
        const missing = (best.logLikelihood - early.logLikelihood) / totalEvents(problem);
        expect(missing).toBeLessThanOrEqual(early.gap + 1e-9);
      }),
      { seed: 1 },
    );
  });

  test("is the prior's mode where there are no events", () => {
    const { weights } = fitLinearPoisson({
      features: new Float32Array(0),
      counts: new Float32Array(0),
      exposures: Float64Array.of(0, 0),
      prior: { events: Float64Array.of(6, 1), exposures: Float64Array.of(3, 4) },
    });
    expect([...weights]).toEqual([expect.closeTo(2, 4), expect.closeTo(0.25, 4)]);
  });

  test("leaves out what had no exposure, and gives nothing where nothing happened", () => {
    const open = { features: Float32Array.of(1, 5), counts: Float32Array.of(3), exposures: Float64Array.of(2, 0) };
    expect([...fitLinearPoisson(open).weights]).toEqual([1.5, 0]);
    const silent = { ...open, features: new Float32Array(0), counts: new Float32Array(0) };
    expect(fitLinearPoisson(silent)).toMatchObject({ weights: Float64Array.of(0, 0), gap: 0 });
  });
});

test("a step of expectation maximisation never lowers the likelihood", () => {
  assert(
    property(problems, double({ min: 0.001, max: 10, noNaN: true }), (problem, scale) => {
      const exposures = totalExposures(problem);
      const events = totalEvents(problem);
      let weights: Float64Array = Float64Array.of(scale, 1);
      let before = Number.NEGATIVE_INFINITY;
      for (let pass = 0; pass < 8; pass++) {
        const { logLikelihood, ratios } = expectation(problem, weights);
        expect(logLikelihood).toBeGreaterThanOrEqual(before - 1e-9 * Math.max(1, Math.abs(before)));
        before = logLikelihood;
        weights = step(weights, ratios, exposures, events);
      }
    }),
    { seed: 1 },
  );
});

test("the information is the curvature of the likelihood", () => {
  const problem = problemFrom(cases[3]);
  const { weights } = fitLinearPoisson(problem, { tolerance: 1e-9, passesMax: 20_000 });
  const information = observedInformation(problem, weights);
  const at = (j: number, by: number) =>
    expectation(
      problem,
      weights.map((weight, i) => (i === j ? weight + by : weight)),
    ).logLikelihood;
  for (let j = 0; j < weights.length; j++) {
    const h = weights[j] * 1e-3;
    const curvature = -(at(j, h) - 2 * at(j, 0) + at(j, -h)) / (h * h);
    expect(information[j * weights.length + j] / curvature).toBeCloseTo(1, 2);
  }
});
