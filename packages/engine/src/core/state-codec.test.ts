import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PenchantError } from "../base/errors.ts";
import { seededRandom } from "../base/random.ts";
import { dayMs, hourMs } from "../base/time.ts";
import { day, foldable, stateOf, testStart } from "../testing/builders.ts";
import { ByteWriter } from "./bytes.ts";
import { type FoldableEvent, InterestState, standIn } from "./state.ts";
import { decodeState, encodeState } from "./state-codec.ts";
import { sumsPerNode } from "./state-rows.ts";

const anyEvent: fc.Arbitrary<Partial<FoldableEvent>> = fc.record({
  time: fc.oneof(
    fc.integer({ min: 0, max: 30 * 365 * dayMs }),
    fc.integer({ min: 0, max: 9 }).map((hours) => testStart + hours * hourMs),
  ),
  type: fc.constantFrom("view", "like", "评分", "🎬", "x".repeat(64)),
  item: fc.oneof(fc.integer({ min: -1, max: 20 }), fc.integer({ min: 0, max: 2 ** 31 - 1 })),
  nodes: fc
    .array(fc.integer({ min: 0, max: 300 }), { minLength: 1, maxLength: 4 })
    .map((nodes) => Int32Array.from(nodes)),
  weight: fc.oneof(fc.constantFrom(0, 1, -1, 0.3, -0.5), fc.double({ min: -10, max: 10, noNaN: true })),
  value: fc.oneof(fc.constantFrom(Number.NaN, 0, 4.5, -3, 0.1 + 0.2, 1e300), fc.double({ noDefaultInfinity: true })),
});

/** What format 2 was for a state, as the version that had it wrote it. */
const secondFormat = {
  bytes: Uint8Array.from(
    Buffer.from(
      "AgQHAwMAAACAqm23eUIAAMDbZLh5QgAAgKptt3lCAwRsaWtlBnNlYXJjaAR2aWV3AwAf/P////8BoEDWaa3MT3T9PzKDEvf9kvg/GFJ+WNIR+D8AAAFmAh/+//////9fQMw7f2aeoOY/7etse7fB4D8E8sZWuhfgP4C4mSkBAMoBAx/+//////9fQMw7f2aeoOY/7etse7fB4D8E8sZWuhfgP4C4mSkBAMoBA4CozHsIAsoBAIC4mSkBAMoBAAAAAWYAAgAH",
      "base64",
    ),
  ),
  state: () =>
    stateOf([
      { item: 7 },
      { time: day(2), type: "like", nodes: Int32Array.of(2, 5) },
      { time: day(3), type: "search", item: -1, weight: 0.5 },
    ]),
};

