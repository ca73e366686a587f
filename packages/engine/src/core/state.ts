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
 * Folding is a function of the state and the event alone. Live, recovered and rebuilt states fold the same events in the
 * same order and agree to the bit.
 */
import { limits } from "./limits.ts";
import { tausMs, timescaleCount } from "./timescales.ts";

/** Largest exponent (t - L) / tau before the landmark moves: exp(600) is far from the largest double, exp(709). */
const exponentMax = 600;

/** What an event means for a state: its log position, time, and where its item stands in the tree. */
export interface FoldableEvent {
  readonly position: number;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly type: string;
  /** Item key, -1 when the event names none that is known. */
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

export interface RecentEvent {
  readonly time: number;
  readonly type: string;
  readonly item: number;
  readonly weight: number;
  readonly value: number;
}

/** The newest positive event of a node. */
export interface NodeMark {
  time: number;
  item: number;
  type: string;
  weight: number;
}

/** Doubles per node: K sums, then the negative sum. */
export const sumsPerNode = timescaleCount + 1;
export const negativeSum = timescaleCount;

export class InterestState {
  /** Position in the log of the newest event folded; 0 for none. */
  position = 0;
  /** Events folded. */
  events = 0;
  /** Times of the earliest and latest event, NaN before the first. */
  firstTime = Number.NaN;
  lastTime = Number.NaN;
  /** The time L that all sums are relative to. */
  landmark = Number.NaN;
  /** Node index -> place in `sums` and `marks`. */
  readonly slots = new Map<number, number>();
  sums = new Float64Array(8 * sumsPerNode);
  /** Per slot, the newest positive event; undefined when all were negative. */
  readonly marks: (NodeMark | undefined)[] = [];
  /** The newest events that say something (weight not 0), earliest first, at most `limits.recentEvents`. */
  readonly recent: RecentEvent[] = [];
  /** Keys of the items that the user had to do with. */
  readonly seen = new Set<number>();

  /** Counts one event. O(1): K exponentials and K additions per node of the item. */
  fold(event: FoldableEvent): void {
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
    this.#remember(event);

    if (time - this.landmark > exponentMax * tausMs[0]) this.moveLandmark(time);
    const share = Math.abs(weight) / event.nodes.length;
    for (let k = 0; k < timescaleCount; k++) factors[k] = share * Math.exp((time - this.landmark) / tausMs[k]);
    for (const node of event.nodes) {
      const slot = this.#slot(node);
      const offset = slot * sumsPerNode;
      if (weight < 0) {
        this.sums[offset + negativeSum] += factors[timescaleCount - 1];
        continue;
      }
      for (let k = 0; k < timescaleCount; k++) this.sums[offset + k] += factors[k];
      const mark = this.marks[slot];
      if (mark === undefined) this.marks[slot] = { time, item: event.item, type: event.type, weight };
      else if (time >= mark.time) {
        mark.time = time;
        mark.item = event.item;
        mark.type = event.type;
        mark.weight = weight;
      }
    }
  }

  /** Makes `time` the landmark: every sum is scaled by exp(-(time - L) / tau_k). */
  moveLandmark(time: number): void {
    for (let k = 0; k < sumsPerNode; k++) {
      const scale = Math.exp((this.landmark - time) / tausMs[Math.min(k, timescaleCount - 1)]);
      for (let slot = 0; slot < this.marks.length; slot++) this.sums[slot * sumsPerNode + k] *= scale;
    }
    this.landmark = time;
  }

  /** Starts the sums of a node, at zero. */
  #slot(node: number): number {
    let slot = this.slots.get(node);
    if (slot === undefined) {
      slot = this.marks.length;
      this.slots.set(node, slot);
      this.marks.push(undefined);
      if ((slot + 1) * sumsPerNode > this.sums.length) {
        const grown = new Float64Array(this.sums.length * 2);
        grown.set(this.sums);
        this.sums = grown;
      }
    }
    return slot;
  }

  /** Keeps the newest events in order of time; of equal times the later position is the newer. */
  #remember(event: FoldableEvent): void {
    const { recent } = this;
    if (recent.length === limits.recentEvents) {
      if (event.time < recent[0].time) return;
      recent.shift();
    }
    let place = recent.length;
    while (place > 0 && recent[place - 1].time > event.time) place -= 1;
    recent.splice(place, 0, {
      time: event.time,
      type: event.type,
      item: event.item,
      weight: event.weight,
      value: event.value,
    });
  }
}

const factors = new Float64Array(timescaleCount);
