/**
 * Ranking metrics over the full catalogue; nothing is sampled. With hits at ranks r (from 1) among the first k:
 *
 *     HR@k   = 1 if there is a hit, else 0
 *     NDCG@k = sum over hits of 1 / log2(r + 1), over the same sum for the best possible order
 *
 * (Järvelin and Kekäläinen, ACM TOIS 2002). Coverage@k is the part of the catalogue that appears in somebody's first k.
 */

/** 1 when a target is among the ranked items, else 0. */
export function hitRate(ranked: readonly number[], targets: ReadonlySet<number>): number {
  return ranked.some((item) => targets.has(item)) ? 1 : 0;
}

export function ndcg(ranked: readonly number[], targets: ReadonlySet<number>, k: number): number {
  let gain = 0;
  for (const [index, item] of ranked.slice(0, k).entries()) if (targets.has(item)) gain += 1 / Math.log2(index + 2);
  let ideal = 0;
  for (let index = 0; index < Math.min(k, targets.size); index++) ideal += 1 / Math.log2(index + 2);
  return ideal === 0 ? 0 : gain / ideal;
}
