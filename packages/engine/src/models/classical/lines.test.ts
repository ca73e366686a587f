/** The learners that read scaled features: logistic regression and the two support-vector machines. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { seededRandom } from "../../base/random.ts";
import type { LabelledFeatures } from "./features.ts";
import oracle from "./fixtures/oracle.json" with { type: "json" };
import type { Learner } from "./learner.ts";
import { linearSvm } from "./linear-svm.ts";
import { logisticRegression } from "./logistic-regression.ts";
import { rbfKernel } from "./rbf-kernel.ts";
import { rbfSvm } from "./rbf-svm.ts";
import { solveDual } from "./smo.ts";
import { fitLearner, logLoss, matrixOf, rings, storedAndRead } from "./test-data.ts";

const { points, sides, counts, ...expected } = oracle.lines;
const rows: LabelledFeatures = { features: matrixOf(points), labels: sides, weights: counts };

const close = (values: readonly number[], digits: number) => values.map((value) => expect.closeTo(value, digits));

/** Points at whole places with answers of both kinds. */
const examples = fc
  .array(fc.tuple(fc.integer({ min: -5, max: 5 }), fc.integer({ min: -5, max: 5 }), fc.integer({ min: 0, max: 1 })), {
    minLength: 4,
    maxLength: 24,
  })
  .map((given) => ({
    features: matrixOf(given.map(([x, y]) => [x / 2, y / 2])),
    labels: given.map(([, , label], row) => (row < 2 ? row : label)),
  }));

describe("logistic regression", () => {
  it("finds scikit-learn's coefficients", async () => {
    const { tensors } = await fitLearner(logisticRegression, rows, { regularisation: 2 });
    expect([...(tensors.coefficients as Float64Array)]).toEqual(close(expected.logistic, 6));
  });

  it("rests where the gradient vanishes", async () => {
    await fc.assert(
      fc.asyncProperty(examples, async ({ features, labels }) => {
        const fitted = await fitLearner(logisticRegression, { features, labels }, { regularisation: 0.5 });
        const coefficients = fitted.tensors.coefficients as Float64Array;
        const errors = fitted.probabilities(features).map((probability, row) => probability - labels[row]);
        for (const column of [0, 1]) {
          const gradient = errors.reduce((sum, error, row) => sum + error * features.values[2 * row + column], 0);
          expect(gradient + 0.5 * coefficients[column]).toBeCloseTo(0, 6);
        }
        expect(errors.reduce((sum, error) => sum + error, 0)).toBeCloseTo(0, 6);
      }),
      { numRuns: 30 },
    );
  });

  it("is done after a few rounds, also where rounding of the sum hides what a step gains", async () => {
    for (const seed of [1, 3]) {
      const random = seededRandom(seed);
      const labels: number[] = [];
      const alike = Array.from({ length: 4_000 }, () => {
        const shared = random.normal();
        const point = Array.from({ length: 8 }, () => shared + 0.01 * random.normal());
        labels.push(random.uniform() < 1 / (1 + Math.exp(-shared - 2)) ? 1 : 0);
        return point;
      });
      let rounds = 0;
      const options = { seed: 1, onProgress: () => void rounds++ };
      const config = { regularisation: 1e-6 };
      await logisticRegression.fit({ features: matrixOf(alike), labels }, undefined, config, options);
      expect(rounds).toBeLessThan(10);
    }
  });
});

describe("the linear support-vector machine", () => {
  it.each([
    ["hinge", expected.hinge],
    ["squared-hinge", expected.squaredHinge],
  ] as const)("with %s finds scikit-learn's coefficients", async (loss, coefficients) => {
    const { tensors } = await fitLearner(linearSvm, rows, { cost: 0.3, loss, epochs: 1_000 }, rows);
    expect([...(tensors.coefficients as Float64Array)]).toEqual(close(coefficients, 3));
  });
});

