import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readSaved, savedModel } from "../saved.ts";
import { type Calibration, fitCalibration, loadCalibration } from "./calibration.ts";
import oracle from "./fixtures/oracle.json" with { type: "json" };

const { scores, answers, weights, asked, platt, isotonicAtScores } = oracle.calibration;

const rows = fc.array(
  fc.record({
    score: fc.integer({ min: -9, max: 9 }),
    label: fc.integer({ min: 0, max: 1 }),
    weight: fc.integer({ min: 1, max: 5 }),
  }),
  { minLength: 1, maxLength: 30 },
);
const columns = (given: readonly { score: number; label: number; weight: number }[]) =>
  [given.map(({ score }) => score), given.map(({ label }) => label), given.map(({ weight }) => weight)] as const;

function again(calibration: Calibration): Calibration {
  const identity = { name: "calibrated", version: 1 };
  return loadCalibration(readSaved(savedModel({ ...identity, config: {} }, { c: calibration.tensor }), identity), "c");
}

describe("Platt's calibration", () => {
  it("is what scikit-learn fits", () => {
    const ours = fitCalibration("platt", scores, answers, weights).probabilities(asked);
    expect([...ours]).toEqual(platt.map((probability) => expect.closeTo(probability, 5)));
  });

  it("is sure of nothing where scores part yes from no without an error", () => {
    const [no, yes] = fitCalibration("platt", [-2, -1, 1, 2], [0, 0, 1, 1]).probabilities([-2, 2]);
    expect(no).toBeGreaterThan(0.1);
    expect(yes).toBeLessThan(0.9);
  });

  it("rests where the mean of what it says is the mean of the softened answers", () => {
    fc.assert(
      fc.property(rows, (given) => {
        const [s, l, w] = columns(given);
        const probabilities = fitCalibration("platt", s, l, w).probabilities(s);
        const [yes, no] = [1, 0].map((kind) => w.reduce((sum, weight, row) => sum + (l[row] === kind ? weight : 0), 0));
        const softened = (yes * (yes + 1)) / (yes + 2) + no / (no + 2);
        expect(w.reduce((sum, weight, row) => sum + weight * probabilities[row], 0)).toBeCloseTo(softened, 5);
      }),
    );
  });
});

describe("isotonic calibration", () => {
  it("is what scikit-learn fits", () => {
    const ours = fitCalibration("isotonic", scores, answers, weights).probabilities(scores);
    for (const [row, probability] of ours.entries()) {
      if (weights[row] > 0) expect(probability).toBeCloseTo(isotonicAtScores[row], 9);
    }
  });

  it("pools rows of one score, and says no more than four rows can vouch for", () => {
    // Score 1 answers no, 2 yes and no, 3 yes: 0, 1/2 and 1, of which the ends give way to 1/6 and 5/6.
    const calibration = fitCalibration("isotonic", [1, 2, 2, 3], [0, 1, 0, 1]);
    expect([...calibration.probabilities([0, 1, 2, 2.5, 3, 9])]).toEqual(
      [1 / 6, 1 / 6, 1 / 2, 2 / 3, 5 / 6, 5 / 6].map((value) => expect.closeTo(value, 12)),
    );
  });

  it("has a squared error that no other rising function within the same bounds has less of", () => {
    // Such functions are mixtures of steps from the least to the most, so that it is enough to look towards each step: the
    // residuals must not lean there.
    fc.assert(
      fc.property(rows, (given) => {
        const [s, l, w] = columns(given);
        const fit = fitCalibration("isotonic", s, l, w).probabilities(s);
        const least = 1 / (w.reduce((sum, weight) => sum + weight, 0) + 2);
        const ascending = s.map((_, row) => row).sort((a, b) => s[a] - s[b]);
        for (const [place, row] of ascending.entries()) {
          if (place > 0) expect(fit[row]).toBeGreaterThanOrEqual(fit[ascending[place - 1]]);
        }
        for (const step of [...s, 10]) {
          const lean = (row: number) => w[row] * (l[row] - fit[row]) * ((s[row] < step ? least : 1 - least) - fit[row]);
          expect(s.reduce((sum, _, row) => sum + lean(row), 0)).toBeLessThan(1e-9);
        }
      }),
    );
  });
});

describe("either", () => {
  it("says the same when it was stored and read again", () => {
    for (const method of ["platt", "isotonic"] as const) {
      const calibration = fitCalibration(method, scores, answers, weights);
      expect(again(calibration).probabilities(asked)).toEqual(calibration.probabilities(asked));
      expect(again(calibration).method).toBe(method);
    }
  });

  it("refuses scores that are none, and rows of which none counts", () => {
    const refused = { code: "PENCHANT_E_MODEL_DATA" };
    for (const attempt of [
      () => fitCalibration("platt", [], []),
      () => fitCalibration("isotonic", [1, 2], [0, 1], [0, 0]),
      () => fitCalibration("platt", [1, Number.NaN], [0, 1]),
    ]) {
      expect(attempt).toThrow(expect.objectContaining(refused));
    }
  });
});
