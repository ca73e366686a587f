import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Dataset } from "../../core/dataset.ts";
import { interactionTable } from "../../core/interaction-table.ts";
import { type CaseTable, caseAt, caseCount } from "../cases.ts";
import { assertNoLeak } from "./leaks.ts";
import { type Protocol, type ProtocolName, protocolDefaults, temporalTargets } from "./protocol.ts";
import { prepared, splitDataset } from "./split.ts";

type Row = readonly [item: number, time: number, value?: number];

function datasetOf(users: readonly (readonly Row[])[], more: Partial<Dataset> = {}): Dataset {
  const count = 1 + users.flat().reduce((most, [item]) => Math.max(most, item), 0);
  return {
    name: "made",
    users: users.map((_, user) => `u${user}`),
    items: Array.from({ length: count }, (_, item) => ({ id: `${item}`, title: `${item}` })),
    interactions: interactionTable(
      users.map((rows) => rows.map(([item, time, value]) => ({ item, time, weight: 1, value }))),
    ),
    timing: "times",
    ...more,
  };
}

const protocol = (name: ProtocolName, more: Partial<Protocol> = {}): Protocol => ({
  ...protocolDefaults,
  name,
  ...more,
});
/** The cases as [user, history, targets]. */
const shown = (cases: CaseTable) =>
  Array.from({ length: caseCount(cases) }, (_, index) => {
    const { user, query, targets } = caseAt(cases, index);
    return [user, query.history.map(({ item }) => item), targets];
  });
const inOrder = (...items: number[]): Row[] => items.map((item, time) => [item, time]);

describe("leave one out", () => {
  const dataset = datasetOf([inOrder(0, 1, 2, 3), inOrder(3, 2), inOrder(4, 5, 0)]);
  const split = splitDataset(dataset, protocol("leave-one-out"));

  it("asks for the last event, with the one before it in the history and not in the training data", () => {
    expect(shown(split.validation)).toEqual([
      [0, [0, 1], [2]],
      [2, [4], [5]],
    ]);
    expect(shown(split.test)).toEqual([
      [0, [0, 1, 2], [3]],
      [2, [4, 5], [0]],
    ]);
    expect([...split.train.items]).toEqual([0, 1, 3, 2, 4]);
  });

  it("learns from users with fewer than three events and says that it does not ask them", () => {
    expect(split.leftOut).toEqual({ "users with fewer than three events": 1 });
  });

  it("shows a model the newest 200 events, and keeps all of them off the candidates", () => {
    const long = datasetOf([inOrder(...Array.from({ length: 303 }, (_, item) => item))]);
    const { test } = splitDataset(long, protocol("leave-one-out"));
    const { query, seen } = caseAt(test, 0);
    expect(query.history.map(({ item }) => item)).toEqual(Array.from({ length: 200 }, (_, index) => 102 + index));
    expect(seen.size).toBe(302);
  });

  it("keeps the original order of equal times", () => {
    const tied = datasetOf([
      [
        [2, 7],
        [0, 7],
        [1, 7],
      ],
    ]);
    expect(shown(splitDataset(tied, protocol("leave-one-out")).test)).toEqual([[0, [2, 0], [1]]]);
  });

  it("does not ask for what the history has, unless repeating is wanted", () => {
    const again = datasetOf([inOrder(0, 1, 2, 0), inOrder(0, 1, 2)]);
    const fresh = splitDataset(again, protocol("leave-one-out"));
    expect(shown(fresh.test)).toEqual([[1, [0, 1], [2]]]);
    expect(fresh.leftOut).toEqual({ "targets that the history has": 1 });
    const { test } = splitDataset(again, protocol("leave-one-out", { keepsSeen: true }));
    expect(shown(test)[0]).toEqual([0, [0, 1, 2], [0]]);
    expect(caseAt(test, 0).seen.size).toBe(0);
  });
});

describe("the split by time", () => {
  // 20 events at times 0 to 19 by two users in turn: validation from 9 (half of the first half is 5), test from 10.
  const rows = Array.from({ length: 20 }, (_, time): Row => [time, time]);
  const dataset = datasetOf([rows.filter(([item]) => item % 2 === 0), rows.filter(([item]) => item % 2 === 1)]);
  const at = (targets: Protocol["targets"]) => splitDataset(dataset, protocol("temporal", { quantile: 0.5, targets }));

  it("learns from what came before validation, for everybody at once", () => {
    expect([...at("all").train.items]).toEqual([0, 2, 4, 1, 3]);
    expect(shown(at("all").validation)).toEqual([
      [0, [0, 2, 4], [6, 8]],
      [1, [1, 3], [5, 7, 9]],
    ]);
  });

  it("asks for all, the first, the last or each in turn of what came after", () => {
    expect(shown(at("all").test)[0]).toEqual([0, [0, 2, 4, 6, 8], [10, 12, 14, 16, 18]]);
    expect(shown(at("first").test)[0]).toEqual([0, [0, 2, 4, 6, 8], [10]]);
    expect(shown(at("last").test)[0]).toEqual([0, [0, 2, 4, 6, 8, 10, 12, 14, 16], [18]]);
    const inTurn = shown(at("successive").test);
    expect(inTurn.length).toBe(10);
    expect(inTurn[1]).toEqual([0, [0, 2, 4, 6, 8, 10], [12]]);
  });

  it("does not ask for a user's first event, and counts users who had no other", () => {
    const late = datasetOf([
      inOrder(0, 1, 2, 3, 4, 5, 6, 7),
      [[8, 20]],
      [
        [9, 21],
        [3, 22],
      ],
    ]);
    const { test, leftOut } = splitDataset(late, protocol("temporal", { quantile: 0.7 }));
    expect(shown(test)).toEqual([
      [0, [0, 1, 2, 3, 4, 5, 6], [7]],
      [2, [9], [3]],
    ]);
    expect(leftOut).toEqual({ "users without a history": 1 });
  });

  it("needs times", () => {
    const ordered = datasetOf([inOrder(0, 1, 2, 3)], { timing: "order" });
    expect(() => splitDataset(ordered, protocol("temporal"))).toThrow(
      "made: expected times, which a split by time needs",
    );
    expect(() => splitDataset(ordered, protocol("session"))).toThrow("expected times");
  });
});

