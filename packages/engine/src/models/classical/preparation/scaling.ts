/** Columns of one scale: from 0 to 1, or of mean 0 and deviation 1, by what they are in the rows that are learned from. */
import { isIndicator } from "./missing.ts";
import { type FittedStep, mapValues, momentsOf, type Step } from "./step.ts";

/** Columns that tell of missing values stay 0 and 1, and a column that never changes becomes zeros. */
export function scaledTo(scale: "range" | "standard"): Step {
  return {
    name: "scale",
    fit(rows) {
      const { features } = rows;
      const { means, deviations } = momentsOf(features);
      const shifts = means.slice();
      const widths = deviations.slice();
      if (scale === "range") {
        shifts.fill(Number.POSITIVE_INFINITY);
        widths.fill(Number.NEGATIVE_INFINITY);
        for (let at = 0; at < features.values.length; at++) {
          const column = at % shifts.length;
          const value = features.values[at];
          if (value < shifts[column]) shifts[column] = value;
          if (value > widths[column]) widths[column] = value;
        }
        for (let column = 0; column < shifts.length; column++) widths[column] -= shifts[column];
      }
      for (let column = 0; column < shifts.length; column++) {
        if (isIndicator(features, column)) [shifts[column], widths[column]] = [0, 1];
        if (!(widths[column] > 0 && widths[column] < Number.POSITIVE_INFINITY)) {
          // Nothing to tell apart, and perhaps nothing known.
          shifts[column] = Number.isFinite(shifts[column]) ? shifts[column] : 0;
          widths[column] = Number.POSITIVE_INFINITY;
        }
      }
      const fitted = scaling(shifts, widths);
      return { fitted, rows: { ...rows, features: fitted.apply(features) } };
    },
    load: (parts) => scaling(parts.doubles("shifts"), parts.doubles("widths")),
  };
}

function scaling(shifts: Float64Array, widths: Float64Array): FittedStep {
  return {
    apply: (features) => mapValues(features, (value, column) => (value - shifts[column]) / widths[column]),
    tensors: { shifts, widths },
  };
}
