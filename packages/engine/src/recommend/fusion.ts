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
  const parts = sources.map(({ name, weight, candidates }) => {
    const { scores: own } = candidates;
    let best = 0;
    for (let item = 0; item < own.length; item++) if (own[item] > best && isEligible(item)) best = own[item];
    return { name, scale: best > 0 ? weight / best : 0, candidates };
  });
  const [first, ...others] = parts.filter(({ scale }) => scale > 0);
  // The first is written instead of added to zeros: that spares going over everything once more.
  const own = first?.candidates.scores ?? scores.subarray(0, 0);
  for (let item = 0; item < own.length; item++) scores[item] = first.scale * own[item];
  scores.fill(0, own.length);
  for (const { scale, candidates } of others) {
    for (let item = 0; item < candidates.scores.length; item++) scores[item] += scale * candidates.scores[item];
  }
  return { scores, parts };
}
