/**
 * Candidates from a trained model that was promoted. Sources are blended by amounts that are never negative, so that scores
 * become such: logits l by exp(l - max l), which is what a softmax would make of them but for a factor, and amounts by leaving
 * out what is below 0. Where the model is a sum over the events of the history the account names them; else it is one line.
 */
import type { LongShortAccount, RecommenderModel } from "../../core/model.ts";
import type { LongShortReason } from "../../core/recommendation.ts";
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
        scores[item] > 0
          ? (model?.partsOf?.(item) ?? [{ amount: scores[item], longShort: model?.accountOf?.(item) }])
          : [],
      ),
  };
}

/** Interests that a reason names. */
const interestsTold = 3;

/** What the account says of one of the model's items. */
export function longShortReason(
  { gates, short, long, interests }: LongShortAccount,
  item: number,
): LongShortReason | undefined {
  if (item < 0 || item >= gates.length) return undefined;
  const named = interests.filter(({ path }) => path.length > 0).slice(0, interestsTold);
  return { gate: gates[item], short: short[item], long: long[item], interests: named };
}
