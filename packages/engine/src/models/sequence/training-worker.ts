/** The thread that trains a sequence model: one job, then it ends. */
import { setImmediate } from "node:timers/promises";
import { parentPort, workerData } from "node:worker_threads";
import { assert, PenchantError } from "../../base/errors.ts";
import type { TrainingMessage } from "./fit.ts";
import { type SequenceJob, trainSequences } from "./training.ts";

assert(parentPort !== null, "sequence models are trained in a worker thread");
const port = parentPort;
const post = (message: TrainingMessage) => port.postMessage(message);
const stopping = new AbortController();
// Whatever it is told while it works means to stop.
port.once("message", () => stopping.abort());

try {
  const weights = await trainSequences(workerData as SequenceJob, {
    signal: stopping.signal,
    onProgress: (done, note) => post({ kind: "progress", done, note }),
  });
  post({ kind: "done", weights });
} catch (error) {
  const code = PenchantError.isInstance(error) ? error.code : undefined;
  post({ kind: "failed", code, message: error instanceof Error ? error.message : String(error) });
}
await setImmediate();
port.close();
