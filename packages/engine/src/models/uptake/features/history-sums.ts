/**
 * One person's history as running sums, from which a row's features are read. An event is folded in and, when it leaves the
 * window of newest events, taken out again, in time that does not depend on the history's length:
 *
 *     S_k(t) = sum_i w_i exp(-(t - t_i) / tau_k)      over the events of each node of the items' category paths, and over all
 *     R(n)   = sum_i w_i 2^(-(n - i) / 10)            the same by how many events ago, for people who do all in one sitting
 *
 * on the timescales of profiles (`core/timescales.ts`), beside counts, values and newest times. Only positive weights are
 * interest; rejections are counted apart. What the sums give is what the events of the window alone would give.
 */
import { minuteMs } from "../../../base/time.ts";
import { tausMs, timescaleCount } from "../../../core/timescales.ts";
import type { ItemPaths, ItemVectors } from "../../sequence/item-features.ts";

const sessionGapMs = 30 * minuteMs;
/** Of R, after one further event. */
const eventDecay = 2 ** (-1 / 10);

export interface FoldedEvent {
  /** Its place in the person's history, ascending by 1. */
  readonly place: number;
  readonly item: number;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly weight: number;
  /** NaN where there is none. */
  readonly value: number;
  /** Logarithm of one more than the events that the item has in general. */
  readonly itemEventsLog: number;
  /** What the item's values are in general; NaN without any. */
  readonly itemMeanValue: number;
}

/** Shares of thirds, added and taken out again, leave a rest. */
const nothing = 1e-9;

/** Sums over some events of one person: all of them, or those of a node. */
export class EventSums {
  events = 0;
  rejected = 0;
  valued = 0;
  valueSum = 0;
  squareSum = 0;
  lastTime = Number.NaN;
  readonly #decayed = new Float64Array(timescaleCount);
  #recent = 0;
  #recentPlace = 0;

  /** @param share of the event that counts here */
  add({ place, time, weight, value }: FoldedEvent, share: number): void {
    for (let k = 0; k < timescaleCount; k++) this.#decayed[k] = this.decayed(k, time);
    this.#recent = this.recent(place);
    this.#recentPlace = place;
    this.lastTime = time;
    this.#count(weight, value, share);
    if (weight < 0) return;
    for (let k = 0; k < timescaleCount; k++) this.#decayed[k] += share * weight;
    this.#recent += share * weight;
  }

  remove({ place, time, weight, value }: FoldedEvent, share: number): void {
    this.#count(weight, value, -share);
    if (this.events < nothing) this.clear();
    if (this.events - this.rejected < nothing) {
      this.#decayed.fill(0);
      this.#recent = 0;
    } else if (weight >= 0) this.#takeOut(place, time, share * weight);
  }

  #takeOut(place: number, time: number, amount: number): void {
    for (let k = 0; k < timescaleCount; k++) {
      const rest = this.#decayed[k] - amount * Math.exp((time - this.lastTime) / tausMs[k]);
      this.#decayed[k] = Math.max(0, rest);
    }
    this.#recent = Math.max(0, this.#recent - amount * eventDecay ** (this.#recentPlace - place));
  }

  clear(): void {
    this.events = this.rejected = this.valued = this.valueSum = this.squareSum = this.#recent = 0;
    this.lastTime = Number.NaN;
    this.#decayed.fill(0);
  }

  /** S_k at a time. */
  decayed(k: number, time: number): number {
    const sum = this.#decayed[k];
    return sum === 0 ? 0 : sum * Math.exp((this.lastTime - time) / tausMs[k]);
  }

  /** R as it is when the event of this place comes. */
  recent(place: number): number {
    return this.#recent === 0 ? 0 : this.#recent * eventDecay ** (place - this.#recentPlace);
  }

  #count(weight: number, value: number, share: number): void {
    this.events += share;
    if (weight < 0) this.rejected += share;
    if (!Number.isFinite(value)) return;
    this.valued += share;
    this.valueSum += share * value;
    this.squareSum += share * value * value;
  }
}

