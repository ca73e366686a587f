/** One model of uptake on the tables of an evaluation: fitted, then asked, validation or test. */
import { PenchantError } from "../../base/errors.ts";
import type { UptakeData, UptakeExamples, UptakeModel } from "../../core/uptake.ts";
import type { ModelConfig } from "../measure.ts";
import { type SampledFigures, sampledFigures } from "./figures.ts";

export interface UptakeMeasureOptions {
  readonly config: ModelConfig;
  readonly seed: number;
  /** What is asked: `validation` while settings are chosen, `test` once. */
  readonly on: "validation" | "test";
  readonly checkpoint?: string | undefined;
  /** Part of the work done, 0 to 1. */
  readonly onProgress?: ((done: number) => void) | undefined;
}

export interface UptakeMeasurement extends SampledFigures {
  /** What the model said of its fit. */
  readonly remarks: readonly string[];
  readonly fitSeconds: number;
  readonly predictSeconds: number;
}

/** Of what users are drawn for intervals by: the same for every model. */
const seedOfDraws = 1;
/** Of the progress that is shown, the part that fitting takes. */
const fitShare = 0.9;

/** Throws what the model's fit throws, and PENCHANT_E_SCORE for probabilities that are none. */
export async function measureUptake(
  model: UptakeModel,
  { data, test }: { data: UptakeData; test: UptakeExamples },
  { config, seed, on, checkpoint, onProgress }: UptakeMeasureOptions,
): Promise<UptakeMeasurement> {
  const started = performance.now();
  const remarks: string[] = [];
  const fitted = await model.fit(
    data,
    { ...model.defaults, ...config },
    {
      seed,
      checkpoint,
      onProgress: (done) => onProgress?.(done * fitShare),
      onRemark: (remark) => remarks.push(remark),
    },
  );
  const fittedAt = performance.now();
  const { labels, ...questions } = on === "test" ? test : (data.validation ?? data.train);
  const probabilities = await fitted.predict(questions);
  const predictedAt = performance.now();
  onProgress?.(fitShare);
  const off = probabilities.find((probability) => !(probability >= 0 && probability <= 1));
  if (probabilities.length !== labels.length || off !== undefined) {
    throw new PenchantError(
      "PENCHANT_E_SCORE",
      `${model.name}: expected a probability from 0 to 1 for each of ${labels.length} rows, got ${off ?? probabilities.length}.`,
    );
  }
  return {
    ...sampledFigures({ users: questions.users, labels, probabilities }, seedOfDraws),
    remarks,
    fitSeconds: (fittedAt - started) / 1_000,
    predictSeconds: (predictedAt - fittedAt) / 1_000,
  };
}
