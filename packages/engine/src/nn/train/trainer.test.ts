import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Worker } from "node:worker_threads";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { embedding, sparseEmbedding, uniqueRows } from "../layers/embedding.ts";
import { bceWithLogits } from "../losses/pointwise.ts";
import { sum } from "../operations/broadcasting.ts";
import { log, mul } from "../operations/elementwise.ts";
import { adam, sgd } from "../optimisers/optimiser.ts";
import { constantSchedule } from "../optimisers/schedule.ts";
import { compile, type Feeds } from "../session.ts";
import { input, parameter, type Tensor } from "../tensor.ts";
import type { Batch, StepReport, TrainOptions, TrainResult } from "./options.ts";
import { quadrantBatch, quadrantLogits, quadrantTraining } from "./test-training.ts";
import { train } from "./trainer.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "penchant-train-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const program = new URL("./test-training.ts", import.meta.url);

/** The share of fresh points that the weights put on the right side. */
async function accuracy(weights: Feeds): Promise<number> {
  const session = await compile({ logits: quadrantLogits(500) }, { threads: 1 });
  const { x, inside } = quadrantBatch(500, 999);
  const { logits } = await session.run({ x, ...weights });
  await session.close();
  return inside.filter((label, row) => Number(logits[row]) > 0 === (label === 1)).length / inside.length;
}

describe("a training", () => {
  test("learns what no line can separate, from batches of two sizes", async () => {
    const { weights, epochs, stopped } = await train(quadrantTraining({ epochs: 40 }));
    expect(await accuracy(weights)).toBeGreaterThan(0.93);
    expect(epochs[39].loss).toBeLessThan(epochs[0].loss / 2);
    expect(stopped).toBe("after all epochs");
  });

  test("gives the same numbers to the last bit for the same seed on one thread, and others for another", async () => {
    const first = await train(quadrantTraining());
    expect(await train(quadrantTraining())).toEqual(first);
    expect((await train(quadrantTraining({ seed: 6 }))).weights).not.toEqual(first.weights);
  });

  test("runs in a worker thread, to the same numbers", async () => {
    const worker = new Worker(program, { workerData: "quadrants" });
    const [result] = await once(worker, "message");
    await worker.terminate();
    expect(result).toEqual(await train(quadrantTraining()));
  });

  test("tells loss, speed and the time left", async () => {
    let now = 0;
    const reports: StepReport[] = [];
    const clock = { now: () => (now += 500) };
    await train(quadrantTraining({ epochs: 2, clock, onStep: (report) => reports.push(report) }));
    expect(reports).toHaveLength(20);
    expect(reports[0]).toMatchObject({ epoch: 1, epochs: 2, batch: 1, batches: undefined, secondsLeft: undefined });
    // The first batch of an epoch has 8 examples and takes half a second by this clock, and so does every other one.
    expect(reports[10]).toMatchObject({ epoch: 2, batch: 1, batches: 10, examplesPerSecond: 16, secondsLeft: 4.5 });
    expect(reports[19].secondsLeft).toBe(0);
  });

  test("keeps the best epoch by a metric and stops when it gets no better", async () => {
    const scores = [0.1, 0.5, 0.4, 0.3, 0.9];
    const seen: Float32Array[] = [];
    const result = await train(
      quadrantTraining({
        validate: async (weights, epoch) => {
          seen.push((weights["out.weight"] as Float32Array).slice());
          return { ndcg: scores[epoch - 1] };
        },
        earlyStopping: { metric: "ndcg", better: "higher", patienceEpochs: 2 },
        checkpoint: { folder },
      }),
    );
    expect(result).toMatchObject({ bestEpoch: 2, stopped: "early" });
    expect(result.epochs.map(({ metrics }) => metrics.ndcg)).toEqual([0.1, 0.5, 0.4, 0.3]);
    expect(result.weights["out.weight"]).toEqual(seen[1]);
  });

  test("says which metric it looked for in vain", async () => {
    const earlyStopping = { metric: "ndcg", better: "higher", patienceEpochs: 1 } as const;
    const training = train(quadrantTraining({ validate: async () => ({ recall: 0.5 }), earlyStopping }));
    await expect(training).rejects.toMatchObject({
      code: "PENCHANT_E_CONFIG",
      message: expect.stringContaining('a finite number as "ndcg"; it gave recall 0.5'),
    });
  });
});

