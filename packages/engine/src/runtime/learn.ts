/** Learning how interests fade, in a thread of its own: what goes there and what comes back. */
import { Worker } from "node:worker_threads";
import { type ErrorCode, PenchantError } from "../base/errors.ts";
import type { LearnedWeights } from "../core/intensity-weights.ts";
import type { Storage } from "../core/ports.ts";
import type { InterestTree } from "../core/tree.ts";
import { type PackedNodes, packNodes } from "./fit.ts";
import { type Histories, readHistories } from "./histories.ts";
import type { Identities } from "./identities.ts";
import type { ProgressListener } from "./progress.ts";
import type { Understanding } from "./understanding.ts";

export interface LearnJob {
  readonly histories: Histories;
  /** The tree in its stored form, with the items' nodes in it. */
  readonly tree: Uint8Array;
  readonly places: PackedNodes;
}

export type LearnMessage =
  | { readonly kind: "done"; readonly learned: LearnedWeights }
  | { readonly kind: "failed"; readonly code: ErrorCode; readonly message: string };

export interface LearnSources {
  readonly storage: Storage;
  readonly understanding: Understanding;
  readonly identities: Identities;
}

/**
 * The weights of a tree, from all of the log.
 *
 * @param nodes of every item, by key; items that came since are left out
 * @throws PENCHANT_E_MODEL_DATA when nobody ever came back
 */
export async function learnFromLog(
  { storage, understanding, identities }: LearnSources,
  tree: InterestTree,
  nodes: readonly Int32Array[],
  onProgress?: ProgressListener,
): Promise<LearnedWeights> {
  onProgress?.({ step: "Reading what people did", done: 0, total: 2 });
  const whoIs = (id: string) => identities.resolve(id);
  const histories = await readHistories(storage.events, understanding.toFoldable, whoIs, nodes.length);
  onProgress?.({ step: "Learning how interests fade", done: 1, total: 2 });
  const learned = await learnInWorker(tree, nodes, histories);
  onProgress?.({ step: "Learning how interests fade", done: 2, total: 2 });
  return learned;
}

/** As `learnWeights`, in a worker thread. Rejects with the error that stopped it. */
function learnInWorker(
  tree: InterestTree,
  nodes: readonly Int32Array[],
  histories: Histories,
): Promise<LearnedWeights> {
  const job: LearnJob = { histories, tree: tree.save(), places: packNodes(nodes) };
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL("./learn-worker.ts", import.meta.url), { workerData: job, execArgv: [] });
    worker.on("message", (message: LearnMessage) => {
      if (message.kind === "done") resolve(message.learned);
      else reject(new PenchantError(message.code, message.message));
    });
    worker.on("error", reject);
    worker.on("exit", (code) => reject(new Error(`the learning thread ended with code ${code} before it was done`)));
  });
}
