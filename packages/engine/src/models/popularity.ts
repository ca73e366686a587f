/** What most users took: the baseline that every personal recommender has to beat. */
import type { FittedRecommender, RecommenderModel } from "../core/model.ts";
import type { Recommender } from "../core/ports.ts";
import { beginFit, distinctItems } from "./histories.ts";
import { readSaved, savedModel } from "./saved.ts";
import { checkSettings } from "./settings.ts";

/** @param histories the distinct item keys of every user */
export function countPopularity(histories: readonly Int32Array[], itemCount: number): Float32Array {
  const counts = new Float32Array(itemCount);
  for (const items of histories) for (const item of items) counts[item] += 1;
  return counts;
}

export function popularityRecommender(counts: Float32Array): Recommender {
  return { name: "popularity", score: () => counts.slice() };
}

/** An item's score is the number of users who have had to do with it. */
export const popularity: RecommenderModel = {
  name: "popularity",
  description: "What most people took; the same for everybody.",
  defaults: {},
  grid: {},
  predicts: "ranking",
  async fit(data, config, options) {
    checkSettings("popularity", config, {});
    beginFit("popularity", data, options);
    return fixedScores(identity, {}, countPopularity(distinctItems(data.interactions), data.itemCount));
  },
  load: (saved) => fixedScores(identity, saved.config, readSaved(saved, identity).floats("scores")),
};

const identity = { name: "popularity", version: 1 };

/** A recommender that scores alike for everybody. */
export function fixedScores(
  identity: { readonly name: string; readonly version: number },
  config: object,
  scores: Float32Array,
): FittedRecommender {
  return {
    name: identity.name,
    score: () => scores.slice(),
    save: () => savedModel({ ...identity, config }, { scores }),
  };
}
