import { describe, expect, it } from "vitest";
import { interactionTable } from "../../core/interaction-table.ts";
import type { Interaction } from "../../core/ports.ts";
import { day } from "../../testing/builders.ts";
import { type AskedRange, askingDefaults, examplesOf, type UptakeAsking } from "./examples.ts";

const took = (item: number, days: number, value?: number, weight = 1): Interaction => ({
  item,
  time: day(days),
  weight,
  ...(value !== undefined && { value }),
});
const liked: UptakeAsking = { ...askingDefaults, question: "liked" };
const takenUp: UptakeAsking = { ...askingDefaults, question: "taken-up", negatives: 2 };

describe("whether an item is liked", () => {
  const people = interactionTable([
    [took(0, 0, 5), took(1, 1, 4), took(2, 1, 3), took(3, 2), took(4, 3, 3.5)],
    [took(4, 0, 1), took(0, 9, 4.5)],
  ]);
  const whole: AskedRange[] = [
    [0, 0, 5],
    [1, 5, 7],
  ];
  const events = new Float64Array(5).fill(1);

  it("is asked of every event with a value and a history of earlier times", () => {
    const { questions, labels, leftOut } = examplesOf(people, whole, events, liked, { seed: 1 });
    expect([...questions.items]).toEqual([1, 2, 4, 0]);
    expect([...labels]).toEqual([1, 0, 0, 1]);
    expect([...questions.users]).toEqual([0, 0, 0, 1]);
    expect([...questions.starts]).toEqual([0, 0, 0, 5]);
    // Of two events at the same time none knows of the other.
    expect([...questions.ends]).toEqual([1, 1, 4, 6]);
    expect([...questions.times]).toEqual([1, 1, 3, 9].map(day));
    expect(leftOut).toEqual({ "events without a history": 2, "events without a value": 1 });
  });

  it("has another threshold, a window and fewer rows where asked to", () => {
    const asking = { ...liked, threshold: 3, historyMax: 2 };
    const { questions, labels } = examplesOf(people, whole, events, asking, { seed: 1 });
    expect([...labels]).toEqual([1, 1, 1, 1]);
    expect([...questions.starts]).toEqual([0, 0, 2, 5]);
    const fewer = examplesOf(people, whole, events, asking, { seed: 1, rowsMax: 2 });
    expect([...fewer.questions.items]).toEqual([1, 4]);
    const later = examplesOf(people, [[0, 4, 5]], events, asking, { seed: 1 });
    expect([...later.questions.items]).toEqual([4]);
  });
});

describe("whether an item is taken up", () => {
  const catalogue = 50;
  const people = interactionTable([
    [took(0, 0), took(1, 1), took(2, 2, undefined, -1), took(0, 3), took(3, 4)],
    [took(7, 0), took(8, 5)],
  ]);
  const whole: AskedRange[] = [
    [0, 0, 5],
    [1, 5, 7],
  ];
  const even = new Float64Array(catalogue).fill(1);

  it("is asked of what was taken up anew, and of items drawn that never were, at the same time with the same history", () => {
    const { questions, labels, leftOut } = examplesOf(people, whole, even, takenUp, { seed: 1 });
    expect([...labels]).toEqual([1, 0, 0, 1, 0, 0, 1, 0, 0]);
    expect([0, 3, 6].map((row) => questions.items[row])).toEqual([1, 3, 8]);
    expect(leftOut).toEqual({
      "events without a history": 2,
      "events that are no interest": 1,
      "events on items that the history has": 1,
    });
    for (const [row, item] of questions.items.entries()) {
      const first = row - (row % 3);
      expect([questions.ends[row], questions.times[row]]).toEqual([questions.ends[first], questions.times[first]]);
      if (labels[row] === 0) expect(questions.users[row] === 0 ? [0, 1, 2, 3] : [7, 8]).not.toContain(item);
    }
  });

  it("asks again for what the person had where that is asked for", () => {
    const { questions, labels } = examplesOf(people, [[0, 3, 5]], even, { ...takenUp, keepsSeen: true }, { seed: 1 });
    expect([...questions.items].filter((_, row) => labels[row] === 1)).toEqual([0, 3]);
  });

  it("draws the same for the same seed, and by popularity where asked to", () => {
    const seeds = [1, 1, 2].map((seed) => [...examplesOf(people, whole, even, takenUp, { seed }).questions.items]);
    expect(seeds[1]).toEqual(seeds[0]);
    expect(seeds[2]).not.toEqual(seeds[0]);
    const popular = new Float64Array(catalogue);
    popular[20] = 3;
    popular[21] = 1;
    const drawn = (negativeExponent: number) => {
      const asking = { ...takenUp, negatives: 100, negativeExponent };
      const { questions, labels } = examplesOf(people, whole, popular, asking, { seed: 1 });
      return [...questions.items].filter((_, row) => labels[row] === 0);
    };
    const byEvents = drawn(1);
    expect(new Set(byEvents)).toEqual(new Set([20, 21]));
    expect(byEvents.filter((item) => item === 20).length / byEvents.length).toBeCloseTo(0.75, 1);
    expect(new Set(drawn(0)).size).toBeGreaterThan(40);
  });

  it("draws fewer where nothing is left to draw", () => {
    const { labels } = examplesOf(
      interactionTable([[took(0, 0), took(1, 1)]]),
      [[0, 0, 2]],
      Float64Array.of(1, 1),
      takenUp,
      { seed: 1 },
    );
    expect([...labels]).toEqual([1]);
  });
});
