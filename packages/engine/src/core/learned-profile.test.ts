/** Profiles that are read with learned weights: that they add up as others do, how sure they are, and who returns. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { seededRandom } from "../base/random.ts";
import { dayMs } from "../base/time.ts";
import { categoryTree, day, stateOf, testStart } from "../testing/builders.ts";
import type { ItemLookup } from "./evidence.ts";
import { intensityModel, type PopulationRates, sumsAt } from "./intensity.ts";
import { type LearnedWeights, weightsPerRow } from "./intensity-weights.ts";
import type { Profile, ProfileInterest } from "./profile.ts";
import { readProfile, readState } from "./profile-read.ts";
import type { FoldableEvent, InterestState } from "./state.ts";
import { learnedFor } from "./test-learned.ts";
import { halfLivesDays } from "./timescales.ts";

const population: PopulationRates = { rootPerDay: 0.3, eventsAtNode: [] };
const tree = categoryTree([0, 0, 1, 1, 2]);
const learned = learnedFor(tree);
const model = intensityModel(tree, population, learned);
/** Item i stands at node i. */
const items: ItemLookup = { item: (key) => ({ id: `i${key}`, title: `${key}` }), nodes: (key) => Int32Array.of(key) };
const at = (days: number, node: number, weight = 1) => ({
  time: day(days),
  item: node,
  nodes: Int32Array.of(node),
  weight,
});

function read(state: InterestState, moment: number, { model: by = model, returnDays = 30 } = {}): Profile {
  const options = { depth: 5, minStrength: 0, evidence: 1_000, returnDays };
  return readProfile("ada", state, readState(by, state, moment), items, options);
}

const flat = (interests: readonly ProfileInterest[]): ProfileInterest[] =>
  interests.flatMap((interest) => [interest, ...flat(interest.children)]);

/** A busy year, of which enough is the person's own for intensities to halve when it ends. */
const busy = Array.from({ length: 90 }, (_, week) => at(-4 * week - (week % 3), 3 + (week % 3))).toReversed();

const anyEvents = fc.array(
  fc
    .record({
      node: fc.integer({ min: 0, max: 5 }),
      days: fc.integer({ min: -900, max: 0 }),
      weight: fc.constantFrom(1, 0.5, -0.5),
    })
    .map(({ node, days, weight }) => at(days, node, weight)),
  { minLength: 1, maxLength: 40 },
);
const fixed = { seed: 1, numRuns: 100 };

