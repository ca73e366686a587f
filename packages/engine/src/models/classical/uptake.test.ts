/** What classical models of uptake have beyond the contract, which `uptake/all.test.ts` runs: settings of preparation and weights. */
import { describe, expect, it } from "vitest";
import { seededRandom } from "../../base/random.ts";
import { interactionTable } from "../../core/interaction-table.ts";
import type { UptakeData, UptakeExamples, UptakeModel } from "../../core/uptake.ts";
import { classicalModels } from "./uptake.ts";

/** One yes in ten, told by the second feature; the first never changes, and the third is missing in every fourth row. */
function rare(rows: number, seed: number): UptakeExamples {
  const random = seededRandom(seed);
  const labels = Uint8Array.from({ length: rows }, (_, row) => (row % 10 === 0 ? 1 : 0));
  const features = Array.from(labels, (label, row) => [
    7,
    2 * label + random.normal(),
    row % 4 === 0 ? Number.NaN : random.normal(),
  ]);
  return {
    histories: interactionTable([[{ item: 0, time: 1, weight: 1 }]]),
    users: new Int32Array(rows),
    starts: new Int32Array(rows),
    ends: new Int32Array(rows),
    items: new Int32Array(rows),
    times: Float64Array.from(labels, (_, row) => 10 + row),
    columns: [
      { name: "always", group: "context" },
      { name: "telling", group: "interest" },
      { name: "holes", group: "item" },
    ],
    features: Float32Array.from(features.flat()),
    labels,
  };
}

const data: UptakeData = { itemCount: 1, train: rare(150, 1) };
const test = rare(100, 2);

async function fit(model: UptakeModel, settings: object) {
  const notes: string[] = [];
  const remarks: string[] = [];
  const onProgress = (_: number, note?: string) => notes.push(note ?? "");
  const onRemark = (remark: string) => remarks.push(remark);
  const few = "trees" in model.defaults ? { trees: 10 } : {};
  const fitted = await model.fit(data, { ...model.defaults, ...few, ...settings }, { seed: 1, onProgress, onRemark });
  return { fitted, notes, remarks, probabilities: await fitted.predict(test) };
}

const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;

describe.each(classicalModels.map((model) => ({ model, name: model.name })))("$name", ({ model, name }) => {
  it("says how often yes is, and with balanced weights what would be so if it were as often as no", async () => {
    const plain = await fit(model, {});
    expect(mean(plain.probabilities)).toBeCloseTo(0.1, 1);
    const balanced = await fit(model, { classWeights: "balanced" });
    expect(mean(balanced.probabilities)).toBeGreaterThan(mean(plain.probabilities) + 0.03);
    for (const told of [plain.notes, plain.remarks]) expect(told).toContain("left out, as they never change: always");
  });

  it("is the same after it was stored, however its features are prepared", async () => {
    for (const settings of [
      { missing: "interpolate", outliers: "clip", scaling: "range" },
      { missing: "drop", missingIndicators: false, outliers: "cut", outlierRule: "isolation-forest" },
    ]) {
      const { fitted, probabilities } = await fit(model, settings);
      expect(await model.load(structuredClone(fitted.save())).predict(test)).toEqual(probabilities);
    }
  });

  it("refuses features that are infinite, by row and column", async () => {
    const features = test.features.slice();
    features[7] = Number.NEGATIVE_INFINITY;
    const { fitted } = await fit(model, {});
    const message = `${name}: feature "telling" of row 2 is -Infinity; expected a finite number, or NaN where it is missing.`;
    const refused = { code: "PENCHANT_E_MODEL_DATA", message };
    await expect(fitted.predict({ ...test, features })).rejects.toMatchObject(refused);
  });
});

it("bounds of an isolation forest, which has none, are refused by name", async () => {
  const [model] = classicalModels;
  const settings = { outliers: "clip", outlierRule: "isolation-forest" };
  await expect(fit(model, settings)).rejects.toMatchObject({ code: "PENCHANT_E_MODEL_CONFIG" });
});
