/**
 * What a record of the log does to a state, under the catalogue, the tree and the weights of today. A request about an
 * interest that is no more is about those that took its items over.
 */
import { type EventGist, type FoldRecord, isEvent, isMerge } from "../core/log-record.ts";
import type { FoldableEvent, InterestState } from "../core/state.ts";
import type { InterestTree } from "../core/tree.ts";

export type Fold = (state: InterestState, record: FoldRecord) => void;

/** What folding has to know, as it is at the time of each record. */
export interface Meanings {
  readonly models: { readonly tree: InterestTree };
  toFoldable(event: EventGist): FoldableEvent;
}

export function folding(meanings: Meanings): Fold {
  const parentOf = (node: number) => meanings.models.tree.nodes[node].parent;
  return (state, record) => {
    if (isEvent(record)) {
      state.fold(meanings.toFoldable(record), parentOf);
      return;
    }
    // Whoever is merged is folded together, so that the record itself adds nothing.
    state.position = record.position;
    if (isMerge(record)) return;
    const { position, time, interest, steering } = record;
    for (const { index } of meanings.models.tree.heirs(interest)) {
      state.steer({ position, time, node: index, steering }, parentOf);
    }
  };
}
