import { expect, test } from "vitest";
import { learnedFor } from "../core/test-learned.ts";
import { trainOwnEmbedder } from "../text/own.ts";
import { emptyModels } from "./fitting.ts";
import { loadModels, saveModels } from "./models-file.ts";

/** The same models as an earlier version wrote them: without the parts that it did not have. */
function asOfFormat(format: number, bytes: Uint8Array, parts: number): Uint8Array {
  const buffer = Buffer.from(bytes);
  const end = 4 + buffer.readUInt32LE(0);
  const header = JSON.parse(buffer.toString("utf8", 4, end)) as { lengths: number[] };
  const lengths = header.lengths.slice(0, parts);
  const kept = lengths.reduce((sum, length) => sum + length, 0);
  const written = Buffer.from(JSON.stringify({ ...header, format, lengths }));
  const size = Buffer.alloc(4);
  size.writeUInt32LE(written.length);
  return new Uint8Array(Buffer.concat([size, written, buffer.subarray(end, end + kept)]));
}

const models = { ...emptyModels(3), fittedAt: 7 };

test("learned weights come back to the bit", () => {
  const learned = learnedFor(models.tree);
  expect(loadModels(saveModels({ ...models, learned })).learned).toEqual(learned);
  const aware = { ...learned, presence: { factors: Float64Array.from({ length: 11 }, (_, age) => 1 / (1 + age)) } };
  expect(loadModels(saveModels({ ...models, learned: aware })).learned).toEqual(aware);
  expect(loadModels(saveModels(models)).learned).toBeUndefined();
});

test("an embedder of one's own comes back, and what was adapted knows that it was", async () => {
  const own = await trainOwnEmbedder(["red bicycle", "blue bicycle", "tax law"], { dimensions: 4, seed: 1 });
  const fusion = { dimensions: 96, parts: [], isAdapted: true };
  const back = loadModels(saveModels({ ...models, own, fusion }));
  expect(back.own?.embedNow(["bicycle"])).toEqual(own.embedNow(["bicycle"]));
  expect(back.fusion).toEqual(fusion);
  const older = loadModels(asOfFormat(4, saveModels({ ...models, fusion }), 6));
  expect([older.own, older.fusion]).toEqual([undefined, fusion]);
});

test("models of before there were learned weights are read all the same, and others are refused", () => {
  const older = loadModels(asOfFormat(2, saveModels(models), 4));
  expect([older.tree.version, older.fittedAt, older.learned]).toEqual([3, 7, undefined]);
  expect(() => loadModels(asOfFormat(1, saveModels(models), 4))).toThrow(/PENCHANT_E_STATE_VERSION|format 1/);
});
