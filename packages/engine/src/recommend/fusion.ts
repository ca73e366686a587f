/**
 * Blends candidate sources: each is scaled so that its best eligible item scores 1, and an item's score is the weighted
 * sum. Sources stay apart in the account, so every line of it can be traced to where it came from.
 */
import { blockItems } from "../core/top-items.ts";
import type { CandidateScores } from "./context.ts";
import type { Workspace } from "./workspace.ts";

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

/** @param scores receives the blended scores, an array of the workspace. [items] */
export function fuse<Name extends string>(
  sources: readonly WeightedSource<Name>[],
  workspace: Workspace,
  scores: Float32Array,
  isEligible: (item: number) => boolean,
): FusedScores<Name> {
  const parts = sources.map(({ name, weight, candidates }) => {
    const best = largest(candidates.scores, workspace.blockMaxima(candidates.scores), isEligible);
    return { name, scale: best > 0 ? weight / best : 0, candidates };
  });
  const [first, ...others] = parts.filter(({ scale }) => scale > 0);
  if (first === undefined) scores.fill(0);
  else workspace.setScaled(scores, first.candidates.scores, first.scale);
  for (const { scale, candidates } of others) workspace.addScaled(scores, candidates.scores, scale);
  return { scores, parts };
}

/** The largest eligible score above 0, else 0. */
function largest(scores: Float32Array, maxima: Float32Array, isEligible: (item: number) => boolean): number {
  let best = 0;
  for (const [block, maximum] of maxima.entries()) {
    if (maximum <= best) continue;
    const end = Math.min(scores.length, (block + 1) * blockItems);
    for (let item = block * blockItems; item < end; item++) {
      if (scores[item] > best && isEligible(item)) best = scores[item];
    }
  }
  return best;
}
