/**
 * From decayed sums to expected rates: how much a user is expected to do under every interest.
 *
 * For node c of a user, lambda in events per day:
 *
 *     lambda_c(t) = [ mu_c + sum_k ( a_k own_k + b_k q_c parent_k + g_k s_c activity_k ) ] exp(-eta N_c(t))
 *
 * where own, parent and activity are the smoothed rates of the node, its parent and the root,
 *
 *     rate_k = (S_k + n0 r_c) / (T_k + n0),   T_k = tau_k (1 - exp(-(t - t0) / tau_k)),
 *
 * t0 the user's first event, T_k the time since then as the timescale sees it, r_c the population's rate under the node,
 * n0 the prior in days; q_c and s_c are the node's population share of its parent and of everything. N_c is the negative
 * share of what the user did under the node on the slowest timescale, smoothed by a prior of n1 events. (The design's N is
 * the plain sum; see docs/decisions for why it is taken as a share.)
 *
 * Rates are read top-down. Every inner node has a child "other": the events on items placed at the node itself. A child's
 * strength is its lambda over the sum of its siblings', "other" included; a node's intensity is the root's lambda times
 * the strengths on the way down.
 */
import { dayMs } from "../base/time.ts";
import { type InterestState, negativeSum, sumsPerNode } from "./state.ts";
import { firstLongTerm, tausDays, tausMs, timescaleCount } from "./timescales.ts";
import type { InterestTree } from "./tree.ts";

export interface IntensityWeights {
  /** a_k, b_k, g_k per timescale. */
  readonly own: readonly number[];
  readonly parent: readonly number[];
  readonly activity: readonly number[];
  /** mu_c as a part of the population's rate. */
  readonly base: number;
  /** eta: how strongly the negative share lowers an interest. */
  readonly negative: number;
  /** n0, in days. */
  readonly priorDays: number;
  /** n1, in events: smooths the negative share and the confidence. */
  readonly priorEvents: number;
  /** Prior of the trend's short rate, in days. */
  readonly trendPriorDays: number;
}

export const defaultIntensityWeights: IntensityWeights = {
  own: [0.05, 0.2, 0.3, 0.33],
  parent: [0, 0, 0.02, 0.03],
  activity: [0, 0, 0.02, 0.03],
  base: 0.02,
  negative: 2,
  priorDays: 20,
  priorEvents: 4,
  trendPriorDays: 5,
};

/** What the population does, counted when the engine is rebuilt. */
export interface PopulationRates {
  /** Positive events per user and day. */
  readonly rootPerDay: number;
  /** Positive events on the items placed at each node itself, by node index; nodes added since have none. */
  readonly eventsAtNode: readonly number[];
}

export const unknownPopulation: PopulationRates = { rootPerDay: 0.2, eventsAtNode: [] };

/** Events' worth of belief in the items' own shares where the population has not done enough yet. */
const itemPriorEvents = 20;

/**
 * The model of one tree. Arrays have 2n rows for a tree of n nodes: row i is node i, row n + i its child "other".
 */
export interface IntensityModel {
  readonly tree: InterestTree;
  readonly nodeCount: number;
  /** Children by node as the tree was when the model was made; nodes that it gains later have no rows here. [n] */
  readonly children: readonly (readonly number[])[];
  /** Nodes with children, parents before children. */
  readonly parents: readonly number[];
  readonly weights: IntensityWeights;
  /** r_c, events per user and day. [2n] */
  readonly rates: Float64Array;
}

export function intensityModel(
  tree: InterestTree,
  population: PopulationRates,
  weights: IntensityWeights = defaultIntensityWeights,
): IntensityModel {
  const count = tree.nodes.length;
  const children = tree.nodes.map(({ index }) => [...tree.children(index)]);
  const rates = new Float64Array(2 * count);
  const itemsAll = Math.max(tree.root.itemCount, 1);
  let eventsAll = itemPriorEvents;
  for (const events of population.eventsAtNode) eventsAll += events;
  for (let index = count - 1; index >= 0; index--) {
    const node = tree.nodes[index];
    let itemsHere = node.itemCount;
    for (const child of children[index]) itemsHere -= tree.nodes[child].itemCount;
    const events = (population.eventsAtNode[index] ?? 0) + (itemPriorEvents * Math.max(itemsHere, 0)) / itemsAll;
    const rate = (population.rootPerDay * events) / eventsAll;
    rates[index] += rate;
    if (children[index].length > 0) rates[count + index] = rate;
    if (node.parent >= 0) rates[node.parent] += rates[index];
  }
  const parents = tree.nodes.flatMap(({ index }) => (children[index].length > 0 ? [index] : []));
  return { tree, nodeCount: count, children, parents, weights, rates };
}

