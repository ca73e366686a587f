/**
 * Jobs measured or taken from what was measured before, and settings chosen by what they reach on validation: what every
 * evaluation of models does, whatever is measured.
 */
import type { ModelSetting } from "../../core/model.ts";
import type { ProgressListener } from "../../engine.ts";
import { combinations, type ModelConfig } from "../../evaluate/measure.ts";
import { type Job, runJobs } from "./jobs.ts";
import type { ResultStore } from "./store.ts";

/** Seed of what is drawn for intervals, and of fits while settings are chosen. */
export const seedOfMeasuring = 1;

export interface Measuring<OneJob extends Job, Result extends object> {
  readonly store: ResultStore<Result>;
  /** The folder of the store, for whoever reads along. */
  readonly results: string;
  /** Measure again what the store has. */
  readonly fresh: boolean;
  readonly parallel: number;
  readonly program: URL;
  readonly data: object;
  /** What is said of a job as soon as it is done, after its name. */
  readonly told: (job: OneJob, result: Result) => string;
  readonly onProgress: ProgressListener;
  readonly say: (line: string) => void;
}

/** Results in the order of the jobs. */
export async function measureJobs<OneJob extends Job, Result extends object>(
  jobs: readonly OneJob[],
  step: string,
  { store, results, fresh, parallel, program, data, told, onProgress, say }: Measuring<OneJob, Result>,
): Promise<Result[]> {
  const known = new Map<OneJob, Result>();
  for (const job of jobs) {
    const kept = fresh ? undefined : store.get(job);
    if (kept !== undefined) known.set(job, kept);
    if (fresh) store.forget(job);
  }
  if (known.size > 0) say(`${known.size} of ${jobs.length} measurements are in ${results} already.`);
  await runJobs<OneJob, Result>(
    jobs.filter((job) => !known.has(job)),
    {
      program,
      data,
      parallel,
      checkpointOf: (job) => store.checkpointOf(job),
      onResult(job, result) {
        store.put(job, result);
        known.set(job, result);
        say(`${job.model}${described(job)}: ${told(job, result)}.`);
      },
      onProgress: (done) => onProgress({ step, done: Math.floor(100 * done), total: 100 * jobs.length }),
    },
  );
  return jobs.map((job) => known.get(job)!);
}

function described({ on, config, seed }: Job): string {
  if (on === "test") return ` (seed ${seed})`;
  const pairs = Object.entries(config).map(([name, value]) => `${name}=${value}`);
  return ` (${pairs.join(", ")})`;
}

/** What can be tuned: recommenders, and other models with settings. */
export interface TunableModel {
  readonly name: string;
  readonly defaults: object;
  readonly grid: Readonly<Record<string, readonly ModelSetting[]>>;
}

/** A combination that was tried on validation, with what it reached there. */
export interface TriedSettings {
  readonly model: string;
  readonly config: ModelConfig;
  readonly value: number;
}

export interface Choosing<OneJob extends Job, Result> {
  /** Settings that are not varied. */
  readonly settings: ReadonlyMap<string, ModelConfig>;
  readonly jobOf: (model: string, config: ModelConfig) => OneJob;
  readonly measure: (jobs: readonly OneJob[], step: string) => Promise<Result[]>;
  /** What counts, and whether less of it is better. */
  readonly valueOn: (result: Result) => number;
  readonly isLowerBetter: boolean;
}

/** The best settings of each model, out of all combinations of its grid. */
export async function chooseSettings<OneJob extends Job, Result>(
  models: readonly TunableModel[],
  { settings, jobOf, measure, valueOn, isLowerBetter }: Choosing<OneJob, Result>,
): Promise<{ chosen: Map<string, ModelConfig>; tried: TriedSettings[] }> {
  const jobs = models.flatMap((model) => {
    const configs = combinations(model, settings.get(model.name) ?? {});
    return configs.length > 1 ? configs.map((config) => jobOf(model.name, config)) : [];
  });
  const results = await measure(jobs, "Choosing settings on validation (percent)");
  const sign = isLowerBetter ? -1 : 1;
  const chosen = new Map(settings);
  const best = new Map<string, number>();
  const tried = jobs.map(({ model, config }, index) => ({ model, config, value: valueOn(results[index]) }));
  for (const { model, config, value } of tried) {
    // Not "less or equal": a metric without a value, which is NaN, chooses nothing.
    if (!(sign * value > (best.get(model) ?? Number.NEGATIVE_INFINITY))) continue;
    best.set(model, sign * value);
    chosen.set(model, config);
  }
  return { chosen, tried };
}

/** One job on the test for each model and seed, with all of the model's settings. */
export function testJobs<OneJob extends Job>(
  models: readonly TunableModel[],
  chosen: ReadonlyMap<string, ModelConfig>,
  seeds: number,
  jobOf: (model: string, config: ModelConfig, seed: number) => OneJob,
): OneJob[] {
  return models.flatMap(({ name, defaults }) =>
    Array.from({ length: seeds }, (_, index) =>
      jobOf(name, { ...(defaults as ModelConfig), ...chosen.get(name) }, index + 1),
    ),
  );
}
