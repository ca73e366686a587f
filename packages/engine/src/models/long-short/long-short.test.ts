import { beforeAll, describe, expect, it, test } from "vitest";
import { seededRandom } from "../../base/random.ts";
import type { FittedRecommender, LongShortAccount } from "../../core/model.ts";
import { testStart } from "../../testing/builders.ts";
import { dataOf, fitOn, historyOf } from "../test-data.ts";
import { type LongShortConfig, longShort } from "./long-short.ts";

const size = 4;
const itemCount = 3 * size;
const kinds = ["Sailing", "Cooking", "Series"];
const items = Array.from({ length: itemCount }, (_, key) => ({
  id: String(key),
  title: `Number ${key}`,
  categories: [["Shop", kinds[Math.floor(key / size)]]],
}));

/** People who watch a series, an episode after the other, and now and then take anything of the one thing that they like. */
function people(count: number): number[][] {
  const random = seededRandom(3);
  return Array.from({ length: count }, (_, person) => {
    let episode = random.integer(size);
    return Array.from({ length: 12 }, () => {
      if (random.uniform() > 0.7) return (person % 2) * size + random.integer(size);
      episode = (episode + 1) % size;
      return 2 * size + episode;
    });
  });
}
const data = { ...dataOf(people(300), itemCount), items };
/** The encoder sees three events: mostly episodes, which do not tell what else somebody likes. */
const small = {
  encoder: "gru4rec",
  width: 16,
  units: 16,
  length: 3,
  interests: 4,
  learningRate: 0.01,
  epochs: 15,
  batchSize: 32,
  threads: 1,
} as const satisfies Partial<LongShortConfig>;

const mean = (values: Float32Array, from: number) =>
  values.subarray(from, from + size).reduce((sum, value) => sum + value) / size;

describe("of a lasting taste beside a series", () => {
  let fitted: FittedRecommender;
  const episodes = [10, 11, 8];
  const sailor = { history: historyOf([0, 3, 1, 8, 2, 9, ...episodes]), at: testStart };
  const cook = { history: historyOf([4, 7, 5, 8, 6, 9, ...episodes]), at: testStart };
  let accounts: readonly LongShortAccount[];

  beforeAll(async () => {
    fitted = await fitOn(longShort, data, small);
    accounts = [sailor, cook].map((query) => fitted.explain!(query)!);
  });

  test("the gate asks the order of events about the series, and the profile about all else", () => {
    for (const { gates } of accounts) {
      expect(mean(gates, 2 * size)).toBeGreaterThan(0.8);
      expect(mean(gates, 0)).toBeLessThan(0.3);
      expect(mean(gates, size)).toBeLessThan(0.3);
    }
  });

  test("long-term scores tell tastes apart where the newest events are the same, short-term scores do not", () => {
    const [ofSailor, ofCook] = accounts;
    expect(ofSailor.short).toEqual(ofCook.short);
    expect(mean(ofSailor.long, 0)).toBeGreaterThan(mean(ofSailor.long, size) + 1);
    expect(mean(ofCook.long, size)).toBeGreaterThan(mean(ofCook.long, 0) + 1);
    const scores = [sailor, cook].map((query) => fitted.score(query));
    for (const own of scores) expect(own.indexOf(Math.max(...own))).toBe(9);
    expect(mean(scores[0], 0)).toBeGreaterThan(mean(scores[0], size));
    expect(mean(scores[1], size)).toBeGreaterThan(mean(scores[1], 0));
  });

  test("a score is what the gate makes of both parts, and a gate of 0 or 1 leaves one of them", () => {
    for (const [index, query] of [sailor, cook].entries()) {
      const { gates, short, long } = accounts[index];
      const scores = fitted.score(query);
      for (const [item, gate] of gates.entries()) {
        expect(scores[item]).toBeCloseTo(gate * short[item] + (1 - gate) * long[item], 4);
      }
      expect([...fitted.score({ ...query, longShort: 0 })]).toEqual([...long]);
      const shortAlone = fitted.score({ ...query, longShort: 1 });
      for (const [item, score] of shortAlone.entries()) expect(score).toBeCloseTo(short[item], 5);
      const half = fitted.score({ ...query, longShort: 0.5 });
      expect(half[3]).toBeCloseTo((short[3] + long[3]) / 2, 5);
    }
  });

  test("both parts are logarithms of probabilities, and what long-term interest is read from adds up", () => {
    for (const { short, long, interests } of accounts) {
      for (const part of [short, long]) expect(part.reduce((sum, value) => sum + Math.exp(value), 0)).toBeCloseTo(1, 4);
      expect(interests.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 5);
    }
    const known = accounts.map(({ interests }) => interests.map(({ path }) => path.join(" > ")).sort());
    expect(known).toEqual([
      ["", "Shop", "Shop > Sailing", "Shop > Series"],
      ["", "Shop", "Shop > Cooking", "Shop > Series"],
    ]);
  });

  test("is explained the same after it was saved and loaded, and not at all without a history", () => {
    const loaded = longShort.load(structuredClone(fitted.save()));
    expect(loaded.explain!(sailor)).toEqual(accounts[0]);
    expect(loaded.explain!({ history: [], at: testStart })).toBeUndefined();
  });

  test("is not loaded where its nodes' names are damaged", () => {
    const saved = fitted.save();
    const interestNames = { shape: [2], values: Int32Array.of(91, 93) };
    expect(() => longShort.load({ ...saved, tensors: { ...saved.tensors, interestNames } })).toThrow(
      expect.objectContaining({ code: "PENCHANT_E_MODEL_FILE" }),
    );
  });
});

describe("scores in plain arrays and through the network's graph are the same", () => {
  const few = { ...data, ...dataOf(people(20), itemCount) };
  test.each<[string, Partial<LongShortConfig>, boolean]>([
    ["with the order of events read by attention", { encoder: "sasrec", loss: "softmax" }, true],
    [
      "by HSTU, with times and drawn negatives",
      { encoder: "hstu", times: "asked", loss: "sampled", negatives: 5 },
      true,
    ],
    ["for each sequence by popularity", { loss: "sampled", drawnFor: "sequence", negatives: 4, drawExponent: 1 }, true],
    [
      "by yes and no, of rows that have paths as well",
      { loss: "gbce", negatives: 4, paths: true, times: "past" },
      true,
    ],
    ["where nothing is known of categories", {}, false],
  ])("%s", async (_, settings, isKnown) => {
    const known = isKnown ? few : { ...few, items: undefined };
    const fitted = await fitOn(longShort, known, { ...small, epochs: 2, ...settings });
    const histories = [[3], [0, 8, 1, 9, 10, 4], [], [99], Array(30).fill(7)];
    const queries = histories.map((history) => ({ history: historyOf(history), at: testStart }));
    for (const [index, scores] of (await fitted.scoreMany!(queries)).entries()) {
      for (const [item, score] of fitted.score(queries[index]).entries()) expect(scores[item]).toBeCloseTo(score, 3);
    }
    const set = queries.map((query) => ({ ...query, longShort: 0.25 }));
    for (const [index, scores] of (await fitted.scoreMany!(set)).entries()) {
      expect(scores).toEqual(fitted.score(set[index]));
    }
  });
});

it("refuses an encoder that there is not", async () => {
  const fit = fitOn(longShort, data, { encoder: "lstm" as "hstu" });
  await expect(fit).rejects.toMatchObject({
    code: "PENCHANT_E_MODEL_CONFIG",
    message: expect.stringContaining("sasrec, hstu, gru4rec"),
  });
});
