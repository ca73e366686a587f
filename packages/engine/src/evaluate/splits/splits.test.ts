import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { caseAt, caseCount } from "../cases.ts";
import { assertNoLeak } from "./leaks.ts";
import { type Protocol, protocolDefaults, temporalTargets } from "./protocol.ts";
import { splitDataset } from "./split.ts";
import { datasetOf, inOrder, protocol, type Row, shown } from "./test-datasets.ts";

describe("leave one out", () => {
  const dataset = datasetOf([inOrder(0, 1, 2, 3), inOrder(3, 2), inOrder(4, 5, 0)]);
  const split = splitDataset(dataset, protocol("leave-one-out"));

  it("asks for the last event, with the one before it in the history and not in the training data", () => {
    expect(shown(split.choosing.questions)).toEqual([
      [0, [0, 1], [2]],
      [2, [4], [5]],
    ]);
    expect(shown(split.final.questions)).toEqual([
      [0, [0, 1, 2], [3]],
      [2, [4, 5], [0]],
    ]);
    expect([...split.final.train.items]).toEqual([0, 1, 3, 2, 4]);
  });

  it("learns from users with fewer than three events and says that it does not ask them", () => {
    expect(split.leftOut).toEqual({ "users with fewer than three events": 1 });
  });

  it("shows a model the newest 200 events, and keeps all of them off the candidates", () => {
    const long = datasetOf([inOrder(...Array.from({ length: 303 }, (_, item) => item))]);
    const {
      final: { questions: test },
    } = splitDataset(long, protocol("leave-one-out"));
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
    expect(shown(splitDataset(tied, protocol("leave-one-out")).final.questions)).toEqual([[0, [2, 0], [1]]]);
  });

  it("does not ask for what the history has, unless repeating is wanted", () => {
    const again = datasetOf([inOrder(0, 1, 2, 0), inOrder(0, 1, 2)]);
    const fresh = splitDataset(again, protocol("leave-one-out"));
    expect(shown(fresh.final.questions)).toEqual([[1, [0, 1], [2]]]);
    expect(fresh.leftOut).toEqual({ "targets that the history has": 1 });
    const {
      final: { questions: test },
    } = splitDataset(again, protocol("leave-one-out", { keepsSeen: true }));
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
    expect([...at("all").choosing.train.items]).toEqual([0, 2, 4, 1, 3]);
    expect(shown(at("all").choosing.questions)).toEqual([
      [0, [0, 2, 4], [6, 8]],
      [1, [1, 3], [5, 7, 9]],
    ]);
  });

  it("is asked the test of a model that knows all before it, but one user's last event in ten to stop early by", () => {
    const { train, stopping } = at("all").final;
    expect([...train.items]).toEqual([0, 2, 4, 6, 1, 3, 5, 7, 9]);
    expect(shown(stopping)).toEqual([[0, [0, 2, 4, 6], [8]]]);
  });

  it("asks for all, the first, the last or each in turn of what came after", () => {
    expect(shown(at("all").final.questions)[0]).toEqual([0, [0, 2, 4, 6, 8], [10, 12, 14, 16, 18]]);
    expect(shown(at("first").final.questions)[0]).toEqual([0, [0, 2, 4, 6, 8], [10]]);
    expect(shown(at("last").final.questions)[0]).toEqual([0, [0, 2, 4, 6, 8, 10, 12, 14, 16], [18]]);
    const inTurn = shown(at("successive").final.questions);
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
    const {
      final: { questions: test },
      leftOut,
    } = splitDataset(late, protocol("temporal", { quantile: 0.7 }));
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
    expect(split.final.train.offsets.length - 1).toBe(32);
    expect(caseCount(split.choosing.questions)).toBe(4);
    expect(caseCount(split.final.questions)).toBe(4);
    const [[user, history, targets]] = shown(split.final.questions) as [number, number[], number[]][];
    expect([...history, ...targets]).toEqual(users[user].map(([item]) => item));
    expect(targets.length).toBe(2);
  });

  it("holds out the same users for the same seed, and others for another", () => {
    expect(splitDataset(datasetOf(users), protocol("strong")).final.questions.users).toEqual(
      split.final.questions.users,
    );
    expect(splitDataset(datasetOf(users), protocol("strong", { seed: 2 })).final.questions.users).not.toEqual(
      split.final.questions.users,
    );
  });
});

