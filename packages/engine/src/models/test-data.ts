/** Small data for the models' tests: users by their items, oldest first, a day apart. */
import { dayMs } from "../base/time.ts";
import { interactionTable } from "../core/interaction-table.ts";
import type { FittedRecommender, RecommenderModel, TrainingData } from "../core/model.ts";
import type { Interaction } from "../core/ports.ts";
import { testStart } from "../testing/builders.ts";

export function historyOf(items: readonly number[], values?: readonly number[]): Interaction[] {
  return items.map((item, index) => ({ item, time: testStart + index * dayMs, weight: 1, value: values?.[index] }));
}

export function dataOf(users: readonly (readonly number[])[], itemCount: number): TrainingData {
  return { itemCount, interactions: interactionTable(users.map((items) => historyOf(items))) };
}

/** Fits with seed 1 and the defaults but for what is given. */
export function fitOn<Config extends object>(
  model: RecommenderModel<Config>,
  data: TrainingData,
  settings: Partial<Config> = {},
): Promise<FittedRecommender> {
  return model.fit(data, { ...model.defaults, ...settings }, { seed: 1 });
}

export const scoresFor = (
  fitted: FittedRecommender,
  items: readonly number[],
  values?: readonly number[],
): number[] => [...fitted.score({ history: historyOf(items, values), at: testStart + 1_000 * dayMs })];
