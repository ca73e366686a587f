/** Candidates for somebody of whom nothing is known yet: what most people took, and anything
 * rather than nothing where nobody took anything. */
import type { CandidateScores, RecommendContext } from "../context.ts";

export function popularCandidates({ catalogue, popularity, workspace }: RecommendContext): CandidateScores {
  const scores = workspace.floats("popularity", catalogue.size);
  for (let item = 0; item < scores.length; item++) scores[item] = 1 + (item < popularity.length ? popularity[item] : 0);
  return { scores, explain: (items) => items.map((item) => [{ amount: scores[item] }]) };
}
