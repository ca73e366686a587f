/**
 * How much of what came next is in a list. Everything is ranked and nothing is sampled: the candidates are the whole
 * catalogue (Krichene and Rendle, On Sampled Metrics for Item Recommendation, KDD 2020). With T targets and hits at ranks
 * r (from 1) among the first k:
 *
 *     HR@k        = 1 if there is a hit, else 0
 *     precision@k = hits / k, recall@k = hits / T, F1@k = their harmonic mean
 *     MRR@k       = 1 / rank of the first hit
 *     MAP@k       = sum over hits of precision@r, over T
 *     NDCG@k      = sum over hits of 1 / log2(r + 1), over the same sum for the best possible order
 *
 * as trec_eval has them (`map_cut`, `recip_rank`, `ndcg_cut`; Järvelin and Kekäläinen, ACM TOIS 2002, for NDCG). A list
 * may be shorter than k; a question without targets scores 0.
 */

export const accuracyNames = ["HR", "NDCG", "MRR", "MAP", "precision", "recall", "F1"] as const;
export type AccuracyName = (typeof accuracyNames)[number];

/** All of them for the first k of a list, best first. */
export function accuracy(
  ranked: readonly number[],
  targets: ReadonlySet<number>,
  k: number,
): Readonly<Record<AccuracyName, number>> {
  let hits = 0;
  let gain = 0;
  let firstHit = 0;
  let precisions = 0;
  for (let index = 0; index < Math.min(k, ranked.length); index++) {
    if (!targets.has(ranked[index])) continue;
    hits += 1;
    if (firstHit === 0) firstHit = index + 1;
    gain += 1 / Math.log2(index + 2);
    precisions += hits / (index + 1);
  }
  let ideal = 0;
  for (let index = 0; index < Math.min(k, targets.size); index++) ideal += 1 / Math.log2(index + 2);
  const precision = hits / k;
  const recall = targets.size === 0 ? 0 : hits / targets.size;
  return {
    HR: hits > 0 ? 1 : 0,
    NDCG: ideal === 0 ? 0 : gain / ideal,
    MRR: firstHit === 0 ? 0 : 1 / firstHit,
    MAP: targets.size === 0 ? 0 : precisions / targets.size,
    precision,
    recall,
    F1: hits === 0 ? 0 : (2 * precision * recall) / (precision + recall),
  };
}
