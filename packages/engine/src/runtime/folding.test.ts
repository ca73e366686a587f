import { expect, test } from "vitest";
import { InterestState } from "../core/state.ts";
import { InterestTree } from "../core/tree.ts";
import { categoryTree, day, foldable } from "../testing/builders.ts";
import { folding } from "./folding.ts";

const before = categoryTree([0, 0]);
const after = new InterestTree(2, 2, before);
for (const label of ["Left", "Right", "Other"]) after.add({ parent: 0, kind: "category", label });
after.retire({ id: "node-1", label: "Node 1", change: "split", into: ["left", "right"], version: 2 });
after.retire({ id: "node-2", label: "Node 2", change: "gone", into: [], version: 2 });

const fold = folding({
  models: { tree: after },
  toFoldable: ({ position, time, item }) => foldable({ position, time, nodes: Int32Array.of(Number(item)) }),
});
const steer = (position: number, interest: string, action: "mute" | "forget") => ({
  position,
  user: "ada",
  time: day(position),
  interest,
  steering: { action },
});

test("what was asked of an interest that is no more is asked of those that took its items over", () => {
  const state = new InterestState();
  for (const node of [1, 2, 3]) fold(state, { position: node, time: day(0), type: "view", item: `${node}` });
  fold(state, steer(4, "node-1", "mute"));
  expect([...state.steered.keys()]).toEqual([1, 2]);
  fold(state, steer(5, "node-1", "forget"));
  expect(Array.from({ length: state.nodeCount }, (_, row) => state.nodeAt(row))).toEqual([3]);
  expect(state.position).toBe(5);
});

test("what was asked of an interest whose items went all over the place is passed over", () => {
  const state = new InterestState();
  fold(state, steer(1, "node-2", "mute"));
  fold(state, { position: 2, user: "ada", time: day(2), merged: "visitor" });
  expect(state.steered.size).toBe(0);
  expect([state.position, state.events]).toEqual([2, 0]);
});
