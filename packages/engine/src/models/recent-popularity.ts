/**
 * What users take lately, seen from the last interaction of the training data, T. An interaction at time t counts
 *
 *     windowed: 1 where T - t is at most the window, else 0        decayed: 2^-((T - t) / half-life)
 *
 * Under a global split by time such a count is a strong baseline, at times stronger than a trained sequence model, so that
 * no comparison is complete without it (Ji, Sun, Zhang and Li, A Re-visit of the Popularity Baseline in Recommender Systems,
 * SIGIR 2020). Where several items stand equal, as those outside the window do, the count over all time decides: it is
 * added with a weight too small to change anything else.
 */
import { dayMs } from "../base/time.ts";
import type { RecommenderModel, TrainingData } from "../core/model.ts";
import { beginFit } from "./histories.ts";
import { fixedScores } from "./popularity.ts";
import { readSaved } from "./saved.ts";
import { checkSettings } from "./settings.ts";

export interface WindowedPopularityConfig {
  /** Days up to the end of the data that count; .01 to 36,500. */
  readonly windowDays: number;
}

export interface DecayedPopularityConfig {
  /** Days after which an interaction counts half; .01 to 36,500. */
  readonly halfLifeDays: number;
}

const dayRange = { min: 0.01, max: 36_500 } as const;
const windowed = { name: "windowed-popularity", version: 1 };
const decayed = { name: "decayed-popularity", version: 1 };

export const windowedPopularity: RecommenderModel<WindowedPopularityConfig> = {
  name: windowed.name,
  description: "What most was done with in the last days; the same for everybody.",
  defaults: { windowDays: 30 },
  grid: { windowDays: [1, 7, 30, 90] },
  predicts: "ranking",
  async fit(data, config, options) {
    checkSettings(windowed.name, config, { windowDays: dayRange });
    beginFit(windowed.name, data, options);
    return fixedScores(
      windowed,
      config,
      count(data, (ageDays) => (ageDays <= config.windowDays ? 1 : 0)),
    );
  },
  load: (saved) => fixedScores(windowed, saved.config, readSaved(saved, windowed).floats("scores")),
};

export const decayedPopularity: RecommenderModel<DecayedPopularityConfig> = {
  name: decayed.name,
  description: "What most was done with, old events counting less and less; the same for everybody.",
  defaults: { halfLifeDays: 30 },
  grid: { halfLifeDays: [1, 7, 30, 90] },
  predicts: "ranking",
  async fit(data, config, options) {
    checkSettings(decayed.name, config, { halfLifeDays: dayRange });
    beginFit(decayed.name, data, options);
    return fixedScores(
      decayed,
      config,
      count(data, (ageDays) => 2 ** (-ageDays / config.halfLifeDays)),
    );
  },
  load: (saved) => fixedScores(decayed, saved.config, readSaved(saved, decayed).floats("scores")),
};

/** Sums over interactions of what one of its age counts. [itemCount] */
function count({ interactions, itemCount }: TrainingData, countsAt: (ageDays: number) => number): Float32Array {
  const { items, times, weights } = interactions;
  let end = Number.NEGATIVE_INFINITY;
  for (const time of times) end = Math.max(end, time);
  const tieBreak = 1e-3 / items.length;
  const sums = new Float64Array(itemCount);
  for (let at = 0; at < items.length; at++) {
    if (weights[at] !== 0) sums[items[at]] += countsAt((end - times[at]) / dayMs) + tieBreak;
  }
  return Float32Array.from(sums);
}
