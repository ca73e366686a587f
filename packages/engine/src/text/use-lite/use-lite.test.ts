import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TextEmbedder } from "../../core/ports.ts";
import { embedderContract } from "../../testing/embedder-contract.ts";
import { threadedEmbedder } from "../thread/threaded.ts";
import { openUseLite } from "./embedder.ts";
import { packRows } from "./packing.ts";
import { readUseLite } from "./weights.ts";

/** What the original package gives (`fixtures/make.mjs`). */
const original = JSON.parse(readFileSync(new URL("./fixtures/original.json", import.meta.url), "utf8")) as {
  vectors: { text: string; vector: string }[];
  pieces: { text: string; pieces: number[] }[];
};

let embedder: TextEmbedder;
beforeAll(async () => {
  embedder = await openUseLite({ threads: 1 });
});
afterAll(() => embedder.close());

embedderContract("use-lite", async () => ({ ...embedder, close: async () => {} }), {
  like: ["cheap flights to Paris", "low-cost plane tickets for France"],
  unlike: "how to prune apple trees",
});

describe("use-lite", () => {
  it("cuts texts into the pieces that the original cuts them into", async () => {
    const { tokenizer } = await readUseLite();
    for (const { text, pieces } of original.pieces) expect([text, tokenizer.encode(text)]).toEqual([text, pieces]);
  });

  it("gives the original's vectors, alone and in company", async () => {
    const texts = original.vectors.map(({ text }) => text);
    const together = await embedder.embed(texts);
    for (const [at, { text, vector }] of original.vectors.entries()) {
      const expected = new Float32Array(new Uint8Array(Buffer.from(vector, "base64")).buffer);
      const [alone] = await embedder.embed([text]);
      for (const ours of [alone, together[at]]) {
        const worst = expected.reduce((most, value, d) => Math.max(most, Math.abs(value - ours[d])), 0);
        expect(worst).toBeLessThan(1e-5);
      }
    }
  });

  it("gives the same from a thread of its own", async () => {
    const threaded = await threadedEmbedder({ kind: "use-lite" });
    try {
      expect(threaded).toMatchObject({ model: "use-lite-1", dimensions: 512, languages: ["en"] });
      const texts = ["cheap flights", "", "apple trees"];
      const [ours, theirs] = await Promise.all([embedder.embed(texts), threaded.embed(texts)]);
      for (const [at, vector] of theirs.entries()) {
        for (let d = 0; d < 512; d++) expect(vector[d]).toBeCloseTo(ours[at][d], 5);
      }
    } finally {
      await threaded.close();
    }
    await expect(threaded.embed(["late"])).rejects.toMatchObject({ code: "PENCHANT_E_EMBEDDER" });
  });
});

describe("packing", () => {
  const shape = { time: 16, sentences: 4 };

  it("puts every sentence somewhere, whole, and no two at one place", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: shape.time }), { maxLength: 80 }), (lengths) => {
        const rows = packRows(lengths, shape);
        const places = rows.flat();
        expect(places.map(({ sentence }) => sentence).sort((a, b) => a - b)).toEqual([...lengths.keys()]);
        for (const row of rows) {
          expect(row.length).toBeLessThanOrEqual(shape.sentences);
          let end = 0;
          for (const { sentence, start } of row) {
            expect(start).toBe(end);
            end += lengths[sentence];
          }
          expect(end).toBeLessThanOrEqual(shape.time);
        }
      }),
    );
  });

  it("fills rows: 16 places hold 10 and 6, 8 and 5 and 3", () => {
    const rows = packRows([3, 10, 5, 6, 8], shape);
    expect(rows.map((row) => row.map(({ sentence }) => sentence))).toEqual([
      [1, 3],
      [4, 2, 0],
    ]);
  });
});