/** A user's decayed sums at a moment, added up over the tree. [2n, K + 1], row as in `IntensityModel`. */
export interface NodeSums {
  readonly values: Float64Array;
  /** Milliseconds from the user's first event to the moment. */
  readonly exposureMs: number;
  /** Time of the newest positive event under each row, -1 for none. [2n] */
  readonly lastSeen: Float64Array;
}

/** @param at not before the state's newest event */
export function sumsAt(model: IntensityModel, state: InterestState, at: number): NodeSums {
  const { nodeCount: count, children } = model;
  const values = new Float64Array(2 * count * sumsPerNode);
  const lastSeen = new Float64Array(2 * count).fill(-1);
  if (state.events === 0) return { values, exposureMs: 0, lastSeen };
  const decay = decays(at - state.landmark);
  for (let row = 0; row < state.nodeCount; row++) {
    const node = state.nodeAt(row);
    const to = node * sumsPerNode;
    for (let k = 0; k < sumsPerNode; k++) values[to + k] = state.sumAt(row, k) * decay[k];
    const time = state.markTimeAt(row);
    lastSeen[node] = Number.isNaN(time) ? -1 : time;
  }
  for (let index = count - 1; index >= 0; index--) {
    const from = index * sumsPerNode;
    if (children[index].length > 0) {
      // Children have been added already: what is the node's own is the total less theirs, kept apart before adding.
      const other = (count + index) * sumsPerNode;
      lastSeen[count + index] = lastSeen[index]!;
      for (let k = 0; k < sumsPerNode; k++) values[other + k] = values[from + k]!;
      for (const child of children[index]) {
        lastSeen[index] = Math.max(lastSeen[index], lastSeen[child]);
        for (let k = 0; k < sumsPerNode; k++) values[from + k] += values[child * sumsPerNode + k];
      }
    }
  }
  return { values, exposureMs: Math.max(0, at - state.firstTime), lastSeen };
}

/** Lambda and what it is made of, per row of the model. Parts include the factor of the negative events. */
export interface Intensities {
  /** Events per day. [2n] */
  readonly lambda: Float64Array;
  /** Share among the siblings, "other" included. [2n]; 1 for the root. */
  readonly strength: Float64Array;
  /** Root's lambda times the strengths down to the row. [2n] */
  readonly intensity: Float64Array;
  /** Parts of lambda. [2n] each */
  readonly shortTerm: Float64Array;
  readonly longTerm: Float64Array;
  readonly parent: Float64Array;
  readonly activity: Float64Array;
  /** exp(-eta N). [2n] */
  readonly negativeFactor: Float64Array;
  /** a_k / (T_k + n0): what one unit of S_k adds to lambda. [K] */
  readonly gain: Float64Array;
}

