/**
 * Reads a profile: a user's state, the tree and the intensity model at one moment become the tree of numbers that people
 * and programs look at. Reading never changes a state.
 */
import { halfLivesDays } from "./half-life.ts";
import {
  decays,
  type Intensities,
  type IntensityModel,
  intensitiesAt,
  isTouched,
  type NodeSums,
  seenDays,
  sumsAt,
} from "./intensity.ts";
import type { Item } from "./item.ts";
import { phaseOf, revivalWindowMs } from "./phase.ts";
import type { Evidence, Profile, ProfileInterest } from "./profile.ts";
import { type InterestState, type RecentEvent, sumsPerNode } from "./state.ts";
import { firstLongTerm, timescaleCount } from "./timescales.ts";

/** What reading needs to know of the items that events name. */
export interface ItemLookup {
  item(key: number): Item;
  /** Nodes of the item, one per category path. */
  nodes(key: number): Int32Array;
}

export interface ProfileReadOptions {
  readonly depth: number;
  readonly minStrength: number;
  /** Most evidence lines per interest. */
  readonly evidence: number;
}

/** An event that still speaks for some nodes, with the nodes and what it adds to their S_k. */
interface ActiveEvent {
  readonly event: RecentEvent;
  /** Nodes that received a part of the weight, repeats included. */
  readonly nodes: Int32Array;
  /** exp(-(t - t_i) / tau_k) times the weight of one part. [K] */
  readonly sums: Float64Array;
}

/** All that a reading computes once; recommendation explains itself from the same numbers. */
export interface Reading {
  readonly model: IntensityModel;
  readonly sums: NodeSums;
  readonly intensities: Intensities;
  readonly at: number;
}

/** The reading at a moment, or at the state's newest event where a clock ran ahead and that is later. */
export function readState(model: IntensityModel, state: InterestState, moment: number): Reading {
  const at = state.lastTime > moment ? state.lastTime : moment;
  const sums = sumsAt(model, state, at);
  return { model, sums, intensities: intensitiesAt(model, sums), at };
}

export function readProfile(
  user: string,
  state: InterestState,
  reading: Reading,
  items: ItemLookup,
  options: ProfileReadOptions,
): Profile {
  const { model, sums, intensities } = reading;
  const { tree } = model;
  const active = activeEvents(state, items, reading.at);
  const exposures = Float64Array.from({ length: timescaleCount }, (_, k) => seenDays(sums.exposureMs, k));
  const recentSums = sumsOfRecent(model, active, reading.at);
  const evidence = evidenceByNode(reading, active, items, options.evidence);
  const halfLives = halfLivesDays(model, sums, intensities);

  const build = (index: number): ProfileInterest => {
    const from = index * sumsPerNode;
    const own = sums.values.subarray(from, from + sumsPerNode);
    const lambda = intensities.lambda[index];
    const perLambda = lambda > 0 ? intensities.strength[index] / lambda : 0;
    const shortTerm = intensities.shortTerm[index] * perLambda;
    const longTerm = intensities.longTerm[index] * perLambda;
    const parent = intensities.parent[index] * perLambda;
    const activity = intensities.activity[index] * perLambda;
    return {
      interest: tree.summary(index),
      strength: intensities.strength[index],
      intensity: intensities.intensity[index],
      shortTerm,
      longTerm,
      background: { base: intensities.strength[index] - shortTerm - longTerm - parent - activity, parent, activity },
      trend: trendOf(model, own, exposures, index),
      phase: phaseOf({
        sums: own,
        recentSums: recentSums.subarray(index * timescaleCount, (index + 1) * timescaleCount),
        seenDays: exposures,
      }),
      confidence: own[timescaleCount - 1] / (own[timescaleCount - 1] + model.weights.priorEvents),
      halfLifeDays: halfLives[index]!,
      lastSeen: sums.lastSeen[index] >= 0 ? sums.lastSeen[index] : null,
      evidence: evidence.get(index) ?? [],
      children: tree.nodes[index].level < options.depth ? childrenOf(index) : [],
    };
  };
  /** What the user did something about, strongest first. */
  const childrenOf = (index: number): ProfileInterest[] =>
    model.children[index]
      .filter((child) => isTouched(sums, child) && intensities.strength[child] >= options.minStrength)
      .sort((a, b) => intensities.strength[b] - intensities.strength[a])
      .map(build);

  const interests = options.depth > 0 ? childrenOf(0) : [];
  let shown = 0;
  for (const { strength } of interests) shown += strength;
  return {
    user,
    at: reading.at,
    treeVersion: tree.version,
    events: state.events,
    firstSeen: state.events > 0 ? state.firstTime : null,
    lastSeen: state.events > 0 ? state.lastTime : null,
    intensity: intensities.intensity[0],
    other: Math.max(0, 1 - shown),
    interests,
  };
}

