/**
 * Gradient boosting of trees by histograms (Friedman 2001; Chen and Guestrin, XGBoost, KDD 2016; Ke et al., LightGBM, NeurIPS
 * 2017). The score of a row is a baseline plus a small part of what each tree says; each tree is grown on the loss's first
 * and second derivative at the scores so far, and its leaves are Newton's steps:
 *
 *     score(x) = baseline + learningRate * sum over trees of tree(x)
 *
 * With `logistic` loss the score is the log odds of yes, with `squared` loss the predicted number. Each tree may see a part
 * of the rows and columns only. Where there are validation rows, their mean loss is looked at after each tree; when the best
 * one lies `patience` trees back, the trees after it are dropped.
 */
import { type Random, seededRandom } from "../../../base/random.ts";
import type { ModelFitOptions } from "../../../core/model.ts";
import { paceOf, remark } from "../../pace.ts";
import { type LabelledFeatures, rowCount } from "../features.ts";
import { sigmoid, softplus } from "../logistic.ts";
import { type Growth, growTree } from "./grow.ts";
import { type BinnedRows, binRows } from "./histograms.ts";
import { addTrees, joinTrees, type Trees } from "./trees.ts";

export interface BoostingConfig {
  /** At most so many; 1 to 10,000. */
  readonly trees: number;
  /** Part of each tree's answer that counts; .001 to 1. */
  readonly learningRate: number;
  /** Of a tree at most; 2 to 1,024. */
  readonly leaves: number;
  /** Questions on the way to a leaf, at most; 1 to 64. */
  readonly depth: number;
  /**
   * The least that a leaf's rows weigh together, in curvature of the loss: of a row, at most a quarter of its weight for yes
   * and no, and all of it for numbers; 0 to 1e6.
   */
  readonly leafWeight: number;
  /** L2, added to that weight; 0 to 1e6. */
  readonly regularisation: number;
  /** Part of the rows and of the columns that each tree sees; .01 to 1. */
  readonly rowShare: number;
  readonly columnShare: number;
  /** Trees without a better validation loss after which it stops; 1 to 10,000. */
  readonly patience: number;
  /** Bins of a column; 2 to 255. */
  readonly bins: number;
}

export const boostingRanges = {
  trees: { min: 1, max: 10_000, integer: true },
  learningRate: { min: 0.001, max: 1 },
  leaves: { min: 2, max: 1_024, integer: true },
  depth: { min: 1, max: 64, integer: true },
  leafWeight: { min: 0, max: 1e6 },
  regularisation: { min: 0, max: 1e6 },
  rowShare: { min: 0.01, max: 1 },
  columnShare: { min: 0.01, max: 1 },
  patience: { min: 1, max: 10_000, integer: true },
  bins: { min: 2, max: 255, integer: true },
} as const;

export const boostingDefaults: Readonly<BoostingConfig> = {
  trees: 300,
  learningRate: 0.1,
  leaves: 31,
  depth: 12,
  leafWeight: 1,
  regularisation: 1,
  rowShare: 1,
  columnShare: 1,
  patience: 20,
  bins: 255,
};

export interface BoostedTrees {
  readonly baseline: number;
  readonly learningRate: number;
  readonly trees: Trees;
}

export type BoostingLoss = keyof typeof losses;

interface Loss {
  /** The best score where nothing is known but the labels' mean. */
  readonly baseline: (mean: number) => number;
  readonly at: (score: number, label: number) => number;
  /** Minus the first derivative. */
  readonly pull: (score: number, label: number) => number;
  /** The second derivative. */
  readonly curvature: (score: number) => number;
}

/** Keeps the weight of rows that are sure of themselves above 0. */
const curvatureMin = 1e-12;

const losses = {
  logistic: {
    baseline: (mean) => Math.log(mean / (1 - mean)),
    at: (score, label) => softplus(score) - label * score,
    pull: (score, label) => label - sigmoid(score),
    curvature: (score) => {
      const probability = sigmoid(score);
      return Math.max(curvatureMin, probability * (1 - probability));
    },
  },
  squared: {
    baseline: (mean) => mean,
    at: (score, label) => (label - score) ** 2,
    pull: (score, label) => label - score,
    curvature: () => 1,
  },
} as const satisfies Record<string, Loss>;

