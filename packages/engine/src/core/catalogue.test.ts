import { expect, it } from "vitest";
import { Catalogue } from "./catalogue.ts";
import type { CatalogueEntry } from "./item.ts";

/** A unit vector of its own for every number. */
const turned = (angle: number) => [Math.cos(angle), Math.sin(angle)];

const entry = (key: number, id = `i${key}`, vector = turned(key)): CatalogueEntry => ({
  key,
  item: { id, title: id },
  vector: Float32Array.from(vector),
  nodes: Int32Array.of(key),
  treeVersion: 1,
});

it("finds items by id and by key, with their vectors as one matrix", () => {
  const catalogue = new Catalogue(2);
  for (let key = 0; key < 100; key++) catalogue.put(entry(key));
  expect(catalogue.size).toBe(100);
  for (let key = 0; key < 100; key++) {
    expect(catalogue.key(`i${key}`)).toBe(key);
    expect(catalogue.item(key).id).toBe(`i${key}`);
    expect([...catalogue.nodes(key)]).toEqual([key]);
    expect(catalogue.cosine(key, 0)).toBeCloseTo(Math.cos(key), 4);
  }
  expect(catalogue.products(Float32Array.from(turned(1)))).toHaveLength(100);
  expect(catalogue.key("i100")).toBeUndefined();
});

it("replaces an item under its key, vector and all", () => {
  const catalogue = new Catalogue(2);
  catalogue.put(entry(0));
  catalogue.put(entry(1));
  catalogue.put({ ...entry(0, "i0", turned(2)), item: { id: "i0", title: "New" } });
  expect([catalogue.size, catalogue.item(0).title]).toEqual([2, "New"]);
  const [own, other] = catalogue.products(Float32Array.from(turned(2)));
  expect(own).toBeCloseTo(1, 4);
  expect(other).toBeCloseTo(Math.cos(1), 4);
});

it("averages over every item's nodes, those of the newest version", () => {
  const catalogue = new Catalogue(2);
  const put = (key: number, ...nodes: number[]) => catalogue.put({ ...entry(key), nodes: Int32Array.from(nodes) });
  put(0, 1);
  put(1, 0, 2);
  put(2, 2, 2, 1);
  expect([...catalogue.meansOverNodes(Float64Array.of(1, 10, 100), new Float32Array(3))]).toEqual([10, 50.5, 70]);
  put(1, 0, 2);
  put(0, 2, 0);
  expect([...catalogue.meansOverNodes(Float64Array.of(1, 10, 100), new Float32Array(3))]).toEqual([50.5, 50.5, 70]);
});

it("has no gaps, and only vectors of its own length", () => {
  const catalogue = new Catalogue(2);
  expect(() => catalogue.put(entry(1))).toThrow("item keys are dense");
  expect(() => catalogue.put(entry(0, "i0", [1]))).toThrow("vectors have 2 dimensions");
  expect(() => catalogue.entry(0)).toThrow("item key 0 is in the catalogue");
});
