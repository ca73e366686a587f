/** The thread in which the demonstration measures the recommender while the engine does its own work. */
import { parentPort, workerData } from "node:worker_threads";
import { assert } from "../../base/errors.ts";
import type { Progress } from "../../engine.ts";
import { readMovieLens } from "../../import/movielens.ts";
import { evaluateSample, type SampleEvaluation } from "./evaluation.ts";

export type EvaluationMessage =
  | { readonly kind: "progress"; readonly progress: Progress }
  | { readonly kind: "done"; readonly evaluation: SampleEvaluation };

assert(parentPort !== null, "the evaluation runs in a worker thread");
const port = parentPort;
const { folder, seed } = workerData as { folder: string; seed: number };
const post = (message: EvaluationMessage) => port.postMessage(message);
const evaluation = await evaluateSample(await readMovieLens(folder), {
  seed,
  onProgress: (progress) => post({ kind: "progress", progress }),
});
post({ kind: "done", evaluation });
