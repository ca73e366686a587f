/**
 * How well the recommender finds what the users of the bundled sample rated next, beside simpler ones on the same
 * protocol: the last tenth of every user's ratings, in time order, is held out, every rating counts, and all films that
 * the user has not rated are candidates. The blend is chosen on the tenth before, by models fitted on what came before
 * that. Tags given after a user's cut are unused.
 */

import { seededRandom } from "../../base/random.ts";
import { interactionTable } from "../../core/interaction-table.ts";
import type { Item } from "../../core/item.ts";
import type { Interaction, Recommender } from "../../core/ports.ts";
import { defaultEventWeights, eventWeight } from "../../core/weights.ts";
import type { ProgressListener } from "../../engine.ts";
import { type Interval, pairedDifference } from "../../evaluate/bootstrap.ts";
import { type ListContext, listContext } from "../../evaluate/metrics/lists.ts";
import { type Metric, type RankingOutcome, rankAll, summarise } from "../../evaluate/ranking.ts";
import { holdOut, rankingCase, type UserSplit } from "../../evaluate/splits/hold-out.ts";
import { type MovieLensData, movieLensItems } from "../../import/movielens.ts";
import { itemNeighbourRecommender } from "../../models/item-neighbours.ts";
import { popularityRecommender } from "../../models/popularity.ts";
import type { Blend } from "../../recommend/pipeline.ts";
import { type FittedItem, type FittedModels, fitModels } from "../../runtime/fitting.ts";
import { interestRecommender } from "../../runtime/interest-recommender.ts";

const k = 10;
const ndcgName = `NDCG@${k}`;
const part = 0.1;
/** Weights of the neighbours against the profile's candidates that are tried on the validation tenth. */
const neighbourWeights = [0.25, 0.5, 0.75, 1, 1.5, 2];

export interface ModelResult {
  readonly model: string;
  readonly metrics: Readonly<Record<string, Metric>>;
  /** Seconds to rank the catalogue for all users. */
  readonly seconds: number;
}

export interface SampleEvaluation {
  readonly protocol: string;
  readonly users: number;
  readonly items: number;
  /** Chosen on the validation tenth. */
  readonly blend: Blend;
  /** NDCG@10 of every blend tried there. */
  readonly validation: readonly { readonly blend: Blend; readonly ndcg: number }[];
  readonly models: readonly ModelResult[];
  /** Penchant's NDCG@10 less the other model's, paired over users. */
  readonly differences: readonly { readonly against: string; readonly ndcg: Interval }[];
  readonly seed: number;
}

export async function evaluateSample(
  data: MovieLensData,
  { seed, onProgress }: { seed: number; onProgress?: ProgressListener },
): Promise<SampleEvaluation> {
  const keys = new Map(data.movies.map(({ id }, key) => [id, key]));
  const users = new Map<string, Interaction[]>();
  for (const { user, movie, stars, time } of data.ratings) {
    const item = keys.get(movie);
    if (item === undefined) continue;
    const weight = eventWeight(defaultEventWeights, { type: "rating", value: stars });
    const known = users.get(user);
    if (known === undefined) users.set(user, [{ item, time, weight }]);
    else known.push({ item, time, weight });
  }
  const itemCount = data.movies.length;
  const steps = 2 * 6;
  let step = 0;
  const tick = () => onProgress?.({ step: "Measuring", done: ++step, total: steps });

  const validation = fitTo(holdOut(users, { part, skipLast: part }), tick);
  const tried: { blend: Blend; ndcg: number }[] = [];
  for (const neighbour of neighbourWeights) {
    const blend = { interest: 1, neighbour };
    const { perCase } = await rank(penchant("penchant", validation, blend), validation);
    tried.push({ blend, ndcg: mean(perCase[ndcgName]) });
  }
  const best = tried.reduce((first, second) => (second.ndcg > first.ndcg ? second : first));

  const test = fitTo(holdOut(users, { part }), tick);
  const recommenders: Recommender[] = [
    penchant("penchant", test, best.blend),
    penchant("profile candidates alone", test, { interest: 1, neighbour: 0 }),
    penchant("neighbour candidates alone", test, { interest: 0, neighbour: 1 }),
    itemNeighbourRecommender(test.models.neighbours),
    popularityRecommender(test.models.popularity),
  ];
  const outcomes: RankingOutcome[] = [];
  for (const recommender of recommenders) outcomes.push(await rank(recommender, test));
  const [own, ...others] = outcomes;
  return {
    protocol: `last ${part * 100} % of every user's ratings held out, full ranking, every rating counts`,
    users: test.splits.length,
    items: itemCount,
    blend: best.blend,
    validation: tried,
    models: outcomes.map((outcome) => result(outcome, seed)),
    differences: others.map((other) => ({
      against: other.name,
      ndcg: pairedDifference(own.perCase[ndcgName], other.perCase[ndcgName], seededRandom(seed)),
    })),
    seed,
  };

  function fitTo(splits: UserSplit[], onStep: () => void): Fitted {
    const cuts = new Map(splits.map(({ user, cut }) => [user, cut]));
    const items = movieLensItems(data, {
      keepTag: ({ user, time }) => time < (cuts.get(user) ?? Number.POSITIVE_INFINITY),
    });
    const until = splits.reduce((latest, { at }) => Math.max(latest, at), 0);
    const table = interactionTable(splits.map(({ history }) => history));
    const fit = fitModels(items, table, { treeVersion: 1, seed, until, onProgress: onStep });
    return { splits, items, context: listContext(table, items), ...fit };
  }
}

interface Fitted {
  readonly splits: readonly UserSplit[];
  readonly items: readonly Item[];
  readonly context: ListContext;
  readonly models: FittedModels;
  readonly fitted: readonly FittedItem[];
}

function penchant(name: string, { models, items, fitted }: Fitted, blend: Blend): Recommender {
  return interestRecommender(name, models, items, fitted, blend);
}

function rank(recommender: Recommender, { splits, context }: Fitted): Promise<RankingOutcome> {
  return rankAll(recommender, splits.length, (index) => rankingCase(splits[index], index), { ks: [k], context });
}

function result(outcome: RankingOutcome, seed: number): ModelResult {
  return { model: outcome.name, metrics: summarise(outcome, { seed }), seconds: outcome.seconds };
}

function mean(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / Math.max(1, values.length);
}
