import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, test } from "vitest";
import { folderWith } from "../testing/folder.ts";
import { readModelCurve, readModelFolder, writeModelFolder } from "./model-folder.ts";
import { popularity } from "./popularity.ts";
import { dataOf, fitOn, scoresFor } from "./test-data.ts";

async function written(): Promise<string> {
  const folder = join(folderWith({}), "popularity");
  await writeModelFolder(folder, (await fitOn(popularity, dataOf([[0, 1], [1]], 3))).save(), { seed: 1 });
  return folder;
}

it("a model comes back from its folder as it was, with what was noted", async () => {
  const folder = await written();
  const fitted = await fitOn(popularity, dataOf([[0, 1], [1]], 3));
  const { saved, facts } = await readModelFolder(folder);
  expect(saved).toEqual(fitted.save());
  expect(facts).toEqual({ seed: 1 });
  expect(scoresFor(popularity.load(saved), [])).toEqual(scoresFor(fitted, []));
  await writeModelFolder(folder, saved, { seed: 2 });
  expect((await readModelFolder(folder)).facts).toEqual({ seed: 2 });
});

it("the curve of a training is kept beside the model, and one that is damaged does not take the model along", async () => {
  const folder = await written();
  expect(await readModelCurve(folder)).toEqual([]);
  const { saved, facts } = await readModelFolder(folder);
  const point = { epoch: 1, step: 9, loss: 0.5, metrics: { "NDCG@10": 0.25 }, learningRate: 0.001, seconds: 2 };
  await writeModelFolder(folder, saved, facts, { curve: [point, { ...point, epoch: 2 }] });
  expect(await readModelCurve(folder)).toEqual([point, { ...point, epoch: 2 }]);
  writeFileSync(join(folder, "curve.jsonl"), '{"epoch":1');
  await expect(readModelCurve(folder)).rejects.toMatchObject({ code: "PENCHANT_E_MODEL_FILE" });
  expect((await readModelFolder(folder)).saved).toEqual(saved);
});

describe("a folder is refused", () => {
  const refusal = (problem: string) => ({
    code: "PENCHANT_E_MODEL_FILE",
    message: expect.stringContaining(problem) as string,
  });

  test("without a model", async () => {
    await expect(readModelFolder(folderWith({}))).rejects.toMatchObject(refusal("model.json cannot be read"));
  });

  test.each(["", "[1", "null", '{"format":3}', '{"format":1,"name":"popularity","version":1,"config":null}'])(
    "whose model.json is %j",
    async (text) => {
      const folder = await written();
      writeFileSync(join(folder, "model.json"), text);
      await expect(readModelFolder(folder)).rejects.toMatchObject(refusal("model.json is not what it should be"));
    },
  );

  test("with other weights", async () => {
    const folder = await written();
    const path = join(folder, "weights.safetensors");
    const bytes = readFileSync(path);
    bytes[bytes.length - 1] ^= 1;
    writeFileSync(path, bytes);
    await expect(readModelFolder(folder)).rejects.toMatchObject(refusal("weights.safetensors is not the file"));
  });
});
