import * as fc from "fast-check";
import { expect, it } from "vitest";
import { blockItems, topItems } from "./top-items.ts";

it("gives what sorting everything gives, ties to the smaller key", () => {
  const score = fc.oneof(fc.constantFrom(0, 1, 2, -1, Number.NEGATIVE_INFINITY), fc.float({ noNaN: true }));
  fc.assert(
    fc.property(fc.array(score, { maxLength: 60 }), fc.nat(20), fc.nat(), (scores, count, divisor) => {
      const isEligible = (item: number) => item % (1 + (divisor % 4)) === 0;
      const sorted = [...scores.keys()]
        .filter(isEligible)
        .sort((a, b) => (scores[a] === scores[b] ? a - b : scores[b] - scores[a]));
      expect(topItems(Float32Array.from(scores), count, isEligible, "m")).toEqual(sorted.slice(0, count));
    }),
    { seed: 1, numRuns: 300 },
  );
});

it("gives the same where somebody has looked for the largest of every block", () => {
  const score = fc.oneof(fc.constantFrom(0, 1), fc.float({ noNaN: true }));
  fc.assert(
    fc.property(fc.array(score, { maxLength: 5 * blockItems, size: "max" }), fc.nat(20), (numbers, count) => {
      const scores = Float32Array.from(numbers);
      const maxima = Float32Array.from({ length: Math.ceil(scores.length / blockItems) }, (_, block) =>
        Math.max(...scores.subarray(block * blockItems, (block + 1) * blockItems)),
      );
      const isEligible = (item: number) => item % 3 > 0;
      expect(topItems(scores, count, isEligible, "m", maxima)).toEqual(topItems(scores, count, isEligible, "m"));
    }),
    { seed: 1, numRuns: 100 },
  );
});

it("refuses scores that are no numbers and names the model", () => {
  expect(() => topItems(Float32Array.of(1, Number.NaN), 1, () => true, "my model")).toThrow(
    expect.objectContaining({
      code: "PENCHANT_E_SCORE",
      message: "my model scored item key 1 with NaN; scores must be numbers.",
    }),
  );
});
