/**
 * What lists are like beside hitting: how little known their items are, how unlike each other, how surprising where they
 * are right, and how well their categories agree with what the user has had to do with. U users, I items, and an item's
 * count n_i of users who had to do with it before:
 *
 *     novelty       = mean of -log2(max(n_i, 1) / U): bits (Zhou et al., PNAS 2010)
 *     diversity     = mean over pairs of 1 - cosine of the items' categories
 *                     (intra-list diversity; Ziegler et al., WWW 2005)
 *     serendipity   = mean over the list of hit * max(0, how much higher than by popularity the item stands), both
 *                     ranks as parts of the catalogue (as in Murakami et al., 2008)
 *     miscalibration = sum over categories of p log2(p / q), p the history's shares and q = .99 of the list's and .01 of p
 *                     (Kullback-Leibler; Steck, Calibrated Recommendations, RecSys 2018); lower is better
 *
 * Categories are whole paths and every level above; an item with m paths gives each 1/m. Without categories there is no
 * diversity and no calibration.
 */
import type { InteractionTable } from "../../core/interaction-table.ts";
import type { Item } from "../../core/item.ts";

export const listNames = ["novelty", "serendipity", "diversity", "miscalibration"] as const;

/** What lists are held against: fixed by the training data, and built once per split. */
export interface ListContext {
  readonly itemCount: number;
  /** Users who had to do with the item in the training data. [items] */
  readonly userCounts: Int32Array;
  readonly users: number;
  /** Rank by that count, 1 for the best known; ties by key. [items] */
  readonly popularityRanks: Int32Array;
  /** Categories of each item with their weights, of unit sum; undefined when no item has any. [items] */
  readonly categories?: readonly (readonly (readonly [category: number, weight: number])[])[] | undefined;
}

export function listContext(train: InteractionTable, items: readonly Item[]): ListContext {
  const users = train.offsets.length - 1;
  const userCounts = new Int32Array(items.length);
  for (let user = 0; user < users; user++) {
    for (const item of new Set(train.items.subarray(train.offsets[user], train.offsets[user + 1])))
      userCounts[item] += 1;
  }
  const order = Int32Array.from({ length: items.length }, (_, item) => item);
  order.sort((a, b) => userCounts[b] - userCounts[a] || a - b);
  const popularityRanks = new Int32Array(items.length);
  for (const [index, item] of order.entries()) popularityRanks[item] = index + 1;
  return {
    itemCount: items.length,
    userCounts,
    users,
    popularityRanks,
    ...(items.some(({ categories }) => categories !== undefined && categories.length > 0) && {
      categories: categoriesOf(items),
    }),
  };
}

function categoriesOf(items: readonly Item[]): (readonly (readonly [number, number])[])[] {
  const numbers = new Map<string, number>();
  return items.map(({ categories = [] }) => {
    const weights = new Map<number, number>();
    for (const path of categories) {
      for (let depth = 1; depth <= path.length; depth++) {
        const name = JSON.stringify(path.slice(0, depth));
        if (!numbers.has(name)) numbers.set(name, numbers.size);
        const category = numbers.get(name)!;
        weights.set(category, (weights.get(category) ?? 0) + 1 / (categories.length * path.length));
      }
    }
    return [...weights];
  });
}

export function novelty(ranked: readonly number[], { userCounts, users }: ListContext): number {
  let bits = 0;
  for (const item of ranked) bits -= Math.log2(Math.max(1, userCounts[item]) / Math.max(1, users));
  return ranked.length === 0 ? 0 : bits / ranked.length;
}

export function serendipity(
  ranked: readonly number[],
  targets: ReadonlySet<number>,
  { popularityRanks, itemCount }: ListContext,
): number {
  let surprise = 0;
  for (const [index, item] of ranked.entries()) {
    if (targets.has(item)) surprise += Math.max(0, popularityRanks[item] - (index + 1)) / itemCount;
  }
  return ranked.length === 0 ? 0 : surprise / ranked.length;
}

/** Undefined without categories, or with fewer than two items that have some. */
export function diversity(ranked: readonly number[], { categories }: ListContext): number | undefined {
  if (categories === undefined) return undefined;
  const described = ranked.filter((item) => categories[item].length > 0);
  if (described.length < 2) return undefined;
  let distances = 0;
  for (let first = 0; first < described.length; first++) {
    for (let second = 0; second < first; second++) {
      distances += 1 - cosine(categories[described[first]], categories[described[second]]);
    }
  }
  return distances / ((described.length * (described.length - 1)) / 2);
}

function cosine(a: readonly (readonly [number, number])[], b: readonly (readonly [number, number])[]): number {
  let product = 0;
  let squaresA = 0;
  let squaresB = 0;
  for (const [category, weight] of a) {
    squaresA += weight * weight;
    const other = b.find(([one]) => one === category);
    if (other) product += weight * other[1];
  }
  for (const [, weight] of b) squaresB += weight * weight;
  return product / Math.sqrt(squaresA * squaresB);
}

/** The list's part of q; the rest is p, so that a category that the list lacks costs much and not everything. */
const listShare = 0.99;

/** Undefined without categories in the history or in the list. */
export function miscalibration(
  ranked: readonly number[],
  history: Iterable<number>,
  { categories }: ListContext,
): number | undefined {
  if (categories === undefined) return undefined;
  const wanted = shares(history, categories);
  const given = shares(ranked, categories);
  if (wanted.size === 0 || given.size === 0) return undefined;
  let divergence = 0;
  for (const [category, p] of wanted) {
    const q = listShare * (given.get(category) ?? 0) + (1 - listShare) * p;
    divergence += p * Math.log2(p / q);
  }
  return divergence;
}

function shares(items: Iterable<number>, categories: NonNullable<ListContext["categories"]>): Map<number, number> {
  const weights = new Map<number, number>();
  let total = 0;
  for (const item of items) {
    for (const [category, weight] of categories[item]) {
      weights.set(category, (weights.get(category) ?? 0) + weight);
      total += weight;
    }
  }
  for (const [category, weight] of weights) weights.set(category, weight / total);
  return weights;
}