/** ln of the short rate over the long one; the short is smoothed towards the long, the long towards the population. */
function trendOf(model: IntensityModel, own: Float64Array, exposures: Float64Array, index: number): number {
  const { priorDays, trendPriorDays } = model.weights;
  let shortSum = 0;
  let shortDays = 0;
  let longSum = 0;
  let longDays = 0;
  for (let k = 0; k < timescaleCount; k++) {
    if (k < firstLongTerm) {
      shortSum += own[k];
      shortDays += exposures[k];
    } else {
      longSum += own[k];
      longDays += exposures[k];
    }
  }
  const longRate = (longSum + priorDays * model.rates[index]) / (longDays + priorDays);
  const shortRate = (shortSum + trendPriorDays * longRate) / (shortDays + trendPriorDays);
  return longRate > 0 && shortRate > 0 ? Math.log(shortRate / longRate) : 0;
}

/** The positive events that a state remembers one by one: the newest of all, and the newest of every node. */
function activeEvents(state: InterestState, items: ItemLookup, at: number): ActiveEvent[] {
  const active: ActiveEvent[] = [];
  const add = (event: RecentEvent): void => {
    if (event.weight <= 0) return;
    const nodes = event.item >= 0 ? items.nodes(event.item) : rootOnly;
    const decay = decays(at - event.time);
    const sums = new Float64Array(timescaleCount);
    for (let k = 0; k < timescaleCount; k++) sums[k] = (event.weight / nodes.length) * decay[k];
    active.push({ event, nodes, sums });
  };
  const recent = state.recentEvents();
  for (const event of recent) add(event);
  // One event marks every node of its item, and may be among the newest too.
  const known = new Set(recent.map(nameOf));
  for (let row = 0; row < state.nodeCount; row++) {
    const mark = state.markAt(row);
    if (mark === undefined || known.has(nameOf(mark))) continue;
    known.add(nameOf(mark));
    add({ ...mark, value: Number.NaN });
  }
  // Marks come in order of their nodes, which says nothing about the events.
  active.sort(({ event: a }, { event: b }) => a.time - b.time || a.item - b.item || compareText(a.type, b.type));
  return active;
}

const rootOnly = Int32Array.of(0);

const compareText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

const nameOf = ({ time, item, type }: { time: number; item: number; type: string }) => `${time} ${item} ${type}`;

/** What the events of the last short window add to every node's S_k. [n, K] */
function sumsOfRecent(model: IntensityModel, active: readonly ActiveEvent[], at: number): Float64Array {
  const recent = new Float64Array(model.nodeCount * timescaleCount);
  for (const { event, nodes, sums } of active) {
    if (at - event.time > revivalWindowMs) continue;
    for (const start of nodes) {
      for (let index = start; index >= 0; index = model.tree.nodes[index].parent) {
        for (let k = 0; k < timescaleCount; k++) recent[index * timescaleCount + k] += sums[k];
      }
    }
  }
  return recent;
}

/** The strongest events of every node. An event's share is its part of the node's lambda. */
function evidenceByNode(
  { model, intensities }: Reading,
  active: readonly ActiveEvent[],
  items: ItemLookup,
  most: number,
): Map<number, Evidence[]> {
  const found = new Map<number, { event: RecentEvent; part: number }[]>();
  if (most <= 0) return new Map();
  for (const { event, nodes, sums } of active) {
    let part = 0;
    for (let k = 0; k < timescaleCount; k++) part += intensities.gain[k] * sums[k];
    const parts = new Map<number, number>();
    for (const start of nodes) {
      for (let index = start; index >= 0; index = model.tree.nodes[index].parent) {
        parts.set(index, (parts.get(index) ?? 0) + part);
      }
    }
    for (const [index, sum] of parts) {
      const list = found.get(index);
      if (list === undefined) found.set(index, [{ event, part: sum }]);
      else list.push({ event, part: sum });
    }
  }
  const evidence = new Map<number, Evidence[]>();
  for (const [index, list] of found) {
    const scale = intensities.negativeFactor[index] / intensities.lambda[index];
    const strongest = list.sort((a, b) => b.part - a.part || b.event.time - a.event.time).slice(0, most);
    evidence.set(
      index,
      strongest.map(({ event, part }) => ({
        ...(event.item >= 0 ? { item: titled(items.item(event.item)) } : {}),
        type: event.type,
        time: event.time,
        ...(Number.isNaN(event.value) ? {} : { value: event.value }),
        share: part * scale,
      })),
    );
  }
  return evidence;
}

/** An item as a line of text names it. */
export function titled({ id, title }: Item): { id: string; title: string } {
  return { id, title };
}
