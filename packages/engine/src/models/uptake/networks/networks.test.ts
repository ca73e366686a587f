import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it, test } from "vitest";
import type { Random } from "../../../base/random.ts";
import type { FittedUptake, UptakeModel } from "../../../core/uptake.ts";
import { cnnLstmAttention } from "../../cnn-lstm-attention/cnn-lstm-attention.ts";
import { ctr } from "../../ctr/ctr.ts";
import { type LstmAttentionConfig, lstmAttention } from "../../lstm-attention/lstm-attention.ts";
import { accuracyOf, examplesOf, fitUptakeOn, type PlantedQuestion, planted } from "./test-questions.ts";

const itemCount = 8;
const noise = (random: Random) => [random.uniform(), random.uniform()];

/** Yes where item 0 came before item 1: both are in every history. */
function inOrder(random: Random): PlantedQuestion {
  const history = Array.from({ length: 5 }, () => 2 + random.integer(4));
  const first = random.integer(2);
  history[random.integer(2)] = first;
  history[2 + random.integer(3)] = 1 - first;
  return { history, item: 2 + random.integer(4), isYes: first === 0, features: noise(random) };
}

/** Yes where the item's partner, four further on, is in the history. */
function partnered(random: Random): PlantedQuestion {
  const item = random.integer(itemCount);
  const partner = (item + 4) % itemCount;
  const history = Array.from({ length: 3 }, () => random.integer(itemCount)).map((own) =>
    own === partner ? item : own,
  );
  const isYes = random.integer(2) === 1;
  if (isYes) history[random.integer(3)] = partner;
  return { history, item, isYes, features: noise(random) };
}

const small = {
  width: 8,
  hidden: 16,
  dropout: 0,
  ownDropout: 0,
  weightDecay: 0,
  batchSize: 40,
  learningRate: 0.02,
  epochs: 8,
  patience: 8,
  threads: 1,
};
const dataOf = (rule: (random: Random) => PlantedQuestion, count = 300) => ({
  itemCount,
  train: examplesOf(planted(count, 1, rule)),
  validation: examplesOf(planted(100, 2, rule)),
});
const ordered = dataOf(inOrder);
const partners = dataOf(partnered, 400);
const asked = { ordered: examplesOf(planted(150, 3, inOrder)), partners: examplesOf(planted(150, 3, partnered)) };

const byMemory = fitUptakeOn(lstmAttention, ordered, { ...small, units: 8 });
const byFilters = fitUptakeOn(cnnLstmAttention, ordered, { ...small, units: 8, filters: 8 });
const byMean = fitUptakeOn(ctr, ordered, { ...small, network: "mlp", width: 6, epochs: 3 });
const byTarget = fitUptakeOn(ctr, partners, { ...small, attention: 16, epochs: 16 });
const byFeatures = fitUptakeOn(ctr, partners, { ...small, network: "logistic" });

describe("what follows from the order of events is learned", () => {
  test("by lstm-attention", async () => {
    expect(await accuracyOf(await byMemory, asked.ordered)).toBeGreaterThan(0.97);
  });

  test("by cnn-lstm-attention", async () => {
    expect(await accuracyOf(await byFilters, asked.ordered)).toBeGreaterThan(0.97);
  });

  test("but not where the data have no times: then there is no memory, and events are a set", async () => {
    const untimed = { itemCount, train: examplesOf(planted(50, 1, inOrder), false) };
    const fitted = await fitUptakeOn(cnnLstmAttention, untimed, { ...small, filters: 8, epochs: 1 });
    const [forwards, backwards] = [
      [0, 1, 2, 3],
      [3, 2, 1, 0],
    ].map((history) => examplesOf([{ history, item: 4, isYes: true, features: [0.5, 0.5] }], false));
    expect((await fitted.predict(forwards))[0]).toBeCloseTo((await fitted.predict(backwards))[0], 6);
    expect(Object.keys(fitted.save().tensors).filter((part) => part.startsWith("lstm"))).toEqual([]);
  });

  test("but not by the mean of events", async () => {
    expect(await accuracyOf(await byMean, asked.ordered)).toBeLessThan(0.7);
  });
});

