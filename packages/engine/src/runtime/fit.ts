/** Fitting in a thread of its own: what goes there and what comes back. */
import { Worker } from "node:worker_threads";
import type { InteractionTable } from "../core/interaction-table.ts";
import type { Item } from "../core/item.ts";
import { type FittedItem, type FittedModels, vectorDimensions } from "./fitting.ts";
import { loadModels } from "./models-file.ts";
import type { Progress, ProgressListener } from "./progress.ts";

export interface FitOptions {
  readonly treeVersion: number;
  readonly seed: number;
  /** End of the data, milliseconds since 1970. */
  readonly until: number;
}

export interface FitJob {
  readonly items: readonly Item[];
  readonly users: InteractionTable;
  readonly options: FitOptions;
}

/** Items' vectors and nodes in a few typed arrays. */
export interface PackedItems {
  readonly vectors: Float32Array;
  readonly offsets: Int32Array;
  readonly nodes: Int32Array;
}

export type FitMessage =
  | { readonly kind: "progress"; readonly progress: Progress }
  | { readonly kind: "done"; readonly models: Uint8Array; readonly fitted: PackedItems };

/** As `fitModels`, in a worker thread. Rejects with the error that stopped it. */
export function fitInWorker(
  items: readonly Item[],
  users: InteractionTable,
  options: FitOptions & { onProgress?: ProgressListener | undefined },
): Promise<{ models: FittedModels; fitted: FittedItem[] }> {
  const { onProgress, ...fitOptions } = options;
  const job: FitJob = { items, users, options: fitOptions };
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL("./fit-worker.ts", import.meta.url), { workerData: job, execArgv: [] });
    worker.on("message", (message: FitMessage) => {
      if (message.kind === "progress") onProgress?.(message.progress);
      else resolve({ models: loadModels(message.models), fitted: unpackItems(message.fitted) });
    });
    worker.on("error", reject);
    worker.on("exit", (code) => reject(new Error(`the fitting thread ended with code ${code} before it was done`)));
  });
}

export function packItems(fitted: readonly FittedItem[]): PackedItems {
  const vectors = new Float32Array(fitted.length * vectorDimensions);
  const offsets = new Int32Array(fitted.length + 1);
  for (const [key, { vector, nodes }] of fitted.entries()) {
    vectors.set(vector, key * vectorDimensions);
    offsets[key + 1] = offsets[key] + nodes.length;
  }
  const nodes = new Int32Array(offsets[fitted.length]);
  for (const [key, item] of fitted.entries()) nodes.set(item.nodes, offsets[key]);
  return { vectors, offsets, nodes };
}

function unpackItems({ vectors, offsets, nodes }: PackedItems): FittedItem[] {
  return Array.from({ length: offsets.length - 1 }, (_, key) => ({
    vector: vectors.subarray(key * vectorDimensions, (key + 1) * vectorDimensions),
    nodes: nodes.subarray(offsets[key], offsets[key + 1]),
  }));
}
