/**
 * The training of a sequence model, from plain data to weights: what a worker thread runs. Adam on the loss of batches of
 * sequences; after each epoch NDCG@10 on validation, where there is one, says whether it was the best so far.
 */
import { availableParallelism } from "node:os";
import { adam } from "../../nn/optimisers/optimiser.ts";
import { constantSchedule } from "../../nn/optimisers/schedule.ts";
import { initialise, parametersOf } from "../../nn/parameters.ts";
import type { DeviceOptions } from "../../nn/session.ts";
import { input } from "../../nn/tensor.ts";
import type { CheckpointOptions } from "../../nn/train/options.ts";
import { train } from "../../nn/train/trainer.ts";
import { bucketsOf, epochBatches, type TrainingSequences } from "./batches.ts";
import { batchLoss } from "./losses.ts";
import { type Negatives, negativesOf } from "./negatives.ts";
import type { SequenceNetwork } from "./network.ts";
import { type NetworkConfig, type NetworkName, sequenceNetworks } from "./networks.ts";
import type { SequenceTrainingConfig } from "./settings.ts";
import { openValidator, type ValidationQuestions } from "./validation.ts";

/** Plain data. */
export interface SequenceJob {
  readonly network: NetworkName;
  readonly config: NetworkConfig & SequenceTrainingConfig;
  readonly data: TrainingSequences;
  readonly validation: ValidationQuestions | undefined;
  /** Steps that the network reads. */
  readonly length: number;
  readonly seed: number;
  readonly checkpoint?: CheckpointOptions | undefined;
}

export type Weights = Readonly<Record<string, Float32Array>>;

export interface TrainingHooks {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((done: number, note?: string) => void) | undefined;
}

const stoppedBy = "NDCG@10";

/** Throws what `train` throws: PENCHANT_E_NN_DIVERGED, PENCHANT_E_NN_CHECKPOINT and others. */
export async function trainSequences(job: SequenceJob, { signal, onProgress }: TrainingHooks): Promise<Weights> {
  const { config, data, validation, length, seed, checkpoint } = job;
  const network = (): SequenceNetwork => sequenceNetworks[job.network](config, { items: data.itemCount, length });
  const buckets = bucketsOf(data.sequences, { length, batchSize: config.batchSize });
  // Nobody has had to do with two items: nothing is to be learned of what comes next.
  if (buckets.length === 0) return initialise(parametersOfNetwork(network()), seed) as Weights;
  const device: DeviceOptions = { threads: config.threads || availableParallelism(), spinning: false };
  const negatives = config.loss === "softmax" ? undefined : negativesOf(itemCounts(data), config);
  const validator =
    validation && validation.histories.length > 0
      ? await openValidator(network(), validation, { ...device, length })
      : undefined;
  try {
    const { weights } = await train({
      ...device,
      losses: Object.fromEntries(
        buckets.map((bucket) => [bucket.name, batchLoss(network(), bucket, config, negatives)]),
      ),
      batches: epochBatches({ data, buckets, seed, negatives: negatives && drawnFor(negatives, config) }),
      epochs: config.epochs,
      seed,
      optimiser: adam(),
      schedule: constantSchedule({ rate: config.learningRate }),
      ...(validator && {
        validate: async (current) => ({ [stoppedBy]: await validator.measure(current) }),
        earlyStopping: { metric: stoppedBy, better: "higher", patienceEpochs: config.patience },
      }),
      ...(checkpoint && { checkpoint }),
      signal,
      onStep: ({ epoch, epochs, batch, batches }) => {
        if (batches !== undefined) onProgress?.((epoch - 1 + batch / batches) / epochs);
      },
      onEpoch: ({ epoch, loss, metrics }) => {
        const reached = Object.entries(metrics).map(([name, value]) => `, ${name} ${value.toFixed(4)} on validation`);
        onProgress?.(epoch / config.epochs, `epoch ${epoch}: loss ${loss.toFixed(4)}${reached.join("")}`);
      },
    });
    return weights as Weights;
  } finally {
    await validator?.close();
  }
}

/** All parameters of a network, whatever the length of what it reads. */
export function parametersOfNetwork(network: SequenceNetwork) {
  return parametersOf(network.encode(input("steps", [1, 1], "int32")), network.table);
}

/** Interactions by item. */
export function itemCounts({ itemCount, sequences }: TrainingSequences): Int32Array {
  const counts = new Int32Array(itemCount);
  for (const items of sequences) for (const item of items) counts[item] += 1;
  return counts;
}

function drawnFor(negatives: Negatives, { drawnFor: whom }: SequenceTrainingConfig) {
  return { ...negatives, drawnFor: whom };
}