describe("strong generalisation", () => {
  const users = Array.from({ length: 40 }, (_, user) =>
    inOrder(...Array.from({ length: 10 }, (_, i) => (user + i) % 30)),
  );
  const split = splitDataset(datasetOf(users), protocol("strong"));

  it("asks only users whom the model never met, about the last of their events", () => {
    expect(split.train.offsets.length - 1).toBe(32);
    expect(caseCount(split.validation)).toBe(4);
    expect(caseCount(split.test)).toBe(4);
    const [[user, history, targets]] = shown(split.test) as [number, number[], number[]][];
    expect([...history, ...targets]).toEqual(users[user].map(([item]) => item));
    expect(targets.length).toBe(2);
  });

  it("holds out the same users for the same seed, and others for another", () => {
    expect(splitDataset(datasetOf(users), protocol("strong")).test.users).toEqual(split.test.users);
    expect(splitDataset(datasetOf(users), protocol("strong", { seed: 2 })).test.users).not.toEqual(split.test.users);
  });
});

describe("sessions", () => {
  const minutes = 60_000;
  const session = (start: number, ...items: number[]): Row[] => items.map((item, i) => [item, (start + i) * minutes]);

  it("are histories of their own, ended by half an hour of silence", () => {
    const dataset = datasetOf([[...session(0, 0, 1, 2), ...session(100, 3, 4), ...session(200, 5, 6, 7)]]);
    const split = splitDataset(dataset, protocol("session", { quantile: 0.65 }));
    expect([...split.train.items]).toEqual([0, 1, 2]);
    expect(shown(split.test)).toEqual([
      [0, [5], [6]],
      [0, [5, 6], [7]],
    ]);
  });

  it("are those that the data name, and are left out where they go over a cut", () => {
    const dataset = datasetOf([session(0, 0, 1, 2, 3, 4, 5, 6, 7)], {
      sessions: Int32Array.of(0, 0, 1, 1, 1, 1, 2, 2),
    });
    const split = splitDataset(dataset, protocol("session", { quantile: 0.7 }));
    expect([...split.train.items]).toEqual([0, 1]);
    expect(shown(split.test)).toEqual([[0, [6], [7]]]);
    expect(split.leftOut).toEqual({ "sessions over a cut": 1 });
  });
});

describe("whatever the split", () => {
  it("nothing that a model or a question knows comes after what is asked for", () => {
    const user = fc.array(fc.tuple(fc.nat(30), fc.nat(50)), { minLength: 4, maxLength: 25 });
    const anyProtocol = fc.record({
      name: fc.constantFrom("leave-one-out", "temporal", "strong", "session"),
      targets: fc.constantFrom(...temporalTargets),
      quantile: fc.constantFrom(0.5, 0.8, 0.9),
      keepsSeen: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(user, { minLength: 12, maxLength: 20 }), anyProtocol, (users, settings) => {
        const dataset = datasetOf(users.map((rows) => rows.toSorted((a, b) => a[1] - b[1])));
        // Throws PENCHANT_E_LEAK where there is one, and PENCHANT_E_DATASET where nothing is left, which is as well.
        try {
          const { train, validation, test } = splitDataset(dataset, { ...protocolDefaults, ...settings });
          expect(train.items.length).toBeLessThan(dataset.interactions.items.length);
          for (const cases of [validation, test]) {
            for (let index = 0; index < caseCount(cases); index++) {
              const { targets, seen } = caseAt(cases, index);
              expect(targets.length).toBeGreaterThan(0);
              expect(targets.some((item) => seen.has(item))).toBe(false);
            }
          }
        } catch (error) {
          expect(error).toMatchObject({ code: "PENCHANT_E_DATASET" });
        }
      }),
      { seed: 1, numRuns: 150 },
    );
  });

  it("a leak is found: a training event at or after the first target, a history that knows it", () => {
    const dataset = datasetOf([inOrder(0, 1, 2, 3, 4, 5, 6, 7, 8, 9)]);
    const split = splitDataset(dataset, protocol("temporal", { quantile: 0.6 }));
    expect(() => assertNoLeak({ ...split, train: dataset.interactions }, "everybody")).toThrow(
      "The split leaks: the training data end at 1970-01-01T00:00:00.009Z, and the first target of the validation is at 1970-01-01T00:00:00.003Z",
    );
    const knowing = { ...split.test, at: split.test.at.map(() => 100) };
    expect(() => assertNoLeak({ ...split, test: knowing }, "each user")).toThrow("question 0 of the test knows of");
  });
});

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
    const { test } = splitDataset(datasetOf([inOrder(0, 1, 2)]), protocol("leave-one-out"));
    expect(shown(test)).toEqual([[0, [0, 1], [2]]]);
  });
});
