import type { Reason } from "@penchant/protocol";
import { expect, test } from "vitest";
import { flowOf, interestOf } from "./flow.ts";

const drama = { id: "drama", label: "Drama" };
const texts = { otherEvents: "others", saidBy: ({ source, model }: Reason) => `${source} ${model}` };
const reason = (item: string, contribution: number, more: Partial<Reason> = {}): Reason => ({
  source: "interest",
  contribution,
  event: { type: "view", time: 0, item: { id: item, title: item.toUpperCase() } },
  ...more,
});

test("what flows into an interest flows out of it, and the ribbons add up to the reasons", () => {
  const recommendations = [
    {
      item: { id: "heat", title: "Heat" },
      score: 1,
      reasons: [reason("a", 0.5, { interest: drama }), reason("b", 0.2)],
    },
    {
      item: { id: "ran", title: "Ran" },
      score: 1,
      reasons: [reason("a", 0.3, { interest: drama }), { source: "rest", contribution: 0.4 } as const],
    },
  ];
  const { nodes, links } = flowOf(recommendations, texts);
  expect(nodes.map(({ label, column }) => [label, column])).toEqual([
    ["A", 0],
    ["Heat", 2],
    ["Drama", 1],
    ["B", 0],
    ["Ran", 2],
  ]);
  const sum = (pick: (link: (typeof links)[number]) => boolean) =>
    links.filter(pick).reduce((total, { value }) => total + value, 0);
  expect(sum(({ target }) => target === "1:drama")).toBeCloseTo(0.8, 12);
  expect(sum(({ source }) => source === "1:drama")).toBeCloseTo(0.8, 12);
  expect(sum(({ target }) => target.startsWith("2:"))).toBeCloseTo(1, 12);
});

test("events with small parts flow together", () => {
  const reasons = Array.from({ length: 20 }, (_, index) => reason(`e${index}`, 1 + index, { interest: drama }));
  const { nodes } = flowOf([{ item: { id: "heat", title: "Heat" }, score: 1, reasons }], texts);
  expect(nodes.filter(({ column }) => column === 0)).toHaveLength(9);
  expect(nodes.some(({ label }) => label === "others")).toBe(true);
});

test("what rests on no event begins in the middle, under the name of who says so, and is no interest", () => {
  const reasons: Reason[] = [
    reason("a", 0.5, { interest: drama }),
    { source: "language-model", model: "gemma", contribution: 0.3 },
    { source: "interest", interest: drama, contribution: 0.2 },
  ];
  const { nodes, links } = flowOf([{ item: { id: "heat", title: "Heat" }, score: 1, reasons }], texts);
  const said = nodes.find(({ label }) => label === "language-model gemma")!;
  expect(said.column).toBe(1);
  expect(links.filter(({ source, target }) => [source, target].includes(said.name))).toEqual([
    { source: said.name, target: "2:heat", value: 0.3 },
  ]);
  expect(nodes.map(({ name }) => interestOf(name)).filter((id) => id !== undefined)).toEqual(["drama"]);
  // An interest that no event is named for is held up by events all the same.
  expect(links).toContainEqual({ source: "0:", target: "1:drama", value: 0.2 });
});
