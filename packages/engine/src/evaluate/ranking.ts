/**
 * Measures recommenders by full ranking: for every question, all items of the catalogue that are candidates are ranked,
 * and what came next is looked for. What comes out is one value per question and metric, from which means, intervals and
 * differences between models are made.
 */
import { PenchantError } from "../base/errors.ts";
import { seededRandom } from "../base/random.ts";
import type { FittedRecommender } from "../core/model.ts";
import type { Recommender } from "../core/ports.ts";
import { topItems } from "../core/top-items.ts";
import { bootstrapMeans, type Interval } from "./bootstrap.ts";
import type { RankingCase } from "./cases.ts";
import { accuracy, accuracyNames } from "./metrics/accuracy.ts";
import { coverage, gini } from "./metrics/exposure.ts";
import { type ForecastFigures, forecastFigures } from "./metrics/forecasts.ts";
import { diversity, type ListContext, miscalibration, novelty, serendipity } from "./metrics/lists.ts";

/** Most places of a list that are measured. */
export const kMax = 1_000;
/** Questions that a model is asked at once, where it answers many faster than one by one. */
const batchSize = 64;

export interface RankingOptions {
  /** Lengths of list, ascending: metrics are called `NDCG@10`. */
  readonly ks: readonly number[];
  readonly context: ListContext;
  /** For models that predict ratings: errors of the predicted values of the targets that have one. */
  readonly ratings?: boolean | undefined;
  /** Called now and then with the questions that were answered. */
  readonly onProgress?: ((done: number) => void) | undefined;
}

/** What one recommender reached, question by question. */
export interface RankingOutcome {
  readonly name: string;
  /** The user of each question. [cases] */
  readonly users: Int32Array;
  /** Events in each question's history. [cases] */
  readonly historyLengths: Int32Array;
  /** Mean number of the training data's users who knew the targets. [cases] */
  readonly targetPopularity: Float32Array;
  /** One value per question by metric, NaN where a question has none. [cases] each */
  readonly perCase: Readonly<Record<string, Float64Array>>;
  /** Figures of all questions together. */
  readonly overall: Readonly<Record<string, number>>;
  readonly seconds: number;
}

/** Throws PENCHANT_E_SCORE naming the model when it scores with NaN, or not the whole catalogue. */
export async function rankAll(
  recommender: Recommender & Pick<FittedRecommender, "scoreMany">,
  count: number,
  caseOf: (index: number) => RankingCase,
  options: RankingOptions,
): Promise<RankingOutcome> {
  const started = performance.now();
  const { ks, context, ratings, onProgress } = options;
  const longest = ks.at(-1)!;
  const column = () => new Float64Array(count).fill(Number.NaN);
  const perCase: Record<string, Float64Array> = {};
  const note = (metric: string, index: number, value: number) => {
    perCase[metric] ??= column();
    perCase[metric][index] = value;
  };
  const users = new Int32Array(count);
  const historyLengths = new Int32Array(count);
  const targetPopularity = new Float32Array(count);
  const shown = new Map(ks.map((k) => [k, new Int32Array(context.itemCount)]));
  const predicted: number[] = [];
  const rated: number[] = [];
  for (let start = 0; start < count; start += batchSize) {
    const cases = Array.from({ length: Math.min(batchSize, count - start) }, (_, index) => caseOf(start + index));
    const scores = await scoresOf(
      recommender,
      cases.map(({ query }) => query),
    );
    for (const [offset, { user, query, targets, targetValues, seen }] of cases.entries()) {
      const index = start + offset;
      checkLength(recommender.name, scores[offset], context.itemCount);
      const ranked = topItems(scores[offset], longest, (item) => !seen.has(item), recommender.name);
      const wanted = new Set(targets);
      users[index] = user;
      historyLengths[index] = query.history.length;
      targetPopularity[index] = targets.reduce((sum, item) => sum + context.userCounts[item], 0) / targets.length;
      for (const k of ks) {
        const list = ranked.slice(0, k);
        const hits = accuracy(list, wanted, k);
        for (const name of accuracyNames) note(`${name}@${k}`, index, hits[name]);
        note(`novelty@${k}`, index, novelty(list, context));
        note(`serendipity@${k}`, index, serendipity(list, wanted, context));
        const unlike = diversity(list, context);
        if (unlike !== undefined) note(`diversity@${k}`, index, unlike);
        const off = miscalibration(
          list,
          query.history.map(({ item }) => item),
          context,
        );
        if (off !== undefined) note(`miscalibration@${k}`, index, off);
        for (const item of list) shown.get(k)![item] += 1;
      }
      if (!ratings) continue;
      for (const [place, value] of targetValues.entries()) {
        if (Number.isNaN(value)) continue;
        rated.push(value);
        predicted.push(scores[offset][targets[place]]);
      }
    }
    onProgress?.(start + cases.length);
  }
  const overall: Record<string, number> = {};
  for (const [k, counts] of shown) {
    overall[`coverage@${k}`] = coverage(counts);
    overall[`Gini@${k}`] = gini(counts);
  }
  return {
    name: recommender.name,
    users,
    historyLengths,
    targetPopularity,
    perCase,
    overall: { ...overall, ...(rated.length > 0 && ratingErrors(rated, predicted)) },
    seconds: (performance.now() - started) / 1_000,
  };
}

async function scoresOf(
  recommender: Recommender & Pick<FittedRecommender, "scoreMany">,
  queries: readonly RankingCase["query"][],
): Promise<readonly Float32Array[]> {
  return recommender.scoreMany ? recommender.scoreMany(queries) : queries.map((query) => recommender.score(query));
}

/** R2 is left out where all ratings are the same and it has no value. */
function ratingErrors(rated: readonly number[], predicted: readonly number[]): Partial<ForecastFigures> {
  const { R2, ...errors } = forecastFigures(rated, predicted);
  return Number.isNaN(R2) ? errors : { ...errors, R2 };
}

function checkLength(
  model: string,
  scores: Float32Array | undefined,
  itemCount: number,
): asserts scores is Float32Array {
  if (scores?.length === itemCount) return;
  throw new PenchantError(
    "PENCHANT_E_SCORE",
    `${model}: expected a score for each of the ${itemCount} items, got ${scores?.length ?? 0}.`,
  );
}

export type Metric = Interval | { readonly value: number };

/** Means with 95 % bootstrap intervals over users; what is a figure of all questions together has no interval. */
export function summarise(
  { perCase, overall, users }: Pick<RankingOutcome, "perCase" | "overall" | "users">,
  { seed }: { seed: number },
): Record<string, Metric> {
  const metrics: Record<string, Metric> = {};
  const names = Object.keys(perCase);
  const columns = names.map((name) => perCase[name]);
  const intervals = bootstrapMeans(columns, seededRandom(seed), { users });
  for (const [column, interval] of intervals.entries()) metrics[names[column]] = interval;
  for (const [name, value] of Object.entries(overall)) metrics[name] = { value };
  return metrics;
}
