/** The thread that learns weights, so that the engine goes on answering meanwhile. One job per thread. */
import { parentPort, workerData } from "node:worker_threads";
import { assert, PenchantError } from "../base/errors.ts";
import { InterestTree } from "../core/tree.ts";
import { unpackNodes } from "./fit.ts";
import type { LearnJob, LearnMessage } from "./learn.ts";
import { learnWeights } from "./learning.ts";

assert(parentPort !== null, "learning runs in a worker thread");
const port = parentPort;
const post = (message: LearnMessage) => port.postMessage(message);
const { histories, tree, places } = workerData as LearnJob;

try {
  post({ kind: "done", learned: learnWeights(InterestTree.load(tree), unpackNodes(places), histories) });
} catch (error) {
  if (!PenchantError.isInstance(error)) throw error;
  post({ kind: "failed", code: error.code, message: error.message });
}
