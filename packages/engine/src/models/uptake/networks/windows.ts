/**
 * Questions as networks read them: the dense features, each with mean 0 and deviation 1; the key of the item that is asked about; and a window over the
 * person's events, the newest last, so that a window that is not full begins with padding. Of an event a network reads its item
 * and some numbers between 0 and 1: how long after the event before it came, how long ago that was, its weight and its value.
 *
 * The numbers of time are logarithms, log2(1 + seconds) / 32: a minute is .19, a day .51, a year .78.
 */
import type { InteractionTable } from "../../../core/interaction-table.ts";
import type { FeatureColumn, UptakeTable } from "../../../core/uptake.ts";
import { input, type Tensor, type Values } from "../../../nn/tensor.ts";
import { type Scaling, scaledWidth, scalingOf, writeScaled, writeStandard } from "./scaling.ts";

/** What is read of questions, and how: follows from what the training had. */
export interface WindowReading {
  readonly itemCount: number;
  /** Events of a window. */
  readonly length: number;
  /** Whether times tell an order of events; else nothing is read of time, and an order is one of the file. */
  readonly isTemporal: boolean;
  /** Of the dense features. */
  readonly columns: readonly FeatureColumn[];
  readonly dense: Scaling;
  /** Of the events' weights and values. */
  readonly events: Scaling;
}

/** The columns as inputs of a graph. */
export interface WindowInputs {
  /** Keys, `itemCount` for padding and what has no key; int32 [batch, length]. */
  readonly items: Tensor;
  /** [batch, length, numbers] */
  readonly events: Tensor;
  /** 1 where there is an event, 0 for padding. [batch, length] */
  readonly mask: Tensor;
  /** Keys of what is asked about; int32 [batch]. */
  readonly candidates: Tensor;
  /** [batch, features] */
  readonly dense: Tensor;
}

/** The columns as numbers, row after row. */
export interface WindowColumns {
  readonly items: Int32Array;
  readonly events: Float32Array;
  readonly mask: Float32Array;
  readonly candidates: Int32Array;
  readonly dense: Float32Array;
}

const timeNumbers = 2;
const weightAndValue = 2;
const secondMs = 1_000;

export function readingOf(table: UptakeTable, options: { itemCount: number; length: number }): WindowReading {
  const { columns } = table;
  return {
    ...options,
    isTemporal: hasTimes(table.histories),
    columns,
    dense: scalingOf(table.features, columns.length),
    events: scalingOf(eventNumbers(table.histories), weightAndValue),
  };
}

export function widthsOf({ dense, events }: WindowReading): { readonly dense: number; readonly events: number } {
  return { dense: scaledWidth(dense), events: timeNumbers + scaledWidth(events) };
}

export function windowInputs(reading: WindowReading, batch: number): WindowInputs {
  const { length } = reading;
  const widths = widthsOf(reading);
  return {
    items: input("items.read", [batch, length], "int32"),
    events: input("events", [batch, length, widths.events]),
    mask: input("mask", [batch, length]),
    candidates: input("candidates", [batch], "int32"),
    dense: input("dense", [batch, widths.dense]),
  };
}

/** What `windowInputs` are fed. */
export function windowFeeds({ items, ...columns }: WindowColumns): Record<string, Values> {
  return { "items.read": items, ...columns };
}

/** Of `rows` rows of nothing but padding. */
export function windowColumns(reading: WindowReading, rows: number): WindowColumns {
  const { length, itemCount } = reading;
  const widths = widthsOf(reading);
  return {
    items: new Int32Array(rows * length).fill(itemCount),
    events: new Float32Array(rows * length * widths.events),
    mask: new Float32Array(rows * length),
    candidates: new Int32Array(rows).fill(itemCount),
    dense: new Float32Array(rows * widths.dense),
  };
}

/** Writes rows of one table into rows of columns that are padding so far. */
export interface WindowWriter {
  /** What is asked: the item, and the dense features. */
  writeQuestion(columns: WindowColumns, place: number, row: number): void;
  /**
   * What it is answered from.
   *
   * @param window events to read, oldest first, at most `length`: numbers among the histories' events, -1 less those for events
   *   whose item is hidden. Without it the newest of the row's history.
   */
  writeWindow(columns: WindowColumns, place: number, row: number, window?: ArrayLike<number>): void;
  /** The events that are read of a row: from, up to and not including. */
  extent(row: number): readonly [from: number, to: number];
}

export function windowWriter(reading: WindowReading, table: UptakeTable): WindowWriter {
  const { itemCount, length, isTemporal, dense, events: scaling } = reading;
  const { histories, starts, ends, items, times, features } = table;
  const widths = widthsOf(reading);
  const numbers = eventNumbers(histories);
  const keyOf = (item: number) => (item >= 0 && item < itemCount ? item : itemCount);
  const extent = (row: number) => [Math.max(starts[row], ends[row] - length), ends[row]] as const;
  return {
    extent,
    writeQuestion(columns, place, row) {
      columns.candidates[place] = keyOf(items[row]);
      writeStandard(dense, features, row, columns.dense, place * widths.dense);
    },
    writeWindow(columns, place, row, window) {
      const [from, to] = extent(row);
      const count = window?.length ?? to - from;
      for (let step = 0; step < count; step++) {
        const named = window?.[step] ?? from + step;
        const event = named < 0 ? -1 - named : named;
        const at = place * length + length - count + step;
        columns.items[at] = named < 0 ? itemCount : keyOf(histories.items[event]);
        columns.mask[at] = 1;
        const first = at * widths.events;
        writeScaled(scaling, numbers, event, columns.events, first + timeNumbers);
        if (!isTemporal) continue;
        // Before the first event that is known of there may have been others, or none: as long ago as can be told.
        const isFirst = event === starts[row];
        const gapMs = isFirst ? Number.POSITIVE_INFINITY : histories.times[event] - histories.times[event - 1];
        columns.events[first] = timeNumber(gapMs);
        columns.events[first + 1] = timeNumber(times[row] - histories.times[event]);
      }
    },
  };
}

/** Whether in some history two events came at different times. */
function hasTimes({ offsets, times }: InteractionTable): boolean {
  for (let user = 0; user < offsets.length - 1; user++) {
    const [from, to] = [offsets[user], offsets[user + 1]];
    if (to > from && times[from] !== times[to - 1]) return true;
  }
  return false;
}

function timeNumber(ms: number): number {
  return Math.min(1, Math.log2(1 + Math.max(0, ms) / secondMs) / 32);
}

/** Weights and values. [events, 2] */
function eventNumbers({ weights, values }: InteractionTable): Float32Array {
  const numbers = new Float32Array(weightAndValue * weights.length);
  for (let event = 0; event < weights.length; event++) {
    numbers[weightAndValue * event] = weights[event];
    numbers[weightAndValue * event + 1] = values?.[event] ?? Number.NaN;
  }
  return numbers;
}
