/** What is not known: rows that lack something are left out, or it is filled in, or a column of its own tells that it was. */
import { dataError } from "../../histories.ts";
import { type FeatureMatrix, rowCount } from "../features.ts";
import { interpolate } from "./interpolation.ts";
import {
  type FittedStep,
  mapValues,
  momentsOf,
  quantile,
  type Step,
  selectTrainingRows,
  sortedColumn,
} from "./step.ts";

/** Leaves out the rows to be learned from that lack a value. Whoever is asked about later is filled in. */
export function withoutGaps(model: string): Step {
  return {
    name: "gaps",
    fit(rows) {
      const { names, values } = rows.features;
      const everyRow = Int32Array.from({ length: rowCount(rows.features) }, (_, row) => row);
      const whole = everyRow.filter((row) =>
        values.subarray(row * names.length, (row + 1) * names.length).every((value) => !Number.isNaN(value)),
      );
      if (whole.length === 0) {
        throw dataError(
          model,
          "every row lacks some feature, and none is left to learn from; fill in what is missing instead.",
        );
      }
      const dropped = everyRow.length - whole.length;
      return {
        fitted: unchanged,
        rows: dropped === 0 ? rows : selectTrainingRows(rows, whole),
        note: dropped === 0 ? undefined : `${dropped} of ${everyRow.length} rows lack a feature and are left out`,
      };
    },
    load: () => unchanged,
  };
}

const unchanged: FittedStep = { apply: (features) => features, tensors: {} };

/**
 * Fills in what is missing, with the column's mean or median. Where interpolation is asked for, rows to be learned from are
 * first filled in between those of the same series; the median serves the rest.
 */
export function filledIn(by: "mean" | "median" | "interpolate"): Step {
  return {
    name: "fill",
    fit(rows) {
      const features = by === "interpolate" ? interpolate(rows) : rows.features;
      const fills =
        by === "mean"
          ? Float32Array.from(momentsOf(features).means)
          : Float32Array.from(features.names, (_, column) => quantile(sortedColumn(features, column), 0.5));
      const fitted = filling(fills);
      return { fitted, rows: { ...rows, features: fitted.apply(features) } };
    },
    load: (parts) => filling(parts.floats("fills")),
  };
}

/** @param fills [columns]; 0 stands for what nobody knows anything of */
function filling(fills: Float32Array): FittedStep {
  const known = fills.map((fill) => (Number.isNaN(fill) ? 0 : fill));
  return {
    apply: (features) => mapValues(features, (value, column) => (Number.isNaN(value) ? known[column] : value)),
    tensors: { fills },
  };
}

/**
 * A column for each that lacks a value somewhere, 1 where it does and else 0: that something is not known may say more than any
 * value that is put there, and the learner finds out how much. It has to come before values are filled in.
 */
export const indicators: Step = {
  name: "indicators",
  fit(rows) {
    const { names, values } = rows.features;
    const lacking = Int32Array.from(names.keys()).filter((column) => {
      for (let at = column; at < values.length; at += names.length) if (Number.isNaN(values[at])) return true;
      return false;
    });
    const fitted = indicating(lacking);
    return { fitted, rows: { ...rows, features: fitted.apply(rows.features) } };
  },
  load: (parts) => indicating(parts.integers("lacking")),
};

function indicating(lacking: Int32Array): FittedStep {
  return {
    apply(features) {
      if (lacking.length === 0) return features;
      const { names, values } = features;
      const width = names.length + lacking.length;
      const rows = rowCount(features);
      const wider = new Float32Array(rows * width);
      for (let row = 0; row < rows; row++) {
        wider.set(values.subarray(row * names.length, (row + 1) * names.length), row * width);
        for (const [place, column] of lacking.entries()) {
          wider[row * width + names.length + place] = Number.isNaN(values[row * names.length + column]) ? 1 : 0;
        }
      }
      return { names: [...names, ...Array.from(lacking, (column) => missingName(names[column]))], values: wider };
    },
    tensors: { lacking },
  };
}

const missingName = (name: string): string => `${name} is missing`;

/** Whether a column is one that tells of missing values. */
export const isIndicator = ({ names }: FeatureMatrix, column: number): boolean => {
  const name = names[column];
  return names.some((other) => missingName(other) === name);
};
