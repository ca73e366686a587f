import { describe, expect, it } from "vitest";
import { parseConfig } from "./config.ts";

describe("the configuration of embedders", () => {
  const server = {
    kind: "openai-compatible",
    url: "http://127.0.0.1:8080/v1",
    model: "minilm",
    dimensions: 384,
  } as const;

  it("is one word, one model with its settings, or a list of them", () => {
    expect(parseConfig({}).embedder).toEqual([{ kind: "lexical" }]);
    expect(parseConfig({ embedder: "use-lite" }).embedder).toEqual([{ kind: "use-lite" }]);
    expect(parseConfig({ embedder: ["lexical", server] }).embedder).toEqual([{ kind: "lexical" }, server]);
  });

  it.each([
    ["an unknown one", "word2vec"],
    ["none", []],
    ["too many", ["lexical", "lexical", "lexical", "lexical", "lexical"]],
    ["no address", { ...server, url: "localhost" }],
    ["an address of another kind", { ...server, url: "file:///etc/passwd" }],
    ["no dimensions", { ...server, dimensions: undefined }],
    ["an unknown setting", { ...server, apiKey: "sk-1" }],
  ])("is refused where it is %s", (_, embedder) => {
    expect(() => parseConfig({ embedder })).toThrow(expect.objectContaining({ code: "PENCHANT_E_CONFIG" }));
  });
});
