import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dayMs, hourMs } from "../base/time.ts";
import { day, foldable, stateOf, testStart } from "../testing/builders.ts";
import { decays } from "./intensity-features.ts";
import { limits } from "./limits.ts";
import type { FoldableEvent, InterestState } from "./state.ts";
import { negativeSum, sumsPerNode } from "./state-rows.ts";
import { halfLivesDays } from "./timescales.ts";

/** Below this a sum is nothing: the fast ones of years ago cannot be told from zero. */
const nothing = 1e-60;

/** sum_i w_i 2^(-(t - t_i) / halfLife), straight from the events. */
function bruteSum(events: readonly FoldableEvent[], node: number, k: number, at: number): number {
  const isNegative = k === negativeSum;
  const halfLifeMs = halfLivesDays[isNegative ? halfLivesDays.length - 1 : k] * dayMs;
  let sum = 0;
  for (const { time, nodes, weight } of events) {
    if (weight < 0 !== isNegative) continue;
    const parts = nodes.filter((place) => place === node).length / nodes.length;
    sum += Math.abs(weight) * parts * 2 ** (-(at - time) / halfLifeMs);
  }
  return sum;
}

function readSum(state: InterestState, node: number, k: number, at: number): number {
  const row = rowOf(state, node);
  return row === -1 ? 0 : state.sumAt(row, k) * decays(at - state.landmark)[k];
}

function expectClose(actual: number, expected: number): void {
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(1e-9 * Math.abs(expected) + nothing);
}

const nodeCount = 4;
const anyEvent = fc.record({
  time: fc.oneof(
    fc.integer({ min: 0, max: 20 * 365 * dayMs }).map((offset) => Date.UTC(2006, 0, 1) + offset),
    fc.integer({ min: 0, max: 5 }).map((hours) => testStart + hours * hourMs),
  ),
  type: fc.constantFrom("view", "like", "rating"),
  item: fc.integer({ min: -1, max: 9 }),
  nodes: fc
    .array(fc.integer({ min: 0, max: nodeCount - 1 }), { minLength: 1, maxLength: 3 })
    .map((nodes) => Int32Array.from(nodes)),
  weight: fc.constantFrom(1, 0.25, 0.5, 10, 0.001, 0, -0.5, -1),
});
const anyEvents = fc
  .array(anyEvent, { maxLength: 40 })
  .map((events) => events.map((event, index) => foldable({ ...event, position: index + 1 })));

