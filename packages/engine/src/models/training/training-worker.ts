/** The thread that trains a network: one job, then it ends. */
import { setImmediate } from "node:timers/promises";
import { parentPort, workerData } from "node:worker_threads";
import { assert, PenchantError } from "../../base/errors.ts";
import { trainSequences } from "../sequence/training.ts";
import { trainUptake } from "../uptake/networks/training.ts";
import type { ThreadJob, TrainingJobs, TrainingMessage } from "./in-thread.ts";
import type { TrainingHooks } from "./progress.ts";
import type { Weights } from "./weights.ts";

type Training<Job> = (job: Job, hooks: TrainingHooks) => Promise<Weights>;

const trainings: { readonly [Name in keyof TrainingJobs]: Training<TrainingJobs[Name]> } = {
  sequence: trainSequences,
  uptake: trainUptake,
};

function train<Name extends keyof TrainingJobs>({ training, job }: ThreadJob<Name>, hooks: TrainingHooks) {
  return trainings[training](job, hooks);
}

assert(parentPort !== null, "networks are trained in a worker thread");
const port = parentPort;
const post = (message: TrainingMessage) => port.postMessage(message);
const stopping = new AbortController();
// Whatever it is told while it works means to stop.
port.once("message", () => stopping.abort());

try {
  const weights = await train(workerData as ThreadJob, {
    signal: stopping.signal,
    onProgress: (done, note) => post({ kind: "progress", done, note }),
    onRemark: (remark) => post({ kind: "remark", remark }),
    onEpoch: (point) => post({ kind: "epoch", point }),
  });
  post({ kind: "done", weights });
} catch (error) {
  const code = PenchantError.isInstance(error) ? error.code : undefined;
  post({ kind: "failed", code, message: error instanceof Error ? error.message : String(error) });
}
await setImmediate();
port.close();
