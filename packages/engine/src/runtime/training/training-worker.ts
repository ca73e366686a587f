/** The thread that trains: one piece of work, then it ends. Told to stop, it ends between two batches. */
import { setImmediate } from "node:timers/promises";
import { parentPort, workerData } from "node:worker_threads";
import { assert, PenchantError } from "../../base/errors.ts";
import { type TrainingWork, trainModel } from "./train-model.ts";
import type { TrainingMessage } from "./training-thread.ts";

assert(parentPort !== null, "models are trained in a worker thread");
const port = parentPort;
const post = (message: TrainingMessage) => port.postMessage(message);
const stopping = new AbortController();
// Whatever it is told while it works means to stop.
port.once("message", () => stopping.abort());

try {
  const validation = await trainModel(workerData as TrainingWork, {
    onProgress: (done, note) => post({ kind: "progress", done, note }),
    onEpoch: (point) => post({ kind: "epoch", point }),
    signal: stopping.signal,
  });
  post({ kind: "done", validation });
} catch (error) {
  const code = PenchantError.isInstance(error) ? error.code : undefined;
  post({ kind: "failed", code, message: error instanceof Error ? error.message : String(error) });
}
await setImmediate();
port.close();
