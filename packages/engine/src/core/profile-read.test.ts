import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dayMs } from "../base/time.ts";
import { categoryTree, day, foldable, stateOf, testStart } from "../testing/builders.ts";
import type { ItemLookup } from "./evidence.ts";
import { type IntensityModel, intensitiesAt, intensityModel, sumsAt } from "./intensity.ts";
import type { Phase, Profile, ProfileInterest } from "./profile.ts";
import { profileOf, readProfile, readState } from "./profile-read.ts";
import type { FoldableEvent, InterestState } from "./state.ts";
import { decodeState, encodeState } from "./state-codec.ts";

/** Root with 1 and 2; 1 has 3 and 4. Item i belongs to node i % 5, items from 100 on to nodes 3 and 2. */
const tree = categoryTree([0, 0, 1, 1], 3);
const model = intensityModel(tree, { rootPerDay: 0.4, eventsAtNode: [5, 10, 20, 30, 40] });
const items: ItemLookup = {
  item: (key) => ({ id: `i${key}`, title: `Item ${key}` }),
  nodes: (key) => (key >= 100 ? Int32Array.of(3, 2) : Int32Array.of(key % 5)),
};
const on = (item: number, fields: Partial<FoldableEvent> = {}) => ({ item, nodes: items.nodes(item), ...fields });

function read(
  state: InterestState,
  at: number,
  options: {
    depth?: number;
    minStrength?: number;
    evidence?: number;
    returnDays?: number;
    model?: IntensityModel;
  } = {},
): Profile {
  const read = { depth: 5, minStrength: 0, evidence: 1_000, returnDays: 30, ...options };
  return readProfile("ada", state, readState(options.model ?? model, state, at), items, read);
}

const parentOf = (node: number) => tree.nodes[node].parent;

const flat = (interests: readonly ProfileInterest[]): ProfileInterest[] =>
  interests.flatMap((interest) => [interest, ...flat(interest.children)]);

function interest(profile: Profile, label: string): ProfileInterest {
  const found = flat(profile.interests).find((candidate) => candidate.interest.label === label);
  expect(found, `${label} is in the profile`).toBeDefined();
  return found!;
}

const anyEvents = fc.array(
  fc
    .record({
      item: fc.oneof(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 100, max: 104 }), fc.constant(-1)),
      time: fc.integer({ min: -1_000 * 24, max: 0 }).map((hours) => testStart + (hours * dayMs) / 24),
      weight: fc.constantFrom(1, 0.5, 0.25, 0, -0.5),
    })
    .map(({ item, ...fields }) => (item < 0 ? { item, ...fields } : on(item, fields))),
  { minLength: 1, maxLength: 50 },
);
const fixed = { seed: 1, numRuns: 150 };

