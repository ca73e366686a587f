/** An embedder that remembers: what was embedded once, by model and SHA-256 of the text, is never embedded again. */
import { createHash } from "node:crypto";
import type { EmbeddingCache, TextEmbedder } from "../core/ports.ts";

/** Texts that are embedded before their vectors are written down: what a crash can cost. */
const textsOfPiece = 1_024;

export function cachedEmbedder(embedder: TextEmbedder, cache: EmbeddingCache): TextEmbedder {
  const { model, dimensions, languages } = embedder;
  return {
    model,
    dimensions,
    languages,
    async embed(texts, options) {
      const vectors: Float32Array[] = [];
      for (let from = 0; from < texts.length; from += textsOfPiece) {
        vectors.push(...(await embedPiece(texts.slice(from, from + textsOfPiece), options)));
      }
      return vectors;
    },
    close: () => embedder.close(),
    get usage() {
      return embedder.usage;
    },
  };

  async function embedPiece(texts: readonly string[], options: { signal?: AbortSignal | undefined } | undefined) {
    const keys = texts.map((text) => createHash("sha256").update(text).digest("base64url"));
    const known = new Map(
      // Of another length: the model behind a name has changed.
      [...cache.get(model, [...new Set(keys)])].filter(([, vector]) => vector.length === dimensions),
    );
    const missing = new Map<string, string>();
    for (const [at, key] of keys.entries()) if (!known.has(key)) missing.set(key, texts[at]);
    if (missing.size > 0) {
      const found = await embedder.embed([...missing.values()], options);
      const made = new Map([...missing.keys()].map((key, at) => [key, found[at]]));
      cache.put(model, made);
      for (const [key, vector] of made) known.set(key, vector);
    }
    return keys.map((key) => known.get(key)!);
  }
}
