/** What moved in a profile that is watched: each change with the phases that it turned. */
import type { PhaseTransition, ProfileChanges } from "@penchant/protocol";
import type { Update } from "../api/stream.ts";

export interface Move {
  readonly key: number;
  /** From sending the event to hearing of it; undefined for what somebody else did. */
  readonly tookMs: number | undefined;
  /** Undefined where time alone turned a phase. */
  readonly changes: ProfileChanges | undefined;
  readonly turns: readonly PhaseTransition[];
}

const movesKept = 12;

/** The moves with one more update, newest first. Phases are told right after the change that turned them. */
export function withUpdate(
  moves: readonly Move[],
  update: Exclude<Update, { kind: "profile" }>,
  { key, tookMs }: Pick<Move, "key" | "tookMs">,
): Move[] {
  if (update.kind === "changes") {
    return [{ key, tookMs, changes: update.data, turns: [] }, ...moves].slice(0, movesKept);
  }
  const [newest = { key, tookMs, changes: undefined, turns: [] }, ...before] = moves;
  return [{ ...newest, turns: [...newest.turns, update.data] }, ...before];
}
