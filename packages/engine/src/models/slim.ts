/**
 * SLIM, sparse linear methods (Ning and Karypis, ICDM 2011): each item's column of the user-item matrix X is explained by
 * few other items' columns, with weights that are not negative,
 *
 *     min  1/2 |x_j - X w|^2 + l1 |w|_1 + l2/2 |w|^2   with  w >= 0, w_j = 0,
 *
 * by coordinate descent on G = X'X (covariance updates; Friedman, Hastie and Tibshirani, Journal of Statistical Software
 * 2010): with g = G_j - G w kept up to date,
 *
 *     w_i <- max(0, g_i + G_ii w_i - l1) / (G_ii + l2).
 *
 * The items are independent of each other. Sweeps over all coordinates alternate with sweeps over those above 0 until no
 * weight moves by more than 1e-4. A person's scores are the sum of the weights that what they took gives to each item.
 */
import type { FittedRecommender, RecommenderModel } from "../core/model.ts";
import { beginFit, dataError, distinctItems, queriedItems } from "./histories.ts";
import { openWorkspace, paddedWidth, type Workspace } from "./kernels/kernels.ts";
import { paceOf } from "./pace.ts";
import { readSaved, savedModel } from "./saved.ts";
import { checkSettings } from "./settings.ts";

export interface SlimConfig {
  /** Strength of sparsity; 0 to 1e6. */
  readonly l1: number;
  /** Strength of shrinkage; 0 to 1e6. */
  readonly l2: number;
}

/** A dense matrix of so many items takes 0.9 GB, which is held once. */
const itemsMax = 15_000;
const sweepsMax = 100;
const smallestMove = 1e-4;
const identity = { name: "slim", version: 1 };

/** Weights in compressed rows: what an item gives to others. */
interface Weights {
  readonly offsets: Int32Array;
  readonly items: Int32Array;
  readonly values: Float32Array;
}

export const slim: RecommenderModel<SlimConfig> = {
  name: identity.name,
  description: "A sparse linear model of which items go together; up to 15,000 items.",
  defaults: { l1: 1, l2: 50 },
  grid: { l1: [0.1, 1, 5], l2: [10, 50, 200] },
  predicts: "ranking",
  isAdditive: true,
  async fit(data, config, options) {
    const { itemCount } = data;
    checkSettings(identity.name, config, { l1: { min: 0, max: 1e6 }, l2: { min: 0, max: 1e6 } });
    beginFit(identity.name, data, options);
    if (itemCount > itemsMax) throw dataError(identity.name, `takes up to ${itemsMax} items, got ${itemCount}.`);
    const stride = paddedWidth(itemCount);
    const workspace = openWorkspace(identity.name, [itemCount * stride, stride]);
    const gram = workspace.floats(itemCount * stride);
    for (const items of distinctItems(data.interactions)) {
      for (const i of items) for (const j of items) gram[i * stride + j] += 1;
    }
    const descend = coordinateDescent(workspace, gram, { itemCount, stride }, config);
    const pace = paceOf(options);
    // Column by column, then turned into rows by counting.
    const targets: { items: Int32Array; values: Float32Array }[] = [];
    for (let target = 0; target < itemCount; target++) {
      targets.push(descend(target));
      if (target % 64 === 63) await pace((target + 1) / itemCount);
    }
    return fitted(byGiver(targets), config);
  },
  load(saved) {
    const parts = readSaved(saved, identity);
    const offsets = parts.offsets("offsets", "items");
    return fitted({ offsets, items: parts.integers("items"), values: parts.floats("weights") }, saved.config);
  },
};

/** @returns solves for one item: the items with a weight above 0, ascending, and the weights */
function coordinateDescent(
  workspace: Workspace,
  gram: Float32Array,
  { itemCount, stride }: { itemCount: number; stride: number },
  { l1, l2 }: SlimConfig,
): (target: number) => { items: Int32Array; values: Float32Array } {
  const { kernels } = workspace;
  const gradient = workspace.floats(stride);
  const weights = new Float32Array(itemCount);
  const rowBytes = 4 * stride;

  /** Brings one weight to its best value with the others held. @returns how far it moved */
  const move = (item: number): number => {
    const own = gram[item * stride + item];
    const before = weights[item];
    const after = Math.fround(Math.max(0, gradient[item] + own * before - l1) / (own + l2));
    if (after === before) return 0;
    weights[item] = after;
    kernels.addScaled(gradient.byteOffset, gram.byteOffset + item * rowBytes, rowBytes, before - after);
    return Math.abs(after - before);
  };

  return (target) => {
    weights.fill(0);
    gradient.set(gram.subarray(target * stride, (target + 1) * stride));
    const own = gram[target * stride + target];
    let candidates: number[] = [];
    // Weights start at 0 and an item that nobody shares with the target has no reason to leave it.
    for (let item = 0; item < itemCount; item++) if (item !== target && gradient[item] > l1) candidates.push(item);
    if (own === 0) candidates = [];
    for (let sweep = 0; sweep < sweepsMax; sweep++) {
      let largest = 0;
      for (const item of candidates) largest = Math.max(largest, move(item));
      if (largest <= smallestMove) break;
      const active = candidates.filter((item) => weights[item] > 0);
      for (let inner = 0; inner < sweepsMax && largest > smallestMove; inner++) {
        largest = 0;
        for (const item of active) largest = Math.max(largest, move(item));
      }
    }
    const items = Int32Array.from(candidates.filter((item) => weights[item] > 0));
    return { items, values: Float32Array.from(items, (item) => weights[item]) };
  };
}

/** Weights by the item that has them, from weights by the item that they explain. */
function byGiver(targets: readonly { items: Int32Array; values: Float32Array }[]): Weights {
  const offsets = new Int32Array(targets.length + 1);
  for (const { items } of targets) for (const item of items) offsets[item + 1] += 1;
  for (let item = 0; item < targets.length; item++) offsets[item + 1] += offsets[item];
  const next = offsets.slice();
  const items = new Int32Array(offsets[targets.length]);
  const values = new Float32Array(items.length);
  for (const [target, column] of targets.entries()) {
    for (const [index, item] of column.items.entries()) {
      items[next[item]] = target;
      values[next[item]++] = column.values[index];
    }
  }
  return { offsets, items, values };
}

function fitted({ offsets, items, values }: Weights, config: object): FittedRecommender {
  const itemCount = offsets.length - 1;
  return {
    name: identity.name,
    score({ history }) {
      const scores = new Float32Array(itemCount);
      for (const item of queriedItems(history, itemCount)) {
        for (let at = offsets[item]; at < offsets[item + 1]; at++) scores[items[at]] += values[at];
      }
      return scores;
    },
    save: () => savedModel({ ...identity, config }, { offsets, items, weights: values }),
  };
}
