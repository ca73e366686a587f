/**
 * From histories to questions with their answers. There are two:
 *
 * - `liked`: of every event with a value, whether the value reaches a threshold. Nothing is made up: what people did not meet
 *   is not asked about.
 * - `taken-up`: whether it was this item that the person took up then. Of events with a positive weight, yes; and for each of
 *   them some items that the person did not take up, drawn from the catalogue. Such a no is sampled, not observed:
 *   the person may never have seen the item, and the share of yes is what was drawn.
 *
 * A row's history is what came at an earlier time, the newest events of it: of several events at the same time none knows of
 * another. Rows without a history are left out unless they are asked for.
 */
import { seededRandom } from "../../base/random.ts";
import type { InteractionTable } from "../../core/interaction-table.ts";
import type { UptakeQuestions } from "./features/pipeline.ts";

export const uptakeQuestions = ["liked", "taken-up"] as const;
export type UptakeQuestionName = (typeof uptakeQuestions)[number];

/** What is asked. Part of what a result is kept under. */
export interface UptakeAsking {
  readonly question: UptakeQuestionName;
  /** `liked`: the least value that says yes. */
  readonly threshold: number;
  /** `taken-up`: items drawn for each that was taken up. */
  readonly negatives: number;
  /** `taken-up`: items are drawn in proportion to their events to this power; 0 draws evenly. */
  readonly negativeExponent: number;
  /** `taken-up`: whether the item of a question may be one of the history. */
  readonly keepsSeen: boolean;
  /** A row's history has at most this many events, the newest. */
  readonly historyMax: number;
}

export const askingDefaults: Omit<UptakeAsking, "question"> = {
  threshold: 4,
  negatives: 4,
  negativeExponent: 0,
  keepsSeen: false,
  historyMax: 200,
};

/** The events of one person that are asked about: from and up to a place in the table of histories. */
export type AskedRange = readonly [user: number, from: number, to: number];

export interface ExampleOptions {
  readonly seed: number;
  /** About so many rows at most; of more events evenly spread ones are asked about. */
  readonly rowsMax?: number | undefined;
  /** Asks about people's first events too. */
  readonly withoutHistory?: boolean | undefined;
}

export interface LabelledQuestions {
  readonly questions: UptakeQuestions;
  /** 1 for yes, 0 for no. [rows] */
  readonly labels: Uint8Array;
  /** Events in the ranges that were not asked about, by reason. */
  readonly leftOut: Readonly<Record<string, number>>;
}

/** Times that an item is drawn anew when the person took up the one that was drawn. */
const drawsMax = 100;

/**
 * @param histories everybody's events, in time order
 * @param ranges in order of the users, at most one for each
 * @param itemEvents events of each item, of those that may be learned from. [items]
 */
export function examplesOf(
  histories: InteractionTable,
  ranges: readonly AskedRange[],
  itemEvents: ArrayLike<number>,
  asking: UptakeAsking,
  { seed, rowsMax = Number.POSITIVE_INFINITY, withoutHistory = false }: ExampleOptions,
): LabelledQuestions {
  const { items, offsets, values } = histories;
  const perEvent = asking.question === "liked" ? 1 : 1 + asking.negatives;
  const { events, leftOut } = askableEvents(histories, ranges, asking, withoutHistory);
  const kept = evenly(events, Math.floor(rowsMax / perEvent));
  const rows = new RowBuilder(histories, asking.historyMax, kept.length * perEvent);
  const draw = drawer(itemEvents, asking.negativeExponent, seed);
  let taken = new Set<number>();
  let takenIn: AskedRange | undefined;
  for (const { at, end, range } of kept) {
    const [user, from, to] = range;
    if (asking.question === "liked") {
      rows.add(user, end, at, items[at], values![at] >= asking.threshold);
      continue;
    }
    if (takenIn !== range) {
      taken = new Set(items.subarray(asking.keepsSeen ? from : offsets[user], to));
      takenIn = range;
    }
    rows.add(user, end, at, items[at], true);
    for (let drawn = 0; drawn < asking.negatives; drawn++) {
      const item = draw(taken);
      if (item !== undefined) rows.add(user, end, at, item, false);
    }
  }
  return { ...rows.finish(), leftOut };
}

