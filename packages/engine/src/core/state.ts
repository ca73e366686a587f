/**
 * The interest state of one user: everything about them that an event changes, in constant time per event.
 *
 * For every node that the user's items belong to it holds the decayed sums
 *
 *     S_k(t) = sum_i w_i exp(-(t - t_i) / tau_k)
 *
 * one per timescale, and one more for negative events on the slowest timescale. Sums are kept by *forward decay*
 * (Cormode, Shkapenyuk, Srivastava and Xu, ICDE 2009): relative to a landmark L of the user the stored value is
 * sum_i w_i exp((t_i - L) / tau_k), so an event costs one exponential per timescale whatever the number of nodes it
 * touches, a late event is folded like any other, and two histories merge by addition. Reading multiplies by
 * exp(-(t - L) / tau_k). When an event lies so far after the landmark that the exponential would grow out of range, the
 * landmark moves there and all sums are scaled once; that happens at most every 200 days or so.
 *
 * Sums are kept only where items are: a node's total is the sum over its subtree, added up when a profile is read.
 *
 * A million states may be in memory, so one is a few arrays of numbers instead of many small objects: a row per node, a row
 * per recent event, the items seen. Rows of nodes stand in order of the nodes' numbers.
 *
 * Folding is a function of the state and the event alone. Live, recovered and rebuilt states fold the same events in the
 * same order and agree to the bit.
 */
import { KeySet } from "./key-set.ts";
import { limits } from "./limits.ts";
import { eventColumn, negativeSum, nodeColumn, type StateRows, sumsPerNode } from "./state-rows.ts";
import type { FoldableSteering, ParentOf, SteeredNodes } from "./steering.ts";
import { isForgotten, unsteered, withSteering } from "./steering.ts";
import { tausMs, timescaleCount } from "./timescales.ts";

/** Largest exponent (t - L) / tau before the landmark moves: exp(600) is far from the largest double, exp(709). */
const exponentMax = 600;

/** What an event means for a state: its log position, time, and where its item stands in the tree. */
export interface FoldableEvent {
  readonly position: number;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly type: string;
  /** Item key; for an event that names none that is known, `standIn` of the node that its words belong to, or of the root. */
  readonly item: number;
  /** Nodes of the item, one per category path; each receives 1/nodes.length of the weight. */
  readonly nodes: Int32Array;
  /** Signed: negative for rejections. */
  readonly weight: number;
  /** NaN when the event has none. */
  readonly value: number;
  /** Whether the user had to do with the item, or merely was shown it. */
  readonly engaging: boolean;
}

/** Stands for the item of an event that names none: its node, as a number below 0; and back. */
export const standIn = (node: number): number => -1 - node;
export interface RecentEvent {
  readonly time: number;
  readonly type: string;
  readonly item: number;
  readonly weight: number;
  readonly value: number;
}

/** The newest positive event of a node. */
export interface NodeMark {
  readonly time: number;
  readonly item: number;
  readonly type: string;
  readonly weight: number;
}

const { node, firstSum, markTime, markItem, markType, markWeight, count: nodeColumns } = nodeColumn;
const {
  time: eventTime,
  item: eventItem,
  type: eventType,
  weight: eventWeight,
  value: eventValue,
  count: eventColumns,
} = eventColumn;

/** The rows of all states that have none: an array of one's own costs as much as counting an event. */
const noRows: Float64Array = new Float64Array(0);

export class InterestState {
  /** Position in the log of the newest record folded; 0 for none. */
  position = 0;
  /** Events folded. */
  events = 0;
  /** Times of the earliest and latest event, NaN before the first. */
  firstTime = Number.NaN;
  lastTime = Number.NaN;
  /** The time L that all sums are relative to. */
  landmark = Number.NaN;
  /** Keys of the items that the user had to do with. */
  seen = new KeySet();
  /** Nodes with sums. */
  nodeCount = 0;
  /** What the user asked for, by node. */
  steered: SteeredNodes = unsteered;
  /** Newest events that say something (weight not 0), at most `limits.recentEvents`. */
  recentCount = 0;
  #nodes = noRows;
  #recent = noRows;
  /** Types of events that marks and recent events name by their place here. */
  #types: string[] = [];

