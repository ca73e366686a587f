/**
 * The training of a sequence model, from plain data to weights: what a worker thread runs. Adam on the loss of batches of
 * sequences; after each epoch NDCG@10 on validation, where there is one, says whether it was the best so far.
 */
import { availableParallelism } from "node:os";
import { dropoutInput } from "../../nn/layers/dropout.ts";
import { reshape } from "../../nn/operations/broadcasting.ts";
import { averaged } from "../../nn/optimisers/averaging.ts";
import { adam } from "../../nn/optimisers/optimiser.ts";
import { constantSchedule } from "../../nn/optimisers/schedule.ts";
import { initialise, parametersOf } from "../../nn/parameters.ts";
import type { DeviceOptions } from "../../nn/session.ts";
import type { CheckpointOptions } from "../../nn/train/options.ts";
import { train } from "../../nn/train/trainer.ts";
import { progressOf, type TrainingHooks } from "../training/progress.ts";
import type { Weights } from "../training/weights.ts";
import { bucketsOf, epochBatches, type TrainingSequences } from "./batches.ts";
import { composedWeights, expandedWeights, type SequenceCatalogue, unknownItems } from "./catalogue.ts";
import { selectedFeatures, selectedPaths } from "./item-features.ts";
import { batchLoss } from "./losses.ts";
import { type Negatives, negativesOf } from "./negatives.ts";
import { type SequenceNetwork, vectorsOf } from "./network.ts";
import { type NetworkConfig, type NetworkName, networkNamed } from "./networks.ts";
import type { SequenceTrainingConfig } from "./settings.ts";
import { type StepReading, stepInputs } from "./steps.ts";
import { openValidator, type ValidationQuestion } from "./validation.ts";

/** Plain data. */
export interface SequenceJob {
  readonly network: NetworkName;
  readonly config: NetworkConfig & SequenceTrainingConfig;
  readonly catalogue: SequenceCatalogue;
  /** Item keys here are places in the catalogue's known items. */
  readonly data: TrainingSequences;
  readonly reading: StepReading;
  /** Item keys here are the catalogue's. */
  readonly validation: readonly ValidationQuestion[];
  /** Steps that the network reads. */
  readonly length: number;
  readonly seed: number;
  readonly checkpoint?: CheckpointOptions | undefined;
}

const stoppedBy = "NDCG@10";

/**
 * @returns weights by name, `items` with a row for each of the catalogue
 * @throws what `train` throws: PENCHANT_E_NN_DIVERGED, PENCHANT_E_NN_CHECKPOINT and others
 */
export async function trainSequences(job: SequenceJob, hooks: TrainingHooks): Promise<Weights> {
  const { config, catalogue, data, reading, validation, length, seed, checkpoint } = job;
  const { width } = config;
  const trained = knownReading(reading, catalogue.known);
  const sizes = {
    items: data.itemCount,
    length,
    reading: trained,
    features: selectedFeatures(catalogue.features, catalogue.known),
  };
  const build = networkNamed(job.network);
  const expanded = (weights: Weights) => expandedWeights(weights, catalogue, width);
  const buckets = bucketsOf(data.sequences, { length, batchSize: config.batchSize });
  if (buckets.length === 0) {
    // Nobody has had to do with two items: nothing is to be learned of what comes next.
    return expanded(initialise(parametersOfNetwork(build(config, sizes), trained), seed) as Weights);
  }
  const device: DeviceOptions = {
    device: config.device,
    threads: config.threads || availableParallelism(),
    spinning: false,
  };
  const negatives = config.loss === "softmax" ? undefined : negativesOf(itemCounts(data), config);
  const training = () => build(config, sizes, { dropoutKey: dropoutInput(), ownDropout: config.ownDropout });
  const whole = { items: catalogue.itemCount, length, reading };
  const validator =
    validation.length > 0
      ? await openValidator(build(config, whole), validation, {
          ...device,
          length,
          reading,
          unknown: unknownItems(catalogue),
        })
      : undefined;
  try {
    const { weights } = await train({
      ...device,
      losses: Object.fromEntries(
        buckets.map((bucket) => [bucket.name, batchLoss(training(), trained, bucket, config, negatives)]),
      ),
      batches: epochBatches({
        data,
        buckets,
        reading: trained,
        seed,
        negatives: negatives && drawnFor(negatives, config),
      }),
      epochs: config.epochs,
      seed,
      optimiser: config.averaging > 0 ? averaged(adam(), { decay: config.averaging }) : adam(),
      schedule: constantSchedule({ rate: config.learningRate }),
      ...(validator && {
        validate: async (current) => ({
          [stoppedBy]: await validator.measure(composedWeights(expanded(current as Weights), catalogue, width)),
        }),
        earlyStopping: { metric: stoppedBy, better: "higher", patienceEpochs: config.patience },
      }),
      ...(checkpoint && { checkpoint }),
      ...progressOf(hooks, config),
    });
    return expanded(weights as Weights);
  } finally {
    await validator?.close();
  }
}

/** All parameters of a network, whatever the length of what it reads. */
export function parametersOfNetwork(network: SequenceNetwork, reading: StepReading) {
  const hidden = network.encode(stepInputs(reading, [1, 1]));
  return parametersOf(vectorsOf(network, reading, reshape(hidden, [1, hidden.shape[2]])), network.table);
}

/** The same reading, with the paths of the items that are trained. */
function knownReading(reading: StepReading, known: Int32Array): StepReading {
  const { profile } = reading;
  if (profile?.paths === undefined) return reading;
  return { ...reading, profile: { ...profile, paths: selectedPaths(profile.paths, known) } };
}

/** Interactions by item. */
export function itemCounts({ itemCount, sequences }: TrainingSequences): Int32Array {
  const counts = new Int32Array(itemCount);
  for (const { items } of sequences) for (const item of items) counts[item] += 1;
  return counts;
}

function drawnFor(negatives: Negatives, { drawnFor: whom }: SequenceTrainingConfig) {
  return { ...negatives, drawnFor: whom };
}
