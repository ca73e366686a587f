import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { PenchantError } from "../base/errors.ts";
import type { LoggedEvent } from "../core/event.ts";
import { interactionTable } from "../core/interaction-table.ts";
import type { Storage } from "../core/ports.ts";
import { defaultEventWeights } from "../core/weights.ts";
import { openEmbeddedStorage } from "../storage/embedded/index.ts";
import { testStart, themedItems } from "../testing/builders.ts";
import { folderWith } from "../testing/folder.ts";
import { Encoder } from "./encoder.ts";
import { fitModels } from "./fitting.ts";
import { Understanding } from "./understanding.ts";

describe("what the engine understands of the catalogue", () => {
  let storage: Storage;

  beforeEach(async () => {
    storage = await openEmbeddedStorage({ dataDir: folderWith() });
  });
  afterEach(() => storage.close());

  const load = (from: Storage = storage) => Understanding.load(from, defaultEventWeights, Encoder.lexical());

  async function expectSameAfterRestart({ models, catalogue, intensities }: Understanding): Promise<void> {
    const { understanding: again, isWhole } = await load();
    expect(isWhole).toBe(true);
    expect(again.catalogue.entries()).toEqual(catalogue.entries());
    expect(again.models.tree.nodes).toEqual(models.tree.nodes);
    expect(again.intensities.rates).toEqual(intensities.rates);
    expect(again.models.popularity).toEqual(models.popularity);
    expect(again.models.neighbours).toEqual(models.neighbours);
  }

  it("is the same after a restart, item by item and node by node", async () => {
    const { understanding } = await load();
    await understanding.putItems(themedItems(3));
    await understanding.putItems([{ id: "two", title: "Two places", categories: [["Chess"], ["Books", "Chess"]] }]);
    await expectSameAfterRestart(understanding);
  });

  it("keeps a known item in its place until the next rebuild, and takes its new words at once", async () => {
    const { understanding } = await load();
    await understanding.putItems([{ id: "a", title: "Old", categories: [["Film"]] }]);
    const nodes = understanding.catalogue.nodes(0);
    expect(await understanding.putItems([{ id: "a", title: "New", categories: [["Music"]] }])).toEqual({
      created: [],
      updated: 1,
    });
    expect(understanding.catalogue.item(0).title).toBe("New");
    expect(understanding.catalogue.nodes(0)).toEqual(nodes);
  });

  it("takes the last of several items with one id", async () => {
    const { understanding } = await load();
    const twice = [
      { id: "a", title: "First" },
      { id: "a", title: "Second" },
    ];
    expect(await understanding.putItems(twice)).toEqual({ created: ["a"], updated: 0 });
    expect([understanding.catalogue.size, understanding.catalogue.item(0).title]).toEqual([1, "Second"]);
  });

  it("survives a tree that could not be stored: the next items bring it along", async () => {
    let isFailing = true;
    const failing: Storage = {
      ...storage,
      blobs: {
        ...storage.blobs,
        async put(name, bytes) {
          if (isFailing) throw new PenchantError("PENCHANT_E_STORAGE_FULL", "The disk is full.");
          await storage.blobs.put(name, bytes);
        },
      },
    };
    const { understanding } = await load(failing);
    const item = { id: "a", title: "Heat", categories: [["Film", "Crime"]] };
    await expect(understanding.putItems([item])).rejects.toThrow("The disk is full.");
    expect(understanding.catalogue.size).toBe(0);
    isFailing = false;
    await understanding.putItems([item]);
    await expectSameAfterRestart(understanding);
  });

  it("goes over to newly fitted models at once, items that came meanwhile included", async () => {
    const { understanding } = await load();
    const items = themedItems(30);
    await understanding.putItems(items);
    const table = interactionTable([
      [
        { item: 0, time: testStart, weight: 1 },
        { item: 1, time: testStart, weight: 1 },
      ],
    ]);
    const { models, fitted } = fitModels(items, table, { treeVersion: 2, seed: 1, until: testStart });
    await understanding.putItems([{ id: "late", title: "garlic dough", categories: [["Cooking"]] }]);
    await understanding.replace(models, fitted);
    const late = understanding.catalogue.entry(items.length);
    expect([late.item.id, late.treeVersion]).toEqual(["late", 2]);
    expect(models.tree.root.itemCount).toBeCloseTo(items.length + 1, 9);
    await expectSameAfterRestart(understanding);
  });

  it("notices that a change of models was cut off between the models and the items", async () => {
    const { understanding } = await load();
    const items = themedItems(5);
    await understanding.putItems(items);
    const fit = fitModels(items, interactionTable([]), { treeVersion: 2, seed: 1, until: testStart });
    const cutOff = { ...storage, catalogue: { ...storage.catalogue, put: () => Promise.reject(new Error("killed")) } };
    const { understanding: other } = await load(cutOff);
    await expect(other.replace(fit.models, fit.fitted)).rejects.toThrow("killed");
    expect((await load()).isWhole).toBe(false);
  });

  it("says what an event means: where its item stands and what its type weighs", async () => {
    const { understanding } = await load();
    await understanding.putItems([{ id: "a", title: "Heat", categories: [["Film"], ["Crime"]] }]);
    const event: LoggedEvent = { id: "e", user: "ada", type: "rating", time: 5, position: 9, value: 2 };
    expect(understanding.toFoldable({ ...event, item: "a" })).toEqual({
      position: 9,
      time: 5,
      type: "rating",
      item: 0,
      nodes: Int32Array.of(1, 2),
      weight: -0.5,
      value: 2,
      engaging: true,
    });
    expect(understanding.toFoldable({ ...event, item: "unknown" })).toMatchObject({
      item: -1,
      nodes: Int32Array.of(0),
    });
    expect(understanding.toFoldable({ ...event, type: "stare" })).toMatchObject({ weight: 0, engaging: false });
  });
});