describe("new items", () => {
  // Item i comes up at time i: with a fifth withheld, 8 and 9 are new, and 6 and 7 are validation.
  const first: Row[] = Array.from({ length: 10 }, (_, item) => [item, item]);
  const users: Row[][] = [
    first,
    [
      [0, 20],
      [9, 21],
      [1, 22],
    ],
    [
      [2, 20],
      [6, 21],
      [8, 22],
    ],
    [
      [8, 20],
      [1, 21],
    ],
    [
      [3, 20],
      [4, 21],
    ],
  ];
  const split = splitDataset(datasetOf(users), protocol("new-items", { newItemShare: 0.2 }));

  it("are asked for the first time that somebody takes one, of a model that knows what came before", () => {
    expect(shown(split.final.questions)).toEqual([
      [0, [0, 1, 2, 3, 4, 5, 6, 7], [8]],
      [1, [0], [9]],
      [2, [2, 6], [8]],
    ]);
    const learned = new Set([
      ...split.final.train.items,
      ...shown(split.final.stopping).flatMap((c) => c[2] as number[]),
    ]);
    expect([...learned].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(split.leftOut).toEqual({ "users who began with a new item": 1 });
  });

  it("settings are chosen on those that came up before them, of a model that knows neither", () => {
    expect(shown(split.choosing.questions)).toEqual([
      [0, [0, 1, 2, 3, 4, 5], [6]],
      [2, [2], [6]],
    ]);
    expect(Math.max(...split.choosing.train.items)).toBe(5);
  });

  it("need times, and one at least", () => {
    expect(() => splitDataset(datasetOf(users, { timing: "order" }), protocol("new-items"))).toThrow("expected times");
    const least = splitDataset(datasetOf(users), protocol("new-items", { newItemShare: 0 }));
    expect(shown(least.final.questions).map(([, , targets]) => targets)).toEqual([[9], [9]]);
  });
});

describe("sessions", () => {
  const minutes = 60_000;
  const session = (start: number, ...items: number[]): Row[] => items.map((item, i) => [item, (start + i) * minutes]);

  it("are histories of their own, ended by half an hour of silence", () => {
    const dataset = datasetOf([[...session(0, 0, 1, 2), ...session(100, 3, 4), ...session(200, 5, 6, 7)]]);
    const split = splitDataset(dataset, protocol("session", { quantile: 0.65 }));
    expect([...split.choosing.train.items]).toEqual([0, 1, 2]);
    expect([...split.final.train.items]).toEqual([0, 1, 3, 4]);
    expect(shown(split.final.stopping)).toEqual([[0, [0, 1], [2]]]);
    expect(shown(split.final.questions)).toEqual([
      [0, [5], [6]],
      [0, [5, 6], [7]],
    ]);
  });

  it("are those that the data name, and are left out where they go over a cut", () => {
    const dataset = datasetOf([session(0, 0, 1, 2, 3, 4, 5, 6, 7)], {
      sessions: Int32Array.of(0, 0, 1, 1, 1, 1, 2, 2),
    });
    const split = splitDataset(dataset, protocol("session", { quantile: 0.7 }));
    expect([...split.choosing.train.items]).toEqual([0, 1]);
    expect([...split.final.train.items]).toEqual([0]);
    expect(shown(split.final.questions)).toEqual([[0, [6], [7]]]);
    expect(split.leftOut).toEqual({ "sessions over the cut": 1 });
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
          const { choosing, final } = splitDataset(dataset, { ...protocolDefaults, ...settings });
          expect(final.train.items.length).toBeLessThan(dataset.interactions.items.length);
          for (const cases of [choosing.questions, final.stopping, final.questions]) {
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
    expect(() =>
      assertNoLeak({ ...split, final: { ...split.final, train: dataset.interactions } }, "everybody"),
    ).toThrow(
      "The split leaks: the training data end at 1970-01-01T00:00:00.009Z, and the first target of the test is at 1970-01-01T00:00:00.006Z",
    );
    const knowing = { ...split.final.questions, at: split.final.questions.at.map(() => 100) };
    expect(() => assertNoLeak({ ...split, final: { ...split.final, questions: knowing } }, "each user")).toThrow(
      "question 0 of the test knows of",
    );
  });
});
