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
 * the strengths on the way down, times how far the user is still there (`presence.ts`), where that has been learned.
 *
 * mu, a, b and g are a row's own (`intensity-weights.ts`): learned ones where there are any, the defaults until then.
 */
import { dayMs } from "../base/time.ts";
import { belowNode, decays, featuresOf, momentAfter } from "./intensity-features.ts";
import { defaultIntensityWeights, type LearnedWeights, weightsByRow, weightsPerRow } from "./intensity-weights.ts";
import { presenceAt } from "./presence.ts";
import type { InterestState } from "./state.ts";
import { negativeSum, sumsPerNode } from "./state-rows.ts";
import { firstLongTerm, timescaleCount } from "./timescales.ts";
import type { InterestTree } from "./tree.ts";

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

/** What all rows share. */
export type IntensitySettings = Pick<
  typeof defaultIntensityWeights,
  "negative" | "priorDays" | "priorEvents" | "trendPriorDays"
>;

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
  readonly settings: IntensitySettings;
  /** mu, a_k, b_k, g_k. [2n, 1 + 3 K] */
  readonly weights: Float64Array;
  /** r_c, events per user and day. [2n] */
  readonly rates: Float64Array;
  /** r_c times the weights, added up over a node's children and "other". [n, 1 + 3 K] */
  readonly weightsBelow: Float64Array;
  /** What the weights were learned from, if they were. */
  readonly learned: LearnedWeights | undefined;
}

export function intensityModel(
  tree: InterestTree,
  population: PopulationRates,
  learned?: LearnedWeights,
): IntensityModel {
  const count = tree.nodes.length;
  const children = tree.nodes.map(({ index }) => [...tree.children(index)]);
  const counted = new Float64Array(2 * count);
  const itemsAll = Math.max(tree.root.itemCount, 1);
  let eventsAll = itemPriorEvents;
  for (const events of population.eventsAtNode) eventsAll += events;
  for (let index = count - 1; index >= 0; index--) {
    const node = tree.nodes[index];
    let itemsHere = node.itemCount;
    for (const child of children[index]) itemsHere -= tree.nodes[child].itemCount;
    const events = (population.eventsAtNode[index] ?? 0) + (itemPriorEvents * Math.max(itemsHere, 0)) / itemsAll;
    const rate = (population.rootPerDay * events) / eventsAll;
    counted[index] += rate;
    if (children[index].length > 0) counted[count + index] = rate;
    if (node.parent >= 0) counted[node.parent] += counted[index];
  }
  const parents = tree.nodes.flatMap(({ index }) => (children[index].length > 0 ? [index] : []));
  const { weights, rates } = weightsByRow(tree, counted, learned);
  const weightsBelow = new Float64Array(count * weightsPerRow);
  for (const index of parents) {
    for (const row of [count + index, ...children[index]]) {
      for (let j = 0; j < weightsPerRow; j++) {
        weightsBelow[index * weightsPerRow + j] += rates[row] * weights[row * weightsPerRow + j];
      }
    }
  }
  const settings = defaultIntensityWeights;
  return { tree, nodeCount: count, children, parents, settings, weights, rates, weightsBelow, learned };
}

/** A user's decayed sums at a moment, added up over the tree. [2n, K + 1], row as in `IntensityModel`. */
export interface NodeSums {
  readonly values: Float64Array;
  /** Milliseconds from the user's first event to the moment, and from the last. */
  readonly exposureMs: number;
  readonly sinceLastMs: number;
  /** Time of the newest positive event under each row, -1 for none. [2n] */
  readonly lastSeen: Float64Array;
}

/**
 * Room for one reading, for who reads often and keeps none: half a megabyte of zeros for every profile of a tree of some
 * thousand nodes is more work than what is read into them. A reading stands until the next one that is given the same room.
 */
export interface ReadingRoom {
  /** [2n, K + 1] */
  readonly sums: Float64Array;
  /** [2n] */
  readonly lastSeen: Float64Array;
  /** [arrays of `Intensities`, 2n] */
  readonly intensities: Float64Array;
}

const intensityArrays = 8;

export function readingRoom({ nodeCount }: IntensityModel): ReadingRoom {
  return {
    sums: new Float64Array(2 * nodeCount * sumsPerNode),
    lastSeen: new Float64Array(2 * nodeCount),
    intensities: new Float64Array(2 * nodeCount * intensityArrays),
  };
}

/** @param at not before the state's newest event */
export function sumsAt(model: IntensityModel, state: InterestState, at: number, room?: ReadingRoom): NodeSums {
  const { nodeCount: count, children, tree } = model;
  const values = room?.sums.fill(0) ?? new Float64Array(2 * count * sumsPerNode);
  const lastSeen = (room?.lastSeen ?? new Float64Array(2 * count)).fill(-1);
  if (state.events === 0) return { values, exposureMs: 0, sinceLastMs: 0, lastSeen };
  const decay = decays(at - state.landmark);
  const own = new Float64Array(sumsPerNode);
  const add = (row: number, time: number): void => {
    for (let k = 0; k < sumsPerNode; k++) values[row * sumsPerNode + k] += own[k];
    if (time > lastSeen[row]) lastSeen[row] = time;
  };
  for (let row = 0; row < state.nodeCount; row++) {
    const node = state.nodeAt(row);
    for (let k = 0; k < sumsPerNode; k++) own[k] = state.sumAt(row, k) * decay[k];
    // NaN, which is after nothing, where all was rejected.
    const time = state.markTimeAt(row);
    if (children[node].length > 0) add(count + node, time);
    for (let index = node; index >= 0; index = tree.nodes[index].parent) add(index, time);
  }
  return {
    values,
    exposureMs: Math.max(0, at - state.firstTime),
    sinceLastMs: Math.max(0, at - state.lastTime),
    lastSeen,
  };
}

