import { describe, expect, it } from "vitest";
import { prepared, splitDataset } from "./split.ts";
import { datasetOf, inOrder, protocol, shown } from "./test-datasets.ts";

describe("filters", () => {
  it("the core is what is left when everybody with fewer is gone, again and again", () => {
    // Item 2 has one event; without it u1 has one; without u1 item 1 has one; and so on until two users are left.
    const dataset = datasetOf([inOrder(0, 3, 1), inOrder(1, 2), inOrder(0, 3)]);
    const core = prepared(dataset, protocol("leave-one-out", { core: 2 }));
    expect(core.users).toEqual(["u0", "u2"]);
    expect(core.items.map(({ id }) => id)).toEqual(["0", "3"]);
    expect([...core.interactions.items]).toEqual([0, 1, 0, 1]);
  });

  it("a least value keeps the interactions of at least it, with their sessions", () => {
    const dataset = datasetOf(
      [
        [
          [0, 1, 5],
          [1, 2, 3],
          [2, 3, 4],
        ],
      ],
      { sessions: Int32Array.of(7, 8, 9) },
    );
    const liked = prepared(dataset, protocol("leave-one-out", { minimumValue: 4 }));
    expect(liked.items.map(({ id }) => id)).toEqual(["0", "2"]);
    expect([...liked.interactions.values!]).toEqual([5, 4]);
    expect([...liked.sessions!]).toEqual([7, 9]);
    const bare = datasetOf([inOrder(0, 1)]);
    expect(() => prepared(bare, protocol("leave-one-out", { minimumValue: 4 }))).toThrow("expected ratings");
  });
});

describe("data that allow no evaluation", () => {
  it.each([
    ["one user with one event", [inOrder(0)]],
    ["users with one event each", [inOrder(0), inOrder(1), inOrder(0)]],
    ["one item again and again", [inOrder(0, 0, 0, 0), inOrder(0, 0, 0)]],
  ])("%s: says what is missing", (_, users) => {
    for (const name of ["leave-one-out", "temporal", "strong"] as const) {
      expect(() => splitDataset(datasetOf(users), protocol(name))).toThrow(
        "made: expected users to learn from and users to measure on",
      );
    }
  });

  it("a core that nobody is in says so", () => {
    const dataset = datasetOf([inOrder(0, 1, 2)]);
    expect(() => prepared(dataset, protocol("leave-one-out", { core: 5 }))).toThrow("all 1 are gone");
  });

  it("one user with enough events is measured, alone", () => {
    const {
      final: { questions: test },
    } = splitDataset(datasetOf([inOrder(0, 1, 2)]), protocol("leave-one-out"));
    expect(shown(test)).toEqual([[0, [0, 1], [2]]]);
  });
});
