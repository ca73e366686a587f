/** Candidates for somebody of whom nothing is known yet: what most people took, and anything
 * rather than nothing where nobody took anything. */
import type { CandidateScores, RecommendContext } from "../context.ts";

export function popularCandidates({ catalogue, popularity }: RecommendContext): CandidateScores {
  const scores = Float32Array.from({ length: catalogue.size }, (_, item) => 1 + (popularity[item] ?? 0));
  return { scores, explain: (items) => items.map((item) => [{ amount: scores[item] }]) };
}
