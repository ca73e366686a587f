/**
 * People simulated from known weights, to test whether a fit finds them: Ogata's thinning (IEEE Transactions on Information
 * Theory, 1981) of the intensities of two leaves of a tree, with sums kept as plain lists of events, so that nothing is
 * shared with the code under test. Every event is a session of its own.
 */
import { seededRandom } from "../../base/random.ts";
import { dayMs } from "../../base/time.ts";
import { interactionTable } from "../../core/interaction-table.ts";
import type { Interaction } from "../../core/ports.ts";
import type { IntensityHistories } from "./sessions.ts";

/** Root 0, a branch 1, its leaves 2 and 3; item i stands at leaf 2 + i. */
export const simulatedParents = Int32Array.of(-1, 0, 1, 1);
export const simulatedTausDays = [5, 60];
export const simulatedPriorDays = 20;
/** r of every row. */
export const simulatedRates = Float64Array.of(0.1, 0.1, 0.06, 0.04);

export interface Truth {
  /** mu, a_1, a_2, b_1, b_2, g_1, g_2 of each leaf; the branch being the root's only child, b stays 0. */
  readonly leaves: readonly (readonly number[])[];
  readonly users: number;
  readonly days: number;
  readonly seed: number;
  /** What multiplies every intensity so many days after the last event; at most 1, which it is if left out. */
  readonly staying?: (days: number) => number;
}

export function simulate({ leaves, users, days, seed, staying = () => 1 }: Truth): IntensityHistories {
  const random = seededRandom(seed);
  const histories = Array.from({ length: users }, () => {
    const events: { day: number; item: number }[] = [];
    // The first event starts the clock.
    let day = random.uniform() * days * 0.2;
    const first = day;
    events.push({ day, item: random.uniform() < 0.6 ? 0 : 1 });
    for (;;) {
      const bound = 1.0001 * (lambda(leaves, events, first, day, 0) + lambda(leaves, events, first, day, 1)) + 0.02;
      day -= Math.log(1 - random.uniform()) / bound;
      if (day >= days) break;
      const [a, b] = [0, 1].map((leaf) => lambda(leaves, events, first, day, leaf));
      const there = staying(day - events[events.length - 1].day);
      const draw = random.uniform() * bound;
      if (draw < there * (a + b)) events.push({ day, item: draw < there * a ? 0 : 1 });
    }
    return events.map(({ day, item }): Interaction => ({ item, time: day * dayMs, weight: 1 }));
  });
  const interactions = interactionTable(histories);
  const sessions = Int32Array.from(interactions.items, (_, index) => index);
  return { interactions, sessions, places: [Int32Array.of(2), Int32Array.of(3)], parents: simulatedParents };
}

function lambda(
  leaves: readonly (readonly number[])[],
  events: readonly { day: number; item: number }[],
  first: number,
  now: number,
  leaf: number,
): number {
  const weights = leaves[leaf];
  const r = simulatedRates[2 + leaf];
  let sum = weights[0] * r;
  for (const [k, tau] of simulatedTausDays.entries()) {
    let [own, all] = [0, 0];
    for (const [index, { day, item }] of events.entries()) {
      const left = Math.exp(-(now - day) / tau);
      if (item === leaf) own += left;
      if (index > 0) all += left;
    }
    const seen = tau * (1 - Math.exp(-(now - first) / tau)) + simulatedPriorDays;
    sum += (weights[1 + k] * (own + simulatedPriorDays * r)) / seen;
    const share = r / simulatedRates[0];
    sum += (weights[5 + k] * share * (all + simulatedPriorDays * simulatedRates[0])) / seen;
  }
  return sum;
}
