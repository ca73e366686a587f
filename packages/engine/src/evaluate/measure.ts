/** One model on one split: fitted to what came before, then asked everything. Settings are chosen on validation alone. */
import { PenchantError } from "../base/errors.ts";
import type { Dataset } from "../core/dataset.ts";
import type { ModelSetting, RecommenderModel } from "../core/model.ts";
import { caseAt, caseCount } from "./cases.ts";
import { listContext } from "./metrics/lists.ts";
import { type RankingOutcome, rankAll } from "./ranking.ts";
import type { Split } from "./splits/protocol.ts";
import { trainingDataOf } from "./training-data.ts";

export type ModelConfig = Readonly<Record<string, ModelSetting>>;

export interface MeasureOptions {
  readonly config: ModelConfig;
  readonly seed: number;
  readonly ks: readonly number[];
  /** What is asked: `validation` while settings are chosen, `test` once. */
  readonly on: "validation" | "test";
  /** A folder where a long fit saves how far it is, and goes on from. Its seconds are then those since it went on. */
  readonly checkpoint?: string | undefined;
  /** Part of the work done, 0 to 1. */
  readonly onProgress?: ((done: number) => void) | undefined;
}

export interface Measurement {
  readonly outcome: RankingOutcome;
  readonly fitSeconds: number;
}

/** Of the progress that is shown, the part that fitting takes. */
const fitShare = 0.8;

/** Throws what the model's fit throws, and PENCHANT_E_SCORE for scores that are none. */
export async function measureModel(
  model: RecommenderModel,
  dataset: Dataset,
  split: Split,
  { config, seed, ks, on, checkpoint, onProgress }: MeasureOptions,
): Promise<Measurement> {
  const { train, stopping, questions } = on === "test" ? split.final : split.choosing;
  const data = trainingDataOf(dataset, { train, stopping });
  const started = performance.now();
  const fitted = await model.fit(
    data,
    { ...model.defaults, ...config },
    {
      seed,
      checkpoint,
      onProgress: (done) => onProgress?.(done * fitShare),
    },
  );
  const fitSeconds = (performance.now() - started) / 1_000;
  const count = caseCount(questions);
  if (count === 0) {
    throw new PenchantError(
      "PENCHANT_E_DATASET",
      `${dataset.name}: expected questions for ${on}, and the split has none; take more data or no --tune.`,
    );
  }
  const outcome = await rankAll({ ...bound(fitted), name: model.name }, count, (index) => caseAt(questions, index), {
    ks,
    context: listContext(train, dataset.items),
    ratings: model.predicts === "ratings",
    onProgress: (done) => onProgress?.(fitShare + (1 - fitShare) * (done / count)),
  });
  return { outcome, fitSeconds };
}

/** The scoring of a fitted model, whether it is an object of a class or not. */
function bound(fitted: Awaited<ReturnType<RecommenderModel["fit"]>>) {
  return {
    score: fitted.score.bind(fitted),
    ...(fitted.scoreMany && { scoreMany: fitted.scoreMany.bind(fitted) }),
  };
}

/** Most combinations of settings that are tried for one model. */
export const combinationsMax = 200;

/** All combinations of a grid's values, each over `fixed`, whose settings are not varied. The first is the defaults'. */
export function combinations(model: Pick<RecommenderModel, "name" | "grid">, fixed: ModelConfig): ModelConfig[] {
  let configs: ModelConfig[] = [fixed];
  for (const [name, values] of Object.entries(model.grid)) {
    if (Object.hasOwn(fixed, name)) continue;
    configs = configs.flatMap((config) => values.map((value) => ({ ...config, [name]: value })));
    if (configs.length > combinationsMax) {
      throw new PenchantError(
        "PENCHANT_E_USAGE",
        `${model.name}: expected at most ${combinationsMax} combinations of settings to try; fix some with --set.`,
      );
    }
  }
  return configs;
}

/** Mean of a metric over questions, those without a value left out; NaN where none has one. */
export function meanOf({ perCase, overall }: Pick<RankingOutcome, "perCase" | "overall">, metric: string): number {
  const values = perCase[metric];
  if (values === undefined) return overall[metric] ?? Number.NaN;
  let sum = 0;
  let count = 0;
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    sum += value;
    count += 1;
  }
  return sum / count;
}

/** Metrics of which less is better; of all others, more is. */
export function isLowerBetter(metric: string): boolean {
  return /^(miscalibration|Gini|MSE|RMSE|MAE)/.test(metric);
}
