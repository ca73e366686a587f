import type { PhaseTransition, ProfileChanges } from "@penchant/protocol";
import { expect, test } from "vitest";
import { type Move, withUpdate } from "./moves.ts";

const changes = { kind: "changes", data: { events: 1 } as ProfileChanges } as const;
const turn = (id: string) => ({ kind: "phase", data: { interest: { id } } as PhaseTransition }) as const;

const after = (...updates: (typeof changes | ReturnType<typeof turn>)[]): Move[] =>
  updates.reduce<Move[]>((moves, update, key) => withUpdate(moves, update, { key, tookMs: key }), []);

test("a change has the phases that are told after it, and the newest is first", () => {
  const moves = after(changes, turn("a"), turn("b"), changes, turn("c"));
  expect(moves.map(({ key, tookMs, turns }) => [key, tookMs, turns.map(({ interest }) => interest.id)])).toEqual([
    [3, 3, ["c"]],
    [0, 0, ["a", "b"]],
  ]);
});

test("a phase that time turns before anything was done is a move of its own", () => {
  expect(after(turn("a"))).toMatchObject([{ changes: undefined, turns: [{ interest: { id: "a" } }] }]);
});

test("the last twelve are kept", () => {
  expect(after(...Array.from({ length: 20 }, () => changes)).map(({ key }) => key)).toEqual(
    Array.from({ length: 12 }, (_, index) => 19 - index),
  );
});
