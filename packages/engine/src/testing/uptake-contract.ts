/**
 * What every model of uptake must do, as a suite of tests that it runs against itself:
 *
 * @example
 * uptakeContract(logisticRegression, { learns: true });
 *
 * The suite has data of its own: two tastes, whose people give five stars to what is theirs and two to what is not, and come
 * upon both.
 */
import { beforeAll, describe, expect, test } from "vitest";
import { seededRandom } from "../base/random.ts";
import { hourMs } from "../base/time.ts";
import { areaUnderCurve } from "../core/area-under-curve.ts";
import { interactionTable } from "../core/interaction-table.ts";
import type { Interaction } from "../core/ports.ts";
import {
  type FittedUptake,
  selectRows,
  type UptakeData,
  type UptakeExamples,
  type UptakeModel,
} from "../core/uptake.ts";
import { type AskedRange, askingDefaults, examplesOf } from "../models/uptake/examples.ts";
import { fitFeatures, withFeatures } from "../models/uptake/features/pipeline.ts";
import { testStart } from "./builders.ts";

const tasteSize = 6;
const itemCount = 2 * tasteSize;
const people = 40;
const [learnedEvents, allEvents] = [7, 10];

const items = Array.from({ length: itemCount }, (_, key) => ({
  id: `item-${key}`,
  title: `Number ${key}`,
  categories: [[key < tasteSize ? "Sailing" : "Cooking"]],
}));

function twoTastes(): UptakeData {
  const random = seededRandom(7);
  const histories = Array.from({ length: people }, (_, user) =>
    Array.from({ length: allEvents }, (_, step): Interaction => {
      const item = random.integer(itemCount);
      const isTheirs = item < tasteSize === (user % 2 === 0);
      return { item, time: testStart + (31 * step + user) * hourMs, weight: 1, value: isTheirs ? 5 : 2 };
    }),
  );
  const [whole, learned] = [
    interactionTable(histories),
    interactionTable(histories.map((own) => own.slice(0, learnedEvents))),
  ];
  const features = fitFeatures(learned, { itemCount, items });
  const itemEvents = new Float64Array(itemCount).fill(1);
  const examples = (table: typeof whole, from: number, to: number, learnedFrom?: true): UptakeExamples => {
    const ranges = histories.map((_, user): AskedRange => [user, table.offsets[user] + from, table.offsets[user] + to]);
    const { questions, labels } = examplesOf(
      table,
      ranges,
      itemEvents,
      { ...askingDefaults, question: "liked" },
      { seed: 1 },
    );
    return { ...withFeatures(questions, features, learnedFrom && { learnedFrom }), labels };
  };
  return {
    itemCount,
    items,
    train: examples(learned, 0, learnedEvents, true),
    validation: examples(whole, learnedEvents, allEvents),
  };
}

/** Features as they should not be: a column that never changes, one that nobody knows, and holes everywhere. */
function spoiled(examples: UptakeExamples): UptakeExamples {
  const width = examples.columns.length;
  return {
    ...examples,
    features: examples.features.map((value, at) => {
      if (at % width === 0) return 3;
      return at % width === 1 || at % 7 === 0 ? Number.NaN : value;
    }),
  };
}

const answered = (examples: UptakeExamples, label: 0 | 1): UptakeExamples => ({
  ...examples,
  labels: new Uint8Array(examples.labels.length).fill(label),
});

/**
 * Registers the suite with vitest.
 *
 * @param options.learns whether it tells rows apart; a constant does not
 * @param options.readsFeatures whether it needs the columns that it was fitted on
 * @param options.settings other than the defaults: a smaller network, for one that is slow to train
 */
