/**
 * Measuring jobs, each in a process of its own, as many at once as there are cores. A process and not a thread, so that the
 * most memory it held is that model's alone, and so that one that runs out of memory takes nothing with it.
 */
import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { type ErrorCode, PenchantError } from "../../base/errors.ts";
import type { Dataset } from "../../core/dataset.ts";
import type { Measurement, MeasureOptions } from "../../evaluate/measure.ts";
import type { Protocol } from "../../evaluate/splits/protocol.ts";

/** One model to fit and measure. Plain data: it goes to another process. */
export interface Job extends Omit<MeasureOptions, "onProgress" | "checkpoint"> {
  readonly model: string;
}

export interface JobResult extends Measurement {
  readonly peakMemoryBytes: number;
}

export interface JobRequest {
  readonly job: Job;
  /** A folder where a long fit saves how far it is. */
  readonly checkpoint: string;
  /** As the protocol takes it, filters applied. */
  readonly dataset: Dataset;
  readonly protocol: Protocol;
}

export type JobMessage =
  | { readonly kind: "ready" }
  | { readonly kind: "progress"; readonly done: number }
  | { readonly kind: "done"; readonly result: JobResult }
  | { readonly kind: "failed"; readonly code: ErrorCode; readonly message: string };

export interface JobsOptions {
  readonly dataset: Dataset;
  readonly protocol: Protocol;
  readonly parallel: number;
  readonly checkpointOf: (job: Job) => string;
  /** Called as soon as a job is done, so that it can be kept. */
  readonly onResult: (job: Job, result: JobResult) => void;
  /** Jobs done, with parts of those under way. */
  readonly onProgress: (done: number) => void;
}

/** Runs all jobs; the first failure stops the others. Throws what the job threw. */
export async function runJobs(jobs: readonly Job[], options: JobsOptions): Promise<void> {
  const parts = new Float64Array(jobs.length);
  const running = new Set<ChildProcess>();
  let next = 0;
  const worker = async () => {
    while (next < jobs.length) {
      const index = next++;
      const result = await runJob(jobs[index], options, running, (done) => {
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

function runJob(
  job: Job,
  { dataset, protocol, checkpointOf }: Pick<JobsOptions, "dataset" | "protocol" | "checkpointOf">,
  running: Set<ChildProcess>,
  onProgress: (done: number) => void,
): Promise<JobResult> {
  return new Promise((resolve, reject) => {
    const path = fileURLToPath(new URL("./job-process.ts", import.meta.url));
    // What a model prints goes to standard error: standard output is the command's result.
    const child = fork(path, [], { serialization: "advanced", execArgv: [], stdio: ["ignore", 2, 2, "ipc"] });
    running.add(child);
    child.on("message", (message: JobMessage) => {
      if (message.kind === "ready") {
        child.send({ job, checkpoint: checkpointOf(job), dataset, protocol } satisfies JobRequest);
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