describe("the support-vector machine with radial bumps", () => {
  const signsOf = (labels: ArrayLike<number>) => Int8Array.from(labels, (label) => (label === 1 ? 1 : -1));
  const marginsOf = async ({ features, labels }: LabelledFeatures, bounds: Float64Array, gamma: number) => {
    const kernel = rbfKernel("test", features, gamma);
    const signs = signsOf(labels);
    const settings = { tolerance: 1e-6, stepsMax: 100_000 };
    const { multipliers, intercept } = await solveDual(kernel, signs, bounds, settings, async () => {});
    const margins = Array.from(signs, (_, row) =>
      kernel.row(row).reduce((sum, value, other) => sum + value * signs[other] * multipliers[other], intercept),
    );
    return { multipliers, margins };
  };

  it("finds scikit-learn's margins", async () => {
    const { margins } = await marginsOf(
      rows,
      Float64Array.from(counts, (count) => 2 * count),
      0.5 / 3,
    );
    expect(margins).toEqual(close(expected.radialMargins, 3));
  });

  it("meets the conditions of Karush, Kuhn and Tucker", async () => {
    await fc.assert(
      fc.asyncProperty(examples, fc.constantFrom(0.1, 1, 10), async (given, cost) => {
        const signs = signsOf(given.labels);
        const { multipliers, margins } = await marginsOf(given, new Float64Array(signs.length).fill(cost), 0.7);
        expect(multipliers.reduce((sum, multiplier, row) => sum + signs[row] * multiplier, 0)).toBeCloseTo(0, 6);
        for (const [row, multiplier] of multipliers.entries()) {
          const margin = signs[row] * margins[row];
          if (multiplier < cost) expect(margin).toBeGreaterThan(1 - 1e-4);
          if (multiplier > 0) expect(margin).toBeLessThan(1 + 1e-4);
        }
      }),
      { numRuns: 30 },
    );
  });

  it("parts rings, as no line can, and learns from no more rows than it may", async () => {
    const { features, labels } = rings(300, 2);
    const fitted = await fitLearner(rbfSvm, rings(1_000, 1), { rows: 400, gamma: 2 });
    expect((fitted.tensors.heights as Float64Array).length).toBeLessThanOrEqual(401);
    expect(logLoss(fitted.probabilities(features), labels)).toBeLessThan(0.2);
  });
});

const learners = [logisticRegression, linearSvm, rbfSvm] as unknown as readonly Learner[];

describe.each(learners.map((learner) => ({ learner, name: learner.name })))("$name", ({ learner }) => {
  it("is the same from the same seed, and when it was stored and read again", async () => {
    const [one, other] = [await fitLearner(learner, rows), await fitLearner(learner, rows)];
    expect(other.tensors).toEqual(one.tensors);
    expect(storedAndRead(learner, one, 3).probabilities(rows.features)).toEqual(one.probabilities(rows.features));
    expect(() => storedAndRead(learner, one, 4)).toThrow(expect.objectContaining({ code: "PENCHANT_E_MODEL_FILE" }));
  });

  it("leaves out what weighs nothing", async () => {
    const half = points.map((_, row) => row % 2);
    const few = {
      features: matrixOf(points.filter((_, row) => half[row])),
      labels: sides.filter((_, row) => half[row]),
    };
    const [weighted, alone] = [
      await fitLearner(learner, { ...rows, weights: half }, {}, few),
      await fitLearner(learner, few, {}, few),
    ];
    const asked = few.features;
    expect([...weighted.probabilities(asked)]).toEqual(close([...alone.probabilities(asked)], 3));
  });

  it("is sure of the right side, and calibrated on rows that it has not seen", async () => {
    // A line with a fifth of the answers turned around: nobody can say more than 4 to 1.
    const place = Array.from({ length: 400 }, (_, row) => [(row % 40) / 20 - 0.975]);
    const labels = place.map(([x], row) => (x > 0 === row % 5 > 0 ? 1 : 0));
    const fitted = await fitLearner(learner, { features: matrixOf(place), labels });
    const [low, high] = fitted.probabilities(matrixOf([[-0.9], [0.9]]));
    expect(low).toBeLessThan(0.3);
    expect(high).toBeGreaterThan(0.7);
    expect(high - low).toBeLessThan(0.9);
  });

  it("refuses missing values, and stops where it is told to", async () => {
    const missing = matrixOf(points.map(([x, y], row) => [x, row === 7 ? null : y]));
    await expect(fitLearner(learner, { ...rows, features: missing })).rejects.toMatchObject({
      code: "PENCHANT_E_MODEL_DATA",
      message: expect.stringContaining('"column1" is missing'),
    });
    const stop = new AbortController();
    const options = { seed: 1, signal: stop.signal, onProgress: () => stop.abort(new Error("enough")) };
    await expect(learner.fit(rows, undefined, learner.defaults, options)).rejects.toThrow("enough");
  });
});
