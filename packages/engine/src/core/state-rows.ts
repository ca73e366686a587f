/** How a user's state lies in memory: a row of numbers per node, and one per recent event. */
import { timescaleCount } from "./timescales.ts";

/** Doubles per node: K sums, then the negative sum. */
export const sumsPerNode = timescaleCount + 1;
export const negativeSum = timescaleCount;

const firstSum = 1;
const markTime = firstSum + sumsPerNode;

/** Columns of a node's row: its number, the sums, and its mark with a time of NaN when all events were negative. */
export const nodeColumn = {
  node: 0,
  firstSum,
  markTime,
  markItem: markTime + 1,
  markType: markTime + 2,
  markWeight: markTime + 3,
  count: markTime + 4,
} as const;

/** Columns of a recent event's row. */
export const eventColumn = { time: 0, item: 1, type: 2, weight: 3, value: 4, count: 5 } as const;

export interface StateRows {
  readonly nodes: Float64Array;
  readonly recent: Float64Array;
  /** Types of events, which rows name by their place here. */
  readonly types: readonly string[];
}
