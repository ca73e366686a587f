import type { InterestSummary } from "@penchant/protocol";
import { expect, test } from "vitest";
import { searchTree, treeOf } from "./tree-shape.ts";

const node = (
  id: string,
  parent: string | null,
  level: number,
  itemCount: number,
  keywords: string[] = [],
): InterestSummary => ({
  id,
  parent,
  level,
  label: id,
  keywords,
  itemCount,
});
const interests = [
  node("all", null, 0, 9),
  node("Film", "all", 1, 3),
  node("Music", "all", 1, 6),
  node("Crime", "Film", 2, 2, ["noir", "film"]),
  node("Opera", "Music", 2, 6, ["aria"]),
];

test("the broadest stand first by their items, and every interest knows its way up", () => {
  const tree = treeOf(interests);
  expect(tree.broadest.map(({ id }) => id)).toEqual(["Music", "Film"]);
  expect(tree.childrenOf("Film").map(({ id }) => id)).toEqual(["Crime"]);
  expect(tree.above("Crime").map(({ id }) => id)).toEqual(["Film"]);
  expect(tree.above("Film")).toEqual([]);
  expect(treeOf([]).broadest).toEqual([]);
});

test("a search finds all words in labels and keywords, and labels first", () => {
  expect(searchTree(interests, "FILM").map(({ id }) => id)).toEqual(["Film", "Crime"]);
  expect(searchTree(interests, "noir film").map(({ id }) => id)).toEqual(["Crime"]);
  expect(searchTree(interests, "  ")).toEqual([]);
  expect(searchTree(interests, "all")).toEqual([]);
});
