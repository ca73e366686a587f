import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readSaved, savedModel } from "../../saved.ts";
import { type FeatureMatrix, rowCount } from "../features.ts";
import oracle from "../fixtures/oracle.json" with { type: "json" };
import { matrixOf } from "../test-data.ts";
import { isolationScores } from "./isolation-forest.ts";
import { fitPreparation, loadPreparation, type PreparationConfig, preparationFor } from "./preparation.ts";
import type { TrainingRows } from "./step.ts";

const asIs: PreparationConfig = { ...preparationFor("anything").defaults, missing: "median" };

function rowsOf(features: FeatureMatrix, times?: readonly number[], series?: readonly number[]): TrainingRows {
  const rows = rowCount(features);
  const numbered = Array.from({ length: rows }, (_, row) => row);
  return {
    features,
    labels: Uint8Array.from(numbered, (row) => row % 2),
    series: Int32Array.from(series ?? numbered.map(() => 0)),
    times: Float64Array.from(times ?? numbered),
  };
}

function prepare(rows: TrainingRows, settings: Partial<PreparationConfig>) {
  const notes: string[] = [];
  const config = { ...asIs, ...settings };
  const prepared = fitPreparation("test", rows, config, { seed: 1, tell: (note) => notes.push(note) });
  return { ...prepared, config, notes };
}

const listed = ({ names, values }: FeatureMatrix): (number | null)[][] =>
  Array.from({ length: values.length / names.length }, (_, row) =>
    Array.from(values.subarray(row * names.length, (row + 1) * names.length), (value) =>
      Number.isNaN(value) ? null : Math.round(value * 1e4) / 1e4,
    ),
  );

const gaps = [
  [1, 10],
  [null, 20],
  [3, null],
  [8, 60],
] as const;

describe("what is missing", () => {
  it("is filled in with the mean or the median, and later with the same", () => {
    const mean = prepare(rowsOf(matrixOf(gaps)), { missing: "mean" });
    expect(listed(mean.rows.features)).toEqual([
      [1, 10],
      [4, 20],
      [3, 30],
      [8, 60],
    ]);
    const median = prepare(rowsOf(matrixOf(gaps)), { missing: "median" });
    expect(listed(median.preparation.apply(matrixOf([[null, null]])))).toEqual([[3, 20]]);
  });

  it("costs the row while learning, where that is asked for, and later nobody", () => {
    const { rows, notes, preparation } = prepare(rowsOf(matrixOf(gaps)), { missing: "drop" });
    expect(listed(rows.features)).toEqual([
      [1, 10],
      [8, 60],
    ]);
    expect(Array.from(rows.labels)).toEqual([0, 1]);
    expect(notes).toEqual(["2 of 4 rows lack a feature and are left out"]);
    expect(listed(preparation.apply(matrixOf([[null, 7]])))).toEqual([[4.5, 7]]);
    const hollow = rowsOf(
      matrixOf([
        [null, 1],
        [2, null],
      ]),
    );
    expect(() => prepare(hollow, { missing: "drop" })).toThrow(
      expect.objectContaining({ code: "PENCHANT_E_MODEL_DATA" }),
    );
  });

  it("lies on the line between what was known before and after in the same series", () => {
    const features = matrixOf([
      [8, 1],
      [null, 1],
      [2, 2],
      [null, 3],
      [null, 4],
      [100, 5],
      [null, 6],
    ]);
    // Series 0 in time order: 2 at 0, missing at 1, 8 at 3, missing at 9. Series 1: missing, 100. Series 2 knows nothing.
    const rows = rowsOf(features, [3, 1, 0, 9, 5, 6, 1], [0, 0, 0, 0, 1, 1, 2]);
    const filled = prepare(rows, { missing: "interpolate" }).rows.features;
    expect(listed(filled).map(([value]) => value)).toEqual([8, 4, 2, 8, 100, 100, 8]);
  });

  it("is told of in a column of its own", () => {
    const { rows, preparation } = prepare(rowsOf(matrixOf(gaps)), { missingIndicators: true, scaling: "range" });
    expect(rows.features.names).toEqual(["column0", "column1", "column0 is missing", "column1 is missing"]);
    expect(listed(rows.features).map((row) => row.slice(2))).toEqual([
      [0, 0],
      [1, 0],
      [0, 1],
      [0, 0],
    ]);
    expect(listed(preparation.apply(matrixOf([[null, 60]])))).toEqual([[0.2857, 1, 1, 0]]);
  });
});

describe("columns that never change", () => {
  const features = matrixOf([
    [5, 1, 2],
    [5, 2, null],
    [5, 3, 2],
  ]);

  it("are left out, and told of", () => {
    const { rows, notes, preparation } = prepare(rowsOf(features), {});
    expect(rows.features.names).toEqual(["column1"]);
    expect(notes).toEqual(["left out, as they never change: column0, column2"]);
    expect(listed(preparation.apply(matrixOf([[9, 9, 9]])))).toEqual([[9]]);
  });

  it("stay where the learner tells missing values from known ones", () => {
    expect(prepare(rowsOf(features), { missing: "keep" }).rows.features.names).toEqual(["column1", "column2"]);
  });
});

