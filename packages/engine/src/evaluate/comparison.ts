/**
 * Models side by side on the same questions. Seeds of a model are averaged question by question before the bootstrap, so
 * that an interval is about users; how far the seeds lie apart is told beside it. Differences are paired: each model
 * against the best one on the metric that counts, user by user.
 */
import { PenchantError } from "../base/errors.ts";
import { seededRandom } from "../base/random.ts";
import { bootstrapMean, type Interval, overSeeds, pairedDifference } from "./bootstrap.ts";
import { isLowerBetter, type ModelConfig, meanOf } from "./measure.ts";
import { type Metric, type RankingOutcome, summarise } from "./ranking.ts";

/** One fit, measured on the test. */
export interface Run {
  readonly model: string;
  readonly config: ModelConfig;
  readonly seed: number;
  readonly outcome: RankingOutcome;
  readonly fitSeconds: number;
  /** Most memory that the process held which did nothing but this. */
  readonly peakMemoryBytes: number;
}

/** A part of the questions, and how a model does there. */
export interface GroupFigure {
  /** From and to, both included, of the quantity that the questions are grouped by. */
  readonly from: number;
  readonly to: number;
  readonly questions: number;
  readonly figure: Interval;
}

export interface ModelComparison {
  readonly model: string;
  readonly config: ModelConfig;
  readonly seeds: number;
  readonly metrics: Readonly<Record<string, Metric>>;
  /** Of the metric that counts, over seeds. */
  readonly spread: { readonly mean: number; readonly deviation: number | null };
  /** This model's metric less the best model's, paired; absent for the best one. */
  readonly difference?: Interval | undefined;
  readonly byHistoryLength: readonly GroupFigure[];
  readonly byTargetPopularity: readonly GroupFigure[];
  /** Means over seeds. */
  readonly fitSeconds: number;
  readonly rankSeconds: number;
  /** The most over seeds. */
  readonly peakMemoryBytes: number;
}

const groups = 5;

/**
 * Models in order of the metric, best first.
 *
 * @param metric one with a value per question, such as `NDCG@10`
 * @throws PENCHANT_E_USAGE when there is no such metric
 */
export function compareModels(runs: readonly Run[], { metric, seed }: { metric: string; seed: number }) {
  const known = Object.keys(runs[0]?.outcome.perCase ?? {});
  if (!known.includes(metric)) {
    throw new PenchantError(
      "PENCHANT_E_USAGE",
      `Expected a metric that was measured (${known.join(", ")}), got ${metric}.`,
    );
  }
  const sign = isLowerBetter(metric) ? -1 : 1;
  const models = [...new Set(runs.map(({ model }) => model))].map((model) => {
    const own = runs.filter((run) => run.model === model);
    const mean = averaged(own.map(({ outcome }) => outcome));
    return { model, own, mean, value: meanOf(mean, metric) };
  });
  models.sort((a, b) => sign * (b.value - a.value));
  const [best] = models;
  return models.map(({ model, own, mean }): ModelComparison => {
    const options = { users: mean.users };
    const values = mean.perCase[metric];
    const grouped = (by: ArrayLike<number>) =>
      groupsOf(by, groups).map(({ from, to, members }) => ({
        from,
        to,
        questions: members.length,
        figure: bootstrapMean(
          members.map((index) => values[index]),
          seededRandom(seed),
          { users: members.map((index) => mean.users[index]), resamples: 500 },
        ),
      }));
    return {
      model,
      config: own[0].config,
      seeds: own.length,
      metrics: summarise(mean, { seed }),
      spread: overSeeds(own.map(({ outcome }) => meanOf(outcome, metric))),
      ...(model !== best.model && {
        difference: pairedDifference(values, best.mean.perCase[metric], seededRandom(seed), options),
      }),
      byHistoryLength: grouped(mean.historyLengths),
      byTargetPopularity: grouped(mean.targetPopularity),
      fitSeconds: overSeeds(own.map(({ fitSeconds }) => fitSeconds)).mean,
      rankSeconds: overSeeds(own.map(({ outcome }) => outcome.seconds)).mean,
      peakMemoryBytes: Math.max(...own.map(({ peakMemoryBytes }) => peakMemoryBytes)),
    };
  });
}

/** The mean over seeds, question by question. */
function averaged(outcomes: readonly RankingOutcome[]): RankingOutcome {
  const [first] = outcomes;
  if (outcomes.length === 1) return first;
  const perCase = Object.fromEntries(
    Object.keys(first.perCase).map((name) => [
      name,
      first.perCase[name].map((_, index) => overSeeds(outcomes.map((outcome) => outcome.perCase[name][index])).mean),
    ]),
  );
  const overall = Object.fromEntries(
    Object.keys(first.overall).map((name) => [name, overSeeds(outcomes.map((outcome) => outcome.overall[name])).mean]),
  );
  return { ...first, perCase, overall };
}

/** Questions in at most `count` groups of about equal size by a quantity, ascending; equal values stay together. */
export function groupsOf(by: ArrayLike<number>, count: number): { from: number; to: number; members: number[] }[] {
  const order = Array.from({ length: by.length }, (_, index) => index).sort((a, b) => by[a] - by[b] || a - b);
  const found: { from: number; to: number; members: number[] }[] = [];
  for (const [place, index] of order.entries()) {
    const last = found.at(-1);
    const isFull = last !== undefined && place >= (found.length * order.length) / count;
    if (last === undefined || (isFull && by[index] !== last.to)) {
      found.push({ from: by[index], to: by[index], members: [index] });
    } else {
      last.members.push(index);
      last.to = by[index];
    }
  }
  // The bootstrap wants a user's questions one after the other.
  for (const { members } of found) members.sort((a, b) => a - b);
  return found;
}
