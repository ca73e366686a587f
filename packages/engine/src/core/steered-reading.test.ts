import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { categoryTree, day, foldable } from "../testing/builders.ts";
import { intensityModel, unknownPopulation } from "./intensity.ts";
import type { Profile, ProfileInterest } from "./profile.ts";
import { readProfile, readState } from "./profile-read.ts";
import { InterestState } from "./state.ts";
import { type Steering, steeringActions } from "./steering.ts";

/** 1 and 2 under the root, 3 and 4 under 1, 5 under 3. */
const parents = [0, 0, 1, 1, 3];
const tree = categoryTree(parents);
const model = intensityModel(tree, unknownPopulation);
const parentOf = (node: number) => tree.nodes[node].parent;
/** Items in one place or in two. */
const places = [[1], [2], [3], [4], [5], [2, 5], [3, 4], [5, 5], [0]].map((nodes) => Int32Array.from(nodes));
const items = { item: (key: number) => ({ id: `${key}`, title: `Item ${key}` }), nodes: (key: number) => places[key] };

const flat = (interests: readonly ProfileInterest[]): ProfileInterest[] =>
  interests.flatMap((interest) => [interest, ...flat(interest.children)]);

function read(state: InterestState, at: number): Profile {
  const options = { depth: 5, minStrength: 0, evidence: 1_000, returnDays: 30 };
  return readProfile("ada", state, readState(model, state, at), items, options);
}

const anyStep = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      item: fc.nat({ max: places.length - 1 }),
      hours: fc.integer({ min: 0, max: 2_000 }),
      weight: fc.constantFrom(1, 0.3, -0.5),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      node: fc.integer({ min: 1, max: parents.length }),
      action: fc.constantFrom(...steeringActions),
    }),
  },
);

function steer(state: InterestState, position: number, node: number, action: Steering["action"], hours: number): void {
  const steering: Steering = { action, ...(action === "boost" && { factor: 3 }) };
  state.steer({ position, time: day(hours / 24), node, steering }, parentOf);
}

describe("a steered reading", () => {
  it("has shares that sum to 1 and accounts that add up, whatever was asked for", () => {
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 50 }), (steps) => {
        const state = new InterestState();
        for (const [index, step] of steps.entries()) {
          const position = index + 1;
          if ("action" in step) steer(state, position, step.node, step.action, 40 * index);
          else {
            const { item, hours, weight } = step;
            state.fold(foldable({ position, time: day(hours / 24), item, nodes: places[item], weight }), parentOf);
          }
        }
        const profile = read(state, day(90));
        for (const { strength, shortTerm, longTerm, background, evidence, children } of flat(profile.interests)) {
          const parts = shortTerm + longTerm + background.base + background.parent + background.activity;
          expect(parts).toBeCloseTo(strength, 9);
          // Every event that is left speaks: what was forgotten stands in no line, and in no sum.
          const shares = evidence.reduce((sum, { share }) => sum + share, 0);
          if (strength > 0) expect(shares).toBeCloseTo((shortTerm + longTerm) / strength, 9);
          expect(children.reduce((sum, child) => sum + child.strength, 0)).toBeLessThanOrEqual(1 + 1e-9);
        }
        const shown = profile.interests.reduce((sum, interest) => sum + interest.strength, 0);
        expect(shown + profile.other).toBeCloseTo(1, 9);
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  it("is as if what was forgotten had never been, in all numbers but those that count events", () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ item: fc.nat({ max: places.length - 1 }), hours: fc.nat({ max: 1_000 }) }), {
          minLength: 1,
          maxLength: 40,
        }),
        fc.integer({ min: 1, max: parents.length }),
        fc.nat({ max: 40 }),
        (events, node, after) => {
          const isUnder = (place: number): boolean => place === node || (place > 0 && isUnder(parentOf(place)));
          const state = new InterestState();
          const twin = new InterestState();
          const forget = Math.min(after, events.length - 1);
          for (const [index, { item, hours }] of events.entries()) {
            // What comes after the request happened after it, or before it and late.
            const event = foldable({ position: index + 1, time: day(hours / 24), item, nodes: places[item] });
            state.fold(event, parentOf);
            if (index === forget) steer(state, index + 1, node, "forget", 1_000);
            const left = event.nodes.filter((place) => !isUnder(place));
            const weight = left.length / event.nodes.length;
            twin.fold(foldable({ ...event, nodes: left.length > 0 ? left : event.nodes, weight }), parentOf);
          }
          const [is, expected] = [read(state, day(60)), read(twin, day(60))].map(({ interests }) =>
            flat(interests).map(({ interest, intensity, strength, phase }) => [
              interest.id,
              phase,
              intensity,
              strength,
            ]),
          );
          expect(is.map(([id, phase]) => [id, phase])).toEqual(expected.map(([id, phase]) => [id, phase]));
          for (const [index, [, , ...numbers]] of is.entries()) {
            for (const [place, value] of numbers.entries()) {
              expect(value).toBeCloseTo(expected[index][place + 2] as number, 9);
            }
          }
        },
      ),
      { seed: 2, numRuns: 300 },
    );
  });
});
