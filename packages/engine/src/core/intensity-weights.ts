/**
 * The weights of the intensities (`intensity.ts`), a line of them for every row: mu, then a_k, b_k and g_k. Defaults serve
 * until there are learned ones (`models/intensity`).
 *
 * Learned weights belong to the nodes that the tree had then. What it has gained since borrows: a new node takes its
 * parent's weights, and its parent's rate as far as the items' shares let it have some of it; the events at a node that
 * was a leaf and has children now go by the node's own.
 */
import type { Presence } from "./presence.ts";
import { timescaleCount } from "./timescales.ts";
import type { InterestTree } from "./tree.ts";

/** mu, a_k, b_k, g_k. */
export const weightsPerRow = 1 + 3 * timescaleCount;

export const defaultIntensityWeights = {
  /** a_k, b_k, g_k per timescale. */
  own: [0.05, 0.2, 0.3, 0.33],
  parent: [0, 0, 0.02, 0.03],
  activity: [0, 0, 0.02, 0.03],
  /** mu_c as a part of the population's rate. */
  base: 0.02,
  /** eta: how strongly the negative share lowers an interest. */
  negative: 2,
  /** n0, in days. */
  priorDays: 20,
  /** n1, in events: smooths the negative share and the confidence. */
  priorEvents: 4,
  /** Prior of the trend's short rate, in days. */
  trendPriorDays: 5,
} as const;

/** A half-life with the bounds of its 95 % interval; the upper one is null when it lies beyond ten years. */
export interface HalfLife {
  readonly days: number;
  readonly lowDays: number;
  readonly highDays: number | null;
}

/** Half-lives are not told beyond ten years. */
export const halfLifeMaxDays = 3_650;

/** Weights that were learned for the nodes of a tree. Arrays have 2n rows, as those of `IntensityModel`. */
export interface LearnedWeights {
  /** Nodes that the tree had, n. */
  readonly nodeCount: number;
  /** [2n, 1 + 3 K] */
  readonly weights: Float64Array;
  /** r_c, events per user and day; 0 for rows that did not exist, the "other" of leaves. [2n] */
  readonly rates: Float64Array;
  /** Of the nodes' weights. [n, 1 + 3 K, 1 + 3 K] */
  readonly covariances: Float32Array;
  /** Events that a visit brings to a node where it brings any. [n] */
  readonly eventsPerVisit: Float64Array;
  /** Who is still there; weights that were learned before there was such a thing have none. */
  readonly presence?: Presence | undefined;
  /** How long a habit outlives its last event by half; null where a node remembers nothing. [n] */
  readonly halfLives: readonly (HalfLife | null)[];
  readonly origin: LearningOrigin;
}

/** What weights were learned from. */
export interface LearningOrigin {
  /** People in the log, and the events of their second and later visits, which is what was learned from. */
  readonly users: number;
  readonly events: number;
  /** End of the data, milliseconds since 1970. */
  readonly until: number;
  /** How far the worst row's likelihood may lie below its optimum, in nats per event. */
  readonly gap: number;
}

/**
 * The weights and rates of all rows of a tree.
 *
 * @param counted the rates by the population's counts and the items' shares. [2n]
 */
export function weightsByRow(
  tree: InterestTree,
  counted: Float64Array,
  learned: LearnedWeights | undefined,
): { weights: Float64Array; rates: Float64Array } {
  const count = tree.nodes.length;
  const weights = new Float64Array(2 * count * weightsPerRow);
  if (learned === undefined) {
    const { base, own, parent, activity } = defaultIntensityWeights;
    const line = [base, ...own, ...parent, ...activity];
    for (let row = 0; row < 2 * count; row++) weights.set(line, row * weightsPerRow);
    return { weights, rates: counted };
  }
  const rates = new Float64Array(2 * count);
  /** @param from the row of the learned ones, @param above whom to borrow from */
  const take = (row: number, from: number, above: number): void => {
    if (from >= 0 && learned.rates[from] > 0) {
      rates[row] = learned.rates[from];
      weights.set(learned.weights.subarray(from * weightsPerRow, (from + 1) * weightsPerRow), row * weightsPerRow);
    } else {
      rates[row] = counted[above] > 0 ? (counted[row] / counted[above]) * rates[above] : 0;
      weights.copyWithin(row * weightsPerRow, above * weightsPerRow, (above + 1) * weightsPerRow);
    }
  };
  // Parents come before their children.
  for (const { index, parent } of tree.nodes) {
    const isKnown = index < learned.nodeCount;
    take(index, isKnown ? index : -1, parent);
    take(count + index, isKnown ? learned.nodeCount + index : -1, index);
  }
  return { weights, rates };
}