/** @param laterMs reads the intensities that the sums will give after this time without further events */
export function intensitiesAt(model: IntensityModel, sums: NodeSums, laterMs = 0): Intensities {
  const { nodeCount: count, weights, rates } = model;
  const rows = 2 * count;
  const lambda = new Float64Array(rows);
  const strength = new Float64Array(rows);
  const intensity = new Float64Array(rows);
  const shortTerm = new Float64Array(rows);
  const longTerm = new Float64Array(rows);
  const parent = new Float64Array(rows);
  const activity = new Float64Array(rows);
  const negativeFactor = new Float64Array(rows);

  const { decay, gain, gainParent, priorOwn, priorParent, rootActivity } = gainsAt(model, sums, laterMs);
  const rootRate = rates[0];

  const readRow = (row: number, above: number): void => {
    const offset = row * sumsPerNode;
    const rate = rates[row];
    let short = 0;
    let long = 0;
    for (let k = 0; k < firstLongTerm; k++) short += gain[k] * sums.values[offset + k];
    for (let k = firstLongTerm; k < timescaleCount; k++) long += gain[k] * sums.values[offset + k];
    let fromParent = 0;
    if (above >= 0) {
      const aboveRate = rates[above];
      const shareOfParent = aboveRate > 0 ? rate / aboveRate : 0;
      fromParent = shareOfParent * (weighted(sums.values, above * sumsPerNode, gainParent) + priorParent * aboveRate);
    }
    const fromActivity = rootRate > 0 ? (rate / rootRate) * rootActivity : 0;
    const positive = sums.values[offset + timescaleCount - 1] * decay[timescaleCount - 1];
    const negative = sums.values[offset + negativeSum] * decay[negativeSum];
    const factor =
      negative === 0 ? 1 : Math.exp((-weights.negative * negative) / (positive + negative + weights.priorEvents));
    negativeFactor[row] = factor;
    shortTerm[row] = short * factor;
    longTerm[row] = long * factor;
    parent[row] = fromParent * factor;
    activity[row] = fromActivity * factor;
    lambda[row] = (weights.base * rate + priorOwn * rate + short + long + fromParent + fromActivity) * factor;
  };

  readRow(0, -1);
  strength[0] = 1;
  intensity[0] = lambda[0]!;
  for (let index = 0; index < count; index++) {
    const children = model.children[index];
    if (children.length === 0) continue;
    const other = count + index;
    readRow(other, index);
    let sum = lambda[other];
    for (const child of children) {
      readRow(child, index);
      sum += lambda[child];
    }
    if (sum === 0) continue;
    strength[other] = lambda[other] / sum;
    intensity[other] = intensity[index] * strength[other];
    for (const child of children) {
      strength[child] = lambda[child] / sum;
      intensity[child] = intensity[index] * strength[child];
    }
  }
  return { lambda, strength, intensity, shortTerm, longTerm, parent, activity, negativeFactor, gain };
}

/** What the sums are multiplied with at a moment, the same for every row. */
export interface Gains {
  /** What is left of the sums. [K + 1] */
  readonly decay: Float64Array;
  /** What one unit of S_k adds to the lambda of the row itself, and of the rows below it. [K] */
  readonly gain: Float64Array;
  readonly gainParent: Float64Array;
  /** What one unit of rate adds in their place. */
  readonly priorOwn: number;
  readonly priorParent: number;
  /** sum_k g_k activity_k. */
  readonly rootActivity: number;
}

export function gainsAt({ weights, rates }: IntensityModel, sums: NodeSums, laterMs: number): Gains {
  const decay = decays(laterMs);
  const gain = new Float64Array(timescaleCount);
  const gainParent = new Float64Array(timescaleCount);
  const gainActivity = new Float64Array(timescaleCount);
  let priorOwn = 0;
  let priorParent = 0;
  let priorActivity = 0;
  for (let k = 0; k < timescaleCount; k++) {
    const exposure = seenDays(sums.exposureMs + laterMs, k) + weights.priorDays;
    gain[k] = (weights.own[k] * decay[k]) / exposure;
    gainParent[k] = (weights.parent[k] * decay[k]) / exposure;
    gainActivity[k] = (weights.activity[k] * decay[k]) / exposure;
    priorOwn += (weights.own[k] * weights.priorDays) / exposure;
    priorParent += (weights.parent[k] * weights.priorDays) / exposure;
    priorActivity += (weights.activity[k] * weights.priorDays) / exposure;
  }
  const rootActivity = weighted(sums.values, 0, gainActivity) + priorActivity * rates[0];
  return { decay, gain, gainParent, priorOwn, priorParent, rootActivity };
}

/** Whether the user did something about a node, for it or against it. */
export function isTouched(sums: NodeSums, index: number): boolean {
  return sums.lastSeen[index] >= 0 || sums.values[index * sumsPerNode + negativeSum] > 0;
}

/** T_k in days: the time since the first event as timescale k sees it. */
export function seenDays(exposureMs: number, k: number): number {
  return tausDays[k] * -Math.expm1(-exposureMs / dayMs / tausDays[k]);
}

/** exp(-time / tau) for the K sums and the negative one. */
export function decays(timeMs: number): Float64Array {
  const decay = new Float64Array(sumsPerNode);
  for (let k = 0; k < timescaleCount; k++) decay[k] = Math.exp(-timeMs / tausMs[k]);
  decay[negativeSum] = decay[timescaleCount - 1]!;
  return decay;
}

/** What the sums from an offset on come to with these gains. */
export function weighted(values: Float64Array, offset: number, gains: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < timescaleCount; k++) sum += gains[k] * values[offset + k];
  return sum;
}
