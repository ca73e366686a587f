/** How a network that answers questions of uptake is trained: the settings that all of them share, their defaults and ranges. */
import type { SettingRange } from "../../settings.ts";

export interface UptakeTrainingConfig {
  /** Of the rows of items; 2 to 512. */
  readonly width: number;
  /** Events of a window, the newest of a person's; 1 to 500. */
  readonly length: number;
  /** Width of the first layer of the network that answers, the second has half of it; 2 to 2,048. */
  readonly hidden: number;
  /** Whether an item's row has a part for each node of its category paths. */
  readonly paths: boolean;
  /** Whether an item's row has a part projected from its vector, or from its title and text. */
  readonly texts: boolean;
  /** Share of items whose own row is left out of a step, so that paths and texts learn to stand for it; 0 to .9. */
  readonly ownDropout: number;
  /** Share of elements that are dropped while training; 0 to .9. */
  readonly dropout: number;
  /** Of AdamW, which shrinks all weights by so much times the learning rate at each step; 0, plain Adam, to 10. */
  readonly weightDecay: number;
  /** Whether yes and no count as they come, or each half of everything. */
  readonly classWeights: "none" | "balanced";
  /** Windows are cut to a part of themselves, at least 1 less this share; 0 to .9. */
  readonly crop: number;
  /** Share of the events whose item is hidden; 0 to .9. */
  readonly mask: number;
  /** Share of a window, all in one place, whose events come in any order; 0 to .9. */
  readonly reorder: number;
  /** Of Adam; 1e-6 to 1. */
  readonly learningRate: number;
  /** Questions; 1 to 65,536. */
  readonly batchSize: number;
  /** At most; 1 to 10,000. */
  readonly epochs: number;
  /** The training stops after so many epochs that were no better on validation; 1 to 10,000. */
  readonly patience: number;
  /** What is better: a lower log loss, or a higher AUC. Answers of one kind have no AUC, and go by the log loss. */
  readonly stopBy: "logLoss" | "AUC";
  /** How logits become probabilities: fitted to validation, where there is one. */
  readonly calibration: "none" | "platt" | "isotonic";
  /** Where the training computes; `cuda` and `webgpu` need what docs/nn.md says. */
  readonly device: "cpu" | "cuda" | "webgpu";
  /** Threads that compute, 1 for the same numbers on every run; 0, the default, for one per core; to 256. */
  readonly threads: number;
}

export const uptakeDefaults: UptakeTrainingConfig = {
  width: 16,
  length: 20,
  hidden: 64,
  paths: true,
  texts: false,
  ownDropout: 0.1,
  dropout: 0.1,
  weightDecay: 0.01,
  classWeights: "none",
  crop: 0,
  mask: 0,
  reorder: 0,
  learningRate: 1e-3,
  batchSize: 512,
  epochs: 20,
  patience: 2,
  stopBy: "logLoss",
  calibration: "platt",
  device: "cpu",
  threads: 0,
};

const share = { min: 0, max: 0.9 } as const;

export const uptakeRanges: Readonly<Record<keyof UptakeTrainingConfig, SettingRange>> = {
  width: { min: 2, max: 512, integer: true },
  length: { min: 1, max: 500, integer: true },
  hidden: { min: 2, max: 2_048, integer: true },
  paths: "boolean",
  texts: "boolean",
  ownDropout: share,
  dropout: share,
  weightDecay: { min: 0, max: 10 },
  classWeights: { oneOf: ["none", "balanced"] },
  crop: share,
  mask: share,
  reorder: share,
  learningRate: { min: 1e-6, max: 1 },
  batchSize: { min: 1, max: 65_536, integer: true },
  epochs: { min: 1, max: 10_000, integer: true },
  patience: { min: 1, max: 10_000, integer: true },
  stopBy: { oneOf: ["logLoss", "AUC"] },
  calibration: { oneOf: ["none", "platt", "isotonic"] },
  device: { oneOf: ["cpu", "cuda", "webgpu"] },
  threads: { min: 0, max: 256, integer: true },
};
