/** How a sequence model is trained: the settings that all of them share, their defaults and their ranges. */
import type { SettingRange } from "../settings.ts";

export interface SequenceTrainingConfig {
  /** Of the vectors of items and steps; 4 to 1,024. */
  readonly width: number;
  /** Steps that are read, the newest of a person's; 2 to 1,000. */
  readonly length: number;
  /**
   * What each step's next item is compared with: `softmax`, cross-entropy over all items; `sampled`, cross-entropy against
   * drawn items; `gbce`, binary cross-entropy against drawn items that takes back the overconfidence of drawing.
   */
  readonly loss: "softmax" | "sampled" | "gbce";
  /** Items that are drawn, no person's own among them; 1 to 100,000. At most the catalogue. */
  readonly negatives: number;
  /** Whether they are drawn once for a batch, or for each of its sequences. */
  readonly drawnFor: "batch" | "sequence";
  /** Items are drawn by their popularity to this power, and log-Q corrects for it; 0, all alike, to 1. */
  readonly drawExponent: number;
  /** gBCE's t, from 0, plain binary cross-entropy, to 1, as if nothing were drawn. */
  readonly calibration: number;
  /** Whether an item's row has a part for each node of its category paths. */
  readonly paths: boolean;
  /** Whether an item's row has a part projected from its vector, or from its title and text. */
  readonly texts: boolean;
  /** Share of items whose own row is left out of a step, so that paths and texts learn to stand for it; 0 to .9. */
  readonly ownDropout: number;
  /** Whether a step knows of which kind its event was: what it weighs. */
  readonly kinds: boolean;
  /** What a step knows of time: nothing; when events came; or also when the next one is asked for. */
  readonly times: "none" | "past" | "asked";
  /** Of Adam; 1e-6 to 1. */
  readonly learningRate: number;
  /** Decay of the mean of the weights, which is what is kept; 0 for the last weights, to .9999. */
  readonly averaging: number;
  /** Sequences; 1 to 4,096. */
  readonly batchSize: number;
  /** At most; 1 to 10,000. */
  readonly epochs: number;
  /** The training stops after so many epochs without a better NDCG@10 on validation; 1 to 10,000. */
  readonly patience: number;
  /** Where the training computes; `cuda` and `webgpu` need what docs/nn.md says. */
  readonly device: "cpu" | "cuda" | "webgpu";
  /** Threads that compute, 1 for the same numbers on every run; 0, the default, for one per core; to 256. */
  readonly threads: number;
}

export const sequenceDefaults: SequenceTrainingConfig = {
  width: 64,
  length: 200,
  loss: "softmax",
  negatives: 256,
  drawnFor: "batch",
  drawExponent: 0,
  calibration: 0.75,
  paths: false,
  texts: false,
  ownDropout: 0.1,
  kinds: false,
  times: "none",
  learningRate: 1e-3,
  averaging: 0,
  batchSize: 128,
  epochs: 100,
  patience: 10,
  device: "cpu",
  threads: 0,
};

export const sequenceRanges: Readonly<Record<keyof SequenceTrainingConfig, SettingRange>> = {
  width: { min: 4, max: 1_024, integer: true },
  length: { min: 2, max: 1_000, integer: true },
  loss: { oneOf: ["softmax", "sampled", "gbce"] },
  negatives: { min: 1, max: 100_000, integer: true },
  drawnFor: { oneOf: ["batch", "sequence"] },
  drawExponent: { min: 0, max: 1 },
  calibration: { min: 0, max: 1 },
  paths: "boolean",
  texts: "boolean",
  ownDropout: { min: 0, max: 0.9 },
  kinds: "boolean",
  times: { oneOf: ["none", "past", "asked"] },
  learningRate: { min: 1e-6, max: 1 },
  averaging: { min: 0, max: 0.9999 },
  batchSize: { min: 1, max: 4_096, integer: true },
  epochs: { min: 1, max: 10_000, integer: true },
  patience: { min: 1, max: 10_000, integer: true },
  device: { oneOf: ["cpu", "cuda", "webgpu"] },
  threads: { min: 0, max: 256, integer: true },
};

/** What is wrong with the heads of attention, as the end of a sentence; undefined when they fit. */
export function headsProblem({ width, heads }: { width: number; heads: number }): string | undefined {
  if (width % heads === 0) return undefined;
  return `heads must be a divisor of the width; ${width} is not a multiple of ${heads}.`;
}
