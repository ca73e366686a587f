import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { seededRandom } from "../base/random.ts";
import { InterestTree } from "./tree.ts";
import { type BuiltTree, buildTree, type TreeItem, treeCohesion } from "./tree-build.ts";

const dimensions = 16;

/** Items around `groups` directions with so much noise that many lie between two; in the order given by their numbers. */
function blurred(
  count: number,
  options: { groups: number; spread: number; seed: number; path?: string[] },
): TreeItem[] {
  const random = seededRandom(options.seed);
  return Array.from({ length: count }, (_, item) => {
    const group = item % options.groups;
    const noise = () => (options.spread * random.normal()) / Math.sqrt(dimensions);
    const vector = Float32Array.from({ length: dimensions }, (_, d) => (d === group ? 1 : 0) + noise());
    const length = Math.hypot(...vector);
    return {
      categories: [options.path ?? ["Film"]],
      vector: vector.map((value) => value / length),
      terms: [`word${group}`],
      title: `item ${item}`,
      popularity: item,
    };
  });
}

const build = (items: readonly TreeItem[], earlier?: BuiltTree, version = 1) =>
  buildTree(items, { version, dimensions, seed: version, earlier });
const idsOf = ({ tree, nodes }: BuiltTree) => nodes.map((places) => [...places].map((node) => tree.nodes[node].id));

function leafKeptShare(before: BuiltTree, after: BuiltTree): number {
  const [old, now] = [idsOf(before), idsOf(after)];
  return old.filter((ids, item) => ids.join() === now[item].join()).length / old.length;
}

describe("a tree that is built again", () => {
  it("keeps 95 % of the items in their leaves after a tenth more, within 2 % of a fresh tree's quality", () => {
    const items = blurred(700, { groups: 7, spread: 1.4, seed: 1 });
    const before = build(items.slice(0, 630));
    const after = build(items, before, 2);
    expect(before.tree.nodes.filter(({ kind }) => kind === "learned").length).toBeGreaterThan(3);
    expect(leafKeptShare(before, after)).toBeGreaterThanOrEqual(0.95);
    expect(treeCohesion(items, after)).toBeGreaterThanOrEqual(0.98 * treeCohesion(items, build(items, undefined, 2)));
    expect(after.tree.nodes.slice(1).every(({ lineage }) => lineage.change === "kept" && lineage.since === 1)).toBe(
      true,
    );
  });

  it("keeps ids and labels when its vectors have been fitted anew, in a space of their own", () => {
    const items = blurred(400, { groups: 5, spread: 1, seed: 2 });
    // The same vectors with their axes in another order and turned round.
    const turned = items.map((item) => ({ ...item, vector: item.vector.toReversed().map((value) => -value) }));
    const before = build(items);
    const after = build(turned, before, 2);
    expect(leafKeptShare(before, after)).toBeGreaterThanOrEqual(0.98);
    expect(after.tree.nodes.map(({ id, label }) => [id, label])).toEqual(
      before.tree.nodes.map(({ id, label }) => [id, label]),
    );
  });

  it("takes a new subject in as a new interest, and leaves the others their ids", () => {
    const items = blurred(490, { groups: 7, spread: 0.5, seed: 3 });
    const old = items.filter(({ terms }) => terms[0] !== "word6");
    const before = build(old);
    const after = build([...old, ...items.filter(({ terms }) => terms[0] === "word6")], before, 2);
    const fresh = after.tree.nodes.filter(({ lineage }) => lineage.change === "new");
    expect(fresh.map(({ keywords }) => keywords[0])).toContain("word6");
    expect(leafKeptShare(before, after)).toBeGreaterThanOrEqual(0.95);
  });

  it("keeps a category's id when it is renamed, and tells where one went that was dissolved", () => {
    const music = blurred(60, { groups: 1, spread: 0.5, seed: 4, path: ["Music"] });
    const film = blurred(200, { groups: 1, spread: 0.5, seed: 5 });
    const before = build([...music, ...film]);
    const renamed = build([...music.map((item) => ({ ...item, categories: [["Sound"]] })), ...film], before, 2);
    expect(renamed.tree.node("music")).toMatchObject({ label: "Sound", lineage: { change: "kept", from: ["music"] } });
    const dissolved = build([...music.map((item) => ({ ...item, categories: [["Film"]] })), ...film], before, 2);
    expect(dissolved.tree.node("music")).toBeUndefined();
    expect(dissolved.tree.retired).toEqual([
      { id: "music", label: "Music", change: "merged", into: ["film"], version: 2 },
    ]);
    expect(dissolved.tree.heirs("music").map(({ id }) => id)).toEqual(["film"]);
  });

  it("never gives a former interest's id to another, also after a restart", () => {
    const music = blurred(30, { groups: 1, spread: 0.5, seed: 6, path: ["Music"] });
    const before = build(music);
    const gone = build([], { tree: before.tree, nodes: [] }, 2);
    expect(gone.tree.retired).toMatchObject([{ id: "music", change: "gone", into: [] }]);
    const loaded = InterestTree.load(gone.tree.save());
    expect(loaded.retired).toEqual(gone.tree.retired);
    const again = build(music, { tree: loaded, nodes: [] }, 3);
    expect(again.tree.nodes.map(({ id }) => id)).toEqual(["all", "music-2"]);
    expect(again.tree.heirs("music")).toEqual([]);
  });

  it("follows a former interest through any number of rebuilds", () => {
    const tree = new InterestTree(4, 2);
    tree.add({ parent: 0, kind: "category", label: "Film" });
    tree.retire({ id: "a", label: "A", change: "merged", into: ["b"], version: 2 });
    tree.retire({ id: "b", label: "B", change: "split", into: ["film", "c"], version: 3 });
    tree.retire({ id: "c", label: "C", change: "gone", into: [], version: 4 });
    expect(tree.heirs("a").map(({ id }) => id)).toEqual(["film"]);
    expect(tree.heirs("film").map(({ id }) => id)).toEqual(["film"]);
    expect(tree.heirs("never there")).toEqual([]);
  });

  it("stands for nothing, one item and equal vectors, whatever came before", () => {
    const shape = fc.record({ count: fc.integer({ min: 0, max: 40 }), equal: fc.boolean(), zero: fc.boolean() });
    fc.assert(
      fc.property(fc.array(shape, { minLength: 1, maxLength: 4 }), (shapes) => {
        let earlier: BuiltTree | undefined;
        for (const [round, { count, equal, zero }] of shapes.entries()) {
          const items = blurred(count, { groups: 3, spread: equal ? 0 : 1, seed: round }).map((item) =>
            zero ? { ...item, vector: new Float32Array(dimensions) } : item,
          );
          const built = buildTree(items, { version: round + 1, dimensions, seed: 1, sizeMin: 2, earlier });
          expect(built.nodes).toHaveLength(count);
          expect(new Set(built.tree.nodes.map(({ id }) => id)).size).toBe(built.tree.nodes.length);
          const ids = [...built.tree.nodes.map(({ id }) => id), ...built.tree.retired.map(({ id }) => id)];
          for (const { id } of earlier?.tree.nodes ?? []) expect(ids).toContain(id);
          expect(built.tree.root.itemCount).toBeCloseTo(count, 9);
          for (const { centroid } of built.tree.nodes) expect(centroid.every(Number.isFinite)).toBe(true);
          earlier = built;
        }
      }),
      { seed: 1, numRuns: 40 },
    );
  });
});
