/**
 * What every embedder must do, as a suite of tests that it runs against itself:
 *
 * @example
 * embedderContract("mine", () => openMine(), { like: ["a red bicycle", "a bike"], unlike: "tax law" });
 */
import { describe, expect, test } from "vitest";
import { type Random, seededRandom } from "../base/random.ts";
import type { TextEmbedder } from "../core/ports.ts";
import { dot } from "../core/vector.ts";

/** What people and programs put into titles and comments. */
const awkward = [
  "",
  "   \n\t ",
  "a",
  "?!...",
  "\u0000\u0007\u001b[31m control \u007f characters",
  "word ".repeat(20_000),
  "x".repeat(100_000),
  "红烧肉的家常做法",
  "أفلام وثائقية عن البحر",
  "סרטי תעודה על הים \u202e reversed",
  "日本語のタイトル",
  "mixed 语言 in một заголовке",
  "👩‍🚀🚀✨ 🎉",
  "\ud83d lone surrogate",
  "e\u0301 and \u00e9",
];

/** Where characters are drawn from: controls and ASCII, Hebrew and Arabic, general marks, Han, half characters, emoji, the last plane. */
const ranges = [
  [0x00, 0x7f],
  [0x590, 0x6ff],
  [0x2000, 0x206f],
  [0x4e00, 0x9fff],
  [0xd800, 0xdfff],
  [0x1f300, 0x1faff],
  [0x10ff00, 0x10ffff],
] as const;

function mixed(random: Random, pieces: number): string {
  return Array.from({ length: pieces }, () => {
    const [first, last] = ranges[random.integer(ranges.length)];
    const length = 1 + random.integer(8);
    return Array.from({ length }, () => String.fromCodePoint(first + random.integer(last - first + 1))).join("");
  }).join(random.uniform() < 0.5 ? " " : "");
}

/**
 * Registers the suite with vitest.
 *
 * @param open opens the embedder anew; it is closed after every test
 * @param examples two texts that it should find more alike than the first and the third
 */
export function embedderContract(
  name: string,
  open: () => Promise<TextEmbedder>,
  examples: { readonly like: readonly [string, string]; readonly unlike: string },
): void {
  const opened = async <T>(use: (embedder: TextEmbedder) => Promise<T>): Promise<T> => {
    const embedder = await open();
    try {
      return await use(embedder);
    } finally {
      await embedder.close();
    }
  };
  const length = (vector: Float32Array) => Math.sqrt(dot(vector, vector));
  const isUnitOrNothing = (vector: Float32Array) =>
    vector.every(Number.isFinite) && (length(vector) === 0 || Math.abs(length(vector) - 1) < 1e-4);

  describe(`${name} keeps the contract of embedders`, () => {
    test("names its model, its dimensions and its languages", () =>
      opened(async ({ model, dimensions, languages }) => {
        expect(model).toMatch(/^\S/);
        expect(Number.isInteger(dimensions) && dimensions > 0).toBe(true);
        if (languages !== "any") for (const language of languages) expect(language).toMatch(/^[a-z]{2}$/);
      }));

    test("gives one unit vector per text, in order, and none for no texts", () =>
      opened(async (embedder) => {
        const texts = [examples.unlike, ...examples.like];
        const vectors = await embedder.embed(texts);
        expect(vectors.map((vector) => vector.length)).toEqual(texts.map(() => embedder.dimensions));
        for (const vector of vectors) expect(length(vector)).toBeCloseTo(1, 4);
        expect(await embedder.embed([])).toEqual([]);
      }));

    test("puts what is alike nearer than what is not", () =>
      opened(async (embedder) => {
        const [a, b, c] = await embedder.embed([...examples.like, examples.unlike]);
        expect(dot(a, b)).toBeGreaterThan(dot(a, c));
      }));

    test("gives a text the same vector alone and in any company", () =>
      opened(async (embedder) => {
        const texts = [...examples.like, examples.unlike];
        const together = await embedder.embed([...texts, ...texts.toReversed(), texts.join(" ")]);
        for (const [at, text] of texts.entries()) {
          const [alone] = await embedder.embed([text]);
          for (const same of [together[at], together[2 * texts.length - 1 - at]]) {
            for (let d = 0; d < alone.length; d++) expect(same[d]).toBeCloseTo(alone[d], 4);
          }
        }
      }));

    test("takes whatever people write: empty, huge, other scripts, control characters, half an emoji", () =>
      opened(async (embedder) => {
        const vectors = await embedder.embed(awkward);
        expect(vectors).toHaveLength(awkward.length);
        for (const [at, vector] of vectors.entries()) expect([at, isUnitOrNothing(vector)]).toEqual([at, true]);
        expect(length(vectors[0])).toBe(0);
        expect(length(vectors[1])).toBe(0);
      }));

    test("takes anything: random pieces of all scripts, emoji and broken characters, in one text and many", () =>
      opened(async (embedder) => {
        const random = seededRandom(7);
        const texts = Array.from({ length: 60 }, () => mixed(random, random.integer(40)));
        const vectors = await embedder.embed(texts);
        for (const [at, vector] of vectors.entries())
          expect([texts[at], isUnitOrNothing(vector)]).toEqual([texts[at], true]);
      }));

    test("answers many who ask at once", () =>
      opened(async (embedder) => {
        const [first] = await embedder.embed([examples.like[0]]);
        const answers = await Promise.all(Array.from({ length: 8 }, () => embedder.embed([examples.like[0]])));
        for (const [vector] of answers) expect(dot(vector, first)).toBeCloseTo(1, 4);
      }));
  });
}
