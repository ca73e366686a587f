/**
 * A random forest (Breiman, Random Forests, Machine Learning 2001): the mean of trees that were each grown on rows drawn with
 * replacement, and asked at each split about a few columns only, drawn anew. What one tree makes of chance, the others do not.
 */
import { seededRandom } from "../../base/random.ts";
import { paceOf } from "../pace.ts";
import type { SavedReader } from "../saved.ts";
import { rowCount } from "./features.ts";
import type { FittedLearner, Learner } from "./learner.ts";
import { binRows } from "./trees/histograms.ts";
import { growRateTree, type RateTreeConfig, rateTreeRanges } from "./trees/rates.ts";
import { addTrees, joinTrees, loadTrees, saveTrees, type Trees } from "./trees/trees.ts";

export interface RandomForestConfig extends RateTreeConfig {
  /** 1 to 10,000. */
  readonly trees: number;
  /** Part of the columns that each split may ask about; .01 to 1. */
  readonly columnShare: number;
}

const name = "random-forest";

export const randomForest: Learner<RandomForestConfig> = {
  name,
  defaults: { trees: 100, depth: 16, leafWeight: 10, columnShare: 0.25, impurity: "gini", smoothing: 1, bins: 255 },
  ranges: { ...rateTreeRanges, trees: { min: 1, max: 10_000, integer: true }, columnShare: { min: 0.01, max: 1 } },
  grid: { leafWeight: [5, 20], columnShare: [0.15, 0.25, 0.5] },
  reads: "anything",
  async fit({ features, labels, weights }, _, config, options) {
    const pace = paceOf(options);
    const random = seededRandom(options.seed);
    const table = binRows(name, features, { bins: config.bins, seed: options.seed });
    const rows = rowCount(features);
    const columnsPerSplit = Math.max(1, Math.round(config.columnShare * features.names.length));
    const counted = Int32Array.from({ length: rows }, (_, row) => row).filter((row) => (weights?.[row] ?? 1) > 0);
    const drawn = new Float64Array(rows);
    const trees: Trees[] = [];
    for (let tree = 1; tree <= config.trees; tree++) {
      // With weights, each draw counts for as much as its row weighs.
      drawn.fill(0);
      for (let draw = 0; draw < counted.length; draw++) {
        const row = counted[random.integer(counted.length)];
        drawn[row] += weights?.[row] ?? 1;
      }
      trees.push(growRateTree(table, labels, drawn, config, { random, columnsPerSplit }));
      await pace(tree / config.trees);
    }
    return fittedMean(joinTrees(trees));
  },
  load: (parts, columnCount) => loadMean(name, parts, columnCount),
};

/** Trees of rates, of which the mean is the probability. */
export function fittedMean(trees: Trees): FittedLearner {
  return {
    probabilities(features) {
      const sums = new Float64Array(rowCount(features));
      addTrees(trees, features, 1 / trees.roots.length, sums);
      return sums.map((sum) => Math.min(1, sum)); // Rounding may lead a little beyond.
    },
    tensors: saveTrees(trees),
  };
}

/** @throws PENCHANT_E_MODEL_FILE */
export function loadMean(model: string, parts: SavedReader, columnCount: number): FittedLearner {
  return fittedMean(loadTrees(model, parts, columnCount));
}
