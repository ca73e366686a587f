/**
 * Sentences into rows: the longest that still fits comes next, so that few places stay empty. Sentences of a length are
 * taken in their order, so that the same sentences always lie in the same way.
 */
import type { Shape } from "./network.ts";

/** Far enough below every score for its exponential to be 0. */
const hidden = -1e9;

/** Where a sentence lies in a run. */
export interface Place {
  readonly sentence: number;
  readonly row: number;
  readonly slot: number;
  readonly start: number;
}

/** All rows that the sentences need, `[row][slot]`. @param lengths from 1 to `time` */
export function packRows(lengths: readonly number[], { time, sentences }: Omit<Shape, "rows">): Place[][] {
  const waiting: number[][] = Array.from({ length: time + 1 }, () => []);
  for (const [sentence, length] of lengths.entries()) waiting[length].push(sentence);
  for (const queue of waiting) queue.reverse();
  const rows: Place[][] = [];
  let left = lengths.length;
  while (left > 0) {
    const row: Place[] = [];
    let start = 0;
    for (let length = time; length > 0 && row.length < sentences; length--) {
      while (start + length <= time && row.length < sentences && waiting[length].length > 0) {
        row.push({ sentence: waiting[length].pop()!, row: rows.length, slot: row.length, start });
        start += length;
        left -= 1;
      }
    }
    rows.push(row);
  }
  return rows;
}

/** What the network is fed for some rows; places that nobody has see themselves alone. */
export function feedsOf(rows: readonly (readonly Place[])[], pieces: readonly (readonly number[])[], shape: Shape) {
  const { time, sentences } = shape;
  const places = shape.rows * time;
  const numbers = new Int32Array(places);
  const positions = new Int32Array(places);
  const apart = new Float32Array(places * time).fill(hidden);
  const means = new Float32Array(shape.rows * sentences * time);
  for (let place = 0; place < places; place++) apart[place * time + (place % time)] = 0;
  for (const [row, slots] of rows.entries()) {
    for (const { sentence, slot, start } of slots) {
      const own = pieces[sentence];
      const first = row * time + start;
      numbers.set(own, first);
      for (let at = 0; at < own.length; at++) {
        positions[first + at] = at;
        apart.fill(0, (first + at) * time + start, (first + at) * time + start + own.length);
      }
      const mean = (row * sentences + slot) * time + start;
      means.fill(1 / own.length, mean, mean + own.length);
    }
  }
  return { pieces: numbers, positions, apart, means };
}
