/**
 * Questions with their answers, in columns: a case is a user's history up to a moment and what came then. Histories
 * overlap, and so a case only points into the data set's table; one at a time becomes the objects that recommenders read.
 */
import type { InteractionTable } from "../core/interaction-table.ts";
import type { ValidationCase } from "../core/model.ts";
import type { Interaction } from "../core/ports.ts";

export interface CaseTable {
  /** The data set's table, in which everything stands. */
  readonly source: InteractionTable;
  /** The user's row in the data set; a user may have several cases, one after the other. [cases] */
  readonly users: Int32Array;
  /** All that the user did before stands in the source from here, in order of time. [cases] */
  readonly historyFrom: Int32Array;
  /** To before here. [cases] */
  readonly historyTo: Int32Array;
  /** Case c's targets are `targetPlaces[targetOffsets[c]]` to before `targetPlaces[targetOffsets[c + 1]]`. [cases + 1] */
  readonly targetOffsets: Int32Array;
  /** What is to be found: places in the source. */
  readonly targetPlaces: Int32Array;
  /** The moment of the question: the time of the last event in the history. [cases] */
  readonly at: Float64Array;
  /** A query has the newest of the history, at most this many. */
  readonly historyMax: number;
  /** Whether what stands in the history may be recommended again. */
  readonly keepsSeen: boolean;
}

/** One case as measuring reads it. */
export interface RankingCase extends ValidationCase {
  readonly user: number;
  /** Of the targets, aligned with them; NaN for those without one. */
  readonly targetValues: readonly number[];
  /** The item keys that are no candidates. */
  readonly seen: ReadonlySet<number>;
}

export function caseCount(cases: CaseTable): number {
  return cases.users.length;
}

export function caseAt(cases: CaseTable, index: number): RankingCase {
  const { source } = cases;
  const from = cases.historyFrom[index];
  const to = cases.historyTo[index];
  const places = cases.targetPlaces.subarray(cases.targetOffsets[index], cases.targetOffsets[index + 1]);
  const history = interactionsIn(source, Math.max(from, to - cases.historyMax), to);
  return {
    user: cases.users[index],
    query: { history, at: cases.at[index] },
    targets: Array.from(places, (place) => source.items[place]),
    targetValues: source.values === undefined ? [] : Array.from(places, (place) => source.values![place]),
    seen: new Set(cases.keepsSeen ? [] : source.items.subarray(from, to)),
  };
}

/** The rows of a table from one place to before another, as objects. */
function interactionsIn(table: InteractionTable, from: number, to: number): Interaction[] {
  const interactions: Interaction[] = [];
  for (let at = from; at < to; at++) {
    const value = table.values?.[at];
    interactions.push({
      item: table.items[at],
      time: table.times[at],
      weight: table.weights[at],
      ...(value !== undefined && !Number.isNaN(value) && { value }),
    });
  }
  return interactions;
}

/** Ranges of a table's rows put together into a table of its own, one row per range. */
export function tableOfRanges(table: InteractionTable, ranges: readonly (readonly [from: number, to: number])[]) {
  const offsets = new Int32Array(ranges.length + 1);
  for (const [row, [from, to]] of ranges.entries()) offsets[row + 1] = offsets[row] + to - from;
  const total = offsets[ranges.length];
  const gathered = {
    offsets,
    items: new Int32Array(total),
    times: new Float64Array(total),
    weights: new Float32Array(total),
    ...(table.values && { values: new Float32Array(total) }),
  };
  for (const [row, [from, to]] of ranges.entries()) {
    gathered.items.set(table.items.subarray(from, to), offsets[row]);
    gathered.times.set(table.times.subarray(from, to), offsets[row]);
    gathered.weights.set(table.weights.subarray(from, to), offsets[row]);
    if (table.values) gathered.values?.set(table.values.subarray(from, to), offsets[row]);
  }
  return gathered satisfies InteractionTable;
}

/** A case to be: where the history and the targets stand in the data set's table. */
export interface CaseRange {
  readonly user: number;
  readonly history: readonly [from: number, to: number];
  readonly targets: readonly [from: number, to: number];
}

/**
 * Cases from ranges. Where what was seen is no candidate, targets that the history has cannot be found by anybody: they are
 * taken out, and a case that has no other is left out.
 */
export function casesOf(
  table: InteractionTable,
  ranges: readonly CaseRange[],
  options: { readonly historyMax: number; readonly keepsSeen: boolean },
): { readonly cases: CaseTable; readonly targetsSeen: number } {
  const kept: CaseRange[] = [];
  const places: number[] = [];
  const targetOffsets = [0];
  let targetsSeen = 0;
  for (const range of ranges) {
    const taken = new Set(options.keepsSeen ? [] : table.items.subarray(...range.history));
    for (let at = range.targets[0]; at < range.targets[1]; at++) {
      if (taken.has(table.items[at])) targetsSeen += 1;
      else places.push(at);
      // An item that comes twice among the targets is found once.
      taken.add(table.items[at]);
    }
    if (places.length === targetOffsets.at(-1)) continue;
    kept.push(range);
    targetOffsets.push(places.length);
  }
  const cases: CaseTable = {
    source: table,
    users: Int32Array.from(kept, ({ user }) => user),
    historyFrom: Int32Array.from(kept, ({ history: [from] }) => from),
    historyTo: Int32Array.from(kept, ({ history: [, to] }) => to),
    targetOffsets: Int32Array.from(targetOffsets),
    targetPlaces: Int32Array.from(places),
    at: Float64Array.from(kept, ({ history: [from, to] }) => (to > from ? table.times[to - 1] : 0)),
    historyMax: options.historyMax,
    keepsSeen: options.keepsSeen,
  };
  return { cases, targetsSeen };
}