describe("what follows from an item and an event that belong together is learned", () => {
  test("by target attention", async () => {
    expect(await accuracyOf(await byTarget, asked.partners)).toBeGreaterThan(0.97);
  });

  test("but not by features that do not know of it", async () => {
    expect(await accuracyOf(await byFeatures, asked.partners)).toBeLessThan(0.65);
  });

  test("with everything that helps, by other windows of the same events", async () => {
    const settings = { crop: 0.4, mask: 0.02, reorder: 0.7, dropout: 0.05, weightDecay: 0.05, epochs: 12 };
    const others = { stopBy: "AUC", classWeights: "balanced", calibration: "isotonic" } as const;
    const fitted = await fitUptakeOn(ctr, partners, { ...small, ...settings, ...others });
    expect(await accuracyOf(fitted, asked.partners)).toBeGreaterThan(0.9);
  });
});

describe("an explanation", () => {
  it("of target attention tells the event that belongs to the item from the others", async () => {
    const weights = await (await byTarget).explain!(asked.partners);
    const own: number[] = [];
    const others: number[] = [];
    for (const [row, item] of asked.partners.items.entries()) {
      const events = asked.partners.histories.items.subarray(asked.partners.starts[row], asked.partners.ends[row]);
      expect(weights[row]).toHaveLength(events.length);
      for (const [step, event] of events.entries()) {
        (event === (item + 4) % itemCount ? own : others).push(weights[row][step]);
      }
    }
    const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(Math.abs(mean(own) - mean(others))).toBeGreaterThan(0.3);
    for (const weight of [...own, ...others]) {
      expect(weight).toBeGreaterThanOrEqual(0);
      expect(weight).toBeLessThanOrEqual(1);
    }
  });

  it("of attention over states is shares of the events that are read, and nobody's has none", async () => {
    const histories = [[5, 4, 0, 2, 3, 1], [1, 0], []];
    const table = examplesOf(histories.map((history) => ({ history, item: 3, isYes: true, features: [0, 1] })));
    for (const fitted of [await byMemory, await byFilters]) {
      const [long, short, none] = await fitted.explain!(table);
      expect(long).toHaveLength(6);
      expect(long[0]).toBe(0);
      for (const weights of [long, short]) {
        expect(weights.reduce((sum, weight) => sum + weight)).toBeCloseTo(1, 5);
        expect(weights.subarray(-2).every((weight) => weight > 0)).toBe(true);
      }
      expect(none).toHaveLength(0);
    }
  });
});

describe("answers at once and through the network's graph are the same", () => {
  const lengths = [3, 0, 1, 6];
  const odd = planted(20, 5, (random) => ({
    history: Array.from({ length: lengths[random.integer(4)] }, () => random.integer(itemCount + 2) - 1),
    item: random.integer(itemCount + 2) - 1,
    isYes: false,
    features: [random.uniform(), random.integer(2) === 0 ? Number.NaN : 9],
  }));
  const same = async (fitted: FittedUptake) => {
    const table = examplesOf(odd);
    // One history is asked about several items in a row, as a recommender asks.
    for (const row of [4, 5, 6]) {
      table.starts[row] = table.starts[3];
      table.ends[row] = table.ends[3];
    }
    const [through, now] = [await fitted.predict(table), fitted.predictNow!(table)];
    for (const [row, probability] of through.entries()) expect(now[row]).toBeCloseTo(probability, 5);
  };

  test.each([
    ["lstm-attention", byMemory],
    ["ctr by target attention", byTarget],
    ["ctr by the mean of events", byMean],
    ["ctr by features alone", byFeatures],
  ])("of %s", async (_, fitting) => same(await fitting));
});

it("an item that nobody had to do with is answered for by what it has in common with others", async () => {
  // Yes where the item is of the kind of all events; items 6 and 7 are of either kind, and new.
  const kindOf = (item: number) => item % 2;
  const alike = (items: number) => (random: Random) => {
    const kind = random.integer(2);
    const item = items + random.integer(items === 0 ? 6 : 2);
    const history = Array.from({ length: 3 }, () => 2 * random.integer(3) + kind);
    return { history, item, isYes: kindOf(item) === kind, features: [0] };
  };
  const items = Array.from({ length: itemCount }, (_, item) => ({
    id: String(item),
    title: String(item),
    categories: [["Things", `Kind ${kindOf(item)}`]],
  }));
  const data = { itemCount, items, train: examplesOf(planted(400, 1, alike(0))) };
  const fitted = await fitUptakeOn(ctr, data, { ...small, network: "mlp", ownDropout: 0.5, epochs: 12 });
  expect(await accuracyOf(fitted, examplesOf(planted(50, 2, alike(6))))).toBe(1);
});

