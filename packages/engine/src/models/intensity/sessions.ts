/** The histories that an intensity is learned from, and how they fall into sessions. */
import { minuteMs } from "../../base/time.ts";
import type { InteractionTable } from "../../core/interaction-table.ts";

/** Without named sessions, so much time without events ends one. */
export const sessionGapMs = 30 * minuteMs;

export interface IntensityHistories {
  /** Users' events in order of time; weights below 0 are rejections, 0 says nothing. */
  readonly interactions: InteractionTable;
  /** The session of each event, where the data name them. */
  readonly sessions?: Int32Array | undefined;
  /** The rows where each item stands, by item key. */
  readonly places: readonly Int32Array[];
  /** Every row's parent, -1 for the root, row 0; parents stand before their children. [rows] */
  readonly parents: Int32Array;
}

/** Where the session that begins at an event ends. */
export function sessionEnd({ interactions, sessions }: IntensityHistories, start: number, end: number): number {
  const { times } = interactions;
  let stop = start + 1;
  const goesOn = (at: number) =>
    // Events of one moment cannot have led to each other, whatever sessions they name.
    times[at] === times[at - 1] ||
    (sessions === undefined ? times[at] - times[at - 1] < sessionGapMs : sessions[at] === sessions[at - 1]);
  while (stop < end && goesOn(stop)) stop += 1;
  return stop;
}
