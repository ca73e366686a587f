import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decisionTree } from "./decision-tree.ts";
import oracle from "./fixtures/oracle.json" with { type: "json" };
import { gradientBoosting } from "./gradient-boosting.ts";
import type { Learner } from "./learner.ts";
import { randomForest } from "./random-forest.ts";
import { fitLearner, logLoss, matrixOf, rings, storedAndRead, treeRows } from "./test-data.ts";

const { train, weights, asked, answers } = treeRows;

describe("a decision tree", () => {
  it.each(["gini", "entropy"] as const)("by %s says what scikit-learn's says", async (impurity) => {
    const leafWeight = 0.06 * weights.reduce((sum, weight) => sum + weight, 0);
    const settings = { depth: 4, leafWeight, impurity, smoothing: 0 };
    const ours = (await fitLearner(decisionTree, { ...train, weights }, settings)).probabilities(train.features);
    expect([...ours]).toEqual(oracle.trees[impurity].map((value) => expect.closeTo(value, 6)));
  });

  it("draws the rates of small leaves to everybody's", async () => {
    // Two leaves of four rows each, with 0 and 3 of them yes; the rate is 3/8.
    const rows = {
      features: matrixOf([1, 1, 1, 1, 2, 2, 2, 2].map((value) => [value])),
      labels: [0, 0, 0, 0, 1, 1, 1, 0],
    };
    const fitted = await fitLearner(decisionTree, rows, { depth: 1, leafWeight: 1, smoothing: 2 });
    const [small, big] = fitted.probabilities(matrixOf([[1.4], [1.6]]));
    expect(small).toBeCloseTo((2 * 3) / 8 / 6, 12);
    expect(big).toBeCloseTo((3 + (2 * 3) / 8) / 6, 12);
  });

  it("says the same for rows that count twice as for rows that are there twice", async () => {
    const settings = { depth: 6, leafWeight: 5 };
    const { features, labels } = train;
    const twice = Float32Array.from([...features.values, ...features.values]);
    const repeated = { features: { ...features, values: twice }, labels: [...labels, ...labels] };
    const weighted = { features, labels, weights: new Float32Array(labels.length).fill(2) };
    const [one, other] = [
      await fitLearner(decisionTree, repeated, settings),
      await fitLearner(decisionTree, weighted, settings),
    ];
    expect(other.probabilities(asked)).toEqual(one.probabilities(asked));
  });
});

describe("a random forest", () => {
  it("is as good as scikit-learn's", async () => {
    const fitted = await fitLearner(randomForest, train, { trees: 100, leafWeight: 3, columnShare: 0.5, smoothing: 0 });
    expect(logLoss(fitted.probabilities(asked), answers)).toBeCloseTo(oracle.trees.forestLogLoss, 1);
  });

  it("parts rings, as no line can", async () => {
    const fitted = await fitLearner(randomForest, rings(600, 1), { trees: 20 });
    const { features, labels } = rings(400, 2);
    expect(logLoss(fitted.probabilities(features), labels)).toBeLessThan(0.25);
  });
});

const learners: readonly (readonly [Learner, object])[] = [
  [decisionTree, { leafWeight: 2 }],
  [randomForest, { trees: 5, leafWeight: 2 }],
  [gradientBoosting, { trees: 5, leafWeight: 0.5 }],
] as unknown as readonly (readonly [Learner, object])[];

describe.each(learners.map(([learner, settings]) => ({ learner, settings, name: learner.name })))(
  "$name",
  ({ learner, settings }) => {
    it("asks for the order of values only: stretched and bent, they say the same", async () => {
      const column = fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 30, maxLength: 30 });
      await fc.assert(
        fc.asyncProperty(column, column, column, async (a, b, noise) => {
          const labels = a.map((value, row) => (value + noise[row] > b[row] ? 1 : 0));
          if (new Set(labels).size === 1) return;
          const plain = matrixOf(a.map((value, row) => [value, b[row]]));
          const bent = matrixOf(a.map((value, row) => [value ** 3, 5 * b[row] - 7]));
          const one = await fitLearner(learner, { features: plain, labels }, settings);
          const other = await fitLearner(learner, { features: bent, labels }, settings);
          expect(other.probabilities(bent)).toEqual(one.probabilities(plain));
        }),
        { numRuns: 20 },
      );
    });

    it("sends missing values where they belong", async () => {
      // What is missing is always a yes, small and big values never are.
      const values = Array.from({ length: 60 }, (_, row) => [row % 3 === 0 ? null : row]);
      const labels = values.map(([value]) => (value === null ? 1 : 0));
      const fitted = await fitLearner(learner, { features: matrixOf(values), labels }, settings);
      const [missing, small, big] = fitted.probabilities(matrixOf([[null], [1], [59]]));
      expect(missing).toBeGreaterThan(Math.max(small, big) + 0.2);
    });

    it("is the same from the same seed, and when it was stored and read again", async () => {
      const [one, other] = [await fitLearner(learner, train, settings), await fitLearner(learner, train, settings)];
      expect(other.tensors).toEqual(one.tensors);
      const read = storedAndRead(learner, one, train.features.names.length);
      expect(read.probabilities(asked)).toEqual(one.probabilities(asked));
    });

    it("refuses stored nodes that lead nowhere", async () => {
      const { tensors, ...fitted } = await fitLearner(learner, train, settings);
      const refused = expect.objectContaining({ code: "PENCHANT_E_MODEL_FILE" });
      const children = (tensors.children as Int32Array).map((child) => child + 100_000);
      for (const part of [{ children }, { roots: Int32Array.of(-1) }, { thresholds: new Float32Array(1) }]) {
        const damaged = { ...fitted, tensors: { ...tensors, ...part } };
        expect(() => storedAndRead(learner, damaged, 4)).toThrow(refused);
      }
      expect(() => storedAndRead(learner, { ...fitted, tensors }, 1)).toThrow(refused);
    });
  },
);
