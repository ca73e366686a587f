/** Training in a thread of its own: what goes there and what comes back. */
import { Worker } from "node:worker_threads";
import { type ErrorCode, PenchantError } from "../../base/errors.ts";
import type { CurvePoint } from "../../core/model.ts";
import type { ModelValidation } from "../../core/registered-model.ts";
import type { TrainingListeners, TrainingWork } from "./train-model.ts";

export type TrainingMessage =
  | { readonly kind: "progress"; readonly done: number; readonly note: string | undefined }
  | { readonly kind: "epoch"; readonly point: CurvePoint }
  | { readonly kind: "done"; readonly validation: ModelValidation }
  | { readonly kind: "failed"; readonly code: ErrorCode | undefined; readonly message: string };

export interface ThreadHooks extends TrainingListeners {
  readonly signal: AbortSignal;
}

const graceMs = 5_000;

/** As `trainModel`. Rejects with the signal's reason where it stopped the training, once the thread has ended. */
export function trainInThread(
  work: TrainingWork,
  { signal, onProgress, onEpoch }: ThreadHooks,
): Promise<ModelValidation> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const url = new URL("./training-worker.ts", import.meta.url);
    const worker = new Worker(url, { workerData: work, execArgv: [] });
    let outcome: (() => void) | undefined;
    let ending: NodeJS.Timeout | undefined;
    // A thread that is ended while ONNX Runtime computes takes the process with it, so that networks are asked to stop. What
    // does not listen within the grace computes in plain arrays, and is ended.
    const stop = () => {
      worker.postMessage("stop", []);
      ending = setTimeout(() => void worker.terminate(), graceMs);
    };
    signal.addEventListener("abort", stop, { once: true });
    worker.on("message", (message: TrainingMessage) => {
      if (message.kind === "progress") onProgress(message.done, message.note);
      else if (message.kind === "epoch") onEpoch(message.point);
      else if (message.kind === "done") outcome = () => resolve(message.validation);
      else {
        const { code, message: text } = message;
        outcome = () => reject(code === undefined ? new Error(text) : new PenchantError(code, text));
      }
    });
    worker.on("error", (error) => {
      outcome = () => reject(error);
    });
    worker.on("exit", (code) => {
      signal.removeEventListener("abort", stop);
      clearTimeout(ending);
      if (signal.aborted) reject(signal.reason);
      else if (outcome !== undefined) outcome();
      else {
        const text = `${work.model}: the thread that trains ended with code ${code} before it was done.`;
        reject(new PenchantError("PENCHANT_E_INTERNAL", text));
      }
    });
  });
}
