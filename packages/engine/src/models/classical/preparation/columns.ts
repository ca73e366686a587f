/** Leaves out columns that say the same of every row: they teach nothing, and cannot be scaled. */
import { type FeatureMatrix, rowCount } from "../features.ts";
import { type FittedStep, listed, type Step } from "./step.ts";

/** @param isMissingTold whether the learner tells missing values from known ones in the column itself */
export function withoutConstants(isMissingTold: boolean): Step {
  return {
    name: "columns",
    fit(rows) {
      const { features } = rows;
      const isConstant = features.names.map((_, column) => saysOneThing(features, column, isMissingTold));
      const kept = Int32Array.from(isConstant.keys()).filter((column) => !isConstant[column]);
      const dropped = features.names.filter((_, column) => isConstant[column]);
      const fitted = keeping(kept);
      return {
        fitted,
        rows: { ...rows, features: fitted.apply(features) },
        note: dropped.length === 0 ? undefined : `left out, as they never change: ${listed(dropped)}`,
      };
    },
    load: (parts) => keeping(parts.integers("kept")),
  };
}

function saysOneThing({ names, values }: FeatureMatrix, column: number, isMissingTold: boolean): boolean {
  let first: number | undefined;
  for (let at = column; at < values.length; at += names.length) {
    const value = values[at];
    if (Number.isNaN(value) && !isMissingTold) continue;
    first ??= value;
    if (!Object.is(value, first) && value !== first) return false;
  }
  return true;
}

function keeping(kept: Int32Array): FittedStep {
  return {
    apply(features) {
      const { names, values } = features;
      if (kept.length === names.length) return features;
      const rows = rowCount(features);
      const left = new Float32Array(rows * kept.length);
      for (let row = 0; row < rows; row++) {
        for (const [place, column] of kept.entries())
          left[row * kept.length + place] = values[row * names.length + column];
      }
      return { names: Array.from(kept, (column) => names[column]), values: left };
    },
    tensors: { kept },
  };
}
