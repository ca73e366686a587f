/**
 * Which items the same people take, and how near an item therefore is to somebody's history: for items i and j
 *
 *     near(i, j) = c_ij / sqrt((n_i + 5) (n_j + 5)),   n people with an item, c_ij people with both,
 *
 * a cosine (Sarwar et al., WWW 2001) in which items of few people are near to nothing. Of each item the nearest are kept. A
 * row that is learned from takes its own person out of both counts, or its answer would be in them.
 */
import type { InteractionTable } from "../../../core/interaction-table.ts";
import { distinctItems } from "../../histories.ts";

const priorPeople = 5;
const companionsMax = 200;
/** Newest events of a history that are compared, and those of them that are recent. */
const comparedEvents = 50;
const recentEvents = 10;
/** Of what the person's values say of an item: as if so much nearness said nothing. */
const priorNearness = 0.3;

export interface Companions {
  /** People with each item. [items] */
  readonly people: Int32Array;
  /** Item i's companions are `offsets[i]` up to `offsets[i + 1]`, in order of their keys. [items + 1] */
  readonly offsets: Int32Array;
  readonly companions: Int32Array;
  /** People with both. */
  readonly common: Int32Array;
}

export function fitCompanions(table: InteractionTable, itemCount: number): Companions {
  const itemsOf = distinctItems(table);
  const usersOf: number[][] = Array.from({ length: itemCount }, () => []);
  for (const [user, items] of itemsOf.entries()) for (const item of items) usersOf[item].push(user);
  const people = Int32Array.from(usersOf, ({ length }) => length);
  const counts = new Int32Array(itemCount);
  const offsets = new Int32Array(itemCount + 1);
  const companions: number[] = [];
  const common: number[] = [];
  for (let item = 0; item < itemCount; item++) {
    const met: number[] = [];
    for (const user of usersOf[item]) {
      for (const other of itemsOf[user]) if (counts[other]++ === 0) met.push(other);
    }
    // Without the item's own people, by which all of these would be divided.
    const nearness = Float64Array.from(met, (other) => counts[other] / Math.sqrt(people[other] + priorPeople));
    for (const other of nearest(met, nearness, item)) {
      companions.push(other);
      common.push(counts[other]);
    }
    offsets[item + 1] = companions.length;
    for (const other of met) counts[other] = 0;
  }
  return { people, offsets, companions: Int32Array.from(companions), common: Int32Array.from(common) };
}

/** Those of the greatest nearness, of equals the smaller keys, in order of their keys. */
function nearest(met: readonly number[], nearness: Float64Array, item: number): number[] {
  const least = nearness.toSorted().at(-companionsMax - 1) ?? Number.NEGATIVE_INFINITY;
  const others = met
    .map((other, at) => ({ other, near: nearness[at] }))
    .filter(({ other, near }) => other !== item && near >= least);
  others.sort((a, b) => b.near - a.near || a.other - b.other);
  return others
    .slice(0, companionsMax)
    .map(({ other }) => other)
    .sort((a, b) => a - b);
}

/** How near an item is to a history. */
export interface Nearness {
  /** Mean over the newest events, and over the few that are recent; NaN without a history. */
  readonly all: number;
  readonly recent: number;
  /** By how much the person values what is near above its mean, drawn towards 0; NaN where nothing is near. */
  readonly residual: number;
}

export const nearToNothing: Nearness = { all: Number.NaN, recent: Number.NaN, residual: Number.NaN };

/**
 * @param history events `start` up to `end`
 * @param meanValue of an item's values in general
 * @param own the items of the person whose part is taken out; absent where nobody's is
 */
export function nearnessOf(
  item: number,
  { items, values, weights }: InteractionTable,
  [start, end]: readonly [start: number, end: number],
  { people, offsets, companions, common }: Companions,
  meanValue: (item: number) => number,
  own?: ReadonlySet<number>,
): Nearness {
  const from = Math.max(start, end - comparedEvents);
  if (from === end) return nearToNothing;
  const ownItem = own?.has(item) ? 1 : 0;
  let [all, recent, weight, value] = [0, 0, 0, 0];
  for (let at = from; at < end; at++) {
    if (weights[at] === 0) continue;
    const other = items[at];
    const place = placeOf(companions, other, offsets[item], offsets[item + 1]);
    if (place < 0) continue;
    const ownOther = own?.has(other) ? 1 : 0;
    const both = common[place] - ownItem * ownOther;
    const near = both / Math.sqrt((people[item] - ownItem + priorPeople) * (people[other] - ownOther + priorPeople));
    all += near;
    if (at >= end - recentEvents) recent += near;
    const given = values?.[at] ?? Number.NaN;
    if (Number.isNaN(given)) continue;
    weight += near;
    value += near * (given - meanValue(other));
  }
  return {
    all: all / (end - from),
    recent: recent / Math.min(recentEvents, end - from),
    residual: weight > 0 ? value / (weight + priorNearness) : Number.NaN,
  };
}

/** Where a key stands in an ascending stretch, -1 where it does not. */
function placeOf(keys: Int32Array, key: number, from: number, to: number): number {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (keys[middle] < key) low = middle + 1;
    else high = middle;
  }
  return low < to && keys[low] === key ? low : -1;
}
