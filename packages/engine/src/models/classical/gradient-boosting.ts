/** Gradient-boosted trees as a learner of yes and no, and of numbers; `trees/boosting.ts` has the method. */
import type { ModelFitOptions } from "../../core/model.ts";
import type { SavedReader } from "../saved.ts";
import { checkSettings } from "../settings.ts";
import { checkLabelled, type FeatureMatrix, type LabelledFeatures } from "./features.ts";
import type { FittedLearner, Learner } from "./learner.ts";
import { sigmoid } from "./logistic.ts";
import {
  type BoostedTrees,
  type BoostingConfig,
  boost,
  boostedScores,
  boostingDefaults,
  boostingRanges,
} from "./trees/boosting.ts";
import { loadTrees, saveTrees } from "./trees/trees.ts";

const name = "gradient-boosting";

export const gradientBoosting: Learner<BoostingConfig> = {
  name,
  defaults: boostingDefaults,
  ranges: boostingRanges,
  grid: { learningRate: [0.05, 0.1], leaves: [15, 31, 63] },
  reads: "anything",
  async fit(train, validation, config, options) {
    return fitted(await boost(name, "logistic", train, validation, config, options));
  },
  load: (parts, columnCount) => fitted(loadBoosted(parts, columnCount)),
};

function fitted(boosted: BoostedTrees): FittedLearner {
  return {
    probabilities: (features) => boostedScores(boosted, features).map(sigmoid),
    tensors: { ...saveTrees(boosted.trees), scale: Float64Array.of(boosted.baseline, boosted.learningRate) },
  };
}

function loadBoosted(parts: SavedReader, columnCount: number): BoostedTrees {
  const [baseline, learningRate] = parts.doubles("scale");
  return { baseline, learningRate, trees: loadTrees(name, parts, columnCount) };
}

export interface BoostedRegression {
  /** The predicted number of each row. */
  predict(features: FeatureMatrix): Float64Array;
}

/**
 * Learns numbers by least squares.
 *
 * @param train its labels are any finite numbers; features may be missing (NaN)
 * @param validation where there is some, it stops when the mean squared error there no longer falls, and keeps the best
 * @param settings what differs from the defaults (`boostingDefaults`)
 * @throws PENCHANT_E_MODEL_CONFIG for a setting out of range, PENCHANT_E_MODEL_DATA for rows that do not fit
 * @example
 * const features = { names: ["recencyDays", "events"], values: Float32Array.of(1, 20, 300, 1) };
 * const { predict } = await fitBoostedRegression({ features, labels: [4.5, 0.1] }, undefined, {}, { seed: 1 });
 */
export async function fitBoostedRegression(
  train: LabelledFeatures,
  validation: LabelledFeatures | undefined,
  settings: Partial<BoostingConfig>,
  options: ModelFitOptions,
): Promise<BoostedRegression> {
  const config = { ...boostingDefaults, ...settings };
  checkSettings(name, config, boostingRanges);
  checkLabelled(name, train);
  if (validation !== undefined) checkLabelled(name, validation);
  const boosted = await boost(name, "squared", train, validation, config, options);
  return { predict: (features) => boostedScores(boosted, features) };
}