  /**
   * Counts one event. O(1): K exponentials and K additions per node of the item.
   *
   * @param parentOf the tree, for users who have forgotten something
   */
  fold(event: FoldableEvent, parentOf?: ParentOf): void {
    this.position = event.position;
    this.events += 1;
    const { time, weight } = event;
    if (this.events === 1) {
      this.firstTime = time;
      this.lastTime = time;
      this.landmark = time;
    } else {
      if (time < this.firstTime) this.firstTime = time;
      if (time > this.lastTime) this.lastTime = time;
    }
    if (event.engaging && event.item >= 0 && this.seen.size < limits.seenItems) this.seen.add(event.item);
    if (weight === 0) return;
    this.remember(event);

    if (time - this.landmark > exponentMax * tausMs[0]) this.moveLandmark(time);
    const share = Math.abs(weight) / event.nodes.length;
    for (let k = 0; k < timescaleCount; k++) factors[k] = share * Math.exp((time - this.landmark) / tausMs[k]);
    for (const place of event.nodes) {
      if (this.steered !== unsteered && isForgotten(this.steered, place, time, parentOf)) continue;
      const row = this.#rowOf(place);
      const rows = this.#nodes;
      if (weight < 0) {
        rows[row + firstSum + negativeSum] += factors[timescaleCount - 1];
        continue;
      }
      for (let k = 0; k < timescaleCount; k++) rows[row + firstSum + k] += factors[k];
      if (!(time < rows[row + markTime])) this.#mark(row, event);
    }
  }

  /** Takes a request in. What is forgotten is gone at once: the rows of the node and of all below it. */
  steer({ position, time, node: asked, steering }: FoldableSteering, parentOf: ParentOf): void {
    this.position = position;
    let forgetUntil = time;
    if (steering.action === "forget") {
      const isUnder = (place: number): boolean => place === asked || (place >= 0 && isUnder(parentOf(place)));
      let kept = 0;
      for (let row = 0; row < this.nodeCount; row++) {
        if (isUnder(this.nodeAt(row))) {
          // A clock may have run ahead.
          if (this.markTimeAt(row) > forgetUntil) forgetUntil = this.markTimeAt(row);
        } else this.#nodes.copyWithin(kept++ * nodeColumns, row * nodeColumns, (row + 1) * nodeColumns);
      }
      this.nodeCount = kept;
    }
    this.steered = withSteering(this.steered, asked, steering, forgetUntil);
  }

  /** Makes `time` the landmark: every sum is scaled by exp(-(time - L) / tau_k). */
  moveLandmark(time: number): void {
    for (let k = 0; k < sumsPerNode; k++) {
      const scale = Math.exp((this.landmark - time) / tausMs[Math.min(k, timescaleCount - 1)]);
      for (let row = 0; row < this.nodeCount; row++) this.#nodes[row * nodeColumns + firstSum + k] *= scale;
    }
    this.landmark = time;
  }

