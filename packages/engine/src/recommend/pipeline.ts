/**
 * The way of a recommendation: candidates from several sources -> fusion -> the best that are new to the user -> reasons.
 */
import type { Recommendation } from "../core/recommendation.ts";
import { topItems } from "../core/top-items.ts";
import { attendedEvents } from "./attention.ts";
import { interestCandidates } from "./candidates/interests.ts";
import { neighbourCandidates } from "./candidates/neighbours.ts";
import { popularCandidates } from "./candidates/popular.ts";
import type { RecommendContext } from "./context.ts";
import { reasonsFor } from "./explain.ts";
import { type FusedScores, fuse, type WeightedSource } from "./fusion.ts";

export type SourceName = "interest" | "neighbour" | "popularity";

/** How much each source counts, relative to the others. */
export interface Blend {
  readonly interest: number;
  readonly neighbour: number;
}

export const defaultBlend: Blend = { interest: 1, neighbour: 1 };

/** Blended scores of the whole catalogue. */
export function scoreCatalogue(context: RecommendContext, blend: Blend): FusedScores<SourceName> {
  const { state, catalogue } = context;
  const sources: WeightedSource<SourceName>[] =
    attendedEvents(state).length === 0
      ? [{ name: "popularity", weight: 1, candidates: popularCandidates(context) }]
      : [
          { name: "interest", weight: blend.interest, candidates: interestCandidates(context) },
          { name: "neighbour", weight: blend.neighbour, candidates: neighbourCandidates(context) },
        ];
  return fuse(sources, catalogue.size, (item) => isEligible(context, item));
}

/** The best items that the user has not had to do with, best first. */
export function recommendItems(
  context: RecommendContext,
  options: { limit: number; explain: boolean; blend: Blend },
): Recommendation[] {
  const { catalogue, reading } = context;
  const fused = scoreCatalogue(context, options.blend);
  const isCandidate = (item: number) => fused.scores[item] > 0 && isEligible(context, item);
  return topItems(fused.scores, options.limit, isCandidate, "the recommender").map((item) => ({
    item: catalogue.item(item),
    score: fused.scores[item],
    ...(options.explain ? { reasons: reasonsFor(item, fused, { catalogue, tree: reading.model.tree }) } : {}),
  }));
}

/** New to the user, and not hidden. */
function isEligible({ state, catalogue }: RecommendContext, item: number): boolean {
  return !state.seen.has(item) && catalogue.item(item).hidden !== true;
}
