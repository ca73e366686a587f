import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it, test } from "vitest";
import { interactionTable } from "../../core/interaction-table.ts";
import type { FittedRecommender, ModelFitOptions, TrainingData } from "../../core/model.ts";
import { testStart } from "../../testing/builders.ts";
import { bestOf, itemCount, rounds, roundsContinued } from "../sequence/test-rounds.ts";
import { dataOf, fitOn, historyOf, scoresFor } from "../test-data.ts";
import { type SasrecConfig, sasrec } from "./sasrec.ts";

const data = dataOf(rounds(120, 5), itemCount);
/** The same with titles and categories: items that are opposite each other in the round are of one kind. */
const described = {
  ...data,
  items: Array.from({ length: itemCount }, (_, item) => ({
    id: String(item),
    title: `Station ${item % 6}`,
    categories: [["Round", `Line ${item % 3}`]],
  })),
};
const small = { width: 16, learningRate: 0.01, epochs: 25, batchSize: 16, dropout: 0, threads: 1 } as const;

describe("what comes next in rounds, forwards and backwards, is found", () => {
  test.each<[string, Partial<SasrecConfig>]>([
    ["by cross-entropy over all items", { loss: "softmax" }],
    ["by cross-entropy against items drawn for a batch", { loss: "sampled", negatives: 8 }],
    ["by cross-entropy against items drawn for each sequence", { loss: "sampled", negatives: 4, drawnFor: "sequence" }],
    ["by popularity, with log-Q", { loss: "sampled", negatives: 8, drawExponent: 1 }],
    ["by generalised binary cross-entropy", { loss: "gbce", negatives: 6 }],
    ["by gbce for each sequence", { loss: "gbce", negatives: 6, drawnFor: "sequence" }],
    ["by two heads in gated blocks", { heads: 2, gated: true }],
    ["by averaged weights", { averaging: 0.9 }],
  ])("%s", async (_, settings) => {
    const fitted = await fitOn(sasrec, data, { ...small, ...settings });
    for (const [history, next] of roundsContinued) expect(bestOf(fitted, history)).toBe(next);
  });
});

describe("scores in plain arrays and through the network's graph are the same", () => {
  test.each<[string, Partial<SasrecConfig>]>([
    ["plain blocks", {}],
    ["gated blocks with four heads", { gated: true, heads: 4 }],
    ["a width that SIMD does not fit", { width: 18, heads: 3, blocks: 3 }],
    ["one block with a narrow feed-forward network", { blocks: 1, widening: 1 }],
    ["kinds of events, and the times of events", { kinds: true, times: "past" }],
    ["the time until the question", { times: "asked" }],
    ["paths and texts", { paths: true, texts: true }],
  ])("%s", async (_, settings) => {
    const fitted = await fitOn(sasrec, described, { ...small, epochs: 3, ...settings });
    const histories = [[3], [1, 2], [5, 4, 3, 2, 1, 0, 11, 10, 9, 8, 7, 6], [], [99], Array(40).fill(7)];
    const queries = Array.from({ length: 70 }, (_, index) => ({
      history: historyOf(histories[index % histories.length]),
      at: testStart,
    }));
    const many = await fitted.scoreMany!(queries);
    expect(many).toHaveLength(queries.length);
    for (const [index, scores] of many.entries()) {
      for (const [item, score] of fitted.score(queries[index]).entries()) expect(scores[item]).toBeCloseTo(score, 4);
    }
  });

  test("when many ask at once", async () => {
    const fitted = await fitOn(sasrec, data, { ...small, epochs: 2 });
    const ask = (item: number) => fitted.scoreMany!([{ history: historyOf([item]), at: testStart }]);
    const answers = await Promise.all([ask(1), ask(2), ask(3)]);
    for (const [index, [scores]] of answers.entries()) {
      expect(scores[5]).toBeCloseTo(scoresFor(fitted, [index + 1])[5], 4);
    }
  });
});

