/**
 * The contract of the classical learners: from features and answers to a probability of yes. They are plain functions of
 * matrices, deterministic by their seed, and know nothing of people and items; `classical/uptake.ts` makes each of them a model of
 * uptake, with the preparation of its features before it.
 */
import type { ModelFitOptions, ModelSetting, SavedTensor } from "../../core/model.ts";
import type { SavedReader } from "../saved.ts";
import type { SettingRange } from "../settings.ts";
import type { FeatureMatrix, LabelledFeatures } from "./features.ts";

/** A kind of learner. `Config` is a flat object of numbers, strings and booleans. */
export interface Learner<Config extends object = object> {
  /** Stable and unique, lower case with hyphens. */
  readonly name: string;
  readonly defaults: Readonly<Config>;
  readonly ranges: Readonly<Record<keyof Config & string, SettingRange>>;
  /** The values that are worth trying on validation: few. */
  readonly grid: Readonly<Record<string, readonly ModelSetting[]>>;
  /** Trees take features as they are; the others want every value known, and columns of one scale. */
  readonly reads: "anything" | "scaled";
  /**
   * @param train with answers of both kinds
   * @param validation what it stops early or calibrates on, where it does and there are some
   * @throws PENCHANT_E_MODEL_DATA for features that it cannot read; the signal's reason where it is told to stop
   */
  fit(
    train: LabelledFeatures,
    validation: LabelledFeatures | undefined,
    config: Config,
    options: ModelFitOptions,
  ): Promise<FittedLearner>;
  /** @throws PENCHANT_E_MODEL_FILE where a part is missing or does not fit */
  load(parts: SavedReader, columnCount: number): FittedLearner;
}

export interface FittedLearner {
  /** Of yes, by row. A row's does not depend on the others. */
  probabilities(features: FeatureMatrix): Float64Array;
  /** All that `load` needs. */
  readonly tensors: Readonly<Record<string, SavedTensor | SavedTensor["values"]>>;
}