  /**
   * The rows of `nodeCount` nodes and `recentCount` events as they lie in memory, which may have room for more. For the
   * stored form; whoever reads a few things asks for them one by one.
   */
  get rows(): StateRows {
    return { nodes: this.#nodes, recent: this.#recent, types: this.#types };
  }

  /** Takes over whole rows as `rows` gave them: nodes in order of their numbers, events in order of time. */
  set rows({ nodes, recent, types }: StateRows) {
    this.#nodes = nodes;
    this.#recent = recent;
    this.#types = [...types];
    this.nodeCount = nodes.length / nodeColumns;
    this.recentCount = recent.length / eventColumns;
  }

  /** The node of a row; rows are 0 to `nodeCount - 1`, in order of their nodes. */
  nodeAt(row: number): number {
    return this.#nodes[row * nodeColumns + node];
  }

  /** S_k of a row relative to the landmark, `negativeSum` included. */
  sumAt(row: number, k: number): number {
    return this.#nodes[row * nodeColumns + firstSum + k];
  }

  /** Time of a row's newest positive event, NaN for none. */
  markTimeAt(row: number): number {
    return this.#nodes[row * nodeColumns + markTime];
  }

  markAt(row: number): NodeMark | undefined {
    const from = row * nodeColumns;
    const time = this.#nodes[from + markTime];
    if (Number.isNaN(time)) return undefined;
    const type = this.#types[this.#nodes[from + markType]];
    return { time, item: this.#nodes[from + markItem], type, weight: this.#nodes[from + markWeight] };
  }

  /** One of the recent events, the earliest at 0. */
  recentAt(index: number): RecentEvent {
    const from = index * eventColumns;
    const rows = this.#recent;
    return {
      time: rows[from + eventTime],
      type: this.#types[rows[from + eventType]],
      item: rows[from + eventItem],
      weight: rows[from + eventWeight],
      value: rows[from + eventValue],
    };
  }

  /** The recent events, earliest first. */
  recentEvents(): RecentEvent[] {
    return Array.from({ length: this.recentCount }, (_, index) => this.recentAt(index));
  }

  /** Keeps an event among the newest, which stand in order of time; of equal times the later position is the newer. */
  remember(event: RecentEvent): void {
    if (this.recentCount === limits.recentEvents) {
      if (event.time < this.#recent[eventTime]) return;
      this.#recent.copyWithin(0, eventColumns, this.recentCount * eventColumns);
      this.recentCount -= 1;
    }
    const end = this.recentCount * eventColumns;
    if (end === this.#recent.length) this.#recent = widened(this.#recent, eventColumns);
    const rows = this.#recent;
    let from = end;
    while (from > 0 && rows[from - eventColumns + eventTime] > event.time) from -= eventColumns;
    rows.copyWithin(from + eventColumns, from, end);
    rows[from + eventTime] = event.time;
    rows[from + eventItem] = event.item;
    rows[from + eventType] = this.#typeOf(event.type);
    rows[from + eventWeight] = event.weight;
    rows[from + eventValue] = event.value;
    this.recentCount += 1;
  }

  #mark(row: number, { time, item, type, weight }: NodeMark): void {
    const rows = this.#nodes;
    rows[row + markTime] = time;
    rows[row + markItem] = item;
    rows[row + markType] = this.#typeOf(type);
    rows[row + markWeight] = weight;
  }

  #typeOf(type: string): number {
    const known = this.#types.indexOf(type);
    return known >= 0 ? known : this.#types.push(type) - 1;
  }

  /** Where the row of a node begins; a new one has sums of zero and no mark. */
  #rowOf(place: number): number {
    let low = 0;
    let high = this.nodeCount;
    // Nodes come in order when a state is read.
    if (high > 0 && this.#nodes[(high - 1) * nodeColumns] < place) low = high;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#nodes[middle * nodeColumns + node] < place) low = middle + 1;
      else high = middle;
    }
    const from = low * nodeColumns;
    if (low < this.nodeCount && this.#nodes[from + node] === place) return from;
    const end = this.nodeCount * nodeColumns;
    if (end === this.#nodes.length) this.#nodes = widened(this.#nodes, nodeColumns);
    this.#nodes.copyWithin(from + nodeColumns, from, end);
    this.#nodes.fill(0, from, from + nodeColumns);
    this.#nodes[from + node] = place;
    this.#nodes[from + markTime] = Number.NaN;
    this.nodeCount += 1;
    return from;
  }
}

/** The same rows, with room for half as many more. */
function widened(rows: Float64Array, columns: number): Float64Array {
  return withRoom(rows, Math.max(8, Math.ceil((rows.length / columns) * 1.5)) * columns);
}

function withRoom(rows: Float64Array, length: number): Float64Array {
  if (length <= rows.length) return rows;
  const wider = new Float64Array(length);
  wider.set(rows);
  return wider;
}

const factors = new Float64Array(timescaleCount);
