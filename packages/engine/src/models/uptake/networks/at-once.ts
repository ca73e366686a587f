/**
 * Questions through a network on plain arrays, answered at once: what a recommender asks is one history and every item of the
 * catalogue, and what follows from the history alone is computed once for all of them.
 */
import type { UptakeTable } from "../../../core/uptake.ts";
import { dense, denseLayer } from "../../sequence/dense.ts";
import type { Weights } from "../../training/weights.ts";
import { lineAtOnce } from "./line.ts";
import { type WindowReading, widthsOf, windowColumns, windowWriter } from "./windows.ts";

/** Rows of a multiple of so many numbers are multiplied by SIMD. */
const simdNumbers = 4;

/** What a network reads of a person. */
export interface ReadWindow {
  /** Rows of the items and numbers of the events, padding first. [length, width + numbers] */
  readonly steps: Float32Array;
  /** Places of the first real event among the steps. */
  readonly first: number;
}

/** From the item's row, [width], and the dense numbers to what the layers answer. */
export type AskedOfWindow = (candidate: Float32Array, dense: Float32Array) => number;

/** @param open is told of a window, and answers what is asked of it until it is told of the next */
export function answeredAtOnce(
  weights: Weights,
  { width, reading }: { readonly width: number; readonly reading: WindowReading },
  open: (window: ReadWindow) => AskedOfWindow,
): (table: UptakeTable) => Float64Array {
  const { length } = reading;
  const numbers = widthsOf(reading).events;
  const line = lineAtOnce(weights);
  const rowOf = (key: number, to: Float32Array) => {
    for (let at = 0; at < width; at++) to[at] = Math.sqrt(width) * weights.items[key * width + at];
    return to;
  };
  return (table) => {
    const { starts, ends, times, items } = table;
    const writer = windowWriter(reading, table);
    const logits = new Float64Array(items.length);
    const candidate = new Float32Array(width);
    let columns = windowColumns(reading, 1);
    let asked: AskedOfWindow | undefined;
    for (let row = 0; row < items.length; row++) {
      const isSame =
        row > 0 && starts[row] === starts[row - 1] && ends[row] === ends[row - 1] && times[row] === times[row - 1];
      if (asked === undefined || !isSame) {
        columns = windowColumns(reading, 1);
        writer.writeWindow(columns, 0, row);
        const steps = new Float32Array(length * (width + numbers));
        for (let step = 0; step < length; step++) {
          const own = steps.subarray(step * (width + numbers), (step + 1) * (width + numbers));
          rowOf(columns.items[step], own);
          own.set(columns.events.subarray(step * numbers, (step + 1) * numbers), width);
        }
        const [from, to] = writer.extent(row);
        asked = open({ steps, first: length - (to - from) });
      }
      writer.writeQuestion(columns, 0, row);
      logits[row] = asked(rowOf(columns.candidates[0], candidate), columns.dense) + line(columns.dense);
    }
    return logits;
  };
}

/** `answering` on plain arrays. */
export interface AnsweringAtOnce {
  /** What it reads, to be filled before it is asked: [inputs], and zeros up to what SIMD takes. */
  readonly x: Float32Array;
  readonly logit: () => number;
}

export function answeringAtOnce(weights: Weights, inputs: number): AnsweringAtOnce {
  const [hidden, narrow] = [weights["first.bias"].length, weights["second.bias"].length];
  const x = new Float32Array(simdNumbers * Math.ceil(inputs / simdNumbers));
  const padded = new Float32Array(x.length * hidden);
  padded.set(weights["first.weight"]);
  const first = dense(padded, weights["first.bias"], x.length);
  const second = denseLayer(weights, "second", hidden);
  const last = denseLayer(weights, "logit", narrow);
  const [wide, half, one] = [hidden, narrow, 1].map((size) => new Float32Array(size));
  return { x, logit: () => last(rectified(second(rectified(first(x, wide)), half)), one)[0] };
}

/** max(x, 0), in place. */
function rectified(x: Float32Array): Float32Array {
  for (let at = 0; at < x.length; at++) if (x[at] < 0) x[at] = 0;
  return x;
}
