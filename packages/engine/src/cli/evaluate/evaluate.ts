/**
 * An evaluation, from a folder to results: the data are read and split, settings are chosen on validation where that is
 * asked for, and each model is measured once per seed on the test. What was measured before is taken from the store.
 */
import type { DatasetReport } from "../../core/dataset.ts";
import type { RecommenderModel } from "../../core/model.ts";
import type { ProgressListener } from "../../engine.ts";
import { caseCount } from "../../evaluate/cases.ts";
import { compareModels, type ModelComparison, type Run } from "../../evaluate/comparison.ts";
import { combinations, isLowerBetter, type ModelConfig, meanOf } from "../../evaluate/measure.ts";
import { type Metric, summarise } from "../../evaluate/ranking.ts";
import type { Protocol } from "../../evaluate/splits/protocol.ts";
import { prepared, splitDataset } from "../../evaluate/splits/split.ts";
import { type DatasetOptions, readDataset } from "../../import/datasets/read.ts";
import { commit, type Machine, machine } from "../circumstances.ts";
import { type Job, type JobResult, runJobs } from "./jobs.ts";
import { fingerprintOf, ResultStore } from "./store.ts";

/** Seed of what is drawn for intervals, and of fits while settings are chosen. */
const seedOfMeasuring = 1;

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
  readonly tried: readonly { readonly model: string; readonly config: ModelConfig; readonly value: number }[];
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
  const store = new ResultStore(request.results, fingerprintOf(dataset), protocol, circumstances.commit);

  const measured = async (jobs: readonly Job[], step: string): Promise<JobResult[]> => {
    const known = new Map<Job, JobResult>();
    for (const job of jobs) {
      const kept = request.fresh ? undefined : store.get(job);
      if (kept !== undefined) known.set(job, kept);
      if (request.fresh) store.forget(job);
    }
    if (known.size > 0) say(`${known.size} of ${jobs.length} measurements are in ${request.results} already.`);
    await runJobs(
      jobs.filter((job) => !known.has(job)),
      {
        dataset,
        protocol,
        parallel: request.parallel,
        checkpointOf: (job) => store.checkpointOf(job),
        onResult(job, result) {
          store.put(job, result);
          known.set(job, result);
          say(
            `${job.model}${described(job)}: ${metric} ${meanOf(result.outcome, metric).toFixed(4)} on ${job.on}, ${times(result)}.`,
          );
        },
        onProgress: (done) => onProgress({ step, done: Math.floor(100 * done), total: 100 * jobs.length }),
      },
    );
    return jobs.map((job) => known.get(job)!);
  };

  const tried: { model: string; config: ModelConfig; value: number }[] = [];
  const chosen = new Map<string, ModelConfig>();
  for (const model of models) chosen.set(model.name, request.settings.get(model.name) ?? {});
  if (request.tune) {
    const jobs = models.flatMap((model) => {
      const configs = combinations(model, chosen.get(model.name)!);
      const one = { model: model.name, seed: seedOfMeasuring, ks, on: "validation" as const };
      return configs.length > 1 ? configs.map((config): Job => ({ ...one, config })) : [];
    });
    const outcomes = await measured(jobs, "Choosing settings on validation (percent)");
    const sign = isLowerBetter(metric) ? -1 : 1;
    const best = new Map<string, number>();
    for (const [index, { model, config }] of jobs.entries()) {
      const value = meanOf(outcomes[index].outcome, metric);
      tried.push({ model, config, value });
      // Not "less or equal": a metric without a value, which is NaN, chooses nothing.
      if (!(sign * value > (best.get(model) ?? Number.NEGATIVE_INFINITY))) continue;
      best.set(model, sign * value);
      chosen.set(model, config);
    }
  }

  const jobs = models.flatMap((model) =>
    Array.from({ length: seeds }, (_, index): Job => {
      const config = { ...(model.defaults as ModelConfig), ...chosen.get(model.name) };
      return { model: model.name, config, seed: index + 1, ks, on: "test" };
    }),
  );
  const runs = (await measured(jobs, "Fitting and ranking (percent)")).map(
    (result, index): Run => ({ ...jobs[index], ...result }),
  );
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

function described({ on, config, seed }: Job): string {
  if (on === "test") return ` (seed ${seed})`;
  const pairs = Object.entries(config).map(([name, value]) => `${name}=${value}`);
  return ` (${pairs.join(", ")})`;
}

function times({ fitSeconds, outcome }: JobResult): string {
  return `fitted in ${fitSeconds.toFixed(1)} s, ranked in ${outcome.seconds.toFixed(1)} s`;
}
