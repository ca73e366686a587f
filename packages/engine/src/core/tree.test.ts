import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { limits } from "./limits.ts";
import { InterestTree } from "./tree.ts";

const unit = (...values: number[]) => Float32Array.from(values);
const nowhere = unit(0, 0);

/** A tree with Film, and under it the learned interests East (along x) and North (along y). */
function filmTree(): InterestTree {
  const tree = new InterestTree(3, 2);
  const film = tree.add({ parent: 0, kind: "category", label: "Film" });
  tree.add({ parent: film.index, kind: "learned", label: "East", centroid: unit(1, 0), nearness: 0.8 });
  tree.add({ parent: film.index, kind: "learned", label: "North", centroid: unit(0, 1), nearness: 0.8 });
  return tree;
}

const placed = (tree: InterestTree, vector: Float32Array, ...categories: string[][]) =>
  [...tree.place({ vector, categories })].map((index) => tree.nodes[index].id);

describe("an interest tree", () => {
  it("places an item at the end of each of its category paths, making what is missing", () => {
    const tree = new InterestTree(1, 2);
    expect(placed(tree, nowhere, ["Film", "Crime"], ["Film"], ["Music"])).toEqual(["film.crime", "film", "music"]);
    expect(placed(tree, nowhere, ["Film", "Crime"])).toEqual(["film.crime"]);
    expect(tree.nodes.map(({ level }) => level)).toEqual([0, 1, 2, 1]);
  });

  it("places an item without categories at the root", () => {
    expect(placed(new InterestTree(1, 2), nowhere)).toEqual(["all"]);
  });

  it("leads an item to the nearest learned interest of its category", () => {
    const tree = filmTree();
    expect(placed(tree, unit(0.96, 0.28), ["Film"])).toEqual(["film.east"]);
    expect(placed(tree, unit(0.28, 0.96), ["Film"])).toEqual(["film.north"]);
    expect(placed(tree, unit(0.96, 0.28), ["Music"])).toEqual(["music"]);
  });

  it("lets an item that is near to none wait under one provisional interest", () => {
    const tree = filmTree();
    const before = tree.nodes.length;
    const far = [unit(0.6, 0.79), unit(-1, 0), nowhere].map((vector) => placed(tree, vector, ["Film"]));
    expect(new Set(far.flat())).toEqual(new Set(["film.new-and-different"]));
    expect(tree.nodes).toHaveLength(before + 1);
    expect(tree.nodes[before]).toMatchObject({ kind: "provisional", level: 2 });
    expect(placed(tree, unit(1, 0), ["Film"])).toEqual(["film.east"]);
  });

  it("counts an item by its parts at its nodes and everything above them", () => {
    const tree = filmTree();
    tree.count(tree.place({ vector: unit(1, 0), categories: [["Film"], ["Music"]] }));
    const counts = Object.fromEntries(tree.nodes.map(({ id, itemCount }) => [id, itemCount]));
    expect(counts).toEqual({ all: 1, film: 0.5, "film.east": 0.5, "film.north": 0, music: 0.5 });
  });

  it("gives ids that are unique, whatever the labels, in any script", () => {
    const label = fc.oneof(
      fc.constantFrom("All", "all", "科幻", "Sci-Fi", "sci fi", "🎸", "🎹", "a.b", "New and different"),
      fc.string(),
    );
    const path = fc.array(label, { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(fc.array(path, { maxLength: 30 }), (paths) => {
        const tree = filmTree();
        const places = tree.place({ vector: nowhere, categories: paths });
        const again = tree.place({ vector: nowhere, categories: paths });
        expect([...again]).toEqual([...places]);
        expect(new Set(tree.nodes.map(({ id }) => id)).size).toBe(tree.nodes.length);
        for (const { index, id, parent, level } of tree.nodes) {
          expect(tree.node(id)?.index).toBe(index);
          expect(parent).toBeLessThan(index);
          expect(level).toBe(index === 0 ? 0 : tree.nodes[parent].level + 1);
          if (index > 0) expect(tree.children(parent)).toContain(index);
        }
        expect(again).toHaveLength(Math.max(1, paths.length));
      }),
      { seed: 1, numRuns: 150 },
    );
  });

  it("keeps categories of one name in different places apart", () => {
    const tree = new InterestTree(1, 2);
    expect(placed(tree, nowhere, ["Film", "Drama"], ["Theatre", "Drama"], ["Drama"])).toEqual([
      "film.drama",
      "theatre.drama",
      "drama",
    ]);
  });

  it("comes back from its stored form as it was, and goes on like it", () => {
    const tree = filmTree();
    tree.root.centroid.set(unit(0.6, 0.8));
    tree.count(tree.place({ vector: unit(1, 0), categories: [["Film"], ["电影", "科幻"]] }));
    const back = InterestTree.load(tree.save());
    expect(back.nodes).toEqual(tree.nodes);
    expect([back.version, back.dimensions]).toEqual([3, 2]);
    expect(back.nodes.map(({ index }) => back.children(index))).toEqual(
      tree.nodes.map(({ index }) => tree.children(index)),
    );
    const item = { vector: unit(-1, 0), categories: [["Film"], ["电影", "科幻"], ["Music"]] };
    expect([...back.place(item)]).toEqual([...tree.place(item)]);
    expect(back.save()).toEqual(tree.save());
  });

  it("refuses a stored form that it does not know", () => {
    expect(() => InterestTree.load(new TextEncoder().encode('{"format":1}'))).toThrow(
      expect.objectContaining({ code: "PENCHANT_E_STATE_VERSION" }),
    );
  });

  it("tells the way down to a node, the root left out", () => {
    const tree = filmTree();
    expect(tree.pathTo(tree.node("film.north")!.index).map(({ label }) => label)).toEqual(["Film", "North"]);
    expect(tree.pathTo(0)).toEqual([]);
  });

  it("is five levels deep and no more", () => {
    const tree = new InterestTree(1, 2);
    let parent = 0;
    for (let level = 1; level <= limits.treeDepth; level++) {
      parent = tree.add({ parent, kind: "category", label: "Deeper" }).index;
    }
    expect(() => tree.add({ parent, kind: "category", label: "Deeper" })).toThrow("at most 5 levels");
  });

  it("is full at its limit, and says so", () => {
    const tree = new InterestTree(1, 0);
    const paths = Array.from({ length: limits.treeNodes - 1 }, (_, index) => [`Category ${index}`]);
    for (const path of paths.slice(0, 50)) tree.place({ vector: nowhere, categories: [path] });
    while (tree.nodes.length < limits.treeNodes) {
      tree.add({ parent: tree.nodes.length % 40, kind: "category", label: `Node ${tree.nodes.length}` });
    }
    expect(() => tree.place({ vector: nowhere, categories: [["One more"]] })).toThrow(
      expect.objectContaining({ code: "PENCHANT_E_ITEM_INVALID", message: expect.stringContaining("20000 nodes") }),
    );
    expect([...tree.place({ vector: nowhere, categories: [["Category 7"]] })]).toHaveLength(1);
  });
});
