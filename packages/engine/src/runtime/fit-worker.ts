/** The thread that fits models, so that the engine goes on answering meanwhile. One job per thread. */
import { parentPort, workerData } from "node:worker_threads";
import { assert } from "../base/errors.ts";
import { type FitJob, type FitMessage, packItems, unpackEarlier } from "./fit.ts";
import { fitTexts, takenItems } from "./fit-texts.ts";
import { fitModels } from "./fitting.ts";
import { itemText } from "./item-text.ts";
import { saveModels } from "./models-file.ts";
import type { Progress } from "./progress.ts";

assert(parentPort !== null, "fitting runs in a worker thread");
const port = parentPort;
const job = workerData as FitJob;
const { items, users, options } = job;
const post = (message: FitMessage) => port.postMessage(message);

const { parts, ...fitting } = options;
const onProgress = (progress: Progress) => post({ kind: "progress", progress });
const texts =
  parts &&
  (await fitTexts(items.map(itemText), {
    parts,
    histories: takenItems(users),
    seed: fitting.seed,
    onStep: (step) => onProgress({ step, done: 0, total: 0 }),
  }));
const { models, fitted } = fitModels(items, users, {
  ...fitting,
  texts,
  onProgress,
  earlier: unpackEarlier(job),
});
post({ kind: "done", models: saveModels(models), fitted: packItems(fitted) });