describe("a training that is stopped", () => {
  test("by kill -9 goes on to the same numbers as one that was not", async () => {
    const child = spawn(process.execPath, [program.pathname, folder], { stdio: ["ignore", "pipe", "inherit"] });
    for await (const line of createInterface({ input: child.stdout })) if (line === "3.7") child.kill("SIGKILL");
    expect(child.signalCode ?? (await once(child, "exit"))[1]).toBe("SIGKILL");
    const replayed: string[] = [];
    const resumed = await train(
      quadrantTraining({
        checkpoint: { folder, everySteps: 4 },
        onStep: ({ epoch, batch }) => replayed.push(`${epoch}.${batch}`),
      }),
    );
    // Saved last at step 24, so that 3.5 to 3.7 are computed again.
    expect(replayed[0]).toBe("3.5");
    expect(resumed).toEqual(await train(quadrantTraining()));
  });

  test("by a signal rejects with its reason, has saved, and goes on from there", async () => {
    const stop = new AbortController();
    const reason = new Error("enough for today");
    const checkpoint = { folder };
    const onStep = ({ epoch, batch }: StepReport) => {
      if (epoch === 2 && batch === 5) stop.abort(reason);
    };
    await expect(train(quadrantTraining({ checkpoint, signal: stop.signal, onStep }))).rejects.toBe(reason);
    const steps: number[] = [];
    expect(readdirSync(folder)).toEqual(["curve.jsonl", "last.safetensors"]);
    const resumed = await train(quadrantTraining({ checkpoint, onStep: ({ batch }) => steps.push(batch) }));
    expect(steps[0]).toBe(6);
    expect(resumed).toEqual(await train(quadrantTraining()));
  });

  test("after its end resumes to its result without a step, or to more epochs", async () => {
    const checkpoint = { folder };
    const finished = await train(quadrantTraining({ checkpoint }));
    const onStep = () => expect.fail("a step was computed");
    expect(await train(quadrantTraining({ checkpoint, onStep }))).toEqual(finished);
    const longer = await train(quadrantTraining({ checkpoint, epochs: 8 }));
    expect(longer).toEqual(await train(quadrantTraining({ epochs: 8 })));
  });
});

describe("a checkpoint is refused", () => {
  const save = () => train(quadrantTraining({ epochs: 1, checkpoint: { folder } }));
  const expectRefusal = async (more: Partial<TrainOptions>, problem: string) => {
    await expect(train(quadrantTraining({ epochs: 1, checkpoint: { folder }, ...more }))).rejects.toMatchObject({
      code: "PENCHANT_E_NN_CHECKPOINT",
      message: expect.stringContaining(problem),
    });
  };

  test("of another seed, optimiser or network", async () => {
    await save();
    await expectRefusal({ seed: 9 }, "its seed is 5 and this training's is 9");
    await expectRefusal({ optimiser: sgd() }, "its optimiser is adam");
    const losses = { small: sum(parameter("w", [3], { kind: "constant", value: 1 })) };
    await expectRefusal({ losses }, 'it lacks "w", float32 [3]');
    const other = { small: sum(parameter("hidden.weight", [2, 15], { kind: "constant", value: 1 })) };
    await expectRefusal({ losses: other }, '"hidden.weight" is float32 [2, 16] instead of float32 [2, 15]');
  });

  test("that is damaged or something else", async () => {
    await save();
    const path = join(folder, "last.safetensors");
    writeFileSync(path, readFileSync(path).subarray(0, -1));
    await expectRefusal({}, "bytes and");
    writeFileSync(path, readFileSync(new URL("../fixtures/reference.safetensors", import.meta.url)));
    await expectRefusal({}, 'its format is "pt" instead of');
  });
});

describe("a sparse embedding", () => {
  const rows = 6;
  const labels = (ids: readonly number[]) => Float32Array.from(ids, (id) => (id % 2 === 0 ? 1 : 0));
  const lossOf = (embedded: Tensor) => bceWithLogits(sum(embedded, { axes: [1] }), input("labels", [4]));
  const common = {
    epochs: 3,
    seed: 2,
    schedule: constantSchedule({ rate: 0.1 }),
    optimiser: adam(),
    threads: 1,
    clock: { now: () => 0 },
  };
  const batchOf = (epoch: number) => [epoch % rows, (epoch + 1) % rows, epoch % rows, (epoch + 4) % rows];
  const sparse = (more: Partial<Batch> = {}): TrainOptions => {
    const items = sparseEmbedding("items", { capacity: 4, width: 2 });
    const loss = lossOf(items(input("positions", [4], "int32")));
    const batches = (epoch: number): Batch[] => {
      const ids = batchOf(epoch);
      const unique = uniqueRows(Int32Array.from(ids), 4);
      const feeds = { positions: unique.positions, labels: labels(ids) };
      return [{ feeds, examples: 4, rows: { items: unique.rows }, ...more }];
    };
    return { ...common, losses: { all: loss }, tables: { items: { rows, width: 2 } }, batches };
  };

  test("learns outside of the graph what a dense one learns in it, where all rows are used at each step", async () => {
    const all = [0, 1, 2, 3];
    const dense = embedding("items", { rows: 4, width: 2 });
    const losses = { all: lossOf(dense(input("positions", [4], "int32"))) };
    const batch: Batch = { feeds: { positions: Int32Array.from(all), labels: labels(all) }, examples: 4 };
    const inGraph = await train({ ...common, losses, batches: () => [batch] });
    const outside = await train({
      ...sparse(),
      tables: { items: { rows: 4, width: 2 } },
      batches: () => [{ ...batch, rows: { items: Int32Array.from(all) } }],
    });
    const [one, other] = [inGraph, outside].map(({ weights }) => weights["items.table"] as Float32Array);
    for (const [index, value] of one.entries()) expect(other[index]).toBeCloseTo(value, 5);
    expect(outside.epochs[2].loss).toBeLessThan(outside.epochs[0].loss);
  });

  test("is saved and resumed with the rest", async () => {
    const checkpoint = { folder };
    await train({ ...sparse(), epochs: 2, checkpoint });
    expect(await train({ ...sparse(), checkpoint })).toEqual(await train(sparse()));
  });

  test.each([
    [Int32Array.of(0, 6), "has rows 0 to 5; the batch names row 6"],
    [Int32Array.of(2, 2), "takes each row once; the batch names row 2 twice"],
    [Int32Array.of(0, 1, 2, 3, 4), "takes 4 rows at once; the batch names 5"],
  ])("takes no rows that it does not have or has already: %o", async (wrong, problem) => {
    await expect(train(sparse({ rows: { items: wrong } }))).rejects.toMatchObject({
      code: "PENCHANT_E_NN_FEED",
      message: expect.stringContaining(problem),
    });
  });
});

