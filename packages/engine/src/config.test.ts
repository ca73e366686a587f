import { describe, expect, it } from "vitest";
import { type PenchantConfigInput, parseConfig } from "./config.ts";

describe("the configuration of embedders", () => {
  const server = {
    kind: "openai-compatible",
    url: "http://127.0.0.1:8080/v1",
    model: "minilm",
    dimensions: 384,
  } as const;

  it("is one word, one model with its settings, a list of them, or any of that adapted", () => {
    const parts = (embedder?: PenchantConfigInput["embedder"]) => parseConfig({ embedder }).embedder;
    expect(parts()).toEqual({ parts: [{ kind: "lexical" }], isAdapted: false });
    expect(parts("own")).toEqual({ parts: [{ kind: "own" }], isAdapted: false });
    expect(parts(["lexical", server])).toEqual({ parts: [{ kind: "lexical" }, server], isAdapted: false });
    const folder = { kind: "transformers", folder: "./models/e5", prefix: "passage: ", pooling: "mean" } as const;
    expect(parts(folder).parts).toEqual([folder]);
    const hub = { kind: "transformers", hub: "Xenova/multilingual-e5-small", prefix: "passage: " } as const;
    expect(parts({ adapted: hub })).toEqual({ parts: [hub], isAdapted: true });
    expect(parts({ adapted: "use-lite" })).toEqual({ parts: [{ kind: "use-lite" }], isAdapted: true });
    expect(parts({ adapted: ["own", "lexical"] })).toEqual({
      parts: [{ kind: "own" }, { kind: "lexical" }],
      isAdapted: true,
    });
  });

  it.each([
    ["an unknown one", "word2vec"],
    ["none", []],
    ["nothing adapted", { adapted: [] }],
    ["something adapted twice", { adapted: { adapted: "own" } }],
    ["too many", ["lexical", "lexical", "lexical", "lexical", "lexical"]],
    ["no folder", { kind: "transformers" }],
    ["no model of the hub", { kind: "transformers", hub: "minilm" }],
    ["a way out of the hub", { kind: "transformers", hub: "../minilm" }],
    ["both a folder and the hub's", { kind: "transformers", folder: "a", hub: "some/minilm" }],
    ["another pooling", { kind: "transformers", folder: "a", pooling: "max" }],
    ["no address", { ...server, url: "localhost" }],
    ["an address of another kind", { ...server, url: "file:///etc/passwd" }],
    ["no dimensions", { ...server, dimensions: undefined }],
    ["an unknown setting", { ...server, apiKey: "sk-1" }],
  ])("is refused where it is %s", (_, embedder) => {
    expect(() => parseConfig({ embedder })).toThrow(expect.objectContaining({ code: "PENCHANT_E_CONFIG" }));
  });
});
