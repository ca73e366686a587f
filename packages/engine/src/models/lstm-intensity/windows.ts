/**
 * What somebody did under every row of a tree, window by window before a moment, and what a network reads of it. Most rows are
 * rows where nothing ever happened, and of those all under one parent with the same rate among all people read the same; so
 * a person is asked some hundred questions instead of one for each of thousands of rows (`distinctQuestions`).
 */
import { dayMs } from "../../base/time.ts";
import type { IntensityHistories } from "../intensity/sessions.ts";

export interface WindowShape {
  readonly windowDays: number;
  /** Windows before the moment that are read. */
  readonly windows: number;
}

/** A person's windows, oldest first. */
export interface PersonWindows {
  /** Positive events, an item in m places with 1/m in each. [rows, windows] */
  readonly counts: Float32Array;
  /** Part of each window that lies after the first event of all. [windows] */
  readonly seen: Float32Array;
  /** When the first event was, and the last before the moment; NaN where there is none. */
  readonly firstTime: number;
  readonly lastTime: number;
}

export function windowsBefore(
  { interactions, places, parents }: IntensityHistories,
  user: number,
  at: number,
  { windowDays, windows }: WindowShape,
): PersonWindows {
  const { offsets, items, times, weights } = interactions;
  const counts = new Float32Array(parents.length * windows);
  const seen = new Float32Array(windows);
  const windowMs = windowDays * dayMs;
  const [start, end] = [offsets[user], offsets[user + 1]];
  const none = { counts, seen, firstTime: Number.NaN, lastTime: Number.NaN };
  if (start === end || times[start] >= at) return none;
  let lastTime = times[start];
  for (let event = start; event < end && times[event] < at; event++) {
    lastTime = times[event];
    const window = windows - Math.ceil((at - times[event]) / windowMs);
    if (window < 0 || weights[event] <= 0) continue;
    addUnder(places[items[event]], parents, (row, part) => {
      counts[row * windows + window] += part;
    });
  }
  for (let window = 0; window < windows; window++) {
    const opens = at - (windows - window) * windowMs;
    seen[window] = Math.min(Math.max((opens + windowMs - times[start]) / windowMs, 0), 1);
  }
  return { counts, seen, firstTime: times[start], lastTime };
}

/** Positive events under every row from a moment on. [rows] */
export function countsAfter(
  { interactions, places, parents }: IntensityHistories,
  user: number,
  at: number,
  days: number,
): Float64Array {
  const { offsets, items, times, weights } = interactions;
  const counts = new Float64Array(parents.length);
  for (let event = offsets[user]; event < offsets[user + 1]; event++) {
    if (times[event] < at || times[event] >= at + days * dayMs || weights[event] <= 0) continue;
    addUnder(places[items[event]], parents, (row, part) => {
      counts[row] += part;
    });
  }
  return counts;
}

/** Half octaves of every row's positive events per person and day before a moment: what tells rows apart. [rows] */
export function rateLevels({ interactions, places, parents }: IntensityHistories, until: number): Float32Array {
  const { offsets, items, times, weights } = interactions;
  const counts = new Float64Array(parents.length);
  let days = 0;
  for (let user = 0; user + 1 < offsets.length; user++) {
    if (offsets[user] < offsets[user + 1]) days += Math.max(until - times[offsets[user]], 0) / dayMs;
    for (let event = offsets[user]; event < offsets[user + 1] && times[event] < until; event++) {
      if (weights[event] <= 0) continue;
      addUnder(places[items[event]], parents, (row, part) => {
        counts[row] += part;
      });
    }
  }
  // Half an event more, so that a row where nothing happened yet has a level, too.
  return Float32Array.from(counts, (count) => Math.round(2 * Math.log2((count + 0.5) / Math.max(days, 1))) / 2);
}

/** The questions that a person is asked. */
export interface Questions {
  /** The question that answers each row. [rows] */
  readonly of: Int32Array;
  /** A row of each question. [questions] */
  readonly rows: Int32Array;
  /** How many rows each answers. [questions] */
  readonly sizes: Int32Array;
}

export function distinctQuestions(
  { counts }: Pick<PersonWindows, "counts">,
  parents: Int32Array,
  levels: Float32Array,
): Questions {
  const windows = counts.length / parents.length;
  const isQuiet = Uint8Array.from(parents, (_, row) => {
    for (let at = row * windows; at < (row + 1) * windows; at++) if (counts[at] > 0) return 0;
    return 1;
  });
  const of = new Int32Array(parents.length);
  const rows: number[] = [];
  const sizes: number[] = [];
  const known = new Map<string, number>();
  for (const [row, parent] of parents.entries()) {
    const under = parent < 0 ? "" : isQuiet[parent] === 1 ? "quiet" : parent;
    const key = isQuiet[row] === 1 ? `${under} ${levels[row]}` : `own ${row}`;
    let question = known.get(key);
    if (question === undefined) {
      question = rows.push(row) - 1;
      sizes.push(0);
      known.set(key, question);
    }
    of[row] = question;
    sizes[question] += 1;
  }
  return { of, rows: Int32Array.from(rows), sizes: Int32Array.from(sizes) };
}

/** What is read of each window: ln(1 + events) of the row, its parent and the root, the part seen, and the row's level. */
export const channels = 5;
/** Brings levels, from about -20 to 2, to the size of the others. */
const levelScale = 1 / 8;

/** Writes what a network reads of one row. [windows, channels] */
export function writeSeries(
  into: Float32Array,
  row: number,
  { counts, seen }: PersonWindows,
  parents: Int32Array,
  levels: Float32Array,
): void {
  const windows = seen.length;
  const parent = parents[row];
  for (let window = 0; window < windows; window++) {
    const at = window * channels;
    into[at] = Math.log1p(counts[row * windows + window]);
    into[at + 1] = parent < 0 ? 0 : Math.log1p(counts[parent * windows + window]);
    into[at + 2] = Math.log1p(counts[window]);
    into[at + 3] = seen[window];
    into[at + 4] = levels[row] * levelScale;
  }
}

/** Calls for the rows that an item in these places counts under, with its part. */
function addUnder(places: Int32Array, parents: Int32Array, add: (row: number, part: number) => void): void {
  for (const place of places) for (let row = place; row >= 0; row = parents[row]) add(row, 1 / places.length);
}
