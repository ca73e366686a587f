import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { limits } from "../core/limits.ts";
import type { SavedModel } from "../core/model.ts";
import { folderWith } from "../testing/folder.ts";
import { writeModelFolder } from "./model-folder.ts";
import { ModelRegistry } from "./model-registry.ts";
import { popularity } from "./popularity.ts";
import type { StoredModel, TrainedFacts } from "./stored-model.ts";
import { dataOf, fitOn } from "./test-data.ts";

const saved: SavedModel = (await fitOn(popularity, dataOf([[0, 1], [1]], 2))).save();
const facts: TrainedFacts = {
  seed: 1,
  commit: "0",
  trainedAt: 5,
  seconds: 0.1,
  data: { from: 0, to: 4, position: 3, users: 2, items: 2, interactions: 3 },
  validation: { questions: 1, metrics: { "NDCG@10": { value: 0.5, low: 0.4, high: 0.6 } } },
  itemIds: ["a", "b"],
};

async function kept(registry: ModelRegistry): Promise<StoredModel> {
  const folder = await registry.stage();
  await writeModelFolder(folder, saved, facts);
  return registry.add(folder);
}

const idsOf = (registry: ModelRegistry) => registry.list().map(({ id }) => id);

describe("the registry of models", () => {
  it("gives every model a number of its own, and has them all again when it is opened anew", async () => {
    const dataDir = folderWith();
    const registry = await ModelRegistry.open(dataDir);
    expect(idsOf(registry)).toEqual([]);
    const first = await kept(registry);
    expect(first).toMatchObject({ ...facts, id: "popularity-1", name: "popularity", version: 1, config: {} });
    for (let number = 2; number <= 10; number++) await kept(registry);
    await registry.promote("popularity-2", 7);
    await registry.promote("popularity-10", 8);
    const again = await ModelRegistry.open(dataDir);
    expect(again.list()).toEqual(registry.list());
    expect(idsOf(again)).toEqual(Array.from({ length: 10 }, (_, index) => `popularity-${index + 1}`));
    expect(again.promotions).toEqual([
      { model: "popularity-2", at: 7 },
      { model: "popularity-10", at: 8 },
    ]);
    await again.rollback();
    expect(again.promoted).toBe("popularity-2");
    await again.remove(["popularity-2"]);
    expect((await ModelRegistry.open(dataDir)).promoted).toBeUndefined();
  });

  it("reads a model of the version that kept no intervals", async () => {
    const dataDir = folderWith();
    const registry = await ModelRegistry.open(dataDir);
    const { id } = await kept(registry);
    const path = join(registry.folderOf(id), "model.json");
    const document = JSON.parse(readFileSync(path, "utf8")) as { facts: object };
    const rival = { model: "popularity-1", questions: 1, own: 0.5, rivals: 0.25 };
    const validation = { questions: 1, metrics: { "NDCG@10": 0.5 }, rival };
    writeFileSync(path, JSON.stringify({ ...document, format: 1, facts: { ...document.facts, validation } }));
    const [model] = (await ModelRegistry.open(dataDir)).list();
    expect(model.validation).toEqual({ questions: 1, metrics: { "NDCG@10": { value: 0.5 } }, rival });
  });

  it("keeps so many models, those that were promoted among them, and so many promotions", async () => {
    const registry = await ModelRegistry.open(folderWith());
    await kept(registry);
    await registry.promote("popularity-1", 0);
    for (let number = 2; number <= limits.models + 3; number++) await kept(registry);
    expect(idsOf(registry)).toHaveLength(limits.models);
    expect(idsOf(registry).slice(0, 2)).toEqual(["popularity-1", "popularity-5"]);
    expect(readdirSync(registry.folder).filter((name) => name.startsWith("popularity"))).toHaveLength(limits.models);
    for (let at = 0; at < limits.promotions + 2; at++) await registry.promote("popularity-9", at);
    expect(registry.promotions).toHaveLength(limits.promotions);
  });

  it("takes nothing for a model that a crash has left half written, and clears it away", async () => {
    const dataDir = folderWith();
    const registry = await ModelRegistry.open(dataDir);
    await kept(registry);
    await registry.stage();
    mkdirSync(join(registry.folder, ".staged-gone-popularity-7"));
    mkdirSync(join(registry.folder, "notes"));
    const again = await ModelRegistry.open(dataDir);
    expect(idsOf(again)).toEqual(["popularity-1"]);
    expect(again.damaged()).toEqual([]);
    expect(readdirSync(again.folder).toSorted()).toEqual(["notes", "popularity-1"]);
  });

  it("gives no number twice, also where the folder that has it is damaged", async () => {
    const dataDir = folderWith();
    const registry = await ModelRegistry.open(dataDir);
    await kept(registry);
    writeFileSync(join(registry.folderOf("popularity-1"), "model.json"), "{}");
    const again = await ModelRegistry.open(dataDir);
    expect(again.damaged()).toMatchObject([{ id: "popularity-1" }]);
    expect(() => again.get("popularity-1")).toThrow(expect.objectContaining({ code: "PENCHANT_E_MODEL_FILE" }));
    expect((await kept(again)).id).toBe("popularity-2");
  });

  it("lets go of how far another training was, and keeps it for the same", async () => {
    const registry = await ModelRegistry.open(folderWith());
    mkdirSync(await registry.checkpoint("a"), { recursive: true });
    expect(await registry.checkpoint("a")).toBe(join(registry.folder, ".training-a"));
    expect(readdirSync(registry.folder)).toEqual([".training-a"]);
    await registry.checkpoint("b");
    expect(readdirSync(registry.folder)).toEqual([]);
  });
});
