/**
 * Per-user temporal holdout: the last part of every user's events, in time order, is what a recommender has to find.
 * Events of equal time keep their original order, always.
 */
import type { Interaction } from "../../core/ports.ts";
import type { RankingCase } from "../cases.ts";

export interface UserSplit {
  readonly user: string;
  /** What the recommender may see, in time order. */
  readonly history: readonly Interaction[];
  /** What comes next: the item keys of the held-out events, first occurrence each, none of them in the history. */
  readonly targets: readonly number[];
  /** Time of the last event that may be seen: the moment of the question. */
  readonly at: number;
  /** Time of the first held-out event: nothing that happened from then on may be used for this user. */
  readonly cut: number;
}

/**
 * Holds out the last `part` of every user's interactions, at least one and never all of them. Users with fewer than two
 * interactions are left out.
 *
 * @param skipLast drops this part of the end first: `holdOut(users, { part: .1, skipLast: .1 })` is the tenth before the last
 */
export function holdOut(
  users: ReadonlyMap<string, readonly Interaction[]>,
  { part, skipLast = 0 }: { part: number; skipLast?: number },
): UserSplit[] {
  const splits: UserSplit[] = [];
  for (const [user, unordered] of users) {
    const ordered = unordered.toSorted((a, b) => a.time - b.time);
    const end = ordered.length - (skipLast > 0 ? heldOutCount(ordered.length, skipLast) : 0);
    const start = end - heldOutCount(end, part);
    if (start < 1) continue;
    const history = ordered.slice(0, start);
    const known = new Set(history.map(({ item }) => item));
    const targets = new Set(ordered.slice(start, end).map(({ item }) => item));
    const fresh = [...targets].filter((item) => !known.has(item));
    if (fresh.length === 0) continue;
    splits.push({ user, history, targets: fresh, at: history.at(-1)!.time, cut: ordered[start].time });
  }
  return splits;
}

/** A split as measuring reads it: what the history has is no candidate. */
export function rankingCase({ history, targets, at }: UserSplit, user: number): RankingCase {
  return { user, query: { history, at }, targets, targetValues: [], seen: new Set(history.map(({ item }) => item)) };
}

function heldOutCount(length: number, part: number): number {
  return Math.max(1, Math.floor(length * part));
}
