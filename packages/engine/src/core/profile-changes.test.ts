import { expect, test } from "vitest";
import { categoryTree, day, stateOf } from "../testing/builders.ts";
import { intensityModel, unknownPopulation } from "./intensity.ts";
import type { Phase, Profile } from "./profile.ts";
import { changesBetween, phasesOf, transitionsTo } from "./profile-changes.ts";
import { readProfile, readState } from "./profile-read.ts";
import type { FoldableEvent } from "./state.ts";

const tree = categoryTree([0, 0, 1, 1]);
const model = intensityModel(tree, unknownPopulation);
const items = {
  item: (key: number) => ({ id: `${key}`, title: `Item ${key}` }),
  nodes: (key: number) => Int32Array.of(key),
};

function profileAt(
  days: number,
  events: readonly Partial<FoldableEvent>[],
  held?: ReadonlyMap<string, Phase>,
): Profile {
  const state = stateOf(events.filter(({ time }) => time! <= day(days)));
  const options = {
    depth: 5,
    minStrength: 0,
    evidence: 0,
    returnDays: 30,
    ...(held !== undefined && { heldPhases: held }),
  };
  return readProfile("ada", state, readState(model, state, day(days)), items, options);
}

const at = (days: number, node: number) => ({ time: day(days), item: node, nodes: Int32Array.of(node) });
const long = Array.from({ length: 12 }, (_, month) => at(-360 + 30 * month, 3));

test("what came, grew, fell and turned is told in numbers and words, the largest part of the whole first", () => {
  const events = [...long, at(1, 2), at(1.1, 2), at(1.2, 2)];
  const [before, after] = [profileAt(0, events), profileAt(2, events)];
  const changes = changesBetween(before, after);
  expect(changes).toMatchObject({ user: "ada", from: day(0), to: day(2), events: 3 });
  const [first, second] = changes.changes;
  expect(first.interest.label).toBe("Node 2");
  expect(first.phase).toEqual({ before: null, after: "emerging" });
  expect(first.strength).toEqual({
    before: 0,
    after: after.interests.find(({ interest }) => interest.label === "Node 2")!.strength,
  });
  expect(first.text).toMatch(/^Node 2 is new: \d+ % of everything, emerging\.$/);
  expect(second.interest.label).toBe("Node 1");
  expect(second.text).toMatch(/^Node 1 fell from \d+ % to \d+ % of everything\.$/);
  expect(changes.text.startsWith(`3 events came. ${first.text}`)).toBe(true);
});

test("a profile that only grew older by a minute has not changed, and one that faded has", () => {
  expect(changesBetween(profileAt(0, long), profileAt(1 / 1440, long)).changes).toEqual([]);
  const { changes, text } = changesBetween(profileAt(0, long), profileAt(200, long));
  expect(changes.find(({ interest }) => interest.label === "Node 3")!.phase).toEqual({
    before: "core",
    after: "dormant",
  });
  expect(text).toMatch(/^0 events came\. .*went from core to dormant/);
});

test("an interest that is gone is told, with what it was", () => {
  const { changes } = changesBetween(profileAt(2, [at(1, 2), at(1, 3)]), profileAt(2, [at(1, 3)]));
  expect(changes.find(({ interest }) => interest.label === "Node 2")!.text).toMatch(
    /^Node 2 is gone; it was \d+ % of everything\.$/,
  );
});

test("a phase that goes to and fro about its threshold is not told, and one that is clearly another is, once", () => {
  // After 130 days too little is left of an event to keep an interest awake; a very small one then wakes it again.
  const events = [at(0, 2), { ...at(131.5, 2), weight: 0.003 }];
  const told = (isHeld: boolean, days: readonly number[]): (Phase | null)[][] => {
    let phases = phasesOf(profileAt(129, events));
    return days.flatMap((moment) => {
      const profile = profileAt(moment, events, isHeld ? phases : undefined);
      const transitions = transitionsTo(profile, phases);
      phases = phasesOf(profile);
      return transitions.map(({ before, after }) => [before, after]);
    });
  };
  expect(told(false, [131, 131.6])).toEqual([
    ["fading", "dormant"],
    ["dormant", "revived"],
  ]);
  expect(told(true, [131, 131.6])).toEqual([]);
  expect(told(true, [131, 131.6, 145, 146])).toEqual([["fading", "dormant"]]);
});
