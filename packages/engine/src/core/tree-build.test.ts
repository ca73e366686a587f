import { describe, expect, it } from "vitest";
import { seededRandom } from "../base/random.ts";
import { limits } from "./limits.ts";
import type { InterestTree } from "./tree.ts";
import { buildTree, type TreeItem } from "./tree-build.ts";

const dimensions = 8;
const build = (items: readonly TreeItem[], options: { sizeMin?: number; seed?: number } = {}) =>
  buildTree(items, { version: 1, dimensions, seed: 1, ...options });

/** Items of a category around a direction, all with a word of their own. */
function group(direction: number, word: string, count: number, path: string[] = ["Film"]): TreeItem[] {
  const random = seededRandom(direction + 1);
  return Array.from({ length: count }, (_, index) => {
    const vector = Float32Array.from(
      { length: dimensions },
      (_, d) => (d === direction ? 1 : 0) + 0.1 * random.normal(),
    );
    const length = Math.hypot(...vector);
    return {
      categories: path.length === 0 ? [] : [path],
      vector: vector.map((value) => value / length),
      terms: [word, `${word} ${index}`],
      title: `${word} no. ${index}`,
      popularity: index,
    };
  });
}

const filmGroups = () => [...group(0, "heist", 30), ...group(1, "romance", 40), ...group(2, "飞船", 50)];

/** Which items are together, without regard to numbers and names. */
function partition(nodes: readonly Int32Array[], name: (item: number) => number): string[] {
  const groups = new Map<number, number[]>();
  for (const [item, places] of nodes.entries()) {
    for (const node of places) groups.set(node, [...(groups.get(node) ?? []), name(item)]);
  }
  return [...groups.values()].map((members) => members.sort((a, b) => a - b).join(" ")).sort();
}

const learned = (tree: InterestTree) => tree.nodes.filter(({ kind }) => kind === "learned");

describe("building the interest tree", () => {
  it("finds the groups that are planted inside a category, largest first, and names them by their words", () => {
    const { tree, nodes } = build(filmGroups());
    expect(learned(tree).map(({ label, itemCount }) => [label.split(", ")[0], itemCount])).toEqual([
      ["飞船", 50],
      ["Romance", 40],
      ["Heist", 30],
    ]);
    expect(learned(tree).every(({ parent }) => tree.nodes[parent].label === "Film")).toBe(true);
    expect(new Set(nodes.slice(0, 30).flatMap((places) => [...places])).size).toBe(1);
  });

  it("names the best-known items of a learned interest", () => {
    const { tree } = build(filmGroups());
    const heist = learned(tree).find(({ keywords }) => keywords.includes("heist"))!;
    expect(heist.description).toBe("Such as heist no. 29, heist no. 28, heist no. 27");
  });

  it("splits each path of an item apart", () => {
    const both = [...group(0, "heist", 30), ...group(1, "romance", 30)].map((item) => ({
      ...item,
      categories: [["Film"], ["Evening"]],
    }));
    const { tree, nodes } = build(both);
    expect(learned(tree)).toHaveLength(4);
    for (const places of nodes) {
      expect([...places].map((node) => tree.nodes[tree.nodes[node].parent].label)).toEqual(["Film", "Evening"]);
    }
    expect(tree.root.itemCount).toBeCloseTo(60, 9);
    expect(learned(tree).map(({ itemCount }) => itemCount)).toEqual([15, 15, 15, 15]);
  });

  it("is the same tree every time", () => {
    expect(build(filmGroups()).tree.save()).toEqual(build(filmGroups()).tree.save());
  });

  it("groups the same items whatever their order, and numbers categories alike", () => {
    const items = [...filmGroups(), ...group(3, "jazz", 5, ["Music"]), ...group(4, "rock", 9, ["Music", "Rock"])];
    const random = seededRandom(5);
    const order = [...items.keys()].map((item) => ({ item, key: random.uniform() })).sort((a, b) => a.key - b.key);
    const one = build(items);
    const other = build(order.map(({ item }) => items[item]));
    expect(partition(other.nodes, (place) => order[place].item)).toEqual(partition(one.nodes, (item) => item));
    const ids = (tree: InterestTree) => tree.nodes.filter(({ kind }) => kind === "category").map(({ id }) => id);
    expect(ids(other.tree)).toEqual(ids(one.tree));
  });

  it("leaves items without a vector at their category", () => {
    const unknown = {
      categories: [["Film"]],
      vector: new Float32Array(dimensions),
      terms: [],
      title: "?",
      popularity: 0,
    };
    const { tree, nodes } = build([...filmGroups(), unknown]);
    expect(tree.nodes[nodes.at(-1)![0]].id).toBe("film");
  });

  it("splits from the root where items have no categories", () => {
    const items = [...group(0, "heist", 30, []), ...group(1, "romance", 30, [])];
    const { tree } = build(items);
    expect(learned(tree).map(({ level }) => level)).toEqual([1, 1]);
  });

  it("makes a tree of nothing but the root of nothing", () => {
    const { tree, nodes } = build([]);
    expect([tree.nodes.length, nodes.length]).toEqual([1, 0]);
  });

  it("does not split what is too small, or already at the deepest level", () => {
    expect(learned(build(filmGroups(), { sizeMin: 70 }).tree)).toEqual([]);
    const path = ["a", "b", "c", "d"];
    const deep = [...group(0, "heist", 30, path), ...group(1, "romance", 30, path)];
    const { tree } = build(deep, { sizeMin: 2 });
    expect(Math.max(...tree.nodes.map(({ level }) => level))).toBe(limits.treeDepth);
  });

  it("keeps its promises for every node: parents first, unique ids, counts that add up, unit centroids", () => {
    const { tree, nodes } = build([...filmGroups(), ...group(3, "jazz", 14, ["Music", "Jazz"])]);
    expect(new Set(tree.nodes.map(({ id }) => id)).size).toBe(tree.nodes.length);
    for (const { index, parent, centroid, itemCount } of tree.nodes) {
      expect(parent).toBeLessThan(index);
      expect(Math.hypot(...centroid)).toBeCloseTo(1, 5);
      const here = nodes.filter((places) => places.includes(index)).length;
      const below = tree.children(index).reduce((sum, child) => sum + tree.nodes[child].itemCount, 0);
      expect(itemCount).toBeCloseTo(here + below, 9);
    }
  });

  it("takes back nearly all of its own items, and sends strangers to the provisional interest", () => {
    const items = filmGroups();
    const { tree, nodes } = build(items);
    const before = tree.nodes.length;
    const again = items.filter((item, index) => tree.place(item)[0] === nodes[index][0]).length;
    expect(again / items.length).toBeGreaterThan(0.9);
    const stranger = group(6, "opera", 1)[0];
    expect(tree.nodes[tree.place(stranger)[0]].kind).toBe("provisional");
    expect(tree.nodes.length).toBeLessThanOrEqual(before + 1);
  });
});
