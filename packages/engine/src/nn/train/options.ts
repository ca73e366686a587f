/** What a training takes, tells on the way, and gives. */
import { PenchantError } from "../../base/errors.ts";
import type { Clock } from "../../base/time.ts";
import type { Optimiser } from "../optimisers/optimiser.ts";
import type { Schedule } from "../optimisers/schedule.ts";
import type { DeviceOptions, Feeds } from "../session.ts";
import type { Tensor, Values } from "../tensor.ts";
import type { TableOptions } from "./variables.ts";

export interface Batch {
  /** Which of the networks takes it. May be left out where there is one. */
  readonly bucket?: string;
  readonly feeds: Feeds;
  /** How many examples it holds: its loss counts as often in the epoch's mean. */
  readonly examples: number;
  /** By sparse embedding, the rows of its table that the batch needs (`uniqueRows`). */
  readonly rows?: Readonly<Record<string, Int32Array>>;
}

export interface EarlyStopping {
  /** One of the metrics that `validate` gives. */
  readonly metric: string;
  readonly better: "higher" | "lower";
  /** Stop after so many epochs in a row that were not better than the best. */
  readonly patienceEpochs: number;
}

/**
 * Where a training is saved: `last.safetensors`, from which it goes on, `best.safetensors`, weights alone, and `curve.jsonl`,
 * a line for each epoch.
 */
export interface CheckpointOptions {
  /** A folder of this training's own, made where it is not there. */
  readonly folder: string;
  /** Also save within epochs, every so many steps. Default: at the end of epochs only. */
  readonly everySteps?: number;
}

/** What an epoch came to: a point of the training's curve. */
export interface EpochReport {
  readonly epoch: number;
  /** Steps since the beginning. */
  readonly step: number;
  /** Mean over the epoch's examples, each under the weights of its time. */
  readonly loss: number;
  readonly metrics: Readonly<Record<string, number>>;
  /** Of its last step. */
  readonly learningRate: number;
  /** Since the beginning, validation included; what was not computed, because the training was cut off, does not count. */
  readonly seconds: number;
}

export interface StepReport {
  readonly epoch: number;
  readonly epochs: number;
  /** Batches done in this epoch, and how many there are, known from the first epoch on. */
  readonly batch: number;
  readonly batches: number | undefined;
  /** Mean over the epoch's examples so far. */
  readonly loss: number;
  readonly gradientNorm: number;
  readonly learningRate: number;
  readonly examplesPerSecond: number;
  /** To the end of the last epoch; undefined in the first one. */
  readonly secondsLeft: number | undefined;
}

export interface TrainOptions extends DeviceOptions {
  /** Scalar losses, by bucket: one network in several shapes. They share parameters by name. */
  readonly losses: Readonly<Record<string, Tensor>>;
  /** Tables of sparse embeddings, by the embeddings' names. Lazy Adam updates them, with the settings of the optimiser. */
  readonly tables?: Readonly<Record<string, TableOptions>>;
  /** The batches of an epoch, counted from 1: the same ones whenever it is asked for the same epoch. */
  readonly batches: (epoch: number) => AsyncIterable<Batch> | Iterable<Batch>;
  readonly epochs: number;
  readonly seed: number;
  readonly optimiser: Optimiser;
  readonly schedule: Schedule;
  readonly clipGlobalNorm?: number;
  /** Metrics of the weights as they are after an epoch. They are lent: copy what is to be kept. */
  readonly validate?: (weights: Feeds, epoch: number) => Promise<Record<string, number>>;
  readonly earlyStopping?: EarlyStopping;
  /** Saves, and goes on from what was saved. Without it nothing is written. */
  readonly checkpoint?: CheckpointOptions;
  /** Stops between two batches, after saving; `train` rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  readonly onStep?: (report: StepReport) => void;
  /** A training that goes on first tells of the epochs that were done before: `isEarlier`. */
  readonly onEpoch?: (report: EpochReport, isEarlier: boolean) => void;
  /** For speeds, the time that was taken and the time left. */
  readonly clock?: Clock;
}

export interface TrainResult {
  /** Parameters and tables by name: of the best epoch where a metric says which, else of the last. */
  readonly weights: Readonly<Record<string, Values>>;
  readonly epochs: readonly EpochReport[];
  /** The epoch that the weights are of. */
  readonly bestEpoch: number;
  readonly stopped: "after all epochs" | "early";
}

/** Throws PENCHANT_E_CONFIG for a number that cannot be meant. */
export function checkOptions({ epochs, seed, clipGlobalNorm, earlyStopping, checkpoint, losses }: TrainOptions): void {
  const wholes = {
    epochs,
    "earlyStopping.patienceEpochs": earlyStopping?.patienceEpochs,
    "checkpoint.everySteps": checkpoint?.everySteps,
  };
  for (const [name, value] of Object.entries(wholes)) {
    if (value === undefined || (Number.isSafeInteger(value) && value >= 1)) continue;
    throw invalid(`${name} must be a whole number, 1 or more; came ${value}`);
  }
  if (!Number.isSafeInteger(seed)) throw invalid(`seed must be a whole number; came ${seed}`);
  if (clipGlobalNorm !== undefined && !(clipGlobalNorm > 0)) {
    throw invalid(`clipGlobalNorm must be above 0; came ${clipGlobalNorm}`);
  }
  if (Object.keys(losses).length === 0) throw invalid("losses must have one for each bucket; came none");
}

function invalid(problem: string): PenchantError {
  return new PenchantError("PENCHANT_E_CONFIG", `Training: ${problem}.`);
}
