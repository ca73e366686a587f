/**
 * Outliers: values far from their column's, by deviations from the mean or by the distance of its quartiles (Tukey 1977), or
 * rows that stand apart as a whole, by an isolation forest. They are always told of. Only where it is asked for are the rows left
 * out while learning, or the values moved to the bounds, then and later; true extremes often say most.
 */
import { PenchantError } from "../../../base/errors.ts";
import { type FeatureMatrix, rowCount } from "../features.ts";
import { isolationScores } from "./isolation-forest.ts";
import {
  type FittedStep,
  mapValues,
  momentsOf,
  quantile,
  type Step,
  selectTrainingRows,
  sortedColumn,
} from "./step.ts";

export interface OutlierConfig {
  /** What is done about them: nothing but telling of them; rows left out while learning; values moved to the bounds. */
  readonly outliers: "keep" | "cut" | "clip";
  readonly outlierRule: "z-score" | "interquartile" | "isolation-forest";
  /** By values: beyond so many deviations from the mean, or quartile distances from the quartiles; .1 to 1,000. */
  readonly outlierLimit: number;
  /** By the forest: rows that score more; .5 to 1. */
  readonly outlierScore: number;
}

export const outlierDefaults: Readonly<OutlierConfig> = {
  outliers: "keep",
  outlierRule: "z-score",
  outlierLimit: 6,
  outlierScore: 0.7,
};

export const outlierRanges = {
  outliers: { oneOf: ["keep", "cut", "clip"] },
  outlierRule: { oneOf: ["z-score", "interquartile", "isolation-forest"] },
  outlierLimit: { min: 0.1, max: 1_000 },
  outlierScore: { min: 0.5, max: 1 },
} as const;

/** @throws PENCHANT_E_MODEL_CONFIG where values are to be moved to bounds, and the rule has none */
export function outlierStep(model: string, config: OutlierConfig): Step {
  const { outliers, outlierRule: rule } = config;
  if (outliers === "clip" && rule === "isolation-forest") {
    throw new PenchantError(
      "PENCHANT_E_MODEL_CONFIG",
      `${model}: outliers cannot be "clip" with outlierRule "isolation-forest", which has no bounds; expected "keep" or "cut".`,
      { details: { model, setting: "outliers" } },
    );
  }
  return {
    name: "outliers",
    fit(rows, seed) {
      const { features } = rows;
      const { lows, highs } = boundsOf(features, config);
      const isOutlier =
        rule === "isolation-forest" ? apart(features, config.outlierScore, seed) : beyond(features, lows, highs);
      const everyRow = Int32Array.from({ length: rowCount(features) }, (_, row) => row);
      const usual = everyRow.filter((row) => isOutlier[row] === 0);
      const count = everyRow.length - usual.length;
      const fitted = clipping(outliers === "clip", lows, highs);
      // Where every row stands out, none does.
      const left = outliers === "cut" && usual.length > 0 ? selectTrainingRows(rows, usual) : rows;
      return {
        fitted,
        rows: { ...left, features: fitted.apply(left.features) },
        note:
          count === 0 ? undefined : `${count} of ${everyRow.length} rows are outliers by ${rule}: ${told[outliers]}`,
      };
    },
    load: (parts) => clipping(outliers === "clip", parts.doubles("lows"), parts.doubles("highs")),
  };
}

const told = { keep: "kept", cut: "left out", clip: "moved to the bounds" } as const;

function boundsOf(features: FeatureMatrix, { outlierRule: rule, outlierLimit: limit }: OutlierConfig) {
  const lows = new Float64Array(features.names.length).fill(Number.NEGATIVE_INFINITY);
  const highs = new Float64Array(features.names.length).fill(Number.POSITIVE_INFINITY);
  if (rule === "isolation-forest") return { lows, highs };
  const { means, deviations } = momentsOf(features);
  for (let column = 0; column < lows.length; column++) {
    let [low, high, reach] = [means[column], means[column], deviations[column]];
    if (rule === "interquartile") {
      const sorted = sortedColumn(features, column);
      [low, high] = [quantile(sorted, 0.25), quantile(sorted, 0.75)];
      reach = high - low;
    }
    // Half of a column at one value says nothing of how far apart the rest should be.
    if (!(reach > 0)) continue;
    lows[column] = low - limit * reach;
    highs[column] = high + limit * reach;
  }
  return { lows, highs };
}

function beyond({ names, values }: FeatureMatrix, lows: Float64Array, highs: Float64Array): Uint8Array {
  const width = names.length;
  const isOutlier = new Uint8Array(values.length / width);
  for (let at = 0; at < values.length; at++) {
    const column = at % width;
    if (values[at] < lows[column] || values[at] > highs[column]) isOutlier[Math.floor(at / width)] = 1;
  }
  return isOutlier;
}

function apart(features: FeatureMatrix, score: number, seed: number): Uint8Array {
  return Uint8Array.from(isolationScores(features, seed), (own) => (own > score ? 1 : 0));
}

function clipping(isAsked: boolean, lows: Float64Array, highs: Float64Array): FittedStep {
  return {
    apply(features) {
      if (!isAsked) return features;
      return mapValues(features, (value, column) => Math.min(highs[column], Math.max(lows[column], value)));
    },
    tensors: { lows, highs },
  };
}
