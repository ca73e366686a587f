import { describe, expect, it } from "vitest";
import { seededRandom } from "../../base/random.ts";
import { interactionTable } from "../../core/interaction-table.ts";
import { testStart } from "../../testing/builders.ts";
import { textQuestions } from "./questions.ts";
import { placementAccuracy, rankByVectors, treeAgreement } from "./vectors.ts";

const unitOf = (...values: number[]) => {
  const length = Math.hypot(...values);
  return Float32Array.from(values, (value) => value / length);
};

describe("questions about texts", () => {
  const items = Array.from({ length: 50 }, (_, key) => ({ id: `i${key}`, title: `Item ${key}` }));
  const random = seededRandom(3);
  const users = Array.from({ length: 40 }, () => {
    const own = new Set<number>();
    while (own.size < 12) own.add(random.integer(50));
    return [...own].map((item, step) => ({ item, time: testStart + step, weight: 1 }));
  });
  const dataset = {
    name: "made",
    users: users.map((_, user) => `u${user}`),
    items,
    interactions: interactionTable(users),
    timing: "order" as const,
  };
  const { next, cold, isCold, histories } = textQuestions(dataset, 1);

  it("ask for everybody's last item, and for the last one that nobody had", () => {
    expect(next).toHaveLength(40);
    expect(next[5].target).toBe(users[5][11].item);
    expect([...next[5].history]).toEqual(users[5].slice(0, 11).map(({ item }) => item));
    expect(cold.length).toBeGreaterThan(10);
    for (const { target, history } of cold) {
      expect(isCold[target]).toBe(true);
      expect([...history].some((item) => isCold[item])).toBe(false);
    }
  });

  it("leave nothing of an answer to be learned from", () => {
    for (const { user, target } of next) expect(histories[user].includes(target)).toBe(false);
    for (const history of histories) expect([...history].some((item) => isCold[item])).toBe(false);
  });

  it("are the same for the same seed", () => {
    expect(textQuestions(dataset, 1)).toEqual({ next, cold, isCold, histories });
    expect(textQuestions(dataset, 2).isCold).not.toEqual(isCold);
  });
});

describe("item vectors", () => {
  // Two crossed directions: items 0, 2, 4 ... on one, 1, 3, 5 ... on the other.
  const vectors = Array.from({ length: 24 }, (_, item) => unitOf(1 - (item % 2), item % 2, 0.01 * item));
  const question = (history: number[], target: number) => ({
    user: history[0],
    history: Int32Array.from(history),
    target,
    seen: new Set(history),
  });

  it("find what is near to the newest items", () => {
    const { HR, NDCG } = rankByVectors([question([0, 2], 4), question([1], 0)], vectors, () => true, 1);
    expect(HR.value).toBe(0.5);
    expect(NDCG.value).toBeGreaterThan(0);
    expect(rankByVectors([question([0, 2], 4)], vectors, (item) => item !== 4, 1).HR.value).toBe(0);
  });

  it("grow a tree that finds the classes again where the vectors tell them apart", () => {
    const random = seededRandom(1);
    const items = Array.from({ length: 240 }, (_, item) => ({ title: `t${item}`, path: [`class ${item % 3}`] }));
    const apart = items.map((_, item) =>
      unitOf(...[0, 1, 2].map((axis) => (axis === item % 3 ? 1 : 0) + 0.1 * random.normal())),
    );
    const [found] = treeAgreement(items, apart, 1);
    expect(found.nmi).toBeGreaterThan(0.8);
    const noise = items.map(() => unitOf(random.normal(), random.normal(), random.normal()));
    expect(treeAgreement(items, noise, 1)[0].nmi).toBeLessThan(0.3);
  });

  it("place texts at the nearest class of each level", () => {
    const items = [
      { vector: unitOf(1, 0, 0), paths: [["A", "x"]] },
      { vector: unitOf(0.8, 0.6, 0), paths: [["A", "y"]] },
      { vector: unitOf(0, 0, 1), paths: [["B", "x"]] },
    ];
    const texts = [
      { vector: unitOf(1, 0.1, 0), paths: [["A", "x"]] },
      {
        vector: unitOf(0.9, 0.1, 0),
        paths: [
          ["A", "y"],
          ["B", "y"],
        ],
      },
      { vector: new Float32Array(3), paths: [["B", "x"]] },
    ];
    const [first, second] = placementAccuracy(items, texts, 1);
    expect(first.value).toBeCloseTo(2 / 3, 12);
    expect(second.value).toBeCloseTo(1 / 3, 12);
  });
});
