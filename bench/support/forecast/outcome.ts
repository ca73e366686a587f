/** What a user really did after a cut, under every node. */
import { dayMs } from "../../../packages/engine/src/base/time.ts";
import type { Known, Scenario } from "./scenario.ts";

export interface Outcome {
  readonly user: number;
  /** Events within each horizon. [horizons][rows] */
  readonly counts: readonly Float64Array[];
  /** By level: where the next ten events stand, an item in m places with a part of 1/m in each. */
  readonly next: readonly (readonly { readonly row: number; readonly part: number }[])[];
  /** 1 where the user did something once, but not lately. [rows] */
  readonly dormant: Uint8Array;
}

const nextEvents = 10;

/** null for users who were not active before the cut. */
export function outcomeOf(scenario: Scenario, { histories }: Known, user: number, cut: number): Outcome | null {
  const { interactions, places, parents } = histories;
  const { offsets, items, times, weights } = interactions;
  const { horizonsDays, activeDays, dormantDays } = scenario;
  const start = offsets[user];
  let at = start;
  while (at < offsets[user + 1] && times[at] < cut) at += 1;
  if (at === start || times[at - 1] < cut - activeDays * dayMs) return null;

  const dormant = new Uint8Array(parents.length);
  for (let event = start; event < at; event++) {
    if (weights[event] <= 0) continue;
    for (const place of places[items[event]]) {
      // In order of time: what comes lately wakes the node again.
      const isLate = times[event] >= cut - dormantDays * dayMs;
      for (let row = place; row >= 0; row = parents[row]) dormant[row] = isLate ? 0 : 1;
    }
  }
  const counts = horizonsDays.map(() => new Float64Array(parents.length));
  const next = scenario.levels.map((): { row: number; part: number }[] => []);
  let positives = 0;
  for (let event = at; event < offsets[user + 1]; event++) {
    if (weights[event] <= 0) continue;
    const standing = places[items[event]];
    const part = 1 / standing.length;
    positives += 1;
    for (const place of standing) {
      const path: number[] = [];
      for (let row = place; row >= 0; row = parents[row]) path.unshift(row);
      for (const [h, days] of horizonsDays.entries()) {
        if (times[event] < cut + days * dayMs) for (const row of path) counts[h][row] += part;
      }
      if (positives > nextEvents) continue;
      for (const [index, level] of scenario.levels.entries()) {
        const row = path[level];
        if (row !== undefined) next[index].push({ row, part });
      }
    }
  }
  return { user, counts, next, dormant };
}
