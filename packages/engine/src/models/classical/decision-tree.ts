/**
 * One tree of questions (Breiman, Friedman, Olshen and Stone, Classification and Regression Trees, 1984), on binned features.
 * The easiest to read, and seldom the best.
 */
import { seededRandom } from "../../base/random.ts";
import { paceOf } from "../pace.ts";
import { rowCount } from "./features.ts";
import type { Learner } from "./learner.ts";
import { fittedMean, loadMean } from "./random-forest.ts";
import { binRows } from "./trees/histograms.ts";
import { growRateTree, type RateTreeConfig, rateTreeRanges } from "./trees/rates.ts";

const name = "decision-tree";

export const decisionTree: Learner<RateTreeConfig> = {
  name,
  defaults: { depth: 8, leafWeight: 20, impurity: "gini", smoothing: 1, bins: 255 },
  ranges: rateTreeRanges,
  grid: { depth: [6, 8, 12], leafWeight: [20, 100] },
  reads: "anything",
  async fit({ features, labels, weights }, _, config, options) {
    const table = binRows(name, features, { bins: config.bins, seed: options.seed });
    const counted = Float64Array.from({ length: rowCount(features) }, (_, row) => weights?.[row] ?? 1);
    const tree = growRateTree(table, labels, counted, config, { random: seededRandom(options.seed) });
    await paceOf(options)(1);
    return fittedMean(tree);
  },
  load: (parts, columnCount) => loadMean(name, parts, columnCount),
};
