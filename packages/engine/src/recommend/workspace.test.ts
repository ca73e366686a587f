import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { blockItems } from "../core/top-items.ts";
import { Workspace } from "./workspace.ts";

const fixed = { seed: 1, numRuns: 100 };
const score = fc.float({ min: Math.fround(-3), max: 3, noNaN: true });
const scores = fc.integer({ min: 1, max: 3 * blockItems }).chain((length) => {
  const array = fc.array(score, { minLength: length, maxLength: length });
  return fc.tuple(array, array, array, fc.float({ min: 0, max: 2, noNaN: true }));
});

/** The arrays in a workspace that was used for something longer before, so that what lies behind their ends is no zero. */
function placed(workspace: Workspace, arrays: Record<string, readonly number[]>): Record<string, Float32Array> {
  const names = [...Object.keys(arrays), "out"];
  for (const name of names) workspace.floats(name, 4 * blockItems).fill(9);
  const [length] = Object.values(arrays).map((array) => array.length);
  const found = Object.fromEntries(names.map((name) => [name, workspace.floats(name, length)]));
  for (const [name, array] of Object.entries(arrays)) found[name].set(array);
  return found;
}

describe.each([
  { name: "with SIMD", simd: true },
  { name: "without SIMD", simd: false },
])("the loops over all items $name", ({ simd }) => {
  it("compute what their formulas say", () => {
    fc.assert(
      fc.property(scores, ([near, prominence, lift, scale]) => {
        const workspace = new Workspace({ simd });
        const positive = lift.map(Math.abs);
        const at = placed(workspace, { near, prominence, lift: positive });
        workspace.weigh(at.near, at.prominence, at.lift, at.out);
        const weighed = near.map((value, item) => Math.max(value, 0) * prominence[item] * Math.sqrt(positive[item]));
        expectNear(at.out, weighed);
        workspace.setScaled(at.out, at.near, scale);
        expectNear(
          at.out,
          near.map((value) => scale * value),
        );
        // Scores of somebody else, and of fewer items.
        const foreign = Float32Array.from(prominence);
        workspace.addScaled(at.out, foreign, scale);
        workspace.addScaled(at.out, foreign.subarray(0, 1), 1);
        const sums = near.map((value, item) => scale * (value + prominence[item]) + (item === 0 ? prominence[0] : 0));
        expectNear(at.out, sums);
        workspace.setScaled(at.out, foreign.subarray(0, 1), scale);
        expectNear(
          at.out,
          near.map((_, item) => (item === 0 ? scale * prominence[0] : 0)),
        );
      }),
      fixed,
    );
  });

  it("find the largest of every block, and tell of one that is no number", () => {
    fc.assert(
      fc.property(scores, fc.nat(), ([near], place) => {
        const workspace = new Workspace({ simd });
        const values = Float32Array.from(near);
        const maxima = workspace.blockMaxima(values);
        expect(maxima).toHaveLength(Math.ceil(near.length / blockItems));
        for (const [block, found] of maxima.subarray(0, Math.floor(near.length / blockItems)).entries()) {
          expect(found).toBe(Math.max(...values.subarray(block * blockItems, (block + 1) * blockItems)));
        }
        expect(maxima.at(-1)).toBeGreaterThanOrEqual(Math.max(...values.subarray((maxima.length - 1) * blockItems)));
        values[place % values.length] = Number.NaN;
        const block = Math.floor((place % values.length) / blockItems);
        expect(workspace.blockMaxima(values)[block]).toBeNaN();
      }),
      fixed,
    );
  });
});

it("a workspace keeps its arrays until more is asked for than there ever was", () => {
  const workspace = new Workspace();
  const short = workspace.floats("a", 3);
  short.set([1, 2, 3]);
  expect([...workspace.floats("a", 3)]).toEqual([1, 2, 3]);
  expect(workspace.floats("b", 3).byteOffset).not.toBe(short.byteOffset);
  expect([...workspace.zeros("a", 1_000)]).toEqual(Array.from({ length: 1_000 }, () => 0));
  expect(() => Array.from({ length: 20 }, (_, name) => workspace.floats(`array ${name}`, 1))).toThrow("at most");
});

function expectNear(found: Float32Array, expected: readonly number[]): void {
  expect(found).toHaveLength(expected.length);
  for (const [item, value] of expected.entries()) expect(found[item]).toBeCloseTo(value, 4);
}
