/** Measures recommenders by full ranking: every item that a user has not had to do with is a candidate. */
import { seededRandom } from "../base/random.ts";
import type { Recommender } from "../core/ports.ts";
import { topItems } from "../core/top-items.ts";
import { bootstrapMean, type Interval } from "./bootstrap.ts";
import { hitRate, ndcg } from "./metrics.ts";
import type { UserSplit } from "./split.ts";

/** What one recommender reached, user by user, in the order of the splits. */
export interface RankingScores {
  readonly name: string;
  readonly hitRate: Float64Array;
  readonly ndcg: Float64Array;
  /** Part of the catalogue among somebody's first k. */
  readonly coverage: number;
  readonly seconds: number;
}

export function rankUsers(
  recommender: Recommender,
  splits: readonly UserSplit[],
  { k, itemCount }: { k: number; itemCount: number },
): RankingScores {
  const started = performance.now();
  const shown = new Set<number>();
  const hits = new Float64Array(splits.length);
  const gains = new Float64Array(splits.length);
  for (const [user, { history, targets, at }] of splits.entries()) {
    const known = new Set(history.map(({ item }) => item));
    const ranked = topItems(recommender.score({ history, at }), k, (item) => !known.has(item), recommender.name);
    const wanted = new Set(targets);
    hits[user] = hitRate(ranked, wanted);
    gains[user] = ndcg(ranked, wanted, k);
    for (const item of ranked) shown.add(item);
  }
  return {
    name: recommender.name,
    hitRate: hits,
    ndcg: gains,
    coverage: shown.size / Math.max(1, itemCount),
    seconds: (performance.now() - started) / 1_000,
  };
}

/** Means with 95 % bootstrap intervals over users; coverage is one number of all users together. */
export function summarise(
  scores: RankingScores,
  { k, seed }: { k: number; seed: number },
): Record<string, Interval | { readonly value: number }> {
  return {
    [`HR@${k}`]: bootstrapMean(scores.hitRate, seededRandom(seed)),
    [`NDCG@${k}`]: bootstrapMean(scores.ndcg, seededRandom(seed)),
    [`coverage@${k}`]: { value: scores.coverage },
  };
}

/** How much better the first is than the second on the same users: mean difference of NDCG with its interval. */
export function compare(first: RankingScores, second: RankingScores, seed: number): Interval {
  return bootstrapMean(
    first.ndcg.map((value, user) => value - second.ndcg[user]),
    seededRandom(seed),
  );
}
