import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { ModelList } from "../core/registered-model.ts";
import { openEngine } from "../engine.ts";
import { writeModelFolder } from "../models/model-folder.ts";
import { ModelRegistry } from "../models/model-registry.ts";
import { popularity } from "../models/popularity.ts";
import type { TrainedFacts } from "../models/stored-model.ts";
import { dataOf, fitOn } from "../models/test-data.ts";
import { folderWith } from "../testing/folder.ts";
import { createBackup } from "./backup/create.ts";
import { restoreBackup } from "./backup/restore.ts";

/** Keeps a model, and promotes it. */
async function keepModel(dataDir: string): Promise<void> {
  const registry = await ModelRegistry.open(dataDir);
  const folder = await registry.stage();
  const facts: TrainedFacts = {
    seed: 1,
    commit: "0",
    trainedAt: 0,
    seconds: 0,
    itemIds: ["m1", "m2"],
    data: { from: 0, to: 0, position: 0, users: 1, items: 2, interactions: 2 },
    validation: { questions: 0, metrics: {} },
  };
  await writeModelFolder(folder, (await fitOn(popularity, dataOf([[0, 1]], 2))).save(), facts);
  const { id } = await registry.add(folder);
  await registry.promote(id, 1_700_000_000_000);
}

async function filled(dataDir: string): Promise<void> {
  const engine = await openEngine({ dataDir });
  await engine.putItems([{ id: "m1", title: "Heat" }]);
  await engine.close();
}

/** What an engine on the folder says of its models. */
async function modelsIn(dataDir: string): Promise<ModelList> {
  const engine = await openEngine({ dataDir });
  try {
    return engine.models.list();
  } finally {
    await engine.close();
  }
}

describe("a restore", () => {
  test("brings the trained models back, and takes away those that came since", async () => {
    const folder = folderWith();
    const dataDir = join(folder, "data");
    // The longest name that a tenant may have.
    const folders = [dataDir, join(dataDir, "tenants", "t".repeat(63))];
    for (const folder of folders) await filled(folder);
    for (const folder of folders) await keepModel(folder);
    const file = join(folder, "with models");
    const { files } = await createBackup({ dataDir, file, now: 1_700_000_000_000 });
    expect(files.filter(({ name }) => name.includes("models/")).map(({ name }) => name)).toEqual(
      folders.flatMap((_, index) =>
        ["popularity-1/model.json", "popularity-1/weights.safetensors", "promotions.json"].map(
          (name) => `${index === 0 ? "" : `tenants/${"t".repeat(63)}/`}models/${name}`,
        ),
      ),
    );
    for (const folder of folders) {
      await keepModel(folder);
      writeFileSync(join(folder, "models/popularity-1/weights.safetensors"), "scratched");
    }
    restoreBackup({ file, dataDir, force: true });
    for (const folder of folders) {
      const { promoted, models, damaged } = await modelsIn(folder);
      expect({ promoted, models: models.map(({ id }) => id), damaged }).toEqual({
        promoted: "popularity-1",
        models: ["popularity-1"],
        damaged: [],
      });
    }
  });
});
