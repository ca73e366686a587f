/** The thread that fits models, so that the engine goes on answering meanwhile. One job per thread. */
import { parentPort, workerData } from "node:worker_threads";
import { assert } from "../base/errors.ts";
import { type FitJob, type FitMessage, packItems, unpackEarlier } from "./fit.ts";
import { fitModels } from "./fitting.ts";
import { saveModels } from "./models-file.ts";

assert(parentPort !== null, "fitting runs in a worker thread");
const port = parentPort;
const job = workerData as FitJob;
const { items, users, options } = job;
const post = (message: FitMessage) => port.postMessage(message);

const { models, fitted } = fitModels(items, users, {
  ...options,
  earlier: unpackEarlier(job),
  onProgress: (progress) => post({ kind: "progress", progress }),
});
post({ kind: "done", models: saveModels(models), fitted: packItems(fitted) });