/** Lambda and what it is made of, per row of the model. Parts include the factor of the negative events. */
export interface Intensities {
  /** How far the user is still there: c, the same for all rows. */
  readonly present: number;
  /** Events per day, but for presence. [2n] */
  readonly lambda: Float64Array;
  /** Share among the siblings, "other" included. [2n]; 1 for the root. */
  readonly strength: Float64Array;
  /** Root's lambda times presence times the strengths down to the row. [2n] */
  readonly intensity: Float64Array;
  /** Parts of lambda. [2n] each */
  readonly shortTerm: Float64Array;
  readonly longTerm: Float64Array;
  readonly parent: Float64Array;
  readonly activity: Float64Array;
  /** exp(-eta N). [2n] */
  readonly negativeFactor: Float64Array;
  /** 1 / (T_k + n0): what one unit of S_k adds to a rate. [K] */
  readonly perSum: Float64Array;
}

/**
 * @param laterMs reads the intensities that the sums will give after this time without further events
 * @param reach `touched` leaves out what stands below nodes that the user did nothing about: zeros stand there
 */
export function intensitiesAt(
  model: IntensityModel,
  sums: NodeSums,
  laterMs = 0,
  reach: "all" | "touched" = "all",
  room?: ReadingRoom,
): Intensities {
  const { nodeCount: count, weights, rates, settings, learned } = model;
  const rows = 2 * count;
  const all = room?.intensities.fill(0) ?? new Float64Array(intensityArrays * rows);
  const [lambda, strength, intensity, shortTerm, longTerm, parent, activity, negativeFactor] = Array.from(
    { length: intensityArrays },
    (_, place) => all.subarray(place * rows, (place + 1) * rows),
  );

  const { values } = sums;
  const moment = momentAfter(sums.exposureMs, laterMs);
  const { decay, perSum } = moment;
  const features = featuresOf(rates, values, moment);

  const readRow = (row: number): void => {
    const offset = row * sumsPerNode;
    const own = row * weightsPerRow + 1;
    const rate = rates[row];
    let short = 0;
    let long = 0;
    let factor = 1;
    let base = weights[own - 1];
    let fromParent = 0;
    let fromActivity = 0;
    for (let k = 0; k < timescaleCount; k++) {
      base += weights[own + k] * features[1 + k];
      fromParent += weights[own + timescaleCount + k] * features[1 + timescaleCount + k];
      fromActivity += weights[own + 2 * timescaleCount + k] * features[1 + 2 * timescaleCount + k];
      const part = weights[own + k] * perSum[k] * values[offset + k];
      if (k < firstLongTerm) short += part;
      else long += part;
    }
    base *= rate;
    fromParent *= rate;
    fromActivity *= rate;
    if (values[offset + negativeSum] !== 0) {
      const positive = values[offset + timescaleCount - 1] * decay[timescaleCount - 1];
      const negative = values[offset + negativeSum] * decay[negativeSum];
      factor = Math.exp((-settings.negative * negative) / (positive + negative + settings.priorEvents));
    }
    negativeFactor[row] = factor;
    shortTerm[row] = short * factor;
    longTerm[row] = long * factor;
    parent[row] = fromParent * factor;
    activity[row] = fromActivity * factor;
    lambda[row] = (base + short + long + fromParent + fromActivity) * factor;
  };

  readRow(0);
  strength[0] = 1;
  const present = presentNow(learned, sums, laterMs);
  intensity[0] = lambda[0] * present;
  for (let index = 0; index < count; index++) {
    const children = model.children[index];
    if (children.length === 0 || (reach === "touched" && index > 0 && !isTouched(sums, index))) continue;
    const other = count + index;
    belowNode(features, rates, values, moment, index);
    readRow(other);
    let sum = lambda[other];
    for (const child of children) {
      readRow(child);
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
  return { present, lambda, strength, intensity, shortTerm, longTerm, parent, activity, negativeFactor, perSum };
}

/** Of a stranger nobody can say when they came last. */
function presentNow(
  learned: LearnedWeights | undefined,
  { exposureMs, sinceLastMs }: NodeSums,
  laterMs: number,
): number {
  if (learned?.presence === undefined || (exposureMs === 0 && sinceLastMs === 0)) return 1;
  return presenceAt(learned.presence, (sinceLastMs + laterMs) / dayMs);
}

/** Whether the user did something about a node, for it or against it. */
export function isTouched(sums: NodeSums, index: number): boolean {
  return sums.lastSeen[index] >= 0 || sums.values[index * sumsPerNode + negativeSum] > 0;
}
