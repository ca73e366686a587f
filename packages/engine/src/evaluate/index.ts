/**
 * What `penchant/evaluate` exports: metrics, intervals and splits for measurements of your own. Everything else is free to
 * change.
 *
 * @example
 * import { accuracy, bootstrapMean, seededRandom } from "penchant/evaluate";
 * const lists = [[4, 2, 7], [1, 3, 2]];
 * const perUser = lists.map((list) => accuracy(list, new Set([2]), 10).NDCG);
 * bootstrapMean(perUser, seededRandom(1)); // { value, low, high }
 */
export { type Random, seededRandom } from "../base/random.ts";
export { areaUnderCurve } from "../core/area-under-curve.ts";
export type { Dataset } from "../core/dataset.ts";
export type { InteractionTable } from "../core/interaction-table.ts";
export {
  type BootstrapOptions,
  bootstrapMean,
  bootstrapMeans,
  type Interval,
  overSeeds,
  pairedDifference,
} from "./bootstrap.ts";
export { type CaseTable, caseAt, caseCount, type RankingCase } from "./cases.ts";
export { type AccuracyName, accuracy } from "./metrics/accuracy.ts";
export { type BinaryFigures, binaryFigures } from "./metrics/binary.ts";
export { coverage, gini } from "./metrics/exposure.ts";
export { type ForecastFigures, forecastFigures, poissonLogLikelihood } from "./metrics/forecasts.ts";
export { diversity, type ListContext, listContext, miscalibration, novelty, serendipity } from "./metrics/lists.ts";
export { type Metric, type RankingOptions, type RankingOutcome, rankAll, summarise } from "./ranking.ts";
export { assertNoLeak } from "./splits/leaks.ts";
export { type Fold, type Protocol, protocolDefaults, type Split } from "./splits/protocol.ts";
export { prepared, splitDataset } from "./splits/split.ts";