interface AskableEvent {
  readonly at: number;
  /** Where its history ends: before all events of the same time. */
  readonly end: number;
  readonly range: AskedRange;
}

function askableEvents(
  { items, offsets, times, weights, values }: InteractionTable,
  ranges: readonly AskedRange[],
  { question, keepsSeen }: UptakeAsking,
  withoutHistory: boolean,
): { events: AskableEvent[]; leftOut: Record<string, number> } {
  const events: AskableEvent[] = [];
  const leftOut: Record<string, number> = {};
  for (const range of ranges) {
    const [user, from, to] = range;
    const start = offsets[user];
    const known = new Set(items.subarray(start, from));
    for (let at = from; at < to; at++) {
      let end = at;
      while (end > start && times[end - 1] === times[at]) end -= 1;
      const problem = end === start && !withoutHistory ? "events without a history" : problemOf(at);
      if (problem === undefined) events.push({ at, end, range });
      else leftOut[problem] = (leftOut[problem] ?? 0) + 1;
      known.add(items[at]);
    }

    function problemOf(at: number): string | undefined {
      if (question === "liked") return Number.isFinite(values?.[at]) ? undefined : "events without a value";
      if (!(weights[at] > 0)) return "events that are no interest";
      return !keepsSeen && known.has(items[at]) ? "events on items that the history has" : undefined;
    }
  }
  return { events, leftOut };
}

/** So many of them at most, at even distances. */
function evenly<One>(all: readonly One[], most: number): readonly One[] {
  if (all.length <= most) return all;
  return Array.from({ length: most }, (_, index) => all[Math.floor((index * all.length) / most)]);
}

/**
 * Draws items in proportion to their events to a power, evenly with a power of 0; undefined where hardly anything is left
 * that was not taken.
 */
function drawer(
  itemEvents: ArrayLike<number>,
  exponent: number,
  seed: number,
): (taken: ReadonlySet<number>) => number | undefined {
  const sums = new Float64Array(itemEvents.length);
  for (let item = 0; item < sums.length; item++) sums[item] = (sums[item - 1] ?? 0) + itemEvents[item] ** exponent;
  const random = seededRandom(seed);
  return (taken) => {
    for (let draw = 0; draw < drawsMax; draw++) {
      const item = firstAbove(sums, random.uniform() * sums[sums.length - 1]);
      if (!taken.has(item)) return item;
    }
    return undefined;
  };
}

/** The first place of an ascending column with more than an amount. */
function firstAbove(sums: Float64Array, amount: number): number {
  let low = 0;
  let high = sums.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sums[middle] > amount) high = middle;
    else low = middle + 1;
  }
  return low;
}

class RowBuilder {
  #rows = 0;
  readonly #histories: InteractionTable;
  readonly #historyMax: number;
  readonly #users: Int32Array;
  readonly #starts: Int32Array;
  readonly #ends: Int32Array;
  readonly #items: Int32Array;
  readonly #times: Float64Array;
  readonly #labels: Uint8Array;

  constructor(histories: InteractionTable, historyMax: number, rowsMax: number) {
    this.#histories = histories;
    this.#historyMax = historyMax;
    [this.#users, this.#starts, this.#ends, this.#items] = Array.from({ length: 4 }, () => new Int32Array(rowsMax));
    this.#times = new Float64Array(rowsMax);
    this.#labels = new Uint8Array(rowsMax);
  }

  /** @param at the event at whose time it is asked */
  add(user: number, end: number, at: number, item: number, isYes: boolean): void {
    const row = this.#rows++;
    this.#users[row] = user;
    this.#starts[row] = Math.max(this.#histories.offsets[user], end - this.#historyMax);
    this.#ends[row] = end;
    this.#items[row] = item;
    this.#times[row] = this.#histories.times[at];
    this.#labels[row] = isYes ? 1 : 0;
  }

  finish(): { questions: UptakeQuestions; labels: Uint8Array } {
    const rows = this.#rows;
    return {
      questions: {
        histories: this.#histories,
        users: this.#users.subarray(0, rows),
        starts: this.#starts.subarray(0, rows),
        ends: this.#ends.subarray(0, rows),
        items: this.#items.subarray(0, rows),
        times: this.#times.subarray(0, rows),
      },
      labels: this.#labels.subarray(0, rows),
    };
  }
}
