import { existsSync, readdirSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { systemClock } from "../../base/time.ts";
import { folderWith } from "../../testing/folder.ts";
import { openEmbedder } from "../open.ts";
import { openTransformers } from "./embedder.ts";
import { fetchFromHub } from "./hub.ts";
import { type Answer, commit, siblings, testHub, tiny } from "./test-hub.ts";

async function hub(special?: Answer) {
  return { ...(await testHub(special)), options: { folder: folderWith(), retryMs: 1, silenceMaxMs: 300 } };
}

const isListing = (path: string) => path.startsWith("/api/");

describe("a model of the hub", () => {
  it("is a folder once it was fetched, and is asked for once", async () => {
    const { asked, source, options } = await hub();
    const folder = await fetchFromHub(source, options);
    expect(folder).toBe(join(options.folder, "some", "tiny", "main"));
    const fetched = readdirSync(folder, { recursive: true }).map(String).sort();
    expect(fetched).toEqual([
      "1_Pooling",
      "1_Pooling/config.json",
      "config.json",
      "onnx",
      "onnx/model.onnx",
      "sentence_bert_config.json",
      "tokenizer.json",
      "tokenizer_config.json",
    ]);
    const before = asked.length;
    expect(await fetchFromHub(source, options)).toBe(folder);
    expect(asked).toHaveLength(before);
    const texts = ["a red bicycle"];
    const [here, there] = await Promise.all([openTransformers({ folder }), openTransformers({ folder: tiny })]);
    expect(await here.embed(texts)).toEqual(await there.embed(texts));
    expect(here.model).toBe(there.model);
  });

  it("is opened by its name", async () => {
    const { source, options } = await hub();
    const embedder = await openEmbedder(
      { kind: "transformers", ...source, file: "model.safetensors", prefix: "the " },
      { clock: systemClock, environment: {}, ...options },
    );
    expect(embedder).toMatchObject({ dimensions: 8, model: expect.stringMatching(/^transformers-1-.*-the$/) });
    await embedder.close();
  });

  it("goes on with what is missing after a fetch that was cut off", async () => {
    let isAway = true;
    const { asked, source, options } = await hub((path, response) => {
      if (!isAway || !path.startsWith("/storage/")) return false;
      response.writeHead(200, { "content-length": 1e6 }).write("half of it", () => response.destroy());
      return true;
    });
    await expect(fetchFromHub(source, options)).rejects.toMatchObject({ code: "PENCHANT_E_EMBEDDER" });
    expect(existsSync(join(options.folder, "some", "tiny", "main"))).toBe(false);
    expect(asked.filter((path) => path.startsWith("/storage/"))).toHaveLength(3);
    isAway = false;
    asked.length = 0;
    await openTransformers({ folder: await fetchFromHub(source, options) });
    expect(asked.filter((path) => !isListing(path))).toEqual([`${commit}/onnx/model.onnx`, "/storage/onnx/model.onnx"]);
  });

  it("is tried again where that may help, and only there", async () => {
    let busy = 2;
    const { source, options } = await hub((path, response) => {
      if (!isListing(path) || busy-- <= 0) return false;
      response.writeHead(503).end();
      return true;
    });
    await fetchFromHub(source, options);
    const gone = await hub((_, response) => response.writeHead(401).end() && true);
    await expect(fetchFromHub(gone.source, gone.options)).rejects.toThrow(
      "status 401, as for a model that is not there",
    );
    expect(gone.asked).toHaveLength(1);
  });

  const listing = (change: object) => (path: string, response: ServerResponse) =>
    isListing(path) && response.end(JSON.stringify({ sha: commit, siblings, ...change })) && true;
  const altered = (name: string, change: object) =>
    listing({ siblings: siblings.map((one) => (one.rfilename === name ? { ...one, ...change } : one)) });

  it.each<[string, Answer, string]>([
    [
      "has other bytes than promised",
      altered("config.json", { blobId: "0".repeat(40) }),
      "config.json is not the file",
    ],
    [
      "has a network with other bytes",
      altered("onnx/model.onnx", { lfs: { sha256: "0".repeat(64) } }),
      "model.onnx is not",
    ],
    ["is longer than promised", altered("tokenizer.json", { size: 3 }), "tokenizer.json is not the file"],
    ["is larger than anybody wants", altered("onnx/model.onnx", { size: 5e9 }), "at most 4294967296 are fetched"],
    [
      "lacks a tokenizer",
      listing({ siblings: siblings.filter(({ rfilename }) => rfilename !== "tokenizer.json") }),
      "it has no tokenizer.json",
    ],
    [
      "lacks a network",
      listing({ siblings: siblings.filter(({ rfilename }) => !rfilename.includes("model.")) }),
      "it has no onnx/model.onnx and no model.safetensors",
    ],
    [
      "comes from a server of another kind",
      (_, response) => response.end("<html>") && true,
      "something else than a list of files",
    ],
    ["names no commit", listing({ sha: "../../etc" }), "something else than a list of files"],
    ["falls silent", (path, response) => !isListing(path) && response.write("{") && true, "nothing came for 300 ms"],
  ])("is refused where it %s", async (_, special, sentence) => {
    const { source, options } = await hub(special);
    await expect(fetchFromHub(source, options)).rejects.toMatchObject({
      code: "PENCHANT_E_EMBEDDER",
      message: expect.stringContaining(sentence),
    });
    expect(existsSync(join(options.folder, "some", "tiny", "main"))).toBe(false);
  });

  it("says that nobody is there", async () => {
    const away = { hub: "some/tiny", hubUrl: "http://127.0.0.1:9" };
    await expect(fetchFromHub(away, { folder: folderWith(), retryMs: 1 })).rejects.toThrow(
      "cannot be fetched from http://127.0.0.1:9: fetch failed",
    );
  });

  it("is waited for no longer than somebody wants it", async () => {
    const { source, options } = await hub((path) => !isListing(path));
    const controller = new AbortController();
    const fetching = fetchFromHub(source, { ...options, silenceMaxMs: 60_000, signal: controller.signal });
    setTimeout(() => controller.abort(new Error("closing")), 50);
    await expect(fetching).rejects.toThrow("closing");
  });
});
