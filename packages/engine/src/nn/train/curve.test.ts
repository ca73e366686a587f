import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readSafetensors, writeSafetensors } from "../files/safetensors.ts";
import type { Feeds } from "../session.ts";
import { curveName, readCurve } from "./curve.ts";
import type { EpochReport } from "./options.ts";
import { quadrantTraining } from "./test-training.ts";
import { train } from "./trainer.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "penchant-curve-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("a training's curve", () => {
  /** A second for every look at it. */
  const ticking = () => {
    let now = 0;
    return { now: () => (now += 1_000) };
  };

  test("has a line for each epoch, on disk while it goes on, and goes on itself", async () => {
    const checkpoint = { folder };
    const validate = async (_weights: Feeds, epoch: number) => ({ ndcg: epoch / 10 });
    const told: EpochReport[] = [];
    const linesSeen: number[] = [];
    const onEpoch = (report: EpochReport) => {
      told.push(report);
      linesSeen.push(readFileSync(join(folder, curveName), "utf8").split("\n").length - 1);
    };
    const options = { checkpoint, validate, onEpoch, clock: ticking() };
    const { epochs } = await train(quadrantTraining({ epochs: 2, ...options }));
    expect(told).toEqual(epochs);
    expect(linesSeen).toEqual([1, 2]);
    expect(await readCurve(folder)).toEqual(epochs);
    const rate = quadrantTraining().schedule;
    expect(epochs[1]).toMatchObject({ epoch: 2, step: 20, metrics: { ndcg: 0.2 }, learningRate: rate(20) });
    expect(epochs[1].seconds).toBeGreaterThan(epochs[0].seconds);

    // One that goes on tells of all, and counts on from the seconds that were saved.
    told.length = 0;
    await train(quadrantTraining({ epochs: 3, ...options, clock: ticking() }));
    expect(told.slice(0, 2)).toEqual(epochs);
    expect(told[2].seconds).toBeGreaterThan(epochs[1].seconds);
    expect(await readCurve(folder)).toEqual(told);
  });

  test("goes on from a checkpoint of the version that kept less of it", async () => {
    const checkpoint = { folder };
    const { epochs } = await train(quadrantTraining({ epochs: 2, checkpoint }));
    const path = join(folder, "last.safetensors");
    const { tensors, metadata } = await readSafetensors(path);
    const { seconds: _, ...progress } = JSON.parse(metadata.progress) as Record<string, unknown>;
    const reports = epochs.map(({ epoch, loss, metrics }) => ({ epoch, loss, metrics }));
    const before = { format: "penchant-training-1", progress: JSON.stringify({ ...progress, reports }) };
    await writeSafetensors(path, { tensors, metadata: { ...metadata, ...before } });
    const resumed = await train(quadrantTraining({ epochs: 3, checkpoint }));
    const whole = await train(quadrantTraining({ epochs: 3 }));
    expect(resumed.weights).toEqual(whole.weights);
    expect(resumed.epochs.map(({ step, loss }) => [step, loss])).toEqual(
      whole.epochs.map(({ step, loss }) => [step, loss]),
    );
  });
});
