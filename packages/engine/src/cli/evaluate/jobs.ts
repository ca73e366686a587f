/**
 * Measuring jobs, each in a process of its own, as many at once as there are cores. A process and not a thread, so that the
 * most memory it held is that model's alone, and so that one that runs out of memory takes nothing with it.
 */
import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { type ErrorCode, PenchantError } from "../../base/errors.ts";
import type { ModelConfig } from "../../evaluate/measure.ts";

/** One model to fit and measure, with everything that its figures depend on beside the data. Plain data. */
export interface Job {
  readonly model: string;
  readonly config: ModelConfig;
  readonly seed: number;
  /** What is asked: `validation` while settings are chosen, `test` once. */
  readonly on: "validation" | "test";
}

/** What goes to a job's process. Plain data. */
export interface JobRequest<OneJob extends Job> {
  readonly job: OneJob;
  /** A folder where a long fit saves how far it is. */
  readonly checkpoint: string;
}

/** What every job's process adds to what it measured. */
export interface JobCost {
  readonly peakMemoryBytes: number;
}

export type JobMessage<Result> =
  | { readonly kind: "ready" }
  | { readonly kind: "progress"; readonly done: number }
  | { readonly kind: "done"; readonly result: Result }
  | { readonly kind: "failed"; readonly code: ErrorCode; readonly message: string };

export interface JobsOptions<OneJob extends Job, Result> {
  /** The program that answers a request (`answerJob`). */
  readonly program: URL;
  /** What it is told beside the job: the data, and how they are split. */
  readonly data: object;
  readonly parallel: number;
  readonly checkpointOf: (job: OneJob) => string;
  /** Called as soon as a job is done, so that it can be kept. */
  readonly onResult: (job: OneJob, result: Result) => void;
  /** Jobs done, with parts of those under way. */
  readonly onProgress: (done: number) => void;
}

/** Runs all jobs; the first failure stops the others. Throws what the job threw. */
export async function runJobs<OneJob extends Job, Result>(
  jobs: readonly OneJob[],
  options: JobsOptions<OneJob, Result>,
): Promise<void> {
  const parts = new Float64Array(jobs.length);
  const running = new Set<ChildProcess>();
  let next = 0;
  const worker = async () => {
    while (next < jobs.length) {
      const index = next++;
      const result = await runJob<OneJob, Result>(jobs[index], options, running, (done) => {
        parts[index] = done;
        options.onProgress(parts.reduce((sum, part) => sum + part, 0));
      });
      parts[index] = 1;
      options.onResult(jobs[index], result);
      options.onProgress(parts.reduce((sum, part) => sum + part, 0));
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(options.parallel, jobs.length) }, worker));
  } finally {
    next = jobs.length;
    for (const child of running) child.kill();
  }
}

function runJob<OneJob extends Job, Result>(
  job: OneJob,
  { program, data, checkpointOf }: Pick<JobsOptions<OneJob, Result>, "program" | "data" | "checkpointOf">,
  running: Set<ChildProcess>,
  onProgress: (done: number) => void,
): Promise<Result> {
  return new Promise((resolve, reject) => {
    // What a model prints goes to standard error: standard output is the command's result.
    const child = fork(fileURLToPath(program), [], {
      serialization: "advanced",
      execArgv: [],
      stdio: ["ignore", 2, 2, "ipc"],
    });
    running.add(child);
    child.on("message", (message: JobMessage<Result>) => {
      if (message.kind === "ready") {
        child.send({ ...data, job, checkpoint: checkpointOf(job) } satisfies JobRequest<OneJob>);
      } else if (message.kind === "progress") onProgress(message.done);
      else if (message.kind === "done") resolve(message.result);
      else reject(new PenchantError(message.code, message.message));
    });
    child.on("error", reject);
    child.on("exit", (code, signal) => {
      running.delete(child);
      reject(
        new PenchantError(
          "PENCHANT_E_INTERNAL",
          `${job.model}: its process ended ${signal ? `by ${signal}` : `with code ${code}`} before it was measured; expected enough memory for the data and the model.`,
        ),
      );
    });
  });
}
