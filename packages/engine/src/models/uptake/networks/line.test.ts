import { describe, expect, it } from "vitest";
import type { Random } from "../../../base/random.ts";
import type { UptakeModel } from "../../../core/uptake.ts";
import { classicalModels } from "../../classical/uptake.ts";
import { cnnLstmAttention } from "../../cnn-lstm-attention/cnn-lstm-attention.ts";
import { ctr } from "../../ctr/ctr.ts";
import { lstmAttention } from "../../lstm-attention/lstm-attention.ts";
import { examplesOf, fitUptakeOn, type PlantedQuestion, planted } from "./test-questions.ts";

const itemCount = 8;

/** Two features tell how likely a yes is; the third never changes. */
function told(random: Random): PlantedQuestion {
  const [x, y] = [random.uniform(), random.uniform()];
  const isYes = random.uniform() < 1 / (1 + Math.exp(-3 * (x - y)));
  return { history: [random.integer(itemCount)], item: random.integer(itemCount), isYes, features: [x, y, 7] };
}

const train = examplesOf(planted(300, 1, told));
const validation = examplesOf(planted(100, 2, told));
/** As a network begins: one epoch of steps that lead nowhere. */
const still = { width: 8, hidden: 16, learningRate: 1e-6, epochs: 1, calibration: "none" } as const;

describe("a network begins as logistic regression of its features", () => {
  const logisticRegression = classicalModels.find(({ name }) => name === "logistic-regression")!;
  const models = [ctr, lstmAttention, cnnLstmAttention] as unknown as UptakeModel<typeof ctr.defaults>[];

  it.each(models.map((model) => ({ model, name: model.name })))("$name", async ({ model }) => {
    const data = { itemCount, train, validation };
    const expected = await (await fitUptakeOn(logisticRegression, data)).predict(validation);
    const probabilities = await (await fitUptakeOn(model, data, still)).predict(validation);
    for (const [row, probability] of probabilities.entries()) expect(probability).toBeCloseTo(expected[row], 3);
  });

  it("and with nothing to tell yes from no begins with nothing", async () => {
    const always = { ...train, labels: train.labels.map(() => 1) };
    const fitted = await fitUptakeOn(ctr, { itemCount, train: always }, still);
    for (const probability of await fitted.predict(train)) expect(probability).toBeCloseTo(0.5, 3);
  });
});