describe("a profile read with learned weights", () => {
  it("has lines that add up to its strengths, and evidence that adds up to what events contribute", () => {
    fc.assert(
      fc.property(anyEvents, fc.constantFrom(0, 90, 2_000), (events, days) => {
        const profile = read(stateOf(events), testStart + days * dayMs);
        for (const { strength, shortTerm, longTerm, background, evidence } of flat(profile.interests)) {
          const lines = shortTerm + longTerm + background.base + background.parent + background.activity;
          expect(lines).toBeCloseTo(strength, 12);
          const shares = evidence.reduce((sum, { share }) => sum + share, 0);
          expect(shares).toBeCloseTo((shortTerm + longTerm) / strength, 9);
        }
        const shown = profile.interests.reduce((sum, { strength }) => sum + strength, 0);
        expect(shown + profile.other).toBeCloseTo(1, 12);
      }),
      fixed,
    );
  });

  it("tells half-lives at which the intensity has halved, within their intervals", () => {
    const state = stateOf(busy);
    const told = flat(read(state, testStart).interests);
    expect(told.length).toBe(5);
    for (const { interest, intensity, halfLifeDays, halfLifeInterval } of told) {
      const later = flat(read(state, testStart + halfLifeDays! * dayMs).interests);
      const then = later.find(({ interest: { id } }) => id === interest.id)!.intensity;
      // Between two horizons the logarithm is taken as straight.
      expect(then / intensity).toBeGreaterThan(0.45);
      expect(then / intensity).toBeLessThan(0.55);
      expect(halfLifeInterval!.low).toBeLessThan(halfLifeDays!);
      expect(halfLifeInterval!.high ?? Number.POSITIVE_INFINITY).toBeGreaterThan(halfLifeDays!);
    }
  });

  it("has intervals as wide as the half-lives of weights drawn from their uncertainty", () => {
    const unsure = learnedFor(tree, { deviation: 0.1 });
    const state = stateOf(busy);
    const told = flat(read(state, testStart, { model: intensityModel(tree, population, unsure) }).interests);
    const random = seededRandom(3);
    const drawn = told.map((): number[] => []);
    for (let draw = 0; draw < 300; draw++) {
      const other = intensityModel(
        tree,
        population,
        drawnFrom(unsure, () => random.normal()),
      );
      for (const [place, { halfLifeDays }] of flat(read(state, testStart, { model: other }).interests).entries()) {
        drawn[place].push(Math.log(halfLifeDays!));
      }
    }
    for (const [place, { halfLifeDays, halfLifeInterval }] of told.entries()) {
      const spread = Math.log(halfLifeDays! / halfLifeInterval!.low) / 1.96;
      const ratio = spread / deviationOf(drawn[place]);
      expect(ratio, told[place].interest.label).toBeGreaterThan(0.6);
      expect(ratio, told[place].interest.label).toBeLessThan(1.6);
    }
  });

  it("tells no interval and no probability while weights are not learned", () => {
    const profile = read(stateOf([at(-1, 3)]), testStart, { model: intensityModel(tree, population) });
    expect(profile.returnDays).toBeUndefined();
    for (const interest of flat(profile.interests)) {
      expect(Object.keys(interest)).not.toContain("returnProbability");
      expect(Object.keys(interest)).not.toContain("halfLifeInterval");
    }
  });
});

describe("the probability of a return", () => {
  const events = [at(-300, 3), at(-200, 5), at(-120, 3), at(-60, 4), at(-9, 5), at(-3, 1, -0.5)];
  const state = stateOf(events);
  const probabilities = (returnDays: number) =>
    new Map(flat(read(state, testStart, { returnDays }).interests).map((one) => [one.interest.label, one]));

  it("is that of at least one visit at the rate that the weights expect, added up in small steps", () => {
    for (const days of [1, 60]) {
      for (const [label, { returnProbability }] of probabilities(days)) {
        expect(returnProbability).toBeCloseTo(bySmallSteps(events, Number(label.split(" ")[1]), days), 3);
      }
    }
  });

  it("grows with the horizon, and shrinks with the time since", () => {
    const [week, month, year] = [7, 30, 365].map(probabilities);
    const later = flat(read(state, testStart + 400 * dayMs).interests);
    for (const [label, { returnProbability }] of month) {
      expect(returnProbability).toBeGreaterThan(week.get(label)!.returnProbability!);
      expect(returnProbability).toBeLessThan(year.get(label)!.returnProbability!);
      const then = later.find(({ interest }) => interest.label === label)!.returnProbability!;
      // Where something was rejected, that fades too.
      if (label !== "Node 1") expect(then).toBeLessThan(returnProbability!);
    }
  });
});