describe("the stored form of a state", () => {
  it("gives the state back to the bit", () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 100 }), (events) => {
        const state = stateOf(events);
        const { state: back, treeVersion } = decodeState(encodeState(state, 7));
        expect(treeVersion).toBe(7);
        expect(contents(back)).toEqual(contents(state));
        expect(encodeState(back, 7)).toEqual(encodeState(state, 7));
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  it("goes on folding like a state that never left memory", () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { minLength: 1, maxLength: 90 }), fc.nat(), (events, cut) => {
        const stayed = new InterestState();
        let travelled = new InterestState();
        for (const [index, fields] of events.entries()) {
          const event = foldable({ ...fields, position: index + 1 });
          stayed.fold(event);
          if (index % (1 + (cut % 9)) === 0) travelled = decodeState(encodeState(travelled, 1)).state;
          travelled.fold(event);
        }
        expect(contents(travelled)).toEqual(contents(stayed));
        expect(encodeState(travelled, 1)).toEqual(encodeState(stayed, 1));
      }),
      { seed: 2, numRuns: 200 },
    );
  });

  it("does not depend on the order in which nodes were first met", () => {
    const recent = Array.from({ length: 64 }, (_, index) => ({ time: day(10 + index), nodes: Int32Array.of(5) }));
    const state = stateOf([
      { type: "purchase", time: day(0), nodes: Int32Array.of(9) },
      { type: "like", time: day(1), nodes: Int32Array.of(3) },
      ...recent,
    ]);
    const bytes = encodeState(state, 1);
    expect(encodeState(decodeState(bytes).state, 1)).toEqual(bytes);
  });

  it("takes a few bytes for somebody who did nothing", () => {
    const bytes = encodeState(new InterestState(), 3);
    expect(bytes.length).toBeLessThan(8);
    expect(contents(decodeState(bytes).state)).toEqual(contents(new InterestState()));
  });

  it("stays under 8 KB for a thousand events all over a catalogue of nine thousand", () => {
    const random = seededRandom(1);
    const events = Array.from({ length: 1_000 }, (_, index) => ({
      time: day(index / 3) + random.integer(hourMs),
      item: random.integer(9_125),
      nodes: Int32Array.from({ length: 1 + random.integer(3) }, () => Math.floor(120 * random.uniform() ** 2)),
      type: "rating",
      weight: [1, 0.5, -0.5][random.integer(3)],
      value: 0.5 * (1 + random.integer(10)),
    }));
    expect(encodeState(stateOf(events), 1).length).toBeLessThan(8_192);
  });

  it("keeps what the user asked for, of a stranger too", () => {
    const asked = [
      { node: 3, steering: { action: "boost", factor: 0.1 + 0.2, until: day(9) } },
      { node: 1, steering: { action: "mute" } },
      { node: 3, steering: { action: "forget" } },
    ] as const;
    for (const state of [new InterestState(), stateOf([{}, { nodes: Int32Array.of(3), item: 4 }])]) {
      for (const [index, fields] of asked.entries()) {
        state.steer({ position: 10 + index, time: day(1), ...fields }, (node) => (node === 0 ? -1 : 0));
      }
      const { state: back } = decodeState(encodeState(state, 1));
      expect(back.steered).toEqual(state.steered);
      expect(back.position).toBe(12);
      expect(contents(back)).toEqual(contents(state));
    }
  });

  it("reads the format of before there was steering", () => {
    // Version, timescales, tree, position, events; then, since format 2, the number of steered nodes.
    const bytes = [...secondFormat.bytes];
    expect(bytes.splice(5, 1)).toEqual([0]);
    bytes[0] = 1;
    const { state: back, treeVersion } = decodeState(Uint8Array.from(bytes));
    expect(treeVersion).toBe(7);
    expect(contents(back)).toEqual(contents(secondFormat.state()));
  });

  it("reads the format of before words had places", () => {
    const { state: back } = decodeState(secondFormat.bytes);
    expect(contents(back)).toEqual(contents(secondFormat.state()));
  });

  it("keeps which node an event without an item stands at", () => {
    const state = stateOf([{ item: standIn(0) }, { item: standIn(300), nodes: Int32Array.of(300) }, { item: 0 }]);
    const { state: back } = decodeState(encodeState(state, 1));
    expect(back.recentEvents().map(({ item }) => item)).toEqual([standIn(0), standIn(300), 0]);
    expect(contents(back)).toEqual(contents(state));
  });

  it("refuses a format of another version, and says which", () => {
    const out = new ByteWriter();
    out.integer(99);
    out.integer(4);
    expect(() => decodeState(out.finish())).toThrow(
      expect.objectContaining({ code: "PENCHANT_E_STATE_VERSION", message: expect.stringContaining("format 99") }),
    );
  });

  it("refuses bytes that were cut off", () => {
    const bytes = encodeState(stateOf([{ time: day(0) }, { time: day(1), item: 5 }]), 1);
    for (let length = 0; length < bytes.length; length++) {
      expect(() => decodeState(bytes.subarray(0, length))).toThrow(
        expect.objectContaining({ code: "PENCHANT_E_STATE_VERSION" }),
      );
    }
  });

  it("takes no more memory than the bytes can fill, whatever number they name", () => {
    const out = new ByteWriter();
    for (const field of [1, 4, 1, 9, 9]) out.integer(field);
    for (let times = 0; times < 3; times++) out.double(testStart);
    out.integer(0);
    out.integer(2 ** 45);
    expect(() => decodeState(out.finish())).toThrow(expect.objectContaining({ code: "PENCHANT_E_STATE_VERSION" }));
  });

  it("answers damaged bytes with a typed error or a state, never with a crash or a flood of memory", () => {
    const bytes = encodeState(
      stateOf(Array.from({ length: 20 }, (_, index) => ({ time: day(index), item: index }))),
      1,
    );
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 12 }),
        (changes) => {
          const damaged = bytes.slice();
          for (const [place, value] of changes) damaged[place] = value;
          try {
            decodeState(damaged);
          } catch (error) {
            if (!PenchantError.isInstance(error)) throw error;
          }
        },
      ),
      { seed: 3, numRuns: 3_000 },
    );
  });
});

/** Everything in a state. */
function contents(state: InterestState) {
  const { position, events, firstTime, lastTime, landmark } = state;
  const nodes = Array.from({ length: state.nodeCount }, (_, row) => ({
    node: state.nodeAt(row),
    mark: state.markAt(row),
    sums: Array.from({ length: sumsPerNode }, (_, k) => state.sumAt(row, k)),
  }));
  const seen = [...state.seen.values()];
  return { position, events, firstTime, lastTime, landmark, nodes, recent: state.recentEvents(), seen };
}