describe("a profile", () => {
  it("has only finite numbers in their ranges, in any history", () => {
    fc.assert(
      fc.property(anyEvents, fc.constantFrom(0, 1, 60, 3_000), (events, daysLater) => {
        const profile = read(stateOf(events), testStart + daysLater * dayMs);
        for (const { strength, intensity, shortTerm, longTerm, background, trend, confidence, ...rest } of flat(
          profile.interests,
        )) {
          for (const share of [strength, shortTerm, longTerm, confidence]) {
            expect(share).toBeGreaterThanOrEqual(0);
            expect(share).toBeLessThanOrEqual(1);
          }
          expect(Number.isFinite(trend) && Number.isFinite(intensity) && intensity > 0).toBe(true);
          expect(shortTerm + longTerm + background.base + background.parent + background.activity).toBeCloseTo(
            strength,
            12,
          );
          expect(rest.halfLifeDays === null || rest.halfLifeDays > 0).toBe(true);
        }
        const shown = profile.interests.reduce((sum, { strength }) => sum + strength, 0);
        expect(shown + profile.other).toBeCloseTo(1, 12);
      }),
      fixed,
    );
  });

  it("is the same whether all of the tree is read or what was touched alone, in a room that others were read in", () => {
    const options = { depth: 5, minStrength: 0, evidence: 3, returnDays: 30 };
    fc.assert(
      fc.property(anyEvents, fc.constantFrom(0, 1, 60, 3_000), fc.boolean(), (events, daysLater, isSteered) => {
        const state = stateOf(events);
        if (isSteered) state.steer({ position: 99, time: testStart, node: 4, steering: { action: "pin" } }, parentOf);
        const at = testStart + daysLater * dayMs;
        const all = readProfile("ada", state, readState(model, state, at), items, options);
        expect(profileOf("ada", model, state, at, items, options)).toEqual(all);
      }),
      fixed,
    );
  });

  it("accounts for an interest by its events: their shares are their parts of lambda", () => {
    fc.assert(
      fc.property(anyEvents, (events) => {
        for (const { evidence, shortTerm, longTerm, strength } of flat(read(stateOf(events), testStart).interests)) {
          const shares = evidence.reduce((sum, { share }) => sum + share, 0);
          expect(shares).toBeCloseTo((shortTerm + longTerm) / strength, 9);
          expect(shares).toBeLessThanOrEqual(1);
          for (const [index, { share }] of evidence.entries()) {
            expect(share).toBeGreaterThanOrEqual(0);
            if (index > 0) expect(share).toBeLessThanOrEqual(evidence[index - 1].share);
          }
        }
      }),
      fixed,
    );
  });

  it("shows the strongest of all that holds an interest up", () => {
    fc.assert(
      fc.property(anyEvents, fc.integer({ min: 0, max: 4 }), (events, most) => {
        const all = flat(read(stateOf(events), testStart).interests);
        const shown = flat(read(stateOf(events), testStart, { evidence: most }).interests);
        expect(shown.map(({ evidence }) => evidence)).toEqual(all.map(({ evidence }) => evidence.slice(0, most)));
      }),
      fixed,
    );
  });

  it("gives an event the share by which the interest would be weaker without it", () => {
    const others = [on(1, { time: day(-40) }), on(3, { time: day(-2), weight: 0.5 }), on(2, { time: day(-300) })];
    const event = on(101, { time: day(-9), type: "purchase" });
    const lambdas = (events: readonly Partial<FoldableEvent>[]) =>
      intensitiesAt(model, sumsAt(model, stateOf(events), testStart));
    const [withIt, without] = [lambdas([...others, event]), lambdas(others)];
    const profile = read(stateOf([...others, event]), testStart);
    for (const [label, node] of [
      ["Node 1", 1],
      ["Node 2", 2],
      ["Node 3", 3],
    ] as const) {
      // Without the event, the parent's and the activity's terms are smaller as well.
      const own = (of: typeof withIt) => of.shortTerm[node] + of.longTerm[node];
      const share = interest(profile, label).evidence.find(({ type }) => type === "purchase")!.share;
      expect(share).toBeCloseTo((own(withIt) - own(without)) / withIt.lambda[node], 12);
    }
  });

  it("names the item, the type, the time and the value of its evidence", () => {
    const [line] = interest(read(stateOf([on(2, { value: 4.5, type: "rating" })]), day(1)), "Node 2").evidence;
    expect(line).toEqual({
      item: { id: "i2", title: "Item 2" },
      type: "rating",
      time: testStart,
      value: 4.5,
      share: expect.any(Number),
    });
  });

  it("still has evidence for every interest after a hundred events elsewhere", () => {
    const elsewhere = Array.from({ length: 100 }, (_, index) => on(2, { time: day(index / 100) }));
    const profile = read(stateOf([on(3, { time: day(-1) }), ...elsewhere]), day(2));
    expect(interest(profile, "Node 3").evidence.map(({ time }) => time)).toEqual([day(-1)]);
  });

  it("still has evidence for every interest when more events than are remembered bear the same time", () => {
    const sameDay = Array.from({ length: 100 }, (_, index) => on(index < 20 ? 3 : 2));
    const profile = read(stateOf(sameDay), day(1));
    for (const label of ["Node 2", "Node 3"]) expect(interest(profile, label).evidence.length).toBeGreaterThan(0);
  });

  it("tells when its intensity will have halved", () => {
    const histories: Partial<FoldableEvent>[][] = [
      [on(3)],
      [on(2, { time: day(-3) }), on(2, { time: day(-1) }), on(3)],
      Array.from({ length: 200 }, (_, index) => on(index % 5, { time: day(-2 * index) })),
      Array.from({ length: 64 }, (_, index) => on(2, { time: day(-index / 50) })),
      [on(101, { time: day(-30) }), on(1, { weight: -1, time: day(-20) }), on(4, { time: day(-1) })],
    ];
    let told = 0;
    for (const history of histories) {
      const state = stateOf(history);
      for (const { interest: summary, intensity, halfLifeDays } of flat(read(state, testStart).interests)) {
        if (halfLifeDays === null) continue;
        const later = interest(read(state, testStart + halfLifeDays * dayMs), summary.label).intensity;
        expect(later / intensity).toBeGreaterThan(0.485);
        expect(later / intensity).toBeLessThan(0.515);
        told += 1;
      }
    }
    expect(told).toBeGreaterThan(8);
  });

  it("has no half-life where only the population's rate is left", () => {
    const profile = read(stateOf([on(2, { time: day(-4_000) })]), testStart);
    expect(interest(profile, "Node 2").halfLifeDays).toBeNull();
  });

  it("rises in trend with events of late and falls with events of old", () => {
    const daily = (from: number, to: number) =>
      Array.from({ length: to - from }, (_, index) => on(2, { time: day(from + index) }));
    const trend = (events: readonly Partial<FoldableEvent>[]) =>
      interest(read(stateOf(events), testStart), "Node 2").trend;
    const steady = trend(daily(-700, 0));
    expect(Math.abs(steady)).toBeLessThan(0.2);
    expect(trend([...daily(-700, 0), on(2), on(2), on(2), on(2), on(2)])).toBeGreaterThan(steady + 0.3);
    expect(trend(daily(-700, -70))).toBeLessThan(steady - 0.3);
  });

  it("grows in confidence with the events, and loses it over the years", () => {
    const confidence = (count: number, at: number) =>
      interest(read(stateOf(Array.from({ length: count }, () => on(2))), at), "Node 2").confidence;
    expect(confidence(1, testStart)).toBeCloseTo(1 / 5, 12);
    expect(confidence(36, testStart)).toBeCloseTo(36 / 40, 12);
    expect(confidence(36, day(240))).toBeCloseTo(18 / 22, 12);
  });

  it("reaches each phase by a history that one would call so", () => {
    const every = (days: number, from: number, to: number) =>
      Array.from({ length: Math.floor((to - from) / days) }, (_, index) => on(2, { time: day(from + days * index) }));
    const histories: Record<Phase, Partial<FoldableEvent>[]> = {
      emerging: every(1, -6, 0),
      core: every(5, -900, 0),
      fading: every(5, -900, -70),
      dormant: every(5, -900, -365),
      revived: [...every(5, -900, -365), ...every(1, -3, 0)],
    };
    for (const [phase, events] of Object.entries(histories)) {
      expect(interest(read(stateOf(events), testStart), "Node 2").phase).toBe(phase);
    }
  });

  it("shows what was touched only, strongest first, down to the depth and strength asked for", () => {
    const events = [on(3), on(3), on(4), on(2, { time: day(-100) })];
    const profile = read(stateOf(events), testStart);
    expect(profile.interests.map(({ interest }) => interest.label)).toEqual(["Node 1", "Node 2"]);
    expect(profile.interests[0].children.map(({ interest }) => interest.label)).toEqual(["Node 3", "Node 4"]);
    expect(flat(read(stateOf(events), testStart, { depth: 1 }).interests)).toHaveLength(2);
    expect(read(stateOf(events), testStart, { depth: 0 }).interests).toEqual([]);
    expect(read(stateOf(events), testStart, { minStrength: 0.5 }).interests).toHaveLength(1);
    expect(read(stateOf([on(3)]), testStart).interests).toHaveLength(1);
    expect(flat(read(stateOf(events), testStart, { evidence: 0 }).interests).flatMap((one) => one.evidence)).toEqual(
      [],
    );
  });

  it("shows an interest that was only ever rejected, weaker than for a stranger", () => {
    const rejected = interest(read(stateOf([on(2, { weight: -1 }), on(2, { weight: -1 })]), testStart), "Node 2");
    const stranger = intensitiesAt(model, sumsAt(model, stateOf([]), testStart)).strength[2];
    expect(rejected.strength).toBeLessThan(stranger);
    expect([rejected.lastSeen, rejected.evidence, rejected.phase]).toEqual([null, [], "dormant"]);
  });

  it("shows an interest whose only event is of 1970", () => {
    expect(interest(read(stateOf([on(2, { time: 0 })]), day(0)), "Node 2").lastSeen).toBe(0);
  });

  it("of a stranger is empty", () => {
    expect(read(stateOf([]), testStart)).toMatchObject({ events: 0, firstSeen: null, lastSeen: null, interests: [] });
  });

  it("counts an event whose clock ran ahead as of now, even after years", () => {
    const ahead = stateOf([on(2, { time: day(4_000) }), on(3, { time: day(0) })]);
    const profile = read(ahead, day(0));
    expect(profile.at).toBe(day(4_000));
    expect(profile).toEqual(read(ahead, day(4_000)));
    const confident = interest(profile, "Node 2");
    expect(confident.confidence).toBeCloseTo(1 / 5, 12);
  });

  it("is the same from a state that was stored in between, and reading it changes nothing", () => {
    fc.assert(
      fc.property(anyEvents, anyEvents, (events, more) => {
        const state = stateOf([...events, ...more]);
        const bytes = encodeState(state, 1);
        const profile = read(state, day(1));
        expect(encodeState(state, 1)).toEqual(bytes);
        expect(read(decodeState(bytes).state, day(1))).toEqual(profile);
      }),
      fixed,
    );
  });
});

it("an item that belongs to two interests is evidence for both, half each", () => {
  const state = stateOf([foldable(on(100))]);
  const profile = read(state, testStart);
  expect(interest(profile, "Node 2").confidence).toBeCloseTo(0.5 / 4.5, 12);
  expect(interest(profile, "Node 3").confidence).toBeCloseTo(0.5 / 4.5, 12);
});