export class HistorySums {
  readonly all = new EventSums();
  /** Times that the person had to do with an item, and when last. */
  readonly items = new Map<number, { count: number; lastTime: number }>();
  /** The place that the next event would have. */
  next = 0;
  /** Sum of the items' own logarithms of events, and of what values differ from the items' means. */
  itemEventsLogSum = 0;
  residualSum = 0;
  /** Sums of unit vectors, by how many events ago and all alike. [dimensions] */
  readonly recentVector: Float64Array;
  readonly vector: Float64Array;
  readonly #nodes: (EventSums | undefined)[];
  readonly #paths: ItemPaths | undefined;
  readonly #vectors: ItemVectors | undefined;
  #sessionPlace = 0;
  #firstPlace = 0;

  constructor(paths: ItemPaths | undefined, vectors: ItemVectors | undefined) {
    this.#paths = paths;
    this.#vectors = vectors;
    this.#nodes = Array.from({ length: paths?.nodeCount ?? 0 });
    this.vector = new Float64Array(vectors?.dimensions ?? 0);
    this.recentVector = new Float64Array(vectors?.dimensions ?? 0);
  }

  /** The sums of a node, or undefined where the person had nothing to do with it. */
  node(node: number): EventSums | undefined {
    return this.#nodes[node];
  }

  add(event: FoldedEvent): void {
    const { item, time, place } = event;
    if (this.all.events === 0) this.#firstPlace = place;
    if (!(time - this.all.lastTime <= sessionGapMs)) this.#sessionPlace = place;
    this.next = place + 1;
    this.all.add(event, 1);
    this.#count(event, 1);
    const known = this.items.get(item);
    if (known === undefined) this.items.set(item, { count: 1, lastTime: time });
    else {
      known.count += 1;
      known.lastTime = time;
    }
    this.#each(item, (node, share) => {
      this.#nodes[node] ??= new EventSums();
      this.#nodes[node].add(event, share);
    });
    for (let d = 0; d < this.vector.length; d++) this.recentVector[d] *= eventDecay;
    this.#direct(event, 1, 1);
  }

  /** Takes the oldest event out. */
  remove(event: FoldedEvent): void {
    const { item, place } = event;
    this.all.remove(event, 1);
    if (this.all.events === 0) {
      this.clear();
      return;
    }
    this.#firstPlace = place + 1;
    this.#count(event, -1);
    const known = this.items.get(item)!;
    known.count -= 1;
    if (known.count === 0) this.items.delete(item);
    this.#each(item, (node, share) => this.#nodes[node]!.remove(event, share));
    this.#direct(event, -1, -(eventDecay ** (this.next - 1 - place)));
  }

  clear(): void {
    this.all.clear();
    this.items.clear();
    this.next = this.itemEventsLogSum = this.residualSum = this.#sessionPlace = this.#firstPlace = 0;
    for (let node = 0; node < this.#nodes.length; node++) this.#nodes[node] = undefined;
    this.vector.fill(0);
    this.recentVector.fill(0);
  }

  /** Events so far in the session that goes on at a time. */
  sessionEvents(time: number): number {
    if (!(time - this.all.lastTime <= sessionGapMs)) return 0;
    return this.next - Math.max(this.#sessionPlace, this.#firstPlace);
  }

  #count({ itemEventsLog, itemMeanValue, value }: FoldedEvent, sign: number): void {
    this.itemEventsLogSum += sign * itemEventsLog;
    if (Number.isFinite(value)) this.residualSum += sign * (value - itemMeanValue);
  }

  #each(item: number, visit: (node: number, share: number) => void): void {
    if (this.#paths === undefined) return;
    const { offsets, nodes, shares } = this.#paths;
    for (let at = offsets[item]; at < offsets[item + 1]; at++) visit(nodes[at], shares[at]);
  }

  #direct({ item, weight }: FoldedEvent, factor: number, recentFactor: number): void {
    if (this.#vectors === undefined) return;
    const { dimensions, values } = this.#vectors;
    for (let d = 0; d < dimensions; d++) {
      const part = weight * values[item * dimensions + d];
      this.vector[d] += factor * part;
      this.recentVector[d] += recentFactor * part;
    }
  }
}