describe("an item that nobody had to do with", () => {
  /** Items 12 and 13 are new: like 3, and like nothing. */
  const items = [
    ...described.items,
    { id: "new", title: "Station 3", categories: [["Round", "Line 0"]] },
    { id: "odd", title: "Elsewhere" },
  ];
  const grown = { ...data, itemCount: 14, items };

  it("scores by its path and text, near to items that share them", async () => {
    const fitted = await fitOn(sasrec, grown, { ...small, paths: true, texts: true, ownDropout: 0.3 });
    const scores = scoresFor(fitted, [0, 1, 2]);
    const others = scores.slice(0, 12).filter((_, item) => item !== 3 && item !== 9);
    expect(scores[12]).toBeGreaterThan(Math.max(...others.slice(3)));
    expect(scores[13]).toBe(Math.min(...scores.slice(0, 13)));
    const again = sasrec.load(fitted.save());
    expect(scoresFor(again, [0, 1, 2])).toEqual(scores);

    // One that comes after the training is placed as if it had been there, and what was there stays.
    const later = items.slice(12).map((item) => ({ ...item, id: `later ${item.id}` }));
    for (const model of [fitted, again]) {
      const extended = model.withItems!(later);
      expect(scoresFor(extended, [0, 1, 2])).toEqual([...scores, ...scores.slice(12)]);
      expect(scoresFor(sasrec.load(extended.save()), [0, 1, 2])).toEqual([...scores, ...scores.slice(12)]);
    }
  });

  it("scores as the lowest of the others where neither is read", async () => {
    const fitted = await fitOn(sasrec, grown, { ...small, epochs: 2 });
    const scores = scoresFor(fitted, [0, 1, 2]);
    expect(scores.slice(12)).toEqual(Array(2).fill(Math.min(...scores.slice(0, 12))));
    expect("withItems" in fitted).toBe(false);
  });
});

it("what comes next may follow from when: the time until the question is read, and only where it is told", async () => {
  // After a day comes the next item, after an hour the same again.
  const dayMs = 86_400_000;
  const people = Array.from({ length: 80 }, (_, person) => {
    let [item, time] = [person % 4, 0];
    return Array.from({ length: 12 }, (_, event) => {
      const slow = (person * 7 + event * 5) % 3 === 0;
      if (slow) item = (item + 1) % 4;
      time += slow ? dayMs : dayMs / 24;
      return { item, time, weight: 1 };
    });
  });
  const timed = { itemCount: 4, interactions: interactionTable(people) };
  const fitted = await fitOn(sasrec, timed, { ...small, times: "asked", epochs: 40 });
  const best = (waitMs: number) => {
    const scores = [...fitted.score({ history: [{ item: 2, time: 0, weight: 1 }], at: waitMs })];
    return scores.indexOf(Math.max(...scores));
  };
  expect([best(dayMs / 24), best(dayMs)]).toEqual([2, 3]);
});

it("reads the newest items of a long history", async () => {
  const fitted = await fitOn(sasrec, data, { ...small, epochs: 2, length: 4 });
  expect(scoresFor(fitted, [8, 9, 1, 2, 3, 4])).toEqual(scoresFor(fitted, [1, 2, 3, 4]));
});

it("an item that nobody had to do with scores as the lowest of the others, and nobody's scores are the shares", async () => {
  const fitted = await fitOn(sasrec, dataOf([[0, 1, 2], [1, 2, 0], [2]], 5), { ...small, epochs: 2 });
  const scores = scoresFor(fitted, [0, 1]);
  const lowest = Math.min(...scores.slice(0, 3));
  expect(scores.slice(3)).toEqual([lowest, lowest]);
  expect(scoresFor(fitted, [])).toEqual([2 / 7, 2 / 7, 3 / 7, 0, 0].map(Math.fround));
});

