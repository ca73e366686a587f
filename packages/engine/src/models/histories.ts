/**
 * What models read of interactions. An interaction counts where its weight is not 0: views and purchases, and rejections,
 * too, because they tell what the same people come across, which is what the next event is drawn from.
 */
import { PenchantError } from "../base/errors.ts";
import type { InteractionTable } from "../core/interaction-table.ts";
import type { ModelFitOptions, TrainingData } from "../core/model.ts";
import type { Interaction } from "../core/ports.ts";
import { type SparseMatrix, sparseMatrix } from "../core/sparse-matrix.ts";

/**
 * What every fit begins with.
 *
 * @throws PENCHANT_E_MODEL_DATA without items or interactions, or with an interaction on an item that is not there; the
 *   signal's reason where it has been given already
 */
export function beginFit(model: string, { itemCount, interactions }: TrainingData, { signal }: ModelFitOptions): void {
  signal?.throwIfAborted();
  if (itemCount < 1) throw dataError(model, "expected at least one item, got an empty catalogue.");
  if (interactions.items.length === 0) throw dataError(model, "expected at least one interaction, got none.");
  for (const item of interactions.items) {
    if (item >= 0 && item < itemCount) continue;
    throw dataError(model, `an interaction names item key ${item}; keys are 0 to ${itemCount - 1}.`);
  }
}

export function dataError(model: string, problem: string): PenchantError {
  return new PenchantError("PENCHANT_E_MODEL_DATA", `${model}: ${problem}`, { details: { model } });
}

/** Every user's items in time order, repeats included. */
export function itemSequences({ offsets, items, weights }: InteractionTable): Int32Array[] {
  return Array.from({ length: offsets.length - 1 }, (_, user) => {
    const start = offsets[user];
    return items.slice(start, offsets[user + 1]).filter((_, index) => weights[start + index] !== 0);
  });
}

/** Every user's distinct items, ascending. */
export function distinctItems(table: InteractionTable): Int32Array[] {
  return itemSequences(table).map((items) => Int32Array.from(new Set(items)).sort());
}

/** A person's items in time order, without those that the model has no key for. */
export function queriedSequence(history: readonly Interaction[], itemCount: number): number[] {
  const items: number[] = [];
  for (const { item, weight } of history) if (weight !== 0 && item >= 0 && item < itemCount) items.push(item);
  return items;
}

/** A person's distinct items, without those that the model has no key for. */
export function queriedItems(history: readonly Interaction[], itemCount: number): number[] {
  return [...new Set(queriedSequence(history, itemCount))];
}

/** How often each user has had to do with each item. `[users, itemCount]` */
export function interactionCounts(table: InteractionTable, itemCount: number): SparseMatrix {
  return sparseMatrix(
    itemCount,
    itemSequences(table).map((items) => [...items].map((item): [number, number] => [item, 1])),
  );
}