describe("an interest state", () => {
  it("holds the decayed sums that the events give when added up directly, whatever their order and gaps", () => {
    fc.assert(
      fc.property(anyEvents, fc.integer({ min: 0, max: 900 }), (events, daysLater) => {
        const state = stateOf(events);
        const at = Math.max(testStart, ...events.map(({ time }) => time)) + daysLater * dayMs;
        for (let node = 0; node < nodeCount; node++) {
          for (let k = 0; k < sumsPerNode; k++) {
            expectClose(readSum(state, node, k, at), bruteSum(events, node, k, at));
          }
        }
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  it("agrees with any other order of arrival", () => {
    const events = fc.uniqueArray(anyEvent, { maxLength: 90, selector: ({ time }) => time });
    fc.assert(
      fc.property(events, fc.infiniteStream(fc.nat()), (ordered, keys) => {
        const shuffled = ordered
          .map((event) => ({ event, key: keys.next().value }))
          .sort((a, b) => a.key - b.key)
          .map(({ event }) => event);
        const [one, other] = [stateOf(ordered), stateOf(shuffled)];
        const at = testStart + 30 * dayMs;
        for (let node = 0; node < nodeCount; node++) {
          for (let k = 0; k < sumsPerNode; k++) expectClose(readSum(one, node, k, at), readSum(other, node, k, at));
          expect(markOf(one, node)).toEqual(markOf(other, node));
        }
        expect(one.recentEvents()).toEqual(other.recentEvents());
        expect([one.events, one.firstTime, one.lastTime]).toEqual([other.events, other.firstTime, other.lastTime]);
        expect(one.seen.values()).toEqual(other.seen.values());
      }),
      { seed: 2, numRuns: 200 },
    );
  });

  it("stays finite when a clock runs backwards by years", () => {
    const years = [0, 10, -10, 3, -20, 20, 0];
    const state = stateOf(years.map((year) => ({ time: day(365 * year) })));
    expect(sumsOf(state).every(Number.isFinite)).toBe(true);
    expect(readSum(state, 0, 3, day(365 * 20))).toBeCloseTo(1, 3);
  });

  it("stays finite and exact over a million of the heaviest events", () => {
    const state = stateOf([]);
    const count = 1_000_000;
    for (let index = 0; index < count; index++) {
      // 200 days: just before the landmark moves, where the stored sums are largest.
      state.fold(foldable({ position: index + 1, time: testStart + (index % 2) * 200 * dayMs, weight: 10 }));
    }
    const expected = (count / 2) * 10 * (1 + 2 ** (-200 / 240));
    expect(Math.abs(readSum(state, 0, 3, day(200)) / expected - 1)).toBeLessThan(1e-9);
    expect(sumsOf(state).every(Number.isFinite)).toBe(true);
  });

  it("divides an event among the category paths of its item", () => {
    const state = stateOf([{ nodes: Int32Array.of(1, 2, 2), weight: 0.6 }]);
    expect(readSum(state, 1, 0, testStart)).toBeCloseTo(0.2, 12);
    expect(readSum(state, 2, 0, testStart)).toBeCloseTo(0.4, 12);
  });

  it("keeps rejections apart from what is liked", () => {
    const state = stateOf([{ weight: -0.5 }]);
    expect([0, 1, 2, 3, negativeSum].map((k) => readSum(state, 0, k, testStart))).toEqual([0, 0, 0, 0, 0.5]);
    expect(markOf(state, 0)).toBeUndefined();
  });

  it("counts an event without weight and sees its item, and nothing else", () => {
    const state = stateOf([{ weight: 0, item: 7, time: day(3) }]);
    expect([state.events, state.firstTime, state.lastTime]).toEqual([1, day(3), day(3)]);
    expect([...state.seen.values()]).toEqual([7]);
    expect([state.nodeCount, state.recentCount]).toEqual([0, 0]);
  });

  it("takes an item for seen when the user had to do with it, not when it was merely shown", () => {
    expect(stateOf([{ item: 3, engaging: false }]).seen.has(3)).toBe(false);
    expect(stateOf([{ item: 3, engaging: true, weight: 0 }]).seen.has(3)).toBe(true);
  });

  it("remembers what people did, however many impressions come in between", () => {
    const impressions = Array.from({ length: 2 * limits.recentEvents }, (_, index) => ({
      type: "impression",
      weight: 0,
      time: day(1 + index),
    }));
    expect(
      stateOf([{ type: "like" }, ...impressions])
        .recentEvents()
        .map(({ type }) => type),
    ).toEqual(["like"]);
  });

  it("remembers the newest events in order of time, late ones too", () => {
    const count = limits.recentEvents;
    const events = Array.from({ length: count + 10 }, (_, index) => ({ time: day(index), item: index }));
    const late = { time: day(20.5), item: 900 };
    const tooLate = { time: day(-5), item: 901 };
    const state = stateOf([...events, late, tooLate]);
    const expected = [...events, late]
      .sort((a, b) => a.time - b.time)
      .slice(-count)
      .map(({ item }) => item);
    expect(state.recentEvents().map(({ item }) => item)).toEqual(expected);
    expect(state.seen.has(901)).toBe(true);
  });

  it("marks every node with its newest positive event", () => {
    const state = stateOf([
      { time: day(2), item: 1, type: "like", nodes: Int32Array.of(1) },
      { time: day(1), item: 2, type: "view", nodes: Int32Array.of(1, 2) },
      { time: day(3), item: 3, type: "dislike", weight: -1, nodes: Int32Array.of(1) },
    ]);
    expect(markOf(state, 1)).toEqual({ time: day(2), item: 1, type: "like", weight: 1 });
    expect(markOf(state, 2)).toEqual({ time: day(1), item: 2, type: "view", weight: 1 });
  });

  it("keeps its nodes in order, whatever the order in which it meets them", () => {
    const state = stateOf([5, 1, 9, 0, 7, 1].map((place) => ({ nodes: Int32Array.of(place) })));
    expect(Array.from({ length: state.nodeCount }, (_, row) => state.nodeAt(row))).toEqual([0, 1, 5, 7, 9]);
    expect(readSum(state, 1, 3, testStart)).toBe(2);
  });

  it("reads the same before and after its landmark moves", () => {
    const state = stateOf([{ time: day(0) }, { time: day(40), weight: -1 }]);
    const before = [0, 1, 2, 3, negativeSum].map((k) => readSum(state, 0, k, day(50)));
    state.moveLandmark(day(45));
    for (const [k, value] of before.entries()) expectClose(readSum(state, 0, k, day(50)), value);
  });
});

function rowOf(state: InterestState, node: number): number {
  return Array.from({ length: state.nodeCount }, (_, row) => state.nodeAt(row)).indexOf(node);
}

function markOf(state: InterestState, node: number) {
  const row = rowOf(state, node);
  return row === -1 ? undefined : state.markAt(row);
}

function sumsOf(state: InterestState): number[] {
  return Array.from({ length: state.nodeCount * sumsPerNode }, (_, place) =>
    state.sumAt(Math.floor(place / sumsPerNode), place % sumsPerNode),
  );
}
