/** Small worlds for tests: a clock that stands still until it is moved, events, states, trees and catalogues. */
import { type Clock, dayMs } from "../base/time.ts";
import type { Item } from "../core/item.ts";
import { type FoldableEvent, InterestState } from "../core/state.ts";
import { InterestTree } from "../core/tree.ts";

/** 2026-01-01, where tests begin unless they say otherwise. */
export const testStart = Date.UTC(2026, 0, 1);

export interface FakeClock extends Clock {
  /** Moves the clock, backwards too. */
  advance(milliseconds: number): void;
}

export function fakeClock(start: number = testStart): FakeClock {
  let now = start;
  return {
    now: () => now,
    advance(milliseconds) {
      now += milliseconds;
    },
  };
}

/** An event as states fold it: a full view of item 0 at node 0, but for what is given. */
export function foldable(fields: Partial<FoldableEvent> = {}): FoldableEvent {
  return {
    position: 1,
    time: testStart,
    type: "view",
    item: 0,
    nodes: Int32Array.of(0),
    weight: 1,
    value: Number.NaN,
    engaging: true,
    ...fields,
  };
}

/** The state after some events, which get positions in their order. */
export function stateOf(events: readonly Partial<FoldableEvent>[]): InterestState {
  const state = new InterestState();
  for (const [index, event] of events.entries()) state.fold(foldable({ position: index + 1, ...event }));
  return state;
}

/** Milliseconds since 1970 of a number of days after `testStart`. */
export const day = (days: number): number => testStart + days * dayMs;

/**
 * A tree of categories. `parents[i]` is the index of the parent of node i + 1: `[0, 0, 1]` gives the root children 1 and
 * 2, and 1 the child 3. Every node has `items` items of its own.
 */
export function categoryTree(parents: readonly number[], items = 1): InterestTree {
  const tree = new InterestTree(1, 2);
  for (const [index, parent] of parents.entries()) tree.add({ parent, kind: "category", label: `Node ${index + 1}` });
  for (const { index } of tree.nodes) for (let item = 0; item < items; item++) tree.count(Int32Array.of(index));
  return tree;
}

const themes: readonly { category: string; words: readonly string[] }[] = [
  { category: "Cooking", words: ["garlic", "simmer", "oven", "pastry", "broth", "dough"] },
  { category: "Sailing", words: ["harbour", "regatta", "mast", "tide", "anchor", "rigging"] },
  { category: "Chess", words: ["gambit", "endgame", "rook", "opening", "bishop", "castling"] },
  { category: "Gardening", words: ["compost", "seedling", "prune", "trellis", "perennial", "mulch"] },
];

/** Items of a few themes that share no word with each other: "cooking-3" is the fourth of its theme. */
export function themedItems(perTheme: number): Item[] {
  return themes.flatMap(({ category, words }) =>
    Array.from({ length: perTheme }, (_, index) => ({
      id: `${category.toLowerCase()}-${index}`,
      title: `${words[index % 6]} ${words[(index + 1) % 6]} number ${index}`,
      text: [0, 1, 2, 3].map((step) => words[(index + step) % 6]).join(" "),
      categories: [[category]],
    })),
  );
}
