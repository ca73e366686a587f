/** Columns of one scale: from 0 to 1, or of mean 0 and deviation 1, by what they are in the rows that are learned from. */
import type { FeatureMatrix } from "../features.ts";
import { isIndicator } from "./missing.ts";
import { type FittedStep, mapValues, momentsOf, type Step } from "./step.ts";

/** What a value becomes: `(value - shift) / width` of its column. [columns] */
interface Scale {
  readonly shifts: Float64Array;
  readonly widths: Float64Array;
}

/** Columns that tell of missing values stay 0 and 1, and a column that never changes becomes zeros. */
export function scaledTo(scale: "range" | "standard"): Step {
  return {
    name: "scale",
    fit(rows) {
      const { features } = rows;
      const { shifts, widths } = scale === "range" ? rangesOf(features) : standardsOf(features);
      for (let column = 0; column < shifts.length; column++) {
        if (isIndicator(features, column)) [shifts[column], widths[column]] = [0, 1];
        else if (!(widths[column] > 0)) widths[column] = Number.POSITIVE_INFINITY;
      }
      const fitted = scaling({ shifts, widths });
      return { fitted, rows: { ...rows, features: fitted.apply(features) } };
    },
    load: (parts) => scaling({ shifts: parts.doubles("shifts"), widths: parts.doubles("widths") }),
  };
}

function standardsOf(features: FeatureMatrix): Scale {
  const { means, deviations } = momentsOf(features);
  return { shifts: means, widths: deviations };
}

function rangesOf({ names, values }: FeatureMatrix): Scale {
  const lows = new Float64Array(names.length).fill(Number.POSITIVE_INFINITY);
  const highs = new Float64Array(names.length).fill(Number.NEGATIVE_INFINITY);
  for (let at = 0; at < values.length; at++) {
    const column = at % names.length;
    // Comparisons with what is missing are false.
    if (values[at] < lows[column]) lows[column] = values[at];
    if (values[at] > highs[column]) highs[column] = values[at];
  }
  return { shifts: lows, widths: highs.map((high, column) => high - lows[column]) };
}

function scaling({ shifts, widths }: Scale): FittedStep {
  return {
    apply: (features) => mapValues(features, (value, column) => (value - shifts[column]) / widths[column]),
    tensors: { shifts, widths },
  };
}