export function uptakeContract(
  model: UptakeModel,
  { learns, readsFeatures = true, settings: own = {} }: { learns: boolean; readsFeatures?: boolean; settings?: object },
): void {
  const config = { ...model.defaults, ...own };
  const data = twoTastes();
  const { train } = data;
  const validation = data.validation!;
  const fit = (changed: Partial<UptakeData> = {}, settings: object = {}): Promise<FittedUptake> =>
    model.fit({ ...data, ...changed }, { ...config, ...settings }, { seed: 1 });
  const areProbabilities = (probabilities: Float64Array) =>
    probabilities.every((probability) => probability >= 0 && probability <= 1);

  describe(`${model.name} keeps the contract of models of uptake`, () => {
    let fitted: FittedUptake;
    let probabilities: Float64Array;
    beforeAll(async () => {
      fitted = await fit();
      probabilities = await fitted.predict(validation);
    });

    test("gives every row a probability, leaving the data as they were", () => {
      expect(probabilities).toHaveLength(validation.items.length);
      expect(areProbabilities(probabilities)).toBe(true);
      expect(data).toEqual(twoTastes());
    });

    test.runIf(learns)("tells what is liked from what is not", () => {
      expect(areaUnderCurve(probabilities, validation.labels)).toBeGreaterThan(0.7);
    });

    test("fits the same model from the same data, settings and seed", async () => {
      expect((await fit()).save()).toEqual(fitted.save());
    });

    test("is the same after it was saved and loaded, settings included", async () => {
      const saved = fitted.save();
      expect(saved).toMatchObject({ name: model.name, config });
      for (const { shape, values } of Object.values(saved.tensors)) {
        expect(shape.reduce((product, size) => product * size, 1)).toBe(values.length);
      }
      const loaded = model.load(structuredClone(saved));
      expect(loaded.name).toBe(model.name);
      expect(await loaded.predict(validation)).toEqual(probabilities);
      expect(loaded.save()).toEqual(saved);
    });

    test("refuses to load another model, another version, and one that lacks a part", () => {
      const saved = fitted.save();
      const refused = expect.objectContaining({ code: "PENCHANT_E_MODEL_FILE" });
      expect(() => model.load({ ...saved, name: "another" })).toThrow(refused);
      expect(() => model.load({ ...saved, version: 999 })).toThrow(refused);
      for (const part of Object.keys(saved.tensors)) {
        const { [part]: _, ...tensors } = saved.tensors;
        expect(() => model.load({ ...saved, tensors })).toThrow(refused);
      }
    });

    test("answers a row alike whatever else is asked, at once or not, and nothing where nothing is asked", async () => {
      const rows = [5, 0, 5];
      const close = rows.map((row) => expect.closeTo(probabilities[row], 5));
      expect([...(await fitted.predict(selectRows(validation, rows)))]).toEqual(close);
      expect(await fitted.predict(selectRows(validation, []))).toHaveLength(0);
      if (fitted.predictNow === undefined) return;
      expect([...fitted.predictNow(selectRows(validation, rows))]).toEqual(close);
      expect(fitted.predictNow(selectRows(validation, []))).toHaveLength(0);
    });

    test("learns from answers of one kind only what it has seen", async () => {
      for (const label of [0, 1] as const) {
        const one = await fit({ train: answered(train, label), validation: answered(validation, label) });
        const said = await one.predict(validation);
        expect(areProbabilities(said)).toBe(true);
        const mean = said.reduce((sum, probability) => sum + probability, 0) / said.length;
        expect(Math.abs(mean - label)).toBeLessThan(0.5);
      }
    });

    test("fits features that never change, that are not there, and that have holes", async () => {
      const holes = await fit({ train: spoiled(train), validation: spoiled(validation) });
      expect(areProbabilities(await holes.predict(spoiled(validation)))).toBe(true);
      const nothing = { ...validation, features: validation.features.map(() => Number.NaN) };
      expect(areProbabilities(await holes.predict(nothing))).toBe(true);
    });

    test("fits one row, without validation or with an empty one, and rows of different weight", async () => {
      for (const changed of [
        { train: selectRows(train, [0]), validation: undefined },
        {
          train: { ...train, weights: Float32Array.from(train.labels, (_, row) => row % 3) },
          validation: selectRows(validation, []),
        },
      ]) {
        expect(areProbabilities(await (await fit(changed)).predict(validation))).toBe(true);
      }
    });

    test("refuses data that it cannot learn from", async () => {
      const refused = { code: "PENCHANT_E_MODEL_DATA" };
      await expect(fit({ train: selectRows(train, []) })).rejects.toMatchObject(refused);
      await expect(fit({ itemCount: 0 })).rejects.toMatchObject(refused);
      await expect(fit({ itemCount: 3 })).rejects.toMatchObject(refused);
      await expect(fit({ train: { ...train, labels: train.labels.map(() => 2) } })).rejects.toMatchObject(refused);
      await expect(fit({ train: { ...train, features: train.features.subarray(1) } })).rejects.toMatchObject(refused);
      const weights = new Float32Array(train.labels.length).fill(-1);
      await expect(fit({ train: { ...train, weights } })).rejects.toMatchObject(refused);
    });

    test.runIf(readsFeatures)("refuses to answer from other columns than those it was fitted on", async () => {
      const other = validation.columns.map((column, at) => (at === 0 ? { ...column, name: "another" } : column));
      const refused = { code: "PENCHANT_E_MODEL_DATA" };
      await expect(fitted.predict({ ...validation, columns: other })).rejects.toMatchObject(refused);
      await expect(fit({ validation: { ...validation, columns: other } })).rejects.toMatchObject(refused);
    });

    test("refuses settings that it does not have or that are out of range, by name", async () => {
      for (const [setting, fallback] of Object.entries(model.defaults)) {
        const wrong = typeof fallback === "number" ? [Number.NaN, -1e12, "many", undefined] : ["perhaps", undefined];
        for (const value of wrong) {
          await expect(fit({}, { [setting]: value })).rejects.toMatchObject({
            code: "PENCHANT_E_MODEL_CONFIG",
            message: expect.stringContaining(setting),
          });
        }
      }
      await expect(fit({}, { colour: 3 })).rejects.toMatchObject({ code: "PENCHANT_E_MODEL_CONFIG" });
    });

    test("has a grid of values for settings that it has", () => {
      for (const [setting, values] of Object.entries(model.grid)) {
        const fallback = (model.defaults as Record<string, unknown>)[setting];
        for (const value of values) expect(typeof value).toBe(typeof fallback);
      }
    });

    test("stops where it is asked to", async () => {
      const signal = AbortSignal.abort(new Error("enough"));
      await expect(model.fit(data, config, { seed: 1, signal })).rejects.toThrow("enough");
    });
  });
}
