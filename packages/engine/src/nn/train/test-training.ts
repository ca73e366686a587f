/**
 * A small training for tests: whether a point lies in the first or third quadrant (the classical exclusive or), by a
 * network with a hidden layer and dropout, from batches of two sizes. As a program it trains with checkpoints in the folder
 * that it is given, prints a line per step and waits to be killed; as a worker it posts its result.
 */
import { writeSync } from "node:fs";
import { isMainThread, parentPort, workerData } from "node:worker_threads";
import { seededRandom } from "../../base/random.ts";
import { dropout, dropoutInput } from "../layers/dropout.ts";
import { linear } from "../layers/linear.ts";
import { bceWithLogits } from "../losses/pointwise.ts";
import { reshape } from "../operations/broadcasting.ts";
import { relu } from "../operations/elementwise.ts";
import { adam } from "../optimisers/optimiser.ts";
import { cosineSchedule } from "../optimisers/schedule.ts";
import { input, type Tensor } from "../tensor.ts";
import type { Batch, StepReport, TrainOptions } from "./options.ts";
import { train } from "./trainer.ts";

const sizes = { large: 32, small: 8 };

export function quadrantLogits(batch: number, dropoutKey?: Tensor): Tensor {
  const x = input("x", [batch, 2]);
  const hidden = relu(linear("hidden", { inputs: 2, outputs: 16 })(x));
  const kept = dropout(hidden, { rate: 0.1, layer: 0, key: dropoutKey });
  return reshape(linear("out", { inputs: 16, outputs: 1 })(kept), [batch]);
}

function quadrantLoss(batch: number): Tensor {
  const logits = quadrantLogits(batch, dropoutInput());
  return bceWithLogits(logits, input("inside", [batch]));
}

export function quadrantBatch(size: number, seed: number): { x: Float32Array; inside: Float32Array } {
  const random = seededRandom(seed);
  const x = Float32Array.from({ length: 2 * size }, () => 2 * random.uniform() - 1);
  return { x, inside: Float32Array.from({ length: size }, (_, row) => (x[2 * row] * x[2 * row + 1] > 0 ? 1 : 0)) };
}

async function* quadrantBatches(epoch: number): AsyncGenerator<Batch> {
  for (let batch = 0; batch < 10; batch++) {
    const bucket = batch % 3 === 0 ? "small" : "large";
    yield { bucket, examples: sizes[bucket], feeds: quadrantBatch(sizes[bucket], 100 * epoch + batch) };
  }
}

export function quadrantTraining(more: Partial<TrainOptions> = {}): TrainOptions {
  return {
    losses: { large: quadrantLoss(sizes.large), small: quadrantLoss(sizes.small) },
    batches: quadrantBatches,
    epochs: 6,
    seed: 5,
    optimiser: adam(),
    schedule: cosineSchedule({ rate: 0.02, warmUpSteps: 5, totalSteps: 400 }),
    clipGlobalNorm: 5,
    threads: 1,
    // A result is compared whole, the seconds that it took included.
    clock: { now: () => 0 },
    ...more,
  };
}

const folder: unknown = process.argv[2];
if (!isMainThread && workerData === "quadrants") {
  parentPort?.postMessage(await train(quadrantTraining()), []);
} else if (import.meta.main && typeof folder === "string") {
  const onStep = ({ epoch, batch }: StepReport) => {
    writeSync(1, `${epoch}.${batch}\n`);
    // Three steps after it was saved, and long enough to be killed here.
    if (epoch === 3 && batch === 7) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60_000);
  };
  await train(quadrantTraining({ checkpoint: { folder, everySteps: 4 }, onStep }));
}
