/**
 * Training in a thread of its own, so that whoever asked for it goes on answering. What takes less time than starting a
 * thread is computed in place, on one thread.
 */
import { Worker } from "node:worker_threads";
import { type ErrorCode, PenchantError } from "../../base/errors.ts";
import type { SequenceJob, TrainingHooks } from "./training.ts";
import { trainSequences } from "./training.ts";
import type { Weights } from "./weights.ts";

/** Examples times epochs times the square of the width: up to it, a training takes about a second at most. */
const workInPlaceMax = 2e8;

export type TrainingMessage =
  | { readonly kind: "progress"; readonly done: number; readonly note: string | undefined }
  | { readonly kind: "done"; readonly weights: Weights }
  | { readonly kind: "failed"; readonly code: ErrorCode | undefined; readonly message: string };

/** As `trainSequences`. Rejects with the signal's reason where it stopped the training. */
export function fitSequences(job: SequenceJob, hooks: TrainingHooks): Promise<Weights> {
  const { config, data } = job;
  const examples = data.sequences.reduce((sum, { items }) => sum + items.length, 0);
  if (examples * config.epochs * config.width ** 2 > workInPlaceMax) return inThread(job, hooks);
  return trainSequences({ ...job, config: { ...job.config, threads: 1 } }, hooks);
}

function inThread(job: SequenceJob, { signal, onProgress }: TrainingHooks): Promise<Weights> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL("./training-worker.ts", import.meta.url), { workerData: job, execArgv: [] });
    const stop = () => worker.postMessage("stop", []);
    signal?.addEventListener("abort", stop, { once: true });
    const finish = (settle: () => void) => {
      signal?.removeEventListener("abort", stop);
      settle();
    };
    worker.on("message", (message: TrainingMessage) => {
      if (message.kind === "progress") onProgress?.(message.done, message.note);
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