describe("who is still there", () => {
  /** Within fifteen days nothing is changed; then a quarter is left, and after hundred days a twentieth. */
  const presence = { factors: Float64Array.of(1, 1, 1, 1, 1, 0.25, 0.25, 0.05, 0.05, 0.05, 0.05) };
  const aware = intensityModel(tree, population, { ...learned, presence });
  const state = stateOf(busy);

  it("scales what is expected of a person, and nothing of what they like", () => {
    for (const [days, factor] of [
      [1, 1],
      [30, 0.25],
      [300, 0.05],
    ]) {
      const moment = testStart + days * dayMs;
      const [with_, without] = [read(state, moment, { model: aware }), read(state, moment)];
      expect(with_.intensity).toBeCloseTo(factor * without.intensity, 12);
      for (const [place, one] of flat(with_.interests).entries()) {
        const { intensity, returnProbability: _, ...rest } = flat(without.interests)[place];
        expect(one).toMatchObject({ ...rest, children: expect.anything() });
        expect(one.intensity).toBeCloseTo(factor * intensity, 12);
      }
    }
  });

  it("lowers the probability of a return by as much as the person is away", () => {
    const [with_, without] = [aware, model].map((by) =>
      flat(read(state, day(300), { model: by, returnDays: 1 }).interests),
    );
    for (const [place, { returnProbability: chance }] of with_.entries()) {
      const before = without[place].returnProbability!;
      expect(Math.log1p(-chance!) / Math.log1p(-before)).toBeCloseTo(0.05, 2);
    }
  });
});

/** The formula in the head of `return-probability.ts`, from the events alone. */
function bySmallSteps(events: readonly Partial<FoldableEvent>[], node: number, horizonDays: number): number {
  const under = (index: number): number[] => [index, ...tree.children(index).flatMap(under)];
  const isUnder = (index: number) => {
    const places = new Set(under(index));
    return ({ nodes }: Partial<FoldableEvent>) => places.has(nodes![0]);
  };
  const taus = halfLivesDays.map((days) => days / Math.LN2);
  const parent = tree.nodes[node].parent;
  const lambdaNow = new Map(
    [0, parent].map((index) => [index, readState(model, stateOf(events), testStart).expected.lambda[index]]),
  );
  const rateOf = (index: number, tau: number, days: number, goesOn: boolean) => {
    let sum = 0;
    for (const event of events.filter(isUnder(index))) {
      if (event.weight! > 0) sum += event.weight! * Math.exp(-(days + (testStart - event.time!) / dayMs) / tau);
    }
    if (goesOn) sum += (1 - Math.exp(-days / tau)) * tau * lambdaNow.get(index)!;
    const seen = tau * (1 - Math.exp(-(days + (testStart - events[0].time!) / dayMs) / tau));
    return (sum + 20 * learned.rates[index]) / (seen + 20);
  };
  const steps = 1_000;
  let expected = 0;
  for (let step = 0; step < steps; step++) {
    const days = ((step + 0.5) / steps) * horizonDays;
    let lambda = learned.weights[node * weightsPerRow] * learned.rates[node];
    for (const [k, tau] of taus.entries()) {
      const weight = (term: number) => learned.weights[node * weightsPerRow + 1 + 4 * term + k];
      lambda += weight(0) * rateOf(node, tau, days, false);
      lambda += weight(1) * (learned.rates[node] / learned.rates[parent]) * rateOf(parent, tau, days, true);
      lambda += weight(2) * (learned.rates[node] / learned.rates[0]) * rateOf(0, tau, days, true);
    }
    expected += (lambda * horizonDays) / steps;
  }
  const values = sumsAt(model, stateOf(events), testStart).values.subarray(node * 5, node * 5 + 5);
  const factor = values[4] === 0 ? 1 : Math.exp((-2 * values[4]) / (values[3] + values[4] + 4));
  return 1 - Math.exp((-expected * factor) / learned.eventsPerVisit[node]);
}

function drawnFrom(weights: LearnedWeights, normal: () => number): LearnedWeights {
  const drawn = weights.weights.slice();
  for (let row = 0; row < weights.nodeCount; row++) {
    for (let j = 0; j < weightsPerRow; j++) {
      const variance = weights.covariances[row * weightsPerRow ** 2 + j * weightsPerRow + j];
      drawn[row * weightsPerRow + j] = Math.max(0, drawn[row * weightsPerRow + j] + Math.sqrt(variance) * normal());
    }
  }
  return { ...weights, weights: drawn };
}

function deviationOf(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
}