/** @param train with labels of both kinds for the logistic loss; checked by the caller, as is the configuration */
export async function boost(
  model: string,
  loss: BoostingLoss,
  train: LabelledFeatures,
  validation: LabelledFeatures | undefined,
  config: BoostingConfig,
  options: ModelFitOptions,
): Promise<BoostedTrees> {
  const pace = paceOf(options);
  const random = seededRandom(options.seed);
  const table = binRows(model, train.features, { bins: config.bins, seed: options.seed });
  const { baseline: baselineOf, pull, curvature }: Loss = losses[loss];
  const { labels, weights } = train;
  const rows = rowCount(train.features);
  const baseline = baselineOf(weightedMean(labels, weights));
  const scores = new Float64Array(rows).fill(baseline);
  const counted = Int32Array.from({ length: rows }, (_, row) => row).filter((row) => (weights?.[row] ?? 1) > 0);
  const everyColumn = Int32Array.from({ length: table.columnCount }, (_, column) => column);
  const judged = validation && judge(loss, validation, baseline, config.learningRate);
  const trees: Trees[] = [];
  const best = { loss: Number.POSITIVE_INFINITY, trees: 0 };
  for (let round = 1; round <= config.trees; round++) {
    for (const row of counted) {
      const weight = weights?.[row] ?? 1;
      table.sums[2 * row] = weight * pull(scores[row], labels[row]);
      table.sums[2 * row + 1] = weight * curvature(scores[row]);
    }
    const seen = drawShare(counted, config.rowShare, random);
    table.rows.set(seen);
    const columns = drawShare(everyColumn, config.columnShare, random);
    const growth = growTree(table, seen.length, { ...config, impurity: "squares", columns, random });
    trees.push(growth.tree);
    addGrowth(growth, table, seen.length, config.learningRate, scores);
    const validationLoss = judged?.(growth.tree);
    await pace(
      round / config.trees,
      validationLoss === undefined ? undefined : `validation loss ${validationLoss.toFixed(5)}`,
    );
    if (validationLoss === undefined) continue;
    if (validationLoss < best.loss) {
      best.loss = validationLoss;
      best.trees = round;
    } else if (round - best.trees >= config.patience) break;
  }
  if (trees.length < config.trees) {
    remark(
      options,
      1,
      `stopped after ${trees.length} of ${config.trees} trees, of which the first ${best.trees} are kept`,
    );
  }
  const kept = judged === undefined ? trees : trees.slice(0, best.trees);
  return { baseline, learningRate: config.learningRate, trees: joinTrees(kept) };
}

function weightedMean(values: ArrayLike<number>, weights: ArrayLike<number> | undefined): number {
  let [sum, total] = [0, 0];
  for (let row = 0; row < values.length; row++) {
    const weight = weights?.[row] ?? 1;
    sum += weight * values[row];
    total += weight;
  }
  return sum / total;
}

/** A part of the entries, at least one, in their order: each as likely as any other (selection sampling; Knuth, vol. 2, 3.4.2). */
function drawShare(entries: Int32Array, share: number, random: Random): Int32Array {
  if (share === 1) return entries.slice();
  const drawn = new Int32Array(Math.max(1, Math.round(share * entries.length)));
  let count = 0;
  for (let at = 0; count < drawn.length; at++) {
    if (random.uniform() * (entries.length - at) < drawn.length - count) drawn[count++] = entries[at];
  }
  return drawn;
}

/** Adds what a new tree says of the rows that it has seen, which lie by leaf, and of all others. */
function addGrowth(
  { tree, splitBins, leaves }: Growth,
  { bins, columnCount: width, rows }: BinnedRows,
  seenCount: number,
  learningRate: number,
  scores: Float64Array,
): void {
  if (seenCount === scores.length) {
    for (const { node, start, end } of leaves) {
      const step = learningRate * tree.values[node];
      for (let place = start; place < end; place++) scores[rows[place]] += step;
    }
    return;
  }
  for (let row = 0; row < scores.length; row++) {
    let node = 0;
    for (let column = tree.columns[node]; column >= 0; column = tree.columns[node]) {
      const bin = bins[row * width + column];
      const isSmall = bin === 0 ? tree.missingSmall[node] === 1 : bin <= splitBins[node];
      node = isSmall ? tree.children[node] : tree.children[node] + 1;
    }
    scores[row] += learningRate * tree.values[node];
  }
}

/** @returns the mean loss of the validation rows with one tree more */
function judge(
  loss: BoostingLoss,
  { features, labels, weights }: LabelledFeatures,
  baseline: number,
  learningRate: number,
): (tree: Trees) => number {
  const scores = new Float64Array(labels.length).fill(baseline);
  const { at }: Loss = losses[loss];
  return (tree) => {
    addTrees(tree, features, learningRate, scores);
    return weightedMean(
      scores.map((score, row) => at(score, labels[row])),
      weights,
    );
  };
}

/** The score of each row: log odds or a number, by the loss. */
export function boostedScores(
  { baseline, learningRate, trees }: BoostedTrees,
  features: LabelledFeatures["features"],
): Float64Array {
  const scores = new Float64Array(rowCount(features)).fill(baseline);
  addTrees(trees, features, learningRate, scores);
  return scores;
}
