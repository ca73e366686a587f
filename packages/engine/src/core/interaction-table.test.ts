import { expect, it } from "vitest";
import { interactionTable } from "./interaction-table.ts";

it("lays the interactions of all users end to end", () => {
  const table = interactionTable([
    [
      { item: 3, time: 10, weight: 1 },
      { item: 4, time: 20, weight: -0.5 },
    ],
    [],
    [{ item: 3, time: 1_700_000_000_001, weight: 0.25 }],
  ]);
  expect([...table.offsets]).toEqual([0, 2, 2, 3]);
  expect([...table.items]).toEqual([3, 4, 3]);
  expect([...table.times]).toEqual([10, 20, 1_700_000_000_001]);
  expect([...table.weights]).toEqual([1, -0.5, 0.25]);
});

it("holds nobody, too", () => {
  expect(interactionTable([])).toMatchObject({ offsets: Int32Array.of(0), items: new Int32Array(0) });
});
