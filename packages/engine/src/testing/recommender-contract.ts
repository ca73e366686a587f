/**
 * What every trainable recommender must do, as a suite of tests that it runs against itself:
 *
 * @example
 * recommenderContract(ease, { personal: true });
 *
 * The suite has data of its own: two tastes, whose people take five items of their own and one of the other's, with five
 * stars and one star; all items have titles and categories, and one item is so new that nobody has had to do with it.
 */
import { describe, expect, test } from "vitest";
import { seededRandom } from "../base/random.ts";
import { dayMs } from "../base/time.ts";
import { interactionTable } from "../core/interaction-table.ts";
import type { FittedRecommender, RecommenderModel, TrainingData } from "../core/model.ts";
import type { Interaction } from "../core/ports.ts";
import { testStart } from "./builders.ts";

const tasteSize = 8;
const itemCount = 2 * tasteSize + 1;
const newItem = itemCount - 1;
const at = testStart + 100 * dayMs;

function took(item: number, step: number, value = 5): Interaction {
  return { item, time: testStart + step * dayMs, weight: value > 2 ? 1 : -0.5, value };
}

/** Five items of a taste in some order, with one of the other somewhere between. */
function person(taste: number, draw: (count: number) => number): Interaction[] {
  const own = new Set<number>();
  while (own.size < 5) own.add(taste * tasteSize + draw(tasteSize));
  const items = [...own].map((item) => ({ item, value: 5 }));
  items.splice(draw(5), 0, { item: (1 - taste) * tasteSize + draw(tasteSize), value: 1 });
  return items.map(({ item, value }, step) => took(item, step, value));
}

function twoTastes(): TrainingData {
  const random = seededRandom(7);
  const users = Array.from({ length: 60 }, (_, user) => person(user % 2, (count) => random.integer(count)));
  return { itemCount, interactions: interactionTable(users), items: titled(itemCount) };
}

function titled(count: number) {
  return Array.from({ length: count }, (_, key) => {
    const theme = key === newItem || key < tasteSize ? "Sailing" : "Cooking";
    return { id: `item-${key}`, title: `${theme} number ${key}`, categories: [["Books", theme]] };
  });
}

const people = (...histories: Interaction[][]) => interactionTable(histories);

/**
 * Registers the suite with vitest.
 *
 * @param options.personal whether the model tells people apart; popularity does not
 * @param options.settings other than the defaults: a smaller network, for one that is slow to train
 */
