import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TextEmbedder } from "../../core/ports.ts";
import { embedderContract } from "../../testing/embedder-contract.ts";
import { folderWith } from "../../testing/folder.ts";
import { openTransformers } from "./embedder.ts";
import { readModelFolder } from "./folder.ts";

/** A BERT of one layer (`fixtures/make.py`). */
const tiny = fileURLToPath(new URL("./fixtures/tiny", import.meta.url));
const expected = JSON.parse(readFileSync(new URL("./fixtures/expected.json", import.meta.url), "utf8")) as {
  text: string;
  ids: number[];
  mean: number[];
  cls: number[];
}[];
const texts = expected.map(({ text }) => text);

let embedder: TextEmbedder;
beforeAll(async () => {
  embedder = await openTransformers({ folder: tiny });
});
afterAll(() => embedder.close());

embedderContract("transformers", async () => ({ ...embedder, close: async () => {} }), {
  like: ["a red bicycle", "a red bike"],
  unlike: "tax law",
});

/** A copy of the model's folder with some files in another form, or without them. */
function altered(files: Readonly<Record<string, string | undefined>>): string {
  const folder = folderWith();
  cpSync(tiny, folder, { recursive: true });
  for (const [name, content] of Object.entries(files)) {
    if (content === undefined) rmSync(join(folder, name));
    else writeFileSync(join(folder, name), content);
  }
  return folder;
}

const config = JSON.parse(readFileSync(join(tiny, "config.json"), "utf8")) as object;
const withoutOnnx = { "onnx/model.onnx": undefined };

describe("transformers", () => {
  it("cuts texts into the tokens that Hugging Face's own tokenizer cuts them into", async () => {
    const { tokenizer, tokensMax, pooling } = await readModelFolder(tiny, {});
    for (const { text, ids } of expected) expect([text, tokenizer.encode(text).ids]).toEqual([text, ids]);
    expect([tokensMax, pooling]).toEqual([20, "mean"]);
  });

  it.each([
    ["onnx/model.onnx", "mean"],
    ["model.safetensors", "mean"],
    ["model.safetensors", "cls"],
  ] as const)("gives the vectors of an independent implementation, from %s by %s", async (file, pooling) => {
    const opened = await openTransformers({ folder: tiny, file, pooling });
    const together = await opened.embed(texts);
    for (const [at, one] of expected.entries()) {
      for (let d = 0; d < 8; d++) expect(together[at][d]).toBeCloseTo(one[pooling][d], 5);
    }
    expect(opened).toMatchObject({ dimensions: 8, languages: "any", model: expect.stringMatching(/^transformers-1-/) });
    await opened.close();
  });

  it("reads as many tokens as the model does, marks at both ends included", async () => {
    const long = "red bike ".repeat(500);
    const [whole, cut] = await embedder.embed([long, "red bike ".repeat(9)]);
    expect([...whole]).toEqual([...cut]);
  });

  it("is another model with another prefix, pooling, tokenizer or weights", async () => {
    const plain = { folder: tiny, file: "model.safetensors" };
    const tokenizer = readFileSync(join(tiny, "tokenizer.json"), "utf8").replace('"tax"', '"tex"');
    const folder = altered({ "tokenizer.json": tokenizer });
    const models = new Set<string>([embedder.model]);
    const others = [
      plain,
      { ...plain, prefix: "passage: " },
      { ...plain, pooling: "cls" as const },
      { ...plain, folder },
    ];
    for (const settings of others) {
      const opened = await openTransformers(settings);
      models.add(opened.model);
      await opened.close();
    }
    expect(models.size).toBe(5);
  });

  it("puts a prefix before every text that says something", async () => {
    const opened = await openTransformers({ folder: tiny, prefix: "the " });
    const [[prefixed, nothing], [written]] = [
      await opened.embed(["tax law", " "]),
      await embedder.embed(["the tax law"]),
    ];
    expect([...prefixed]).toEqual([...written]);
    expect(nothing.some((value) => value !== 0)).toBe(false);
    await opened.close();
  });

  it.each([
    ["is not there", { "config.json": undefined }, "there is no config.json"],
    ["has no tokenizer", { "tokenizer.json": undefined }, "there is no tokenizer.json"],
    ["has a tokenizer that is no JSON", { "tokenizer.json": "{" }, "tokenizer.json is no JSON"],
    [
      "has a tokenizer of an unknown kind",
      { "tokenizer.json": '{"model":{"type":"Oracle"}}' },
      "kind that is not known",
    ],
    [
      "has no network",
      { ...withoutOnnx, "model.safetensors": undefined },
      "no onnx/model.onnx and no model.safetensors",
    ],
    ["has a network that is none", { "onnx/model.onnx": "onnx?" }, "its network cannot be opened"],
    ["has weights that are none", { ...withoutOnnx, "model.safetensors": "tensors?" }, "its network cannot be opened"],
    [
      "has weights of an unknown network",
      { ...withoutOnnx, "config.json": '{"model_type":"t5"}' },
      "it is t5; an ONNX file",
    ],
    [
      "has weights of another size than it says",
      { ...withoutOnnx, "config.json": JSON.stringify({ ...config, hidden_size: 16 }) },
      "word_embeddings.weight",
    ],
    [
      "pools in a way that is not known",
      { "1_Pooling/config.json": '{"pooling_mode_max_tokens":true}' },
      "asks for another pooling",
    ],
  ])("says what is wrong with a folder that %s", async (_, files, sentence) => {
    const folder = altered(files);
    await expect(openTransformers({ folder })).rejects.toMatchObject({
      code: "PENCHANT_E_EMBEDDER",
      message: expect.stringContaining(sentence),
    });
  });
});
