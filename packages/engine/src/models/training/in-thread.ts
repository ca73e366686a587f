/**
 * Training in a thread of its own, so that whoever asked for it goes on answering. A job is plain data: what trains it is
 * known by a name, and loaded in the thread.
 */
import { Worker } from "node:worker_threads";
import { type ErrorCode, PenchantError } from "../../base/errors.ts";
import type { CurvePoint } from "../../core/model.ts";
import type { SequenceJob } from "../sequence/training.ts";
import type { UptakeJob } from "../uptake/networks/training.ts";
import type { TrainingHooks } from "./progress.ts";
import type { Weights } from "./weights.ts";

/** By the names of trainings, what each is given. */
export interface TrainingJobs {
  readonly sequence: SequenceJob;
  readonly uptake: UptakeJob;
}

export type TrainingMessage =
  | { readonly kind: "progress"; readonly done: number; readonly note: string | undefined }
  | { readonly kind: "remark"; readonly remark: string }
  | { readonly kind: "epoch"; readonly point: CurvePoint }
  | { readonly kind: "done"; readonly weights: Weights }
  | { readonly kind: "failed"; readonly code: ErrorCode | undefined; readonly message: string };

/** What the thread is started with. */
export interface ThreadJob<Name extends keyof TrainingJobs = keyof TrainingJobs> {
  readonly training: Name;
  readonly job: TrainingJobs[Name];
}

/** Rejects with the signal's reason where it stopped the training, and else as the training does. */
export function trainInThread<Name extends keyof TrainingJobs>(
  training: Name,
  job: TrainingJobs[Name],
  { signal, onProgress, onRemark, onEpoch }: TrainingHooks,
): Promise<Weights> {
  return new Promise((resolve, reject) => {
    const workerData: ThreadJob<Name> = { training, job };
    const worker = new Worker(new URL("./training-worker.ts", import.meta.url), { workerData, execArgv: [] });
    const stop = () => worker.postMessage("stop", []);
    signal?.addEventListener("abort", stop, { once: true });
    const finish = (settle: () => void) => {
      signal?.removeEventListener("abort", stop);
      settle();
    };
    worker.on("message", (message: TrainingMessage) => {
      if (message.kind === "progress") onProgress?.(message.done, message.note);
      else if (message.kind === "remark") onRemark?.(message.remark);
      else if (message.kind === "epoch") onEpoch?.(message.point);
      else if (message.kind === "done") finish(() => resolve(message.weights));
      else {
        const { code, message: text } = message;
        const failure = code === undefined ? new Error(text) : new PenchantError(code, text);
        finish(() => reject(signal?.aborted ? signal.reason : failure));
      }
    });
    worker.on("error", (error) => finish(() => reject(error)));
    worker.on("exit", (code) =>
      finish(() =>
        reject(
          new PenchantError(
            "PENCHANT_E_INTERNAL",
            `${job.network}: the thread that trains ended with code ${code} before it was done.`,
          ),
        ),
      ),
    );
  });
}
