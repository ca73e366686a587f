import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Dataset } from "../core/dataset.ts";
import { interactionTable } from "../core/interaction-table.ts";
import type { RecommenderModel, TrainingData } from "../core/model.ts";
import { popularity } from "../models/popularity.ts";
import { sasrec } from "../models/sasrec/sasrec.ts";
import { combinations, measureModel } from "./measure.ts";
import { protocolDefaults } from "./splits/protocol.ts";
import { splitDataset } from "./splits/split.ts";

const leaveOneOut = { ...protocolDefaults, name: "leave-one-out" as const };

/** Users with the same film last and films of their own before it. */
function dataset(users: number, describes = false): Dataset {
  const rows = Array.from({ length: users }, (_, user) =>
    [1 + user, 1 + users + user, 0, 0].map((item, time) => ({
      item: time === 3 ? 2 * users + 1 : item,
      time,
      weight: 1,
    })),
  );
  return {
    name: "made",
    users: rows.map((_, user) => `u${user}`),
    items: Array.from({ length: 2 * users + 2 }, (_, item) => ({
      id: `${item}`,
      title: describes ? `film ${item}` : `${item}`,
    })),
    interactions: interactionTable(rows),
    timing: "order",
  };
}

/** A model that keeps what it was fitted with and scores as told. */
function spy(score: (itemCount: number) => Float32Array): RecommenderModel & { seen: TrainingData[] } {
  const seen: TrainingData[] = [];
  const isNotSaved = (): never => {
    throw new Error("is not saved");
  };
  return {
    name: "spy",
    description: "A model of the test.",
    defaults: { a: 1 },
    grid: { a: [1, 2], b: [true, false] },
    predicts: "ranking",
    seen,
    load: isNotSaved,
    async fit(data, config, { seed, onProgress }) {
      seen.push(data);
      onProgress?.(1);
      expect([config, seed]).toEqual([{ a: 1, b: true }, 7]);
      return { name: "spy", score: () => score(data.itemCount), save: isNotSaved };
    },
  };
}
const options = { config: { b: true }, seed: 7, ks: [2], on: "test" as const };

describe("measuring a model on a split", () => {
  it("goes on from what a cut-off fit has saved, to the same figures", async () => {
    const data = dataset(8);
    const split = splitDataset(data, leaveOneOut);
    const checkpoint = mkdtempSync(join(tmpdir(), "penchant-measure-"));
    const config = { width: 8, epochs: 3, batchSize: 4, threads: 1 };
    const measured = (epochs: number, folder?: string) =>
      measureModel(sasrec, data, split, { ...options, config: { ...config, epochs }, checkpoint: folder });
    await measured(2, checkpoint);
    const told: number[] = [];
    const onProgress = (done: number) => void told.push(done);
    const resumed = await measureModel(sasrec, data, split, { ...options, config, checkpoint, onProgress });
    expect(told[0]).toBeGreaterThan(0.5);
    expect(resumed.outcome.perCase).toEqual((await measured(3)).outcome.perCase);
    rmSync(checkpoint, { recursive: true });
  });

  it("fits it to the training part alone, with its defaults under the settings, and asks the test", async () => {
    const data = dataset(5);
    const split = splitDataset(data, leaveOneOut);
    const told: number[] = [];
    const model = spy((count) => Float32Array.from({ length: count }, (_, item) => item));
    const { outcome } = await measureModel(model, data, split, { ...options, onProgress: (done) => told.push(done) });
    expect(model.seen[0].interactions).toBe(split.final.train);
    expect(model.seen[0].items).toBeUndefined();
    expect(model.seen[0].validation?.map(({ targets, query }) => [targets, query.history.length])).toEqual(
      Array.from({ length: 5 }, () => [[0], 2]),
    );
    // The last item is everybody's target and has the highest score.
    expect([...outcome.perCase["HR@2"]]).toEqual([1, 1, 1, 1, 1]);
    expect(told).toEqual([0.8, 1]);
  });

  it("hands over what is known of the items, where something is", async () => {
    const data = dataset(5, true);
    const model = spy((count) => new Float32Array(count));
    await measureModel(model, data, splitDataset(data, leaveOneOut), options);
    expect(model.seen[0].items).toBe(data.items);
  });

  it("stops at a score that is none and names the model", async () => {
    const data = dataset(5);
    const model = spy((count) => new Float32Array(count).fill(Number.NaN));
    await expect(measureModel(model, data, splitDataset(data, leaveOneOut), options)).rejects.toMatchObject({
      code: "PENCHANT_E_SCORE",
      message: expect.stringContaining("spy scored item key 0 with NaN"),
    });
  });

  it("measures one user, and one with hardly any items, with lists longer than the catalogue", async () => {
    const data = dataset(1);
    const split = splitDataset(data, leaveOneOut);
    const measured = await measureModel(popularity, data, split, { ...options, config: {}, ks: [1_000] });
    expect([...measured.outcome.perCase["HR@1000"]]).toEqual([1]);
  });
});

describe("a grid of settings", () => {
  it("gives all combinations, the first ones' values first, and leaves alone what is fixed", () => {
    const model = spy(() => new Float32Array(0));
    expect(combinations(model, {})).toEqual([
      { a: 1, b: true },
      { a: 1, b: false },
      { a: 2, b: true },
      { a: 2, b: false },
    ]);
    expect(combinations(model, { a: 5 })).toEqual([
      { a: 5, b: true },
      { a: 5, b: false },
    ]);
  });

  it("is bounded", () => {
    const many = Array.from({ length: 20 }, (_, value) => value);
    const model = { ...spy(() => new Float32Array(0)), grid: { a: many, b: many } };
    expect(() => combinations(model, {})).toThrow("spy: expected at most 200 combinations");
  });
});
