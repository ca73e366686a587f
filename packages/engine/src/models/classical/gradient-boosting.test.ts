import { describe, expect, it } from "vitest";
import oracle from "./fixtures/oracle.json" with { type: "json" };
import { fitBoostedRegression, gradientBoosting } from "./gradient-boosting.ts";
import { fitLearner, logLoss, rings, treeRows } from "./test-data.ts";
import { boostingDefaults } from "./trees/boosting.ts";

const { train, weights, numbers } = treeRows;
const asScikitLearn = { trees: 25, learningRate: 0.2, leaves: 7, depth: 4, regularisation: 0.5 };

describe("gradient-boosted trees", () => {
  it("say what scikit-learn's say, with weights and missing values", async () => {
    const fitted = await fitLearner(gradientBoosting, { ...train, weights }, { ...asScikitLearn, leafWeight: 1e-3 });
    const ours = [...fitted.probabilities(train.features)];
    expect(ours).toEqual(oracle.trees.boosted.map((value) => expect.closeTo(value, 4)));
  });

  it("of numbers say what scikit-learn's say", async () => {
    const settings = { ...asScikitLearn, leafWeight: 6 };
    const fitted = await fitBoostedRegression({ ...train, labels: numbers }, undefined, settings, { seed: 1 });
    const ours = [...fitted.predict(train.features)];
    expect(ours).toEqual(oracle.trees.boostedNumbers.map((value) => expect.closeTo(value, 4)));
  });

  it("stop when the validation's loss no longer falls, and keep the best", async () => {
    const notes: string[] = [];
    const [learned, validation] = [rings(300, 1), rings(300, 2)];
    const config = { ...boostingDefaults, learningRate: 0.3, patience: 5 };
    const remarks: string[] = [];
    const onProgress = (_: number, note?: string) => notes.push(note ?? "");
    const onRemark = (remark: string) => remarks.push(remark);
    const fitted = await gradientBoosting.fit(learned, validation, config, { seed: 1, onProgress, onRemark });
    const losses = notes.flatMap((note) => /^validation loss (.*)$/.exec(note)?.[1] ?? []).map(Number);
    const best = losses.indexOf(Math.min(...losses));
    expect(losses.length).toBe(best + 1 + 5);
    expect(remarks).toEqual([`stopped after ${best + 6} of 300 trees, of which the first ${best + 1} are kept`]);
    expect((fitted.tensors.roots as Int32Array).length).toBe(best + 1);
    expect(logLoss(fitted.probabilities(validation.features), validation.labels)).toBeCloseTo(losses[best], 5);
  });

  it("learn from a part of rows and columns for each tree, too", async () => {
    const fitted = await fitLearner(gradientBoosting, rings(600, 1), { trees: 60, rowShare: 0.5, columnShare: 0.7 });
    const { features, labels } = rings(400, 2);
    expect(logLoss(fitted.probabilities(features), labels)).toBeLessThan(0.25);
  });

  it("end where they are told to", async () => {
    const stop = new AbortController();
    const onProgress = () => stop.abort(new Error("enough"));
    const options = { seed: 1, signal: stop.signal, onProgress };
    await expect(gradientBoosting.fit(train, undefined, boostingDefaults, options)).rejects.toThrow("enough");
  });
});

describe("boosted numbers", () => {
  it("are the mean where there is nothing to tell rows apart", async () => {
    const features = { names: ["same"], values: new Float32Array(6) };
    const fitted = await fitBoostedRegression({ features, labels: [1, 2, 3, 4, 5, 9] }, undefined, {}, { seed: 1 });
    expect(fitted.predict(features)[0]).toBeCloseTo(4, 12);
  });

  it("refuse settings and rows that do not fit", async () => {
    const code = (end: string) => ({ code: `PENCHANT_E_MODEL_${end}` });
    const fit = (rows: object, settings = {}) =>
      fitBoostedRegression({ ...train, labels: numbers, ...rows }, undefined, settings, { seed: 1 });
    await expect(fit({}, { leaves: 1 })).rejects.toMatchObject(code("CONFIG"));
    await expect(fit({ labels: [1] })).rejects.toMatchObject(code("DATA"));
    await expect(fit({ labels: numbers.map(() => Number.NaN) })).rejects.toMatchObject(code("DATA"));
    await expect(fit({ weights: numbers.map(() => 0) })).rejects.toMatchObject(code("DATA"));
    const infinite = { ...train.features, values: train.features.values.map(() => Number.POSITIVE_INFINITY) };
    await expect(fit({ features: infinite })).rejects.toMatchObject({
      message: expect.stringContaining('"column0" of row 0 is Infinity'),
    });
  });
});
