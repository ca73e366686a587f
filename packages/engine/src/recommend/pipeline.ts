/**
 * The way of a recommendation: candidates from several sources -> fusion -> the best that are new to the user -> reasons.
 */
import type { Recommendation } from "../core/recommendation.ts";
import { topItems } from "../core/top-items.ts";
import { interestCandidates } from "./candidates/interests.ts";
import { neighbourCandidates } from "./candidates/neighbours.ts";
import { popularCandidates } from "./candidates/popular.ts";
import type { CandidateSource, RecommendContext, SourceName } from "./context.ts";
import { reasonsFor } from "./explain.ts";
import { type FusedScores, fuse, type WeightedSource } from "./fusion.ts";

/** How much each source counts, relative to the others. */
export interface Blend {
  readonly interest: number;
  readonly neighbour: number;
}

export const defaultBlend: Blend = { interest: 1, neighbour: 1 };

const personalSources: Readonly<Record<keyof Blend, CandidateSource>> = {
  interest: interestCandidates,
  neighbour: neighbourCandidates,
};

/** Blended scores of the whole catalogue, good until the next ones are asked for; what is popular where nothing personal can be said. */
export function scoreCatalogue(context: RecommendContext, blend: Blend): FusedScores<SourceName> {
  const { catalogue, workspace } = context;
  const fuseAll = (sources: readonly WeightedSource<SourceName>[]) =>
    fuse(sources, workspace.floats("fused", catalogue.size), (item) => isEligible(context, item));
  const names = (["interest", "neighbour"] as const).filter((name) => blend[name] > 0);
  const personal = fuseAll(
    names.map((name) => ({ name, weight: blend[name], candidates: personalSources[name](context) })),
  );
  if (personal.parts.some(({ scale }) => scale > 0)) return personal;
  return fuseAll([{ name: "popularity", weight: 1, candidates: popularCandidates(context) }]);
}

/** The best items that the user has not had to do with, best first. */
export function recommendItems(
  context: RecommendContext,
  options: { limit: number; explain: boolean; blend: Blend },
): Recommendation[] {
  const { catalogue, reading } = context;
  const fused = scoreCatalogue(context, options.blend);
  const isCandidate = (item: number) => fused.scores[item] > 0 && isEligible(context, item);
  const best = topItems(fused.scores, options.limit, isCandidate, "the recommender");
  const reasons = options.explain ? reasonsFor(best, fused, { catalogue, tree: reading.model.tree }) : [];
  return best.map((item, place) => ({
    item: catalogue.item(item),
    score: fused.scores[item],
    ...(options.explain ? { reasons: reasons[place] } : {}),
  }));
}

/** New to the user, not hidden, and not wholly under what they have muted. */
function isEligible({ state, catalogue, reading: { muted } }: RecommendContext, item: number): boolean {
  if (state.seen.has(item) || catalogue.isHidden(item)) return false;
  return muted === undefined || catalogue.nodes(item).some((node) => muted[node] !== 1);
}
