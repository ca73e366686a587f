/** Fitting in a thread of its own: what goes there and what comes back. */
import { Worker } from "node:worker_threads";
import type { InteractionTable } from "../core/interaction-table.ts";
import type { Item } from "../core/item.ts";
import { InterestTree } from "../core/tree.ts";
import type { EarlierTree } from "../core/tree-build.ts";
import type { TextParts } from "./fit-texts.ts";
import { type FittedItem, type FittedModels, vectorDimensions } from "./fitting.ts";
import { loadModels } from "./models-file.ts";
import type { Progress, ProgressListener } from "./progress.ts";

export interface FitOptions {
  readonly treeVersion: number;
  readonly seed: number;
  /** End of the data, milliseconds since 1970. */
  readonly until: number;
  /** What the items' text vectors are made of. Default: the catalogue's own words. */
  readonly parts?: TextParts | undefined;
}

export interface FitJob {
  readonly items: readonly Item[];
  readonly users: InteractionTable;
  readonly options: FitOptions;
  /** The tree before in its stored form, with the items' nodes in it. */
  readonly earlier?: PackedNodes & { readonly tree: Uint8Array };
}

/** The nodes of item i are `nodes[offsets[i]]` to before `nodes[offsets[i + 1]]`. */
export interface PackedNodes {
  readonly offsets: Int32Array;
  readonly nodes: Int32Array;
}

/** Items' vectors and nodes in a few typed arrays. */
export interface PackedItems extends PackedNodes {
  readonly vectors: Float32Array;
}

export type FitMessage =
  | { readonly kind: "progress"; readonly progress: Progress }
  | { readonly kind: "done"; readonly models: Uint8Array; readonly fitted: PackedItems };

/** As `fitModels`, in a worker thread, which takes what is given along. Rejects with the error that stopped it. */
export function fitInWorker(
  items: readonly Item[],
  users: InteractionTable,
  options: FitOptions & { earlier?: EarlierTree | undefined; onProgress?: ProgressListener | undefined },
): Promise<{ models: FittedModels; fitted: FittedItem[] }> {
  const { onProgress, earlier, ...fitOptions } = options;
  const before = earlier && { earlier: { tree: earlier.tree.save(), ...packNodes(earlier.nodes) } };
  const job: FitJob = { items, users, options: fitOptions, ...before };
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL("./fit-worker.ts", import.meta.url), {
      workerData: job,
      transferList: (options.parts?.given ?? []).map(({ vectors }) => vectors.buffer as ArrayBuffer),
      execArgv: [],
    });
    worker.on("message", (message: FitMessage) => {
      if (message.kind === "progress") onProgress?.(message.progress);
      else resolve({ models: loadModels(message.models), fitted: unpackItems(message.fitted) });
    });
    worker.on("error", reject);
    worker.on("exit", (code) => reject(new Error(`the fitting thread ended with code ${code} before it was done`)));
  });
}

/** What `FitJob` brings of the tree before, as `fitModels` takes it. */
export function unpackEarlier({ earlier }: FitJob): EarlierTree | undefined {
  return earlier && { tree: InterestTree.load(earlier.tree), nodes: unpackNodes(earlier) };
}

export function packItems(fitted: readonly FittedItem[]): PackedItems {
  const vectors = new Float32Array(fitted.length * vectorDimensions);
  for (const [key, { vector }] of fitted.entries()) vectors.set(vector, key * vectorDimensions);
  return { vectors, ...packNodes(fitted.map(({ nodes }) => nodes)) };
}

function unpackItems({ vectors, ...packed }: PackedItems): FittedItem[] {
  return unpackNodes(packed).map((nodes, key) => ({
    vector: vectors.subarray(key * vectorDimensions, (key + 1) * vectorDimensions),
    nodes,
  }));
}

export function packNodes(places: readonly Int32Array[]): PackedNodes {
  const offsets = new Int32Array(places.length + 1);
  for (const [key, { length }] of places.entries()) offsets[key + 1] = offsets[key] + length;
  const nodes = new Int32Array(offsets[places.length]);
  for (const [key, of] of places.entries()) nodes.set(of, offsets[key]);
  return { offsets, nodes };
}

export function unpackNodes({ offsets, nodes }: PackedNodes): Int32Array[] {
  return Array.from({ length: offsets.length - 1 }, (_, key) => nodes.subarray(offsets[key], offsets[key + 1]));
}