describe("numbers that are not finite", () => {
  const weight = parameter("w", [2], { kind: "constant", value: 1 });
  const x = input("x", [2]);
  const trainOn = (values: readonly number[], optimiser = sgd(), rate = 1): Promise<TrainResult> =>
    train({
      losses: { all: sum(log(mul(weight, x))) },
      batches: () => [{ feeds: { x: Float32Array.from(values) }, examples: 1 }],
      epochs: 5,
      seed: 1,
      optimiser,
      schedule: constantSchedule({ rate }),
      threads: 1,
    });

  test("in the computation stop the training with the operation that made them first", async () => {
    await expect(trainOn([2, -3])).rejects.toMatchObject({
      code: "PENCHANT_E_NN_DIVERGED",
      message: expect.stringContaining(
        "Step 1 (epoch 1, batch 1): the loss is NaN, the gradients' norm 1.4142135381698608; log gives a value that is not a number, float32 [2] computed from mul float32 [2]",
      ),
    });
  });
  test("among the feeds are named as such", async () => {
    await expect(trainOn([1, Number.POSITIVE_INFINITY])).rejects.toThrow(
      '"x", which the step is fed, has a value that is infinite',
    );
  });
  test("after some good steps are told with the step", async () => {
    await expect(trainOn([1, 1], sgd(), 0.6)).rejects.toThrow(/^Step 3 \(epoch 3, batch 1\)/);
  });
});

test("settings that cannot be meant are refused before anything is computed", async () => {
  const refused = async (more: Partial<TrainOptions>, problem: string) => {
    await expect(train(quadrantTraining(more))).rejects.toMatchObject({
      code: "PENCHANT_E_CONFIG",
      message: `Training: ${problem}.`,
    });
  };
  await refused({ epochs: 0 }, "epochs must be a whole number, 1 or more; came 0");
  await refused(
    { checkpoint: { folder, everySteps: 0.5 } },
    "checkpoint.everySteps must be a whole number, 1 or more; came 0.5",
  );
  await refused({ seed: Number.NaN }, "seed must be a whole number; came NaN");
  await refused({ clipGlobalNorm: 0 }, "clipGlobalNorm must be above 0; came 0");
  await refused({ losses: {} }, "losses must have one for each bucket; came none");
});

test("networks that cannot be trained together, or at all, are refused", async () => {
  const weights = (shape: number[]) => sum(parameter("w", shape, { kind: "constant", value: 1 }));
  const refused = { code: "PENCHANT_E_NN_GRAPH" };
  await expect(train(quadrantTraining({ losses: { a: weights([2]), b: weights([3]) } }))).rejects.toMatchObject(
    refused,
  );
  await expect(train(quadrantTraining({ losses: { a: sum(input("x", [2])) } }))).rejects.toThrow("nothing to train");
});

test("a batch that fits no network is refused", async () => {
  const wrong = (batch: Partial<Batch>) =>
    train(quadrantTraining({ batches: () => [{ feeds: quadrantBatch(8, 1), examples: 8, ...batch }] }));
  await expect(wrong({})).rejects.toThrow("must name one of the buckets large, small; came none");
  await expect(wrong({ bucket: "huge" })).rejects.toThrow("came huge");
  await expect(wrong({ bucket: "small", examples: Number.NaN })).rejects.toThrow(
    "how many examples it holds; came NaN",
  );
  await expect(train(quadrantTraining({ batches: () => [] }))).rejects.toThrow("Epoch 1 has no batches");
});