describe("a training", () => {
  const folder = mkdtempSync(join(tmpdir(), "uptake-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const data = dataOf(inOrder, 80);
  const settings: LstmAttentionConfig = {
    ...lstmAttention.defaults,
    ...small,
    units: 4,
    dropout: 0.2,
    crop: 0.3,
    patience: 1,
  };
  const fit = (epochs: number, options: object = {}) =>
    lstmAttention.fit(data, { ...settings, epochs }, { seed: 1, ...options });

  it("that was stopped goes on to the weights of one that was not, in a thread or in place, and tells how far it is", async () => {
    const stopping = new AbortController();
    const notes: string[] = [];
    const onProgress = (_: number, note?: string) => {
      if (note?.startsWith("epoch")) notes.push(note);
      if (notes.length === 2) stopping.abort(new Error("enough"));
    };
    await expect(fit(20, { checkpoint: folder, signal: stopping.signal, onProgress })).rejects.toThrow("enough");
    const remarks: string[] = [];
    const onRemark = (remark: string) => remarks.push(remark);
    const resumed = await fit(20, { checkpoint: folder, onProgress, onRemark });
    expect(notes.length).toBeGreaterThan(2);
    expect(remarks).toEqual([`stopped after ${notes.length} of 20 epochs, of which epoch ${notes.length - 1} is kept`]);
    for (const [index, note] of notes.entries()) {
      expect(note).toMatch(
        new RegExp(`^epoch ${index + 1}: loss [\\d.]+, log loss [\\d.]+ on validation, AUC [\\d.]+ on validation$`),
      );
    }
    // So many epochs are much work, however few of them it takes: that is done in a thread.
    const inThread = await fit(10_000, { onRemark });
    expect(inThread.save().tensors).toEqual(resumed.save().tensors);
    expect(remarks[1]).toBe(remarks[0].replace("20", "10000"));
  });
});

it("people without a history are answered for by the rest", async () => {
  const nobody = examplesOf(planted(12, 1, partnered).map((question) => ({ ...question, history: [] })));
  const fitted = await fitUptakeOn(ctr, { itemCount, train: nobody }, { ...small, epochs: 1 });
  expect((await fitted.predict(nobody)).every((probability) => probability >= 0 && probability <= 1)).toBe(true);
});

describe("what cannot be right is refused:", () => {
  test("an even kernel", async () => {
    const fit = fitUptakeOn(cnnLstmAttention, ordered, { ...small, kernel: 4 });
    await expect(fit).rejects.toMatchObject({
      code: "PENCHANT_E_MODEL_CONFIG",
      message: "cnn-lstm-attention: kernel must be odd; 4 has no event in its middle.",
    });
  });

  test("rows of which none counts", async () => {
    const train = { ...ordered.train, weights: new Float32Array(ordered.train.labels.length) };
    await expect(fitUptakeOn(ctr, { itemCount, train }, small)).rejects.toMatchObject({
      code: "PENCHANT_E_MODEL_DATA",
    });
  });

  test("columns that it was not fitted on", async () => {
    const other = { ...asked.partners, columns: asked.partners.columns.toReversed() };
    await expect((await byTarget).predict(other)).rejects.toMatchObject({ code: "PENCHANT_E_MODEL_DATA" });
  });

  test("a stored network whose parts do not fit", async () => {
    const fitted = await byTarget;
    const saved = fitted.save();
    expect(ctr.load(structuredClone(saved)).save()).toEqual(saved);
    const refused = expect.objectContaining({ code: "PENCHANT_E_MODEL_FILE" });
    const withPart = (part: string, values: Float32Array | Int32Array) => ({
      ...saved,
      tensors: { ...saved.tensors, [part]: { shape: [values.length], values } },
    });
    for (const damaged of [
      { ...saved, config: { ...saved.config, hidden: 4 } },
      { ...saved, config: { ...saved.config, network: "wide" } },
      withPart("window", Int32Array.of(0, 3, 1)),
      withPart("dense.lows", new Float32Array(1)),
      withPart("dense.flagged", Int32Array.of(2)),
    ]) {
      expect(() => (ctr as UptakeModel).load(damaged)).toThrow(refused);
    }
  });
});
