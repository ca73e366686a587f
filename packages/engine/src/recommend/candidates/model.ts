/**
 * Candidates from a trained model that was promoted. Sources are blended by amounts that are never negative, so that scores
 * become such: logits l by exp(l - max l), which is what a softmax would make of them but for a factor, and amounts by leaving
 * out what is below 0. Where the model is a sum over the events of the history the account names them; else it is one line.
 */
import type { RecommenderModel } from "../../core/model.ts";
import type { CandidateScores, Contribution, RecommendContext } from "../context.ts";

/** In place. */
export function toAmounts(scores: Float32Array, scale: RecommenderModel["scale"]): Float32Array {
  if (scale === "logits") {
    let largest = Number.NEGATIVE_INFINITY;
    for (let item = 0; item < scores.length; item++) if (scores[item] > largest) largest = scores[item];
    for (let item = 0; item < scores.length; item++) scores[item] = Math.exp(scores[item] - largest);
  } else for (let item = 0; item < scores.length; item++) if (scores[item] < 0) scores[item] = 0;
  return scores;
}

export function modelCandidates({ model }: RecommendContext): CandidateScores {
  const scores = model?.amounts ?? new Float32Array(0);
  return {
    scores,
    explain: (items) =>
      items.map((item): Contribution[] =>
        scores[item] > 0 ? (model?.partsOf?.(item) ?? [{ amount: scores[item] }]) : [],
      ),
  };
}
