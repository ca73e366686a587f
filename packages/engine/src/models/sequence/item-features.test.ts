import { describe, expect, it, test } from "vitest";
import type { Item } from "../../core/item.ts";
import { compile } from "../../nn/session.ts";
import { dataOf } from "../test-data.ts";
import { itemFeaturesOf, placedFeatures } from "./feature-space.ts";
import { joinedFeatures, selectedFeatures, wholeRows } from "./item-features.ts";
import { itemRows } from "./network.ts";

const items: Item[] = [
  { id: "a", title: "Red apple", categories: [["Food", "Fruit"]] },
  { id: "b", title: "Green apple", categories: [["Food", "Fruit"], ["Gifts"]] },
  { id: "c", title: "Green pear", categories: [["Food"], ["Gifts"]] },
  { id: "d", title: "Spanner", categories: [["Tools"]] },
];
const data = { ...dataOf([[0, 1, 2, 3]], 4), items };

describe("features of items", () => {
  test("are the beginnings of their paths, each of several counting in part; a node of one item says nothing", () => {
    const { paths } = itemFeaturesOf(data, { paths: true, texts: false, seed: 1 }).features;
    // Food, Fruit and Gifts; Tools has one item.
    expect(paths).toEqual({
      nodeCount: 3,
      offsets: Int32Array.of(0, 2, 5, 7, 7),
      nodes: Int32Array.of(0, 1, 0, 1, 2, 0, 2),
      shares: Float32Array.of(1, 1, 0.5, 0.5, 0.5, 0.5, 0.5),
    });
  });

  test("are unit vectors of their texts, near for items that share words", () => {
    const { vectors } = itemFeaturesOf(data, { paths: false, texts: true, seed: 1 }).features;
    const row = (item: number) =>
      vectors!.values.subarray(item * vectors!.dimensions, (item + 1) * vectors!.dimensions);
    const cosine = (a: number, b: number) => row(a).reduce((sum, value, at) => sum + value * row(b)[at], 0);
    expect(cosine(0, 0)).toBeCloseTo(1, 5);
    expect(cosine(0, 1)).toBeGreaterThan(cosine(0, 2));
    expect([...row(3)].every((value) => value === 0)).toBe(true);
  });

  test("are the caller's vectors where there are some", () => {
    const vectors = Float32Array.of(1, 0, 0, 1, 1, 0, 0, 1);
    const { features } = itemFeaturesOf({ ...data, vectors }, { paths: false, texts: true, seed: 1 });
    expect(features.vectors).toEqual({ dimensions: 2, values: vectors });
  });

  test("are none where nothing is asked for or known", () => {
    expect(itemFeaturesOf(data, { paths: false, texts: false, seed: 1 }).features).toEqual({});
    expect(itemFeaturesOf(dataOf([[0, 1]], 2), { paths: true, texts: true, seed: 1 }).features).toEqual({});
  });

  test("are the same for an item that comes later as for its like that was there", () => {
    const { space, features } = itemFeaturesOf(data, { paths: true, texts: true, seed: 1 });
    const later: Item[] = [
      { ...items[1], id: "later" },
      { id: "stranger", title: "Zyzzyva" },
    ];
    const added = { features: placedFeatures(space, later, 2), itemCount: 2 };
    const { paths, vectors } = joinedFeatures({ features, itemCount: 4 }, added);
    expect(paths!.offsets).toEqual(Int32Array.of(...features.paths!.offsets, 10, 10));
    expect(paths!.nodes.slice(7)).toEqual(paths!.nodes.slice(2, 5));
    expect(paths!.shares.slice(7)).toEqual(paths!.shares.slice(2, 5));
    const row = (item: number) =>
      [...vectors!.values].slice(item * vectors!.dimensions, (item + 1) * vectors!.dimensions);
    expect(row(4)).toEqual(row(1));
    expect(row(5).every((value) => value === 0)).toBe(true);
  });

  it("can be taken of some items", () => {
    const { paths } = selectedFeatures(
      itemFeaturesOf(data, { paths: true, texts: true, seed: 1 }).features,
      Int32Array.of(2, 0),
    );
    expect(paths).toMatchObject({ offsets: Int32Array.of(0, 2, 4), nodes: Int32Array.of(0, 2, 0, 1) });
  });
});

test("rows in plain arrays are those of the graph", async () => {
  const { features } = itemFeaturesOf(data, { paths: true, texts: true, seed: 1 });
  const width = 3;
  const numbers = (rows: number, from: number) =>
    Float32Array.from({ length: rows * width }, (_, at) => Math.sin(from + at));
  const learned = {
    items: numbers(4, 0),
    nodes: numbers(3, 50),
    projection: numbers(features.vectors!.dimensions, 90),
  };
  const { table } = itemRows({ items: 4, features }, { width, training: undefined });
  const session = await compile({ table }, { threads: 1 });
  const result = await session.run(learned);
  await session.close();
  const rows = wholeRows(learned, features, width);
  for (const [at, value] of rows.entries()) expect(value).toBeCloseTo(Number(result.table[at]), 6);
});
