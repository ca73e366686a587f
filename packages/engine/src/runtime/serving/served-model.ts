/**
 * The model that scores, once it is promoted. Models whose scores are sums over the events of a history cost no more than
 * those sums and are asked here, with an account of every line; all others compute in a thread of their own, so that this
 * one goes on answering.
 */
import { Worker } from "node:worker_threads";
import { type ErrorCode, PenchantError } from "../../base/errors.ts";
import type { Item } from "../../core/item.ts";
import { limits } from "../../core/limits.ts";
import type { FittedRecommender, LongShortAccount } from "../../core/model.ts";
import type { RecommenderQuery } from "../../core/ports.ts";
import { loadModelFolder, modelNamed } from "../../models/load.ts";
import type { StoredModel } from "../../models/stored-model.ts";
import { toAmounts } from "../../recommend/candidates/model.ts";

/** What a model says of its items to a history. */
export interface ModelScores {
  /** By the model's keys, never negative. */
  readonly amounts: Float32Array;
  /** What each interaction of the query adds to an item's amount, in their order; absent where nobody can say. */
  readonly partsOf?: (item: number) => number[];
  /** Of a model that keeps long-term and short-term interest apart, where it was asked for. */
  readonly account?: LongShortAccount | undefined;
}

export interface ServedModel {
  readonly stored: StoredModel;
  readonly isAdditive: boolean;
  /** By the model's keys: the items that it was trained with, and those that it was given to place since. */
  readonly itemIds: readonly string[];
  /** Takes in items that came after its training, for the questions that follow; absent where the model can place none. */
  readonly place?: (items: readonly Item[]) => void;
  /**
   * @param query of the model's keys, not empty; of distinct items where the model is additive
   * @param explain whether the answer's account is wanted, too
   */
  score(query: RecommenderQuery, explain: boolean): ModelScores | Promise<ModelScores>;
  close(): Promise<void>;
}

/** @throws PENCHANT_E_MODEL_FILE where the folder is damaged or of another version */
export async function openServedModel(stored: StoredModel, folder: string): Promise<ServedModel> {
  const { model } = await modelNamed(stored.name);
  if (model?.isAdditive) return inPlace(stored, (await loadModelFolder(folder)).fitted);
  const thread = new ScoringThread(folder);
  const { placesItems } = await thread.ready();
  const itemIds = [...stored.itemIds];
  return {
    stored,
    isAdditive: false,
    itemIds,
    ...(placesItems && {
      place(items) {
        for (const { id } of items) itemIds.push(id);
        thread.place(items);
      },
    }),
    score: (query, explain) => thread.score(query, explain),
    close: () => thread.close(),
  };
}

function inPlace(stored: StoredModel, fitted: FittedRecommender): ServedModel {
  return {
    stored,
    isAdditive: true,
    itemIds: stored.itemIds,
    score(query) {
      let alone: Float32Array[] | undefined;
      return {
        amounts: toAmounts(fitted.score(query), undefined),
        partsOf(item) {
          alone ??= query.history.map((interaction) => fitted.score({ history: [interaction], at: query.at }));
          return alone.map((scores) => scores[item]);
        },
      };
    },
    close: async () => {},
  };
}

/** What goes to the thread: a question, or items to be placed, which nothing answers. */
export type ScoringRequest =
  | (RecommenderQuery & { readonly number: number; readonly explain: boolean })
  | { readonly placed: readonly Item[] };

/** What comes back: first once, when the model is there or is not. */
export interface ScoringAnswer {
  readonly number: number;
  readonly scores?: ModelScores;
  readonly loaded?: LoadedFacts;
  readonly failed?: { readonly code: ErrorCode | undefined; readonly message: string };
}

interface LoadedFacts {
  readonly placesItems: boolean;
}

interface Waiting {
  readonly resolve: (scores: ModelScores) => void;
  readonly reject: (error: unknown) => void;
}

/** The number of the answer that says whether the model could be loaded. */
export const loading = 0;

class ScoringThread {
  readonly #folder: string;
  #worker: Worker | undefined;
  #waiting = new Map<number, Waiting>();
  #number = loading;
  /** What a thread that starts anew has to be told again. */
  readonly #placed: Item[] = [];
  #loaded: LoadedFacts = { placesItems: false };
  #drained: (() => void) | undefined;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Resolves when the model is there. */
  async ready(): Promise<LoadedFacts> {
    await new Promise<ModelScores>((resolve, reject) => {
      this.#waiting.set(loading, { resolve, reject });
      this.#start();
    });
    return this.#loaded;
  }

  place(items: readonly Item[]): void {
    this.#placed.push(...items);
    if (this.#worker !== undefined) post(this.#worker, { placed: items });
  }

  score(query: RecommenderQuery, explain: boolean): Promise<ModelScores> {
    if (this.#waiting.size >= limits.scoringQueue) {
      throw new PenchantError(
        "PENCHANT_E_OVERLOADED",
        `${this.#waiting.size} recommendations wait for the model's scores, as many as may (limits.scoringQueue); try again in a moment.`,
        { details: { waiting: this.#waiting.size, limit: limits.scoringQueue, retryAfterSeconds: 1 } },
      );
    }
    // One that has come to an end by a fault starts anew.
    const worker = this.#worker ?? this.#start();
    this.#number += 1;
    const number = this.#number;
    return new Promise((resolve, reject) => {
      this.#waiting.set(number, { resolve, reject });
      worker.ref();
      post(worker, { ...query, number, explain });
    });
  }

  /** Answers what was asked, then ends. Nothing is to be asked any more. */
  async close(): Promise<void> {
    if (this.#waiting.size > 0) {
      await new Promise<void>((resolve) => {
        this.#drained = resolve;
      });
    }
    await this.#worker?.terminate();
  }

  #start(): Worker {
    const url = new URL("./scoring-worker.ts", import.meta.url);
    const worker = new Worker(url, { workerData: this.#folder, execArgv: [] });
    this.#worker = worker;
    if (this.#placed.length > 0) post(worker, { placed: this.#placed });
    worker.on("message", ({ number, scores, loaded, failed }: ScoringAnswer) => {
      if (loaded !== undefined) this.#loaded = loaded;
      const waiting = this.#waiting.get(number);
      this.#waiting.delete(number);
      if (this.#waiting.size === 0) {
        // A program that waits for nothing more may end.
        worker.unref();
        this.#drained?.();
      }
      if (failed === undefined) waiting?.resolve(scores ?? { amounts: new Float32Array(0) });
      else waiting?.reject(failed.code ? new PenchantError(failed.code, failed.message) : new Error(failed.message));
    });
    worker.on("error", (error) => this.#end(worker, error));
    worker.on("exit", (code) =>
      this.#end(
        worker,
        new PenchantError("PENCHANT_E_INTERNAL", `The thread that scores ended with code ${code} before it was done.`),
      ),
    );
    return worker;
  }

  #end(worker: Worker, error: unknown): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    const waiting = this.#waiting;
    this.#waiting = new Map();
    for (const { reject } of waiting.values()) reject(error);
    this.#drained?.();
  }
}

function post(worker: Worker, request: ScoringRequest): void {
  worker.postMessage(request, []);
}