describe("scales", () => {
  const columns = fc.array(fc.tuple(fc.integer({ min: -99, max: 99 }), fc.integer({ min: -9, max: 9 })), {
    minLength: 3,
    maxLength: 20,
  });

  it("run from 0 to 1, or have mean 0 and deviation 1", () => {
    fc.assert(
      fc.property(columns, (given) => {
        const rows = rowsOf(matrixOf(given.map(([a, b], row) => [a + row / 7, 1_000 * b + row])));
        for (const column of [0, 1]) {
          const range = listed(prepare(rows, { scaling: "range" }).rows.features).map((row) => row[column]!);
          expect(Math.min(...range)).toBeCloseTo(0, 4);
          expect(Math.max(...range)).toBeCloseTo(1, 4);
          const standard = listed(prepare(rows, { scaling: "standard" }).rows.features).map((row) => row[column]!);
          expect(standard.reduce((sum, value) => sum + value, 0) / standard.length).toBeCloseTo(0, 3);
          expect(standard.reduce((sum, value) => sum + value ** 2, 0) / standard.length).toBeCloseTo(1, 3);
        }
      }),
      { numRuns: 30 },
    );
  });

  it("are those of the rows that were learned from", () => {
    const { preparation } = prepare(rowsOf(matrixOf([[2], [4]])), { scaling: "range" });
    expect(listed(preparation.apply(matrixOf([[6], [3]])))).toEqual([[2], [0.5]]);
  });
});

describe("outliers", () => {
  // Quartiles of 3.25 and 7.75, so that Tukey's fences lie at -3.5 and 14.5; a mean of 14.5 with a deviation of 28.6.
  const features = matrixOf([1, 2, 3, 4, 5, 6, 7, 8, 9, null, 100].map((value, row) => [value, row]));
  const cases = [
    { outlierRule: "interquartile", outlierLimit: 1.5 },
    { outlierRule: "z-score", outlierLimit: 2.5 },
    { outlierRule: "isolation-forest", outlierScore: 0.62 },
  ] as const;

  it.each(cases)("by $outlierRule are told of, and cut where that is asked for", (rule) => {
    const kept = prepare(rowsOf(features), rule);
    expect(rowCount(kept.rows.features)).toBe(11);
    expect(kept.notes).toEqual([`1 of 11 rows are outliers by ${rule.outlierRule}: kept`]);
    const cut = prepare(rowsOf(features), { ...rule, outliers: "cut" });
    expect(cut.notes[0]).toContain("left out");
    expect(listed(cut.rows.features).map(([, row]) => row)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it("are moved to the bounds where that is asked for, then and later", () => {
    const settings = { outliers: "clip", outlierRule: "interquartile", outlierLimit: 1.5, missing: "keep" } as const;
    const { rows, preparation } = prepare(rowsOf(features), settings);
    expect(listed(rows.features)[10]).toEqual([14.5, 10]);
    expect(
      listed(
        preparation.apply(
          matrixOf([
            [-50, 3],
            [null, 3],
          ]),
        ),
      ),
    ).toEqual([
      [-3.5, 3],
      [null, 3],
    ]);
    expect(() => prepare(rowsOf(features), { outliers: "clip", outlierRule: "isolation-forest" })).toThrow(
      expect.objectContaining({ code: "PENCHANT_E_MODEL_CONFIG" }),
    );
  });

  it("score in an isolation forest as in scikit-learn's", () => {
    const scores = isolationScores(matrixOf(oracle.lines.points), 1);
    const away = oracle.lines.isolation.map((score, row) => Math.abs(score - scores[row]));
    expect(Math.max(...away)).toBeLessThan(0.05);
    expect(away.reduce((sum, value) => sum + value, 0) / away.length).toBeLessThan(0.015);
  });
});

it("a preparation is the same when it was stored and read again", () => {
  const settings: Partial<PreparationConfig> = { missingIndicators: true, scaling: "standard", outliers: "clip" };
  const { preparation, config } = prepare(rowsOf(matrixOf(gaps)), settings);
  const identity = { name: "test", version: 1 };
  const read = loadPreparation("test", config, (step) => {
    const own = Object.entries(preparation.tensors).filter(([part]) => part.startsWith(`${step}.`));
    const tensors = Object.fromEntries(own.map(([part, tensor]) => [part.slice(step.length + 1), tensor]));
    return readSaved(savedModel({ ...identity, config: {} }, tensors), identity);
  });
  const asked = matrixOf([
    [null, 3],
    [900, 1],
  ]);
  expect(read.apply(asked)).toEqual(preparation.apply(asked));
});
