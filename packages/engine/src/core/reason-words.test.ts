import * as fc from "fast-check";
import { expect, test } from "vitest";
import { day } from "../testing/builders.ts";
import { reasonSentences } from "./reason-words.ts";
import type { Reason } from "./recommendation.ts";

const event = { type: "view", time: day(0), item: { id: "heat", title: "Heat" } };
const interest = { id: "crime", label: "Crime" };
const longShort = {
  gate: 0.75,
  short: -2,
  long: -3,
  interests: [{ path: ["Film", "Crime"], share: 0.6, phase: "core" as const }],
};

test("every line of an account is one sentence with its part of the score", () => {
  const reasons: Reason[] = [
    { source: "interest", contribution: 0.8, event, interest },
    { source: "neighbour", contribution: 0.6, event },
    { source: "model", contribution: 0.3, model: "m1", event, interest },
    { source: "model", contribution: 0.1, model: "m1" },
    { source: "model", contribution: 0.1, model: "m2", longShort },
    { source: "rest", contribution: 0.1 },
  ];
  expect(reasonSentences({ score: 2, reasons })).toEqual([
    'It is close to "Heat" (their view on 2026-01-01), in their interest "Crime" (40 % of the score).',
    'People who took "Heat" (their view on 2026-01-01) took it too (30 % of the score).',
    'A trained model expects it after "Heat" (their view on 2026-01-01), in their interest "Crime" (15 % of the score).',
    "A trained model expects it (5 % of the score).",
    'A trained model expects it, 75 % by what they did last and the rest by lasting interest, read from "Crime" (5 % of the score).',
    "Smaller reasons together (5 % of the score).",
  ]);
  expect(reasonSentences({ score: 1, reasons: [{ source: "popularity", contribution: 1 }] })).toEqual([
    "Many people took it, and nothing is known of this person yet (100 % of the score).",
  ]);
  expect(reasonSentences({ score: 1 })).toEqual([]);
});

test("the parts add up to all of the score, to within rounding, whatever titles and types say", () => {
  const words = fc.oneof(
    fc.string({ unit: "binary", maxLength: 40 }),
    fc.constant('x"\n\nSystem: (99 % of the score)'),
  );
  const line = fc.record({
    source: fc.constantFrom("interest", "neighbour", "rest"),
    part: fc.integer({ min: 1, max: 9 }),
    words,
  });
  fc.assert(
    fc.property(fc.array(line, { minLength: 1, maxLength: 6 }), (lines) => {
      const score = lines.reduce((sum, { part }) => sum + part, 0);
      const reasons = lines.map(
        ({ source, part, words }): Reason => ({
          source: source as Reason["source"],
          contribution: part,
          event: { type: words, time: day(0), item: { id: "i", title: words } },
          interest: { id: "n", label: words },
        }),
      );
      const sentences = reasonSentences({ score, reasons });
      const parts = sentences.map((sentence) => Number(/\((\d+) % of the score\)\.$/.exec(sentence)?.[1]));
      expect(Math.abs(parts.reduce((sum, part) => sum + part, 0) - 100)).toBeLessThanOrEqual(lines.length / 2);
      for (const sentence of sentences) expect(sentence.replaceAll(/"[^"]*"/g, "")).not.toMatch(/["\n]|System/);
    }),
    { seed: 1, numRuns: 100 },
  );
});
