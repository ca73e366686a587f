/** Everything that is fitted, anew from the log and the catalogue. */
import { PenchantError } from "../base/errors.ts";
import type { InterestTree } from "../core/tree.ts";
import type { Encoder } from "./encoder.ts";
import { fitInWorker } from "./fit.ts";
import type { FittedItem, FittedModels } from "./fitting.ts";
import { readInteractions } from "./interactions.ts";
import { type LearnSources, learnFromLog } from "./learn.ts";
import type { ProgressListener } from "./progress.ts";

export interface RefitSources extends LearnSources {
  readonly encoder: Encoder;
  /** Told of what failed where nobody waits. */
  readonly onBackgroundError: (error: unknown) => void;
}

export interface RefitOptions {
  readonly seed: number;
  /** Of an engine that closes: embedding stops. */
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ProgressListener | undefined;
  /** Whether to go on with the catalogue's own words when a given embedder fails. Default false: it rejects. */
  readonly mayLackTexts?: boolean | undefined;
}

/** New models under a tree that continues the one of now. Weights that were learned are learned anew for its nodes. */
export async function refitFromLog(
  sources: RefitSources,
  { seed, signal, onProgress, mayLackTexts = false }: RefitOptions,
): Promise<{ models: FittedModels; fitted: FittedItem[] }> {
  const { storage, understanding, identities, encoder } = sources;
  // The items after their events: some may come while the log is read.
  const { table, until } = await readInteractions(storage.events, understanding.toFoldable, (id) =>
    identities.resolve(id),
  );
  const items = understanding.items();
  const treeVersion = understanding.models.tree.version + 1;
  const { earlier } = understanding;
  const { isOwn, isAdapted } = encoder;
  let { isLexical } = encoder;
  const given = await encoder.read(items, { onProgress, signal }).catch((error: unknown) => {
    if (!mayLackTexts) throw error;
    sources.onBackgroundError(error);
    isLexical ||= !isOwn;
    return [];
  });
  const parts = { given, isLexical, isOwn, isAdapted };
  const fitting = { treeVersion, seed, until, parts, earlier, onProgress };
  const { models, fitted } = await fitInWorker(items, table, fitting);
  if (understanding.models.learned === undefined) return { models, fitted };
  const nodes = fitted.map((item) => item.nodes);
  const learned = await learnedIfPossible(sources, models.tree, nodes, onProgress);
  return { models: learned === undefined ? models : { ...models, learned }, fitted };
}

/** Undefined where the log has nothing to learn from any more, as when people were erased. */
async function learnedIfPossible(
  sources: LearnSources,
  tree: InterestTree,
  nodes: readonly Int32Array[],
  onProgress: ProgressListener | undefined,
) {
  try {
    return await learnFromLog(sources, tree, nodes, onProgress);
  } catch (error) {
    if (PenchantError.isInstance(error) && error.code === "PENCHANT_E_MODEL_DATA") return undefined;
    throw error;
  }
}
