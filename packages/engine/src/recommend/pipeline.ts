/**
 * The way of a recommendation: candidates from several sources -> fusion -> the best that are new to the user -> reasons.
 */
import type { Recommendation } from "../core/recommendation.ts";
import { topItems } from "../core/top-items.ts";
import { interestCandidates } from "./candidates/interests.ts";
import { modelCandidates } from "./candidates/model.ts";
import { neighbourCandidates } from "./candidates/neighbours.ts";
import { popularCandidates } from "./candidates/popular.ts";
import type { CandidateSource, RecommendContext, SourceName } from "./context.ts";
import { reasonsFor } from "./explain.ts";
import { type FusedScores, fuse, type WeightedSource } from "./fusion.ts";

/** How much each source counts, relative to the others. */
export interface Blend {
  readonly interest: number;
  readonly neighbour: number;
  /** The trained model that is promoted, where there is one; default 0. */
  readonly model?: number;
}

export const defaultBlend: Required<Blend> = { interest: 1, neighbour: 1, model: 1 };

const personalSources: Readonly<Record<keyof Blend, CandidateSource>> = {
  interest: interestCandidates,
  neighbour: neighbourCandidates,
  model: modelCandidates,
};

/** Blended scores of the whole catalogue, good until the next ones are asked for; what is popular where nothing personal can be said. */
export function scoreCatalogue(context: RecommendContext, blend: Blend): FusedScores<SourceName> {
  const { catalogue, workspace } = context;
  const fuseAll = (sources: readonly WeightedSource<SourceName>[]) =>
    fuse(sources, workspace, workspace.floats("fused", catalogue.size), (item) => isEligible(context, item));
  const names = (["interest", "neighbour", "model"] as const).filter(
    (name) => (blend[name] ?? 0) > 0 && (name !== "model" || context.model !== undefined),
  );
  const personal = fuseAll(
    names.map((name) => ({ name, weight: blend[name] ?? 0, candidates: personalSources[name](context) })),
  );
  if (personal.parts.some(({ scale }) => scale > 0)) return personal;
  return fuseAll([{ name: "popularity", weight: 1, candidates: popularCandidates(context) }]);
}

/** The best items that the user has not had to do with, best first. */
export function recommendItems(
  context: RecommendContext,
  options: { limit: number; explain: boolean; blend: Blend },
): Recommendation[] {
  const fused = scoreCatalogue(context, options.blend);
  const isCandidate = (item: number) => fused.scores[item] > 0 && isEligible(context, item);
  const best = topItems(
    fused.scores,
    options.limit,
    isCandidate,
    "the recommender",
    context.workspace.blockMaxima(fused.scores),
  );
  return accountOf(best, fused, context, options.explain);
}

/** The caller's own items, best first; of equals the one that was named first. Those wholly under what is muted score 0. */
export function rankItems(
  context: RecommendContext,
  items: readonly number[],
  options: { explain: boolean; blend: Blend },
): Recommendation[] {
  const fused = scoreCatalogue(context, options.blend);
  const isMuted = (item: number) => isWhollyMuted(context, item);
  const score = new Map(items.map((item) => [item, isMuted(item) ? 0 : fused.scores[item]]));
  const order = [...items].sort((a, b) => score.get(b)! - score.get(a)!);
  return accountOf(order, fused, context, options.explain).map((recommendation, place) =>
    isMuted(order[place])
      ? { item: recommendation.item, score: 0, ...(options.explain && { reasons: [] }) }
      : recommendation,
  );
}

function accountOf(
  items: readonly number[],
  fused: FusedScores<SourceName>,
  { catalogue, reading, model }: RecommendContext,
  explain: boolean,
): Recommendation[] {
  const known = { catalogue, tree: reading.model.tree, model: model?.model };
  const reasons = explain ? reasonsFor(items, fused, known) : [];
  return items.map((item, place) => ({
    item: catalogue.item(item),
    score: fused.scores[item],
    ...(explain ? { reasons: reasons[place] } : {}),
  }));
}

/** New to the user, not hidden, and not wholly under what they have muted. */
function isEligible(context: RecommendContext, item: number): boolean {
  const { state, catalogue } = context;
  return !state.seen.has(item) && !catalogue.isHidden(item) && !isWhollyMuted(context, item);
}

function isWhollyMuted({ catalogue, reading: { muted } }: RecommendContext, item: number): boolean {
  return muted !== undefined && !catalogue.nodes(item).some((node) => muted[node] !== 1);
}
