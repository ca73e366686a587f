import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { TextEmbedder } from "../core/ports.ts";
import { openEmbeddingCache } from "../storage/embedded/embedding-cache.ts";
import { embedderContract } from "../testing/embedder-contract.ts";
import { folderWith } from "../testing/folder.ts";
import { cachedEmbedder } from "./cached.ts";
import { hashedVector } from "./hashing.ts";

/** Hashing, with a record of what it was asked. */
function counting(model = "hashing", dimensions = 16) {
  const asked: string[] = [];
  const embedder: TextEmbedder = {
    model,
    dimensions,
    languages: "any",
    async embed(texts) {
      asked.push(...texts);
      return texts.map((text) => hashedVector(text, dimensions));
    },
    close: async () => {},
  };
  return { embedder, asked };
}

embedderContract(
  "a cached embedder",
  async () => {
    const cache = openEmbeddingCache(folderWith());
    const embedder = cachedEmbedder(counting().embedder, cache);
    return { ...embedder, close: async () => cache.close() };
  },
  { like: ["red bicycle shop", "red bicycle"], unlike: "tax law" },
);

describe("the cache of vectors", () => {
  it("has nothing embedded twice: not in one batch, not in the next, not after a restart", async () => {
    const folder = folderWith();
    const { embedder, asked } = counting();
    const cache = openEmbeddingCache(folder);
    const [a, , same] = await cachedEmbedder(embedder, cache).embed(["a", "b", "a"]);
    expect(same).toEqual(a);
    await cachedEmbedder(embedder, cache).embed(["b", "c"]);
    cache.close();
    const again = openEmbeddingCache(folder);
    const [stored] = await cachedEmbedder(embedder, again).embed(["a", "c"]);
    again.close();
    expect(asked).toEqual(["a", "b", "c"]);
    expect(stored).toEqual(a);
  });

  it("keeps models apart, and vectors of another length than the model has now", async () => {
    const cache = openEmbeddingCache(folderWith());
    const [small, other, large] = [counting("one"), counting("two"), counting("one", 32)];
    for (const { embedder } of [small, other, large]) await cachedEmbedder(embedder, cache).embed(["a"]);
    const [vector] = await cachedEmbedder(large.embedder, cache).embed(["a"]);
    cache.close();
    expect([small.asked, other.asked, large.asked]).toEqual([["a"], ["a"], ["a"]]);
    expect(vector).toHaveLength(32);
  });

  it("keeps what was embedded before something failed", async () => {
    const cache = openEmbeddingCache(folderWith());
    const { embedder, asked } = counting();
    let calls = 0;
    const failing: TextEmbedder = {
      ...embedder,
      embed: (texts) => (++calls === 2 ? Promise.reject(new Error("down")) : embedder.embed(texts)),
    };
    const texts = Array.from({ length: 1_500 }, (_, index) => `text ${index}`);
    await expect(cachedEmbedder(failing, cache).embed(texts)).rejects.toThrow("down");
    await cachedEmbedder(failing, cache).embed(texts);
    cache.close();
    expect(asked).toHaveLength(1_500);
  });

  it("forgets the oldest when it is full", async () => {
    const cache = openEmbeddingCache(folderWith(), { vectorsMax: 3 });
    const { embedder, asked } = counting();
    const cached = cachedEmbedder(embedder, cache);
    for (const text of ["a", "b", "c", "d", "d", "b", "a"]) await cached.embed([text]);
    cache.close();
    expect(asked).toEqual(["a", "b", "c", "d", "a"]);
  });

  it.each([["garbage", "not a database at all ".repeat(300)]])(
    "begins anew where the file is %s",
    async (_, content) => {
      const folder = folderWith();
      writeFileSync(join(folder, "embeddings.db"), content);
      const cache = openEmbeddingCache(folder);
      const { embedder, asked } = counting();
      await cachedEmbedder(embedder, cache).embed(["a"]);
      await cachedEmbedder(embedder, cache).embed(["a"]);
      cache.close();
      expect(asked).toEqual(["a"]);
    },
  );
});
