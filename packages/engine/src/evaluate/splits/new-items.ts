/**
 * New items: those that came up last, by the time of their first event, are withheld, and a model knows of them what is
 * written and nothing of what was done. Everybody is learned from up to the first time that they took one, and asked for it. All
 * items are candidates, so that a new one has to find its place among those that are known (Schein et al., Methods and Metrics
 * for Cold-Start Recommendations, SIGIR 2002).
 *
 * Settings are chosen with twice as many items withheld: the earlier half of them is validation.
 */
import type { Dataset } from "../../core/dataset.ts";
import type { CaseRange } from "../cases.ts";
import { type Protocol, type SplitRanges, userRanges, withStopping } from "./protocol.ts";
import { requireTimes } from "./temporal.ts";

/** Throws PENCHANT_E_DATASET where only an order is known. */
export function newItems(dataset: Dataset, { newItemShare }: Pick<Protocol, "newItemShare">): SplitRanges {
  requireTimes(dataset);
  const { ranks, ranked } = ranksOfFirstEvents(dataset);
  const count = Math.max(1, Math.round(ranked * newItemShare));
  const testFrom = ranked - count;
  const choosing = withheld(dataset, ranks, testFrom - count, testFrom);
  const final = withheld(dataset, ranks, testFrom, ranked);
  const { alone } = final;
  return {
    choosing: { train: choosing.train, stopping: choosing.questions, questions: choosing.questions },
    final: { ...withStopping(final.known), questions: final.questions },
    leftOut: alone > 0 ? { "users who began with a new item": alone } : {},
  };
}

/** Each item's place among those that have an event, the one whose first is earliest first. [items] */
function ranksOfFirstEvents({ items, interactions }: Dataset): { ranks: Int32Array; ranked: number } {
  const first = new Float64Array(items.length).fill(Number.POSITIVE_INFINITY);
  for (const [at, item] of interactions.items.entries()) first[item] = Math.min(first[item], interactions.times[at]);
  // Ties keep the order of keys.
  const order = Array.from(first.keys())
    .filter((item) => Number.isFinite(first[item]))
    .sort((a, b) => first[a] - first[b] || a - b);
  const ranks = new Int32Array(items.length);
  for (const [rank, item] of order.entries()) ranks[item] = rank;
  return { ranks, ranked: order.length };
}

/** What is known before anybody's first item of rank `from` or more, and the questions for those of less than `to`. */
function withheld(dataset: Dataset, ranks: Int32Array, from: number, to: number) {
  const train: [number, number][] = [];
  const known: [number, number, number][] = [];
  const questions: CaseRange[] = [];
  let alone = 0;
  for (const [user, start, end] of userRanges(dataset)) {
    let at = start;
    while (at < end && ranks[dataset.interactions.items[at]] < from) at += 1;
    if (at > start) {
      train.push([start, at]);
      known.push([user, start, at]);
    }
    if (at === end) continue;
    if (at === start) alone += 1;
    else if (ranks[dataset.interactions.items[at]] < to) {
      questions.push({ user, history: [start, at], targets: [at, at + 1] });
    }
  }
  return { train, known, questions, alone };
}
