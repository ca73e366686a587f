/**
 * Blends candidate sources: each is scaled so that its best eligible item scores 1, and an item's score is the weighted
 * sum. Sources stay apart in the account, so every line of it can be traced to where it came from.
 */
import type { CandidateScores } from "./context.ts";

export interface WeightedSource<Name extends string = string> {
  readonly name: Name;
  readonly weight: number;
  readonly candidates: CandidateScores;
}

export interface FusedScores<Name extends string = string> {
  /** By item key; 0 to the sum of the weights. */
  readonly scores: Float32Array;
  /** The sources with the factor that brings their scores, and the lines of their accounts, to the blended scale. */
  readonly parts: readonly { readonly name: Name; readonly scale: number; readonly candidates: CandidateScores }[];
}

/** @param scores receives the blended scores. [items] */
export function fuse<Name extends string>(
  sources: readonly WeightedSource<Name>[],
  scores: Float32Array,
  isEligible: (item: number) => boolean,
): FusedScores<Name> {
  scores.fill(0);
  const parts = sources.map(({ name, weight, candidates }) => {
    const { scores: own } = candidates;
    let best = 0;
    for (let item = 0; item < own.length; item++) if (own[item] > best && isEligible(item)) best = own[item];
    const scale = best > 0 ? weight / best : 0;
    if (scale > 0) for (let item = 0; item < own.length; item++) scores[item] += scale * own[item];
    return { name, scale, candidates };
  });
  return { scores, parts };
}
