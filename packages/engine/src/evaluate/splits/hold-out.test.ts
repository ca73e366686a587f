import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { holdOut } from "./hold-out.ts";

const one = (...interactions: [item: number, time: number][]) =>
  new Map([["ada", interactions.map(([item, time]) => ({ item, time, weight: 1 }))]]);
const numbered = (count: number) => one(...Array.from({ length: count }, (_, i): [number, number] => [i, i]));

describe("the holdout", () => {
  it("is the last tenth of a user's events, at least one and never all", () => {
    expect(holdOut(numbered(20), { part: 0.1 })[0].targets).toEqual([18, 19]);
    expect(holdOut(numbered(29), { part: 0.1 })[0].targets).toEqual([27, 28]);
    expect(holdOut(numbered(2), { part: 0.1 })[0]).toMatchObject({ targets: [1], at: 0, cut: 1 });
    expect(holdOut(numbered(1), { part: 0.1 })).toEqual([]);
    expect(holdOut(numbered(3), { part: 1 })).toEqual([]);
  });

  it("can be the tenth before the last", () => {
    const [split] = holdOut(numbered(20), { part: 0.1, skipLast: 0.1 });
    expect(split.targets).toEqual([17]);
    expect(split.history.map(({ item }) => item)).toEqual([...Array(17).keys()]);
    expect(holdOut(numbered(20), { part: 0.1 })[0].targets).not.toContain(17);
    expect(holdOut(numbered(2), { part: 0.1, skipLast: 0.1 })).toEqual([]);
  });

  it("follows time, and keeps the original order of equal times", () => {
    const [split] = holdOut(one([5, 30], [6, 10], [7, 20], [8, 20], [9, 20]), { part: 0.4 });
    expect(split.history.map(({ item }) => item)).toEqual([6, 7, 8]);
    expect(split.targets).toEqual([9, 5]);
  });

  it("asks for no item that the history has, nor twice for one", () => {
    const again = one([1, 1], [2, 2], [1, 3], [3, 4], [3, 5]);
    expect(holdOut(again, { part: 0.6 })[0].targets).toEqual([3]);
    expect(holdOut(one([1, 1], [1, 2]), { part: 0.5 })).toEqual([]);
  });

  it("never lets the future into the history", () => {
    const interaction = fc.record({
      item: fc.nat(20),
      time: fc.nat(30),
      weight: fc.constant(1),
    });
    const part = fc.constantFrom(0.1, 0.3, 0.5);
    fc.assert(
      fc.property(
        fc.array(interaction, { maxLength: 40 }),
        part,
        fc.constantFrom(0, 0.1, 0.3),
        (events, part, skip) => {
          for (const split of holdOut(new Map([["ada", events]]), { part, skipLast: skip })) {
            expect(split.at).toBe(Math.max(...split.history.map(({ time }) => time)));
            expect(split.at).toBeLessThanOrEqual(split.cut);
            for (const target of split.targets) {
              expect(events.some(({ item, time }) => item === target && time >= split.cut)).toBe(true);
              expect(split.history.some(({ item }) => item === target)).toBe(false);
            }
          }
        },
      ),
      { seed: 1 },
    );
  });

  it("leaves the events that it is given as they are", () => {
    const users = one([1, 3], [2, 1]);
    holdOut(users, { part: 0.5 });
    expect(users.get("ada")!.map(({ item }) => item)).toEqual([1, 2]);
  });
});
