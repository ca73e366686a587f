/** Candidates for somebody of whom nothing is known yet: what most people took. */
import type { CandidateScores, RecommendContext } from "../context.ts";

export function popularCandidates({ catalogue, popularity }: RecommendContext): CandidateScores {
  const scores = new Float32Array(catalogue.size);
  scores.set(popularity.subarray(0, scores.length));
  return { scores, explain: (item) => [{ amount: scores[item] }] };
}
