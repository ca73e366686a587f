import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it, test } from "vitest";
import type { FittedRecommender, ModelFitOptions, TrainingData } from "../../core/model.ts";
import { testStart } from "../../testing/builders.ts";
import { bestOf, itemCount, rounds, roundsContinued } from "../sequence/test-rounds.ts";
import { dataOf, fitOn, historyOf, scoresFor } from "../test-data.ts";
import { type SasrecConfig, sasrec } from "./sasrec.ts";

const data = dataOf(rounds(120, 5), itemCount);
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
    ["one block", { blocks: 1 }],
  ])("%s", async (_, settings) => {
    const fitted = await fitOn(sasrec, data, { ...small, epochs: 3, ...settings });
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
    const resumed = await sasrec.fit(large, config, {
      seed: 1,
      checkpoint: folder,
      onProgress: (part) => done.push(part),
    });
    expect(done[0]).toBeGreaterThan(0.1);
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
