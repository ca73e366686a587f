import { describe, expect, test } from "vitest";
import type { CatalogueEntry } from "./item.ts";
import { TextPlacement } from "./text-placement.ts";
import { InterestTree } from "./tree.ts";

/** Film (1) with Space (2) and War (3), and Chess (4). */
function smallTree(): InterestTree {
  const tree = new InterestTree(1, 4);
  const film = tree.add({ parent: 0, kind: "category", label: "Film" }).index;
  for (const label of ["Space", "War"]) tree.add({ parent: film, kind: "category", label });
  tree.add({ parent: 0, kind: "category", label: "Chess" });
  return tree;
}

/** Items at nodes, with a text part of two dimensions and two of something else. */
function placement(items: readonly { nodes: number[]; text: [number, number] }[]): TextPlacement {
  const entries = items.map(
    ({ nodes, text }, key): CatalogueEntry => ({
      key,
      item: { id: `${key}`, title: "?" },
      vector: Float32Array.of(...text, 0.6, 0.6),
      nodes: Int32Array.from(nodes),
      treeVersion: 1,
    }),
  );
  return new TextPlacement(smallTree(), entries, 2);
}

const east = Float32Array.of(1, 0);
const north = Float32Array.of(0, 1);

describe("words", () => {
  test("go to the node of the items that say the like, whatever else is known of those", () => {
    const near = placement([
      { nodes: [2], text: [0.5, 0] },
      { nodes: [2], text: [0.01, 0.001] },
      { nodes: [4], text: [0, 0.5] },
    ]);
    expect(near.place(east)).toBe(2);
    expect(near.place(north)).toBe(4);
  });

  test("stay at the deepest node that half of the votes are under", () => {
    const items = (space: number, war: number, chess: number) =>
      placement([
        ...Array.from({ length: space }, () => ({ nodes: [2], text: [1, 0] as [number, number] })),
        ...Array.from({ length: war }, () => ({ nodes: [3], text: [1, 0] as [number, number] })),
        ...Array.from({ length: chess }, () => ({ nodes: [4], text: [1, 0] as [number, number] })),
      ]);
    expect(items(6, 4, 0).place(east)).toBe(2);
    expect(items(4, 3, 3).place(east)).toBe(1);
    expect(items(2, 2, 5).place(east)).toBe(4);
    expect(placement([{ nodes: [2, 4, 3], text: [1, 0] }]).place(east)).toBe(1);
    expect(
      placement([
        { nodes: [2, 4], text: [1, 0] },
        { nodes: [0], text: [1, 0] },
      ]).place(east),
    ).toBe(0);
  });

  test("count the nearer items more, by the fourth power of the cosine", () => {
    // Cosines 1 and 0.8: 1 against 2 * 0.41.
    const near = placement([
      { nodes: [4], text: [1, 0] },
      { nodes: [2], text: [0.8, 0.6] },
      { nodes: [3], text: [0.8, 0.6] },
    ]);
    expect(near.place(east)).toBe(4);
  });

  test("stay at the root where nothing is near, nothing is known of them, or there is nothing", () => {
    const some = placement([{ nodes: [2], text: [0.29, 0.957] }]);
    expect(some.place(east)).toBe(0);
    expect(some.place(new Float32Array(2))).toBe(0);
    expect(placement([]).place(east)).toBe(0);
    expect(placement([{ nodes: [2], text: [0, 0] }]).place(east)).toBe(0);
  });
});
