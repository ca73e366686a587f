/** Everything that is fitted, anew from the log and the catalogue. */
import { PenchantError } from "../base/errors.ts";
import type { InterestTree } from "../core/tree.ts";
import { fitInWorker } from "./fit.ts";
import type { FittedItem, FittedModels } from "./fitting.ts";
import { readInteractions } from "./interactions.ts";
import { type LearnSources, learnFromLog } from "./learn.ts";
import type { ProgressListener } from "./progress.ts";

/** New models under a tree that continues the one of now. Weights that were learned are learned anew for its nodes. */
export async function refitFromLog(
  sources: LearnSources,
  seed: number,
  onProgress: ProgressListener | undefined,
): Promise<{ models: FittedModels; fitted: FittedItem[] }> {
  const { storage, understanding, identities } = sources;
  // The items after their events: some may come while the log is read.
  const { table, until } = await readInteractions(storage.events, understanding.toFoldable, (id) =>
    identities.resolve(id),
  );
  const items = understanding.catalogue.entries().map(({ item }) => item);
  const treeVersion = understanding.models.tree.version + 1;
  const { earlier } = understanding;
  const { models, fitted } = await fitInWorker(items, table, { treeVersion, seed, until, earlier, onProgress });
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
