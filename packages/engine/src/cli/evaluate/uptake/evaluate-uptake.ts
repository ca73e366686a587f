/**
 * An evaluation of models of uptake, from a folder to results: the data are read and split, settings are chosen on validation
 * where that is asked for, and each model is measured once per seed on the test. The baselines stand in every table.
 */
import type { DatasetReport } from "../../../core/dataset.ts";
import type { UptakeModel } from "../../../core/uptake.ts";
import type { ProgressListener } from "../../../engine.ts";
import type { Interval } from "../../../evaluate/bootstrap.ts";
import type { ModelConfig } from "../../../evaluate/measure.ts";
import {
  compareUptake,
  forMetrics,
  type UptakeComparison,
  type UptakeRun,
} from "../../../evaluate/uptake/comparison.ts";
import { intervalOf, isLowerBetter, type UptakeMetric } from "../../../evaluate/uptake/figures.ts";
import { type DatasetOptions, readDataset } from "../../../import/datasets/read.ts";
import { commit, type Machine, machine } from "../../circumstances.ts";
import type { Job } from "../jobs.ts";
import { chooseSettings, measureJobs, seedOfMeasuring, type TriedSettings, testJobs } from "../measuring.ts";
import { fingerprintOf, ResultStore } from "../store.ts";
import type { UptakeProtocol } from "./protocol.ts";
import { uptakeTables, withUsersOf } from "./tables.ts";
import type { UptakeJobData, UptakeResult } from "./uptake-process.ts";

export interface UptakeEvaluationRequest {
  readonly path: string;
  readonly reading: DatasetOptions;
  readonly protocol: UptakeProtocol;
  readonly models: readonly UptakeModel[];
  /** Settings that are not the models' defaults. */
  readonly settings: ReadonlyMap<string, ModelConfig>;
  readonly seeds: number;
  /** The metric that counts: settings are chosen and models compared by it. */
  readonly metric: UptakeMetric;
  readonly tune: boolean;
  readonly results: string;
  readonly fresh: boolean;
  readonly parallel: number;
}

/** How many questions there are, and how many of them are a yes. */
export interface TableSize {
  readonly rows: number;
  readonly yes: number;
}

/** The design's shape of a result: one model with one seed. */
export interface UptakeResultDocument {
  readonly dataset: string;
  readonly protocol: UptakeProtocol;
  readonly model: string;
  readonly config: ModelConfig;
  readonly seed: number;
  readonly metrics: Readonly<Record<UptakeMetric, Interval>>;
  /** Users who were asked about. */
  readonly users: number;
  readonly items: number;
  readonly train: TableSize;
  readonly validation: TableSize;
  readonly test: TableSize;
  readonly features: readonly string[];
  /** What the model said of its fit: what it left out, where it stopped. */
  readonly remarks: readonly string[];
  /** Of fitting and of asking, together. */
  readonly seconds: number;
  readonly fitSeconds: number;
  readonly predictSeconds: number;
  readonly peakMemoryBytes: number;
  readonly commit: string;
  readonly machine: Machine;
}

export interface UptakeEvaluation {
  readonly results: readonly UptakeResultDocument[];
  readonly comparison: readonly UptakeComparison[];
  readonly data: DatasetReport;
  readonly size: { readonly users: number; readonly items: number; readonly interactions: number };
  readonly leftOut: Readonly<Record<string, number>>;
  readonly protocol: UptakeProtocol;
  readonly metric: UptakeMetric;
  /** Every combination that was tried on validation, with what it reached there. */
  readonly tried: readonly TriedSettings[];
  readonly commit: string;
  readonly machine: Machine;
}

/** Throws what reading, splitting and fitting throw. */
export async function evaluateUptake(
  request: UptakeEvaluationRequest,
  { onProgress, say }: { onProgress: ProgressListener; say: (line: string) => void },
): Promise<UptakeEvaluation> {
  const { protocol, models, metric, seeds } = request;
  onProgress({ step: "Reading", done: 0, total: 0 });
  const { dataset: whole, report } = await readDataset(request.path, request.reading);
  const dataset = withUsersOf(whole, protocol);
  // Every process makes the tables for itself; here they are made to be counted, and to say at once what is wrong with them.
  const { data, test, leftOut } = uptakeTables(dataset, protocol);
  const circumstances = { commit: commit(), machine: machine() };
  const measure = (jobs: readonly Job[], step: string): Promise<UptakeResult[]> =>
    measureJobs(jobs, step, {
      ...request,
      store: new ResultStore<UptakeResult>(request.results, fingerprintOf(dataset), protocol, circumstances.commit),
      program: new URL("./uptake-process.ts", import.meta.url),
      data: { dataset, protocol } satisfies UptakeJobData,
      told: ({ on }, { figures, fitSeconds, predictSeconds }) =>
        `${metric} ${figures[metric].toFixed(4)} on ${on}, fitted in ${fitSeconds.toFixed(1)} s, asked in ${predictSeconds.toFixed(1)} s`,
      onProgress,
      say,
    });
  const { chosen, tried } = await chooseSettings<Job, UptakeResult>(request.tune ? models : [], {
    settings: request.settings,
    jobOf: (model, config) => ({ model, config, seed: seedOfMeasuring, on: "validation" }),
    measure,
    valueOn: ({ figures }) => figures[metric],
    isLowerBetter: isLowerBetter(metric),
  });
  const jobs = testJobs(models, chosen, seeds, (model, config, seed): Job => ({ model, config, seed, on: "test" }));
  const results = await measure(jobs, "Fitting and asking (percent)");
  const runs = results.map((result, index): UptakeRun => ({ ...jobs[index], ...result }));
  const sizes = {
    users: new Set(test.users).size,
    items: dataset.items.length,
    train: sizeOf(data.train.labels),
    validation: sizeOf(data.validation?.labels ?? new Uint8Array(0)),
    test: sizeOf(test.labels),
    features: data.train.columns.map(({ name }) => name),
  };
  return {
    results: runs.map(
      ({
        model,
        config,
        seed,
        figures,
        samples,
        remarks,
        fitSeconds,
        predictSeconds,
        peakMemoryBytes,
      }): UptakeResultDocument => ({
        dataset: dataset.name,
        protocol,
        model,
        config,
        seed,
        metrics: forMetrics((name) => intervalOf(figures[name], samples[name])),
        ...sizes,
        remarks,
        seconds: fitSeconds + predictSeconds,
        fitSeconds,
        predictSeconds,
        peakMemoryBytes,
        ...circumstances,
      }),
    ),
    comparison: compareUptake(runs, metric),
    data: report,
    size: { users: dataset.users.length, items: dataset.items.length, interactions: dataset.interactions.items.length },
    leftOut,
    protocol,
    metric,
    tried,
    ...circumstances,
  };
}

function sizeOf(labels: Uint8Array): TableSize {
  return { rows: labels.length, yes: labels.reduce((sum, label) => sum + label, 0) };
}
