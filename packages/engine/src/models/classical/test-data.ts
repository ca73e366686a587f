/** Matrices for the tests of the classical learners, and the rows that scikit-learn was given (`fixtures/oracle.py`). */
import { seededRandom } from "../../base/random.ts";
import { readSaved, savedModel } from "../saved.ts";
import type { FeatureMatrix, LabelledFeatures } from "./features.ts";
import oracle from "./fixtures/oracle.json" with { type: "json" };
import type { FittedLearner, Learner } from "./learner.ts";

/** @param rows null for missing */
export function matrixOf(rows: readonly (readonly (number | null)[])[]): FeatureMatrix {
  const names = Array.from(rows[0] ?? [], (_, column) => `column${column}`);
  return { names, values: Float32Array.from(rows.flat(), (value) => value ?? Number.NaN) };
}

const { values, learned, yes, numbers, weights } = oracle.trees;
export const treeRows = {
  train: { features: matrixOf(values.slice(0, learned)), labels: Uint8Array.from(yes.slice(0, learned)) },
  weights: Float32Array.from(weights.slice(0, learned)),
  numbers: numbers.slice(0, learned),
  asked: matrixOf(values.slice(learned)),
  answers: yes.slice(learned),
};

/** Two rings around each other with noise: nothing that a line could part. */
export function rings(rows: number, seed: number): LabelledFeatures {
  const random = seededRandom(seed);
  const labels = Uint8Array.from({ length: rows }, () => random.integer(2));
  const points = Array.from(labels, (label) => {
    const [radius, angle] = [1 + 1.5 * label + 0.3 * random.normal(), 2 * Math.PI * random.uniform()];
    return [radius * Math.cos(angle), radius * Math.sin(angle), random.normal()];
  });
  return { features: matrixOf(points), labels };
}

/** Fits with seed 1 and the defaults but for what is given. */
export function fitLearner<Config extends object>(
  learner: Learner<Config>,
  train: LabelledFeatures,
  settings: Partial<Config> = {},
  validation?: LabelledFeatures,
): Promise<FittedLearner> {
  return learner.fit(train, validation, { ...learner.defaults, ...settings }, { seed: 1 });
}

/** What is left when it was stored and read again. */
export function storedAndRead(learner: Learner, fitted: FittedLearner, columnCount: number): FittedLearner {
  const identity = { name: learner.name, version: 1 };
  return learner.load(readSaved(savedModel({ ...identity, config: {} }, fitted.tensors), identity), columnCount);
}

export function logLoss(probabilities: Float64Array, labels: ArrayLike<number>): number {
  return probabilities.reduce((sum, p, row) => sum - Math.log(labels[row] === 1 ? p : 1 - p), 0) / labels.length;
}
