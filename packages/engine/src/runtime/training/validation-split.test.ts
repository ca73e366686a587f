import { describe, expect, it } from "vitest";
import { interactionTable } from "../../core/interaction-table.ts";
import { caseAt, caseCount } from "../../evaluate/cases.ts";
import { day } from "../../testing/builders.ts";
import { inOrderOfTime } from "../interactions.ts";
import { validationSplit } from "./validation-split.ts";

const took = (item: number, at: number, weight = 1) => ({ item, time: day(at), weight });

describe("what a model in use is judged by", () => {
  /** Twenty people; the later their number, the later their last event. */
  const people = Array.from({ length: 20 }, (_, user) => [took(0, 0), took(1, 1), took(2, 10 + user)]);

  it("is the last event of the tenth of the people who were active last, and nothing of it is learned from", () => {
    const { train, questions } = validationSplit(interactionTable(people));
    const asked = Array.from({ length: caseCount(questions) }, (_, index) => caseAt(questions, index));
    expect(asked.map(({ user, targets }) => [user, targets])).toEqual([
      [18, [2]],
      [19, [2]],
    ]);
    expect(asked[0].query.history.map(({ item }) => item)).toEqual([0, 1]);
    expect(train.items).toHaveLength(58);
    expect(Math.max(...train.times)).toBe(day(10 + 17));
  });

  it("is no rejection, nothing of somebody without a history, and nothing that was known before", () => {
    const table = interactionTable([
      [took(0, 0), took(1, 30, -1)],
      [took(0, 40)],
      [took(0, 0), took(0, 20)],
      [took(0, 0), took(1, 10)],
    ]);
    const { questions } = validationSplit(table);
    expect(caseCount(questions)).toBe(0);
    const { questions: asked } = validationSplit(interactionTable([[took(0, 0), took(1, 10)]]));
    expect(caseCount(asked)).toBe(1);
  });
});

it("the log's order becomes that of time, with everything that belongs to an interaction", () => {
  const table = interactionTable([
    [{ ...took(5, 3), value: 2 }, took(6, 1, -1), took(7, 3)],
    [took(8, 2), took(9, 0)],
  ]);
  const { items, times, weights, values } = inOrderOfTime(table);
  expect([...items]).toEqual([6, 5, 7, 9, 8]);
  expect([...times]).toEqual([1, 3, 3, 0, 2].map(day));
  expect([...weights]).toEqual([-1, 1, 1, 1, 1]);
  expect([...values!]).toEqual([Number.NaN, 2, Number.NaN, Number.NaN, Number.NaN]);
});
