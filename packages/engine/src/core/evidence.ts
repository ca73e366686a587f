/**
 * The events that hold interests up: which of those that a state remembers one by one still speak, and how much each
 * adds to every node.
 */
import type { Intensities, IntensityModel } from "./intensity.ts";
import { decays } from "./intensity-features.ts";
import { weightsPerRow } from "./intensity-weights.ts";
import type { Item } from "./item.ts";
import { limits } from "./limits.ts";
import { revivalWindowMs } from "./phase.ts";
import type { Evidence } from "./profile.ts";
import { type InterestState, type NodeMark, type RecentEvent, standIn } from "./state.ts";
import { isForgotten, type ParentOf } from "./steering.ts";
import { timescaleCount } from "./timescales.ts";
import type { InterestTree } from "./tree.ts";

/** What reading needs to know of the items that events name. */
export interface ItemLookup {
  item(key: number): Item;
  /** Nodes of the item, one per category path. */
  nodes(key: number): Int32Array;
}

/** An event that still speaks for some nodes. */
export interface ActiveEvent {
  readonly event: RecentEvent;
  /** Nodes that hold a part of the weight, repeats included; those where it was forgotten left out. */
  readonly nodes: Int32Array;
  /** Each node's part of the weight. */
  readonly part: number;
}

/** The positive events that a state remembers one by one, earliest first: the newest of all, and the newest of every node. */
export function activeEvents(state: InterestState, items: ItemLookup, parentOf: ParentOf): ActiveEvent[] {
  const recent = state.recentEvents();
  const older: RecentEvent[] = [];
  // As long as there was room for all, no node's newest is missing among them.
  if (recent.length === limits.recentEvents) {
    const known = new Set<string>();
    for (const event of recent) if (event.time === recent[0].time) known.add(nameOf(event));
    for (let row = 0; row < state.nodeCount; row++) {
      const mark = state.markAt(row);
      // One event marks every node of its item.
      if (mark === undefined || mark.time > recent[0].time || known.has(nameOf(mark))) continue;
      known.add(nameOf(mark));
      older.push({ ...mark, value: Number.NaN });
    }
    older.sort((a, b) => a.time - b.time || a.item - b.item || compareText(a.type, b.type));
  }
  const active: ActiveEvent[] = [];
  for (const event of [...older, ...recent]) {
    if (event.weight <= 0) continue;
    const all = event.item >= 0 ? items.nodes(event.item) : Int32Array.of(standIn(event.item));
    const isHeld = (node: number) => !isForgotten(state.steered, node, event.time, parentOf);
    const nodes = state.steered.size === 0 ? all : all.filter(isHeld);
    if (nodes.length > 0) active.push({ event, nodes, part: event.weight / all.length });
  }
  return active;
}

const compareText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

const nameOf = ({ time, item, type }: NodeMark) => `${time} ${item} ${type}`;

/** What the events add to S_k of each of their nodes: exp(-(t - t_i) / tau_k) times the weight of one part. [events, K] */
export function sumsOfEvents(active: readonly ActiveEvent[], at: number): Float64Array {
  const sums = new Float64Array(active.length * timescaleCount);
  for (const [index, { event, part }] of active.entries()) {
    const decay = decays(at - event.time);
    for (let k = 0; k < timescaleCount; k++) sums[index * timescaleCount + k] = part * decay[k];
  }
  return sums;
}

/** What the events of the last short window add to every node's S_k. [n, K] */
export function sumsOfRecent(
  { nodeCount, tree }: IntensityModel,
  active: readonly ActiveEvent[],
  sums: Float64Array,
  at: number,
): Float64Array {
  const recent = new Float64Array(nodeCount * timescaleCount);
  for (const [place, { event, nodes }] of active.entries()) {
    if (at - event.time > revivalWindowMs) continue;
    for (const start of nodes) {
      for (let index = start; index >= 0; index = tree.nodes[index].parent) {
        for (let k = 0; k < timescaleCount; k++) {
          recent[index * timescaleCount + k] += sums[place * timescaleCount + k];
        }
      }
    }
  }
  return recent;
}

/** The strongest events of every node. An event's share is its part of the node's lambda. */
export function evidenceByNode(
  { tree, weights }: IntensityModel,
  intensities: Intensities,
  active: readonly ActiveEvent[],
  sums: Float64Array,
  items: ItemLookup,
  most: number,
): Map<number, Evidence[]> {
  /** The strongest so far of every node, strongest first. */
  const found = new Map<number, Part[]>();
  if (most <= 0) return new Map();
  /** What the event adds to the rates of a node. */
  const added = new Float64Array(timescaleCount);
  for (const [place, { event, nodes }] of active.entries()) {
    for (let k = 0; k < timescaleCount; k++) added[k] = intensities.perSum[k] * sums[place * timescaleCount + k];
    const add = (index: number, times: number): void => {
      let part = 0;
      for (let k = 0; k < timescaleCount; k++) part += weights[index * weightsPerRow + 1 + k] * added[k];
      const strongest = found.get(index);
      if (strongest === undefined) found.set(index, [{ event, part: times * part }]);
      else keepStrongest(strongest, event, times * part, most);
    };
    if (nodes.length === 1) for (let index = nodes[0]; index >= 0; index = tree.nodes[index].parent) add(index, 1);
    else for (const [index, times] of timesUnder(nodes, tree)) add(index, times);
  }
  const evidence = new Map<number, Evidence[]>();
  for (const [index, strongest] of found) {
    const scale = intensities.negativeFactor[index] / intensities.lambda[index];
    evidence.set(
      index,
      strongest.map(({ event, part }) => lineOf(event, part * scale, items)),
    );
  }
  return evidence;
}

interface Part {
  readonly event: RecentEvent;
  readonly part: number;
}

/** Of equal parts the later event is the stronger. */
function keepStrongest(strongest: Part[], event: RecentEvent, part: number, most: number): void {
  const isWeaker = (other: Part) => other.part < part || (other.part === part && other.event.time < event.time);
  let place = strongest.length;
  while (place > 0 && isWeaker(strongest[place - 1])) place -= 1;
  if (place >= most) return;
  strongest.splice(place, 0, { event, part });
  if (strongest.length > most) strongest.pop();
}

/** How many of an item's nodes stand at or below each: its paths meet further up. */
function timesUnder(nodes: Int32Array, tree: InterestTree): Map<number, number> {
  const times = new Map<number, number>();
  for (const start of nodes) {
    for (let index = start; index >= 0; index = tree.nodes[index].parent) times.set(index, (times.get(index) ?? 0) + 1);
  }
  return times;
}

function lineOf(event: RecentEvent, share: number, items: ItemLookup): Evidence {
  const { type, time, value } = event;
  return {
    ...(event.item >= 0 && { item: titled(items.item(event.item)) }),
    type,
    time,
    ...(!Number.isNaN(value) && { value }),
    share,
  };
}

/** An item as a line of text names it. */
export function titled({ id, title }: Item): { id: string; title: string } {
  return { id, title };
}