describe("with a validation", () => {
  const validation = [
    { query: { history: historyOf([3, 4]), at: testStart }, targets: [5] },
    { query: { history: historyOf([8, 7]), at: testStart }, targets: [6] },
    // Nothing can be asked of these.
    { query: { history: [], at: testStart }, targets: [2] },
    { query: { history: historyOf([1]), at: testStart }, targets: [99] },
  ];
  const fit = (settings: Partial<SasrecConfig>, options: Partial<ModelFitOptions> = {}, on: TrainingData = data) =>
    sasrec.fit({ ...on, validation }, { ...sasrec.defaults, ...small, ...settings }, { seed: 1, ...options });

  it("stops when it gets no better, and keeps the best weights", async () => {
    const notes: string[] = [];
    const onProgress = (_: number, note?: string) => void (note && notes.push(note));
    const fitted = await fit({ epochs: 60, patience: 3 }, { onProgress });
    const reached = notes.map((note) => Number(/NDCG@10 ([\d.]+) on validation/.exec(note)?.[1]));
    const bestEpoch = reached.indexOf(Math.max(...reached)) + 1;
    expect(notes).toHaveLength(bestEpoch + 3);
    const shorter = await fit({ epochs: bestEpoch, patience: 3 });
    expect(shorter.save().tensors).toEqual(fitted.save().tensors);
  });
});

describe("a training that takes long", () => {
  const folder = mkdtempSync(join(tmpdir(), "sasrec-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  // Enough for a thread of its own.
  const large = dataOf(rounds(40, 30), itemCount);
  const config = { ...sasrec.defaults, ...small, width: 64, epochs: 40, learningRate: 1e-3, batchSize: 40 };
  const tensors = (fitted: FittedRecommender) => fitted.save().tensors;

  it("runs beside the caller, who can stop it; it goes on from there to the same weights", async () => {
    let ticks = 0;
    const ticking = setInterval(() => (ticks += 1), 5);
    const stopping = new AbortController();
    const stopped = sasrec.fit(large, config, {
      seed: 1,
      signal: stopping.signal,
      checkpoint: folder,
      onProgress: (done) => done > 0.1 && stopping.abort(new Error("enough")),
    });
    await expect(stopped).rejects.toThrow("enough");
    clearInterval(ticking);
    expect(ticks).toBeGreaterThan(10);
    const done: number[] = [];
    const epochs: number[] = [];
    const resumed = await sasrec.fit(large, config, {
      seed: 1,
      checkpoint: folder,
      onProgress: (part) => done.push(part),
      onEpoch: ({ epoch }) => epochs.push(epoch),
    });
    expect(done[0]).toBeGreaterThan(0.1);
    expect(epochs).toEqual(Array.from({ length: config.epochs }, (_, index) => index + 1));
    const whole = await sasrec.fit(large, config, { seed: 1 });
    expect(tensors(resumed)).toEqual(tensors(whole));
  });

  it("fails with the error that stopped it", async () => {
    const failing = sasrec.fit(large, { ...config, width: 32, epochs: 400 }, { seed: 1, checkpoint: folder });
    await expect(failing).rejects.toMatchObject({ code: "PENCHANT_E_NN_CHECKPOINT" });
  });
});

it("refuses heads that do not divide the width, and a stored model whose parts do not fit", async () => {
  const odd = sasrec.fit(data, { ...sasrec.defaults, heads: 3 }, { seed: 1 });
  await expect(odd).rejects.toThrow("heads must be a divisor of the width; 64 is not a multiple of 3.");
  const saved = (await fitOn(sasrec, data, { ...small, epochs: 1 })).save();
  const refused = expect.objectContaining({ code: "PENCHANT_E_MODEL_FILE" });
  expect(() => sasrec.load({ ...saved, config: { ...saved.config, blocks: -1 } })).toThrow(refused);
  expect(() => sasrec.load({ ...saved, config: { ...saved.config, width: 32 } })).toThrow(refused);
});