export function recommenderContract(
  model: RecommenderModel,
  { personal, settings: own = {} }: { personal: boolean; settings?: object },
): void {
  const config = { ...model.defaults, ...own };
  const fit = (data: TrainingData, settings: object = {}, seed = 1): Promise<FittedRecommender> =>
    model.fit(data, { ...config, ...settings }, { seed });
  const sailor = [took(0, 0), took(1, 1), took(2, 2)];
  const scoresOf = (fitted: FittedRecommender, history: readonly Interaction[] = sailor) => [
    ...fitted.score({ history, at }),
  ];

  describe(`${model.name} keeps the contract of recommenders`, () => {
    test("gives every item a finite score, one that nobody has had to do with as well", async () => {
      const scores = scoresOf(await fit(twoTastes()));
      expect(scores).toHaveLength(itemCount);
      expect(scores.every(Number.isFinite)).toBe(true);
    });

    test.runIf(personal)("tells people of different tastes apart", async () => {
      const fitted = await fit(twoTastes());
      const mean = (scores: number[], from: number) =>
        scores.slice(from + 3, from + tasteSize).reduce((sum, score) => sum + score) / (tasteSize - 3);
      const cook = [took(8, 0), took(9, 1), took(10, 2)];
      for (const [history, own, other] of [
        [sailor, 0, tasteSize],
        [cook, tasteSize, 0],
      ] as const) {
        const scores = scoresOf(fitted, history);
        expect(mean(scores, own)).toBeGreaterThan(mean(scores, other));
      }
    });

    test("fits the same model from the same data, settings and seed", async () => {
      const [first, second] = [await fit(twoTastes()), await fit(twoTastes())];
      expect(second.save()).toEqual(first.save());
    });

    test("leaves the data as they were", async () => {
      const data = twoTastes();
      await fit(data);
      expect(data).toEqual(twoTastes());
    });

    test("is the same after it was saved and loaded", async () => {
      const fitted = await fit(twoTastes());
      const loaded = model.load(structuredClone(fitted.save()));
      expect(loaded.name).toBe(model.name);
      for (const history of [sailor, []]) expect(scoresOf(loaded, history)).toEqual(scoresOf(fitted, history));
      expect(loaded.save()).toEqual(fitted.save());
    });

    test("remembers its settings when it is saved", async () => {
      const saved = (await fit(twoTastes())).save();
      expect(saved).toMatchObject({ name: model.name, config });
      for (const { shape, values } of Object.values(saved.tensors)) {
        expect(shape.reduce((product, size) => product * size, 1)).toBe(values.length);
      }
    });

    test("refuses to load another model, another version, and one that lacks a part", async () => {
      const saved = (await fit(twoTastes())).save();
      const refused = expect.objectContaining({ code: "PENCHANT_E_MODEL_FILE" });
      expect(() => model.load({ ...saved, name: "another" })).toThrow(refused);
      expect(() => model.load({ ...saved, version: 999 })).toThrow(refused);
      for (const part of Object.keys(saved.tensors)) {
        const { [part]: _, ...tensors } = saved.tensors;
        expect(() => model.load({ ...saved, tensors })).toThrow(refused);
      }
    });

    test("answers for somebody without a history, and for one whose items it has never heard of", async () => {
      const fitted = await fit(twoTastes());
      const nobody = scoresOf(fitted, []);
      expect(nobody).toHaveLength(itemCount);
      expect(nobody.every(Number.isFinite)).toBe(true);
      expect(scoresOf(fitted, [took(999, 0), took(-1, 1)])).toEqual(nobody);
      expect(scoresOf(fitted, [took(999, 0), ...sailor])).toEqual(scoresOf(fitted));
    });

    test("answers for a history of nothing but the new item, and of one item again and again", async () => {
      const fitted = await fit(twoTastes());
      expect(scoresOf(fitted, [took(newItem, 0)]).every(Number.isFinite)).toBe(true);
      const again = Array.from({ length: 3_000 }, (_, step) => took(3, step / 1e3));
      expect(scoresOf(fitted, again).every(Number.isFinite)).toBe(true);
    });

    test("gives the same answer whoever else was asked for, in an array of the caller's own", async () => {
      const fitted = await fit(twoTastes());
      const before = scoresOf(fitted);
      fitted.score({ history: [took(12, 0), took(9, 1)], at }).fill(7);
      fitted.score({ history: sailor, at }).fill(7);
      expect(scoresOf(fitted)).toEqual(before);
    });

    test.runIf(model.isAdditive)("scores a history with the sums of its items' scores", async () => {
      const fitted = await fit(twoTastes());
      const alone = sailor.map((interaction) => scoresOf(fitted, [interaction]));
      for (const [item, score] of scoresOf(fitted).entries()) {
        expect(score).toBeCloseTo(
          alone.reduce((sum, scores) => sum + scores[item], 0),
          5,
        );
      }
    });

    test("fits one user, one item, and people who all took the same", async () => {
      const sameForAll = Array.from({ length: 5 }, () => [took(0, 0), took(1, 0), took(2, 0)]);
      for (const data of [
        { itemCount: 1, interactions: people([took(0, 0)]), items: titled(1) },
        { itemCount: 1, interactions: people([took(0, 0)], [took(0, 0)]), items: titled(1) },
        { itemCount: 4, interactions: people([took(0, 0), took(2, 1), took(0, 2)]), items: titled(4) },
        { itemCount: 4, interactions: people([], [took(1, 0)], []), items: titled(4) },
        { itemCount: 3, interactions: people(...sameForAll), items: titled(3) },
      ]) {
        const fitted = await fit(data);
        for (const history of [[], [took(0, 0)]]) {
          const scores = scoresOf(fitted, history);
          expect(scores).toHaveLength(data.itemCount);
          expect(scores.every(Number.isFinite)).toBe(true);
        }
      }
    });

    test("refuses data that it cannot learn from", async () => {
      const refused = { code: "PENCHANT_E_MODEL_DATA" };
      await expect(fit({ itemCount: 3, interactions: people() })).rejects.toMatchObject(refused);
      await expect(fit({ itemCount: 3, interactions: people([], []) })).rejects.toMatchObject(refused);
      await expect(fit({ itemCount: 0, interactions: people() })).rejects.toMatchObject(refused);
      await expect(fit({ itemCount: 3, interactions: people([took(3, 0)]) })).rejects.toMatchObject(refused);
      await expect(fit({ itemCount: 3, interactions: people([took(-1, 0)]) })).rejects.toMatchObject(refused);
    });

    test("refuses settings that it does not have or that are out of range, by name", async () => {
      for (const [setting, fallback] of Object.entries(model.defaults)) {
        const wrong = typeof fallback === "number" ? [Number.NaN, -1e12, "many", undefined] : ["perhaps", undefined];
        for (const value of wrong) {
          await expect(fit(twoTastes(), { [setting]: value })).rejects.toMatchObject({
            code: "PENCHANT_E_MODEL_CONFIG",
            message: expect.stringContaining(setting),
          });
        }
      }
      await expect(fit(twoTastes(), { colour: 3 })).rejects.toMatchObject({ code: "PENCHANT_E_MODEL_CONFIG" });
    });

    test("accepts every value of its grid, each for a setting that it has", async () => {
      expect(Object.keys(model.defaults)).toEqual(expect.arrayContaining(Object.keys(model.grid)));
      const few = twoTastes();
      for (const [setting, values] of Object.entries(model.grid)) {
        for (const value of values) await expect(fit(few, { [setting]: value })).resolves.toBeDefined();
      }
    });

    test("stops where it is asked to", async () => {
      const signal = AbortSignal.abort(new Error("enough"));
      const stopped = model.fit(twoTastes(), config, { seed: 1, signal });
      await expect(stopped).rejects.toThrow("enough");
    });
  });
}
