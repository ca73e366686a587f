/** What a record of the log does to a state, under the catalogue, the tree and the weights of today. */
import { type FoldRecord, isEvent, isMerge } from "../core/log-record.ts";
import type { InterestState } from "../core/state.ts";
import type { Understanding } from "./understanding.ts";

export type Fold = (state: InterestState, record: FoldRecord) => void;

export function folding(understanding: Understanding): Fold {
  const parentOf = (node: number) => understanding.models.tree.nodes[node].parent;
  return (state, record) => {
    if (isEvent(record)) state.fold(understanding.toFoldable(record), parentOf);
    // Whoever is merged is folded together, so that the record itself adds nothing.
    else if (isMerge(record)) state.position = record.position;
    else {
      const { position, time, interest, steering } = record;
      const node = understanding.models.tree.node(interest)?.index ?? -1;
      state.steer({ position, time, node, steering }, parentOf);
    }
  };
}
