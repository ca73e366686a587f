/**
 * The preparation of features before a learner, as a chain of steps: rows with gaps are left out, outliers looked for, columns
 * without a say left out, gaps filled in and told of, scales made alike. It is fitted to the rows that are learned from, stored
 * with the model, and applied to whatever is asked.
 */
import type { SavedTensor } from "../../../core/model.ts";
import type { SavedReader } from "../../saved.ts";
import type { FeatureMatrix } from "../features.ts";
import type { Learner } from "../learner.ts";
import { withoutConstants } from "./columns.ts";
import { filledIn, indicators, withoutGaps } from "./missing.ts";
import { type OutlierConfig, outlierDefaults, outlierRanges, outlierStep } from "./outliers.ts";
import { scaledTo } from "./scaling.ts";
import type { FittedStep, Step, TrainingRows } from "./step.ts";

export interface PreparationConfig extends OutlierConfig {
  /**
   * What becomes of missing values: kept, for learners that read them; rows left out while learning; or filled in with the
   * column's mean or median, or between rows of the same person in time and else with the median.
   */
  readonly missing: "keep" | "drop" | "mean" | "median" | "interpolate";
  /** A column of its own for each that lacks values, which tells where. */
  readonly missingIndicators: boolean;
  readonly scaling: "none" | "range" | "standard";
}

const fills = ["drop", "mean", "median", "interpolate"] as const;

/** Trees read features as they are; for the others, everything is known and of one scale. */
export function preparationFor(reads: Learner["reads"]) {
  const isScaled = reads === "scaled";
  return {
    defaults: {
      missing: isScaled ? "median" : "keep",
      missingIndicators: isScaled,
      scaling: isScaled ? "standard" : "none",
      ...outlierDefaults,
    } satisfies PreparationConfig as PreparationConfig,
    ranges: {
      missing: { oneOf: isScaled ? fills : ["keep", ...fills] },
      missingIndicators: "boolean",
      scaling: { oneOf: ["none", "range", "standard"] },
      ...outlierRanges,
    } as const,
  };
}

export interface Preparation {
  apply(features: FeatureMatrix): FeatureMatrix;
  readonly tensors: Readonly<Record<string, SavedTensor["values"]>>;
}

/**
 * @param rows with features that are finite or NaN
 * @param tell what people should know of what was found
 * @returns the preparation, and what it leaves of the rows; perhaps no column
 * @throws PENCHANT_E_MODEL_CONFIG for settings that do not go together, PENCHANT_E_MODEL_DATA where no row is left
 */
export function fitPreparation(
  model: string,
  rows: TrainingRows,
  config: PreparationConfig,
  { seed, tell }: { seed: number; tell: (note: string) => void },
): { preparation: Preparation; rows: TrainingRows } {
  const steps = stepsOf(model, config);
  const fitted: FittedStep[] = [];
  let left = rows;
  for (const step of steps) {
    const fit = step.fit(left, seed);
    fitted.push(fit.fitted);
    left = fit.rows;
    if (fit.note !== undefined) tell(fit.note);
  }
  return { preparation: chain(steps, fitted), rows: left };
}

/**
 * @param partsOf the stored parts of a step
 * @throws PENCHANT_E_MODEL_FILE where a part is missing
 */
export function loadPreparation(
  model: string,
  config: PreparationConfig,
  partsOf: (step: string) => SavedReader,
): Preparation {
  const steps = stepsOf(model, config);
  return chain(
    steps,
    steps.map((step) => step.load(partsOf(step.name))),
  );
}

function stepsOf(model: string, config: PreparationConfig): readonly Step[] {
  const { missing, missingIndicators, scaling } = config;
  return [
    ...(missing === "drop" ? [withoutGaps(model)] : []),
    outlierStep(model, config),
    ...(missingIndicators ? [indicators] : []),
    withoutConstants(missing === "keep"),
    ...(missing === "keep" ? [] : [filledIn(missing === "drop" ? "median" : missing)]),
    ...(scaling === "none" ? [] : [scaledTo(scaling)]),
  ];
}

function chain(steps: readonly Step[], fitted: readonly FittedStep[]): Preparation {
  return {
    apply: (features) => fitted.reduce((left, step) => step.apply(left), features),
    tensors: Object.fromEntries(
      fitted.flatMap(({ tensors }, at) =>
        Object.entries(tensors).map(([part, values]) => [`${steps[at].name}.${part}`, values]),
      ),
    ),
  };
}
