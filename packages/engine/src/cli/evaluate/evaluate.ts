/**
 * An evaluation, from a folder to results: the data are read and split, settings are chosen on validation where that is
 * asked for, and each model is measured once per seed on the test. What was measured before is taken from the store.
 */
import type { DatasetReport } from "../../core/dataset.ts";
import type { RecommenderModel } from "../../core/model.ts";
import type { ProgressListener } from "../../engine.ts";
import { caseCount } from "../../evaluate/cases.ts";
import { compareModels, type ModelComparison, type Run } from "../../evaluate/comparison.ts";
import { isLowerBetter, type ModelConfig, meanOf } from "../../evaluate/measure.ts";
import { type Metric, summarise } from "../../evaluate/ranking.ts";
import type { Protocol } from "../../evaluate/splits/protocol.ts";
import { prepared, splitDataset } from "../../evaluate/splits/split.ts";
import { type DatasetOptions, readDataset } from "../../import/datasets/read.ts";
import { commit, type Machine, machine } from "../circumstances.ts";
import { chooseSettings, measureJobs, seedOfMeasuring, type TriedSettings, testJobs } from "./measuring.ts";
import { type RankingJob, type RankingJobData, type RankingResult, rankingProgram } from "./ranking-job.ts";
import { fingerprintOf, ResultStore } from "./store.ts";

export interface EvaluationRequest {
  readonly path: string;
  readonly reading: DatasetOptions;
  readonly protocol: Protocol;
  readonly models: readonly RecommenderModel[];
  /** Settings that are not the models' defaults. */
  readonly settings: ReadonlyMap<string, ModelConfig>;
  readonly seeds: number;
  readonly ks: readonly number[];
  /** The metric that counts: settings are chosen and models compared by it. */
  readonly metric: string;
  readonly tune: boolean;
  readonly results: string;
  /** Measure again what the store has. */
  readonly fresh: boolean;
  readonly parallel: number;
}

/** The design's shape of a result: one model with one seed. */
export interface ResultDocument {
  readonly dataset: string;
  readonly protocol: Protocol;
  readonly model: string;
  readonly config: ModelConfig;
  readonly seed: number;
  readonly metrics: Readonly<Record<string, Metric>>;
  /** Users who were asked about. */
  readonly users: number;
  readonly items: number;
  /** Of fitting and of ranking, together. */
  readonly seconds: number;
  readonly fitSeconds: number;
  readonly rankSeconds: number;
  readonly peakMemoryBytes: number;
  readonly commit: string;
  readonly machine: Machine;
}

export interface Evaluation {
  readonly results: readonly ResultDocument[];
  readonly comparison: readonly ModelComparison[];
  readonly data: DatasetReport;
  /** After the filters. */
  readonly size: { readonly users: number; readonly items: number; readonly interactions: number };
  readonly questions: number;
  readonly leftOut: Readonly<Record<string, number>>;
  readonly protocol: Protocol;
  readonly metric: string;
  /** Every combination that was tried on validation, with what it reached there. */
  readonly tried: readonly TriedSettings[];
  readonly commit: string;
  readonly machine: Machine;
}

/** Throws what reading, splitting and fitting throw. */
export async function evaluate(
  request: EvaluationRequest,
  { onProgress, say }: { onProgress: ProgressListener; say: (line: string) => void },
): Promise<Evaluation> {
  const { protocol, models, metric, ks, seeds } = request;
  onProgress({ step: "Reading", done: 0, total: 0 });
  const { dataset: whole, report } = await readDataset(request.path, request.reading);
  const dataset = prepared(whole, protocol);
  const split = splitDataset(dataset, protocol);
  const circumstances = { commit: commit(), machine: machine() };
  const measure = (jobs: readonly RankingJob[], step: string): Promise<RankingResult[]> =>
    measureJobs(jobs, step, {
      ...request,
      store: new ResultStore<RankingResult>(request.results, fingerprintOf(dataset), protocol, circumstances.commit),
      program: rankingProgram,
      data: { dataset, protocol } satisfies RankingJobData,
      told: ({ on }, result) => `${metric} ${meanOf(result.outcome, metric).toFixed(4)} on ${on}, ${times(result)}`,
      onProgress,
      say,
    });
  const { chosen, tried } = await chooseSettings<RankingJob, RankingResult>(request.tune ? models : [], {
    settings: request.settings,
    jobOf: (model, config) => ({ model, config, seed: seedOfMeasuring, ks, on: "validation" }),
    measure,
    valueOn: ({ outcome }) => meanOf(outcome, metric),
    isLowerBetter: isLowerBetter(metric),
  });
  const jobs = testJobs(
    models,
    chosen,
    seeds,
    (model, config, seed): RankingJob => ({ model, config, seed, ks, on: "test" }),
  );
  const results = await measure(jobs, "Fitting and ranking (percent)");
  const runs = results.map((result, index): Run => ({ ...jobs[index], ...result }));
  onProgress({ step: "Intervals", done: 0, total: 0 });
  return {
    results: runs.map(({ model, config, seed, outcome, fitSeconds, peakMemoryBytes }) => ({
      dataset: dataset.name,
      protocol,
      model,
      config,
      seed,
      metrics: summarise(outcome, { seed: seedOfMeasuring }),
      users: new Set(outcome.users).size,
      items: dataset.items.length,
      seconds: fitSeconds + outcome.seconds,
      fitSeconds,
      rankSeconds: outcome.seconds,
      peakMemoryBytes,
      ...circumstances,
    })),
    comparison: compareModels(runs, { metric, seed: seedOfMeasuring }),
    data: report,
    size: {
      users: dataset.users.length,
      items: dataset.items.length,
      interactions: dataset.interactions.items.length,
    },
    questions: caseCount(split.final.questions),
    leftOut: split.leftOut,
    protocol,
    metric,
    tried,
    ...circumstances,
  };
}

function times({ fitSeconds, outcome }: RankingResult): string {
  return `fitted in ${fitSeconds.toFixed(1)} s, ranked in ${outcome.seconds.toFixed(1)} s`;
}
