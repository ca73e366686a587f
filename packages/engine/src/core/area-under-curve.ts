/**
 * The probability that a yes is rated above a no, ties counting half (Mann and Whitney, 1947): how well scores put answers in
 * order, for whoever measures and for whoever stops a training by it.
 */

/** From the ranks' sum, ties having the mean of their ranks; NaN when there is only one kind of outcome. */
export function areaUnderCurve(scores: ArrayLike<number>, happened: ArrayLike<number>): number {
  const order = Array.from({ length: scores.length }, (_, index) => index).sort((a, b) => scores[a] - scores[b]);
  let rankSum = 0;
  let positives = 0;
  for (let start = 0; start < order.length; ) {
    let end = start;
    while (end < order.length && scores[order[end]] === scores[order[start]]) end += 1;
    for (let at = start; at < end; at++) {
      if (happened[order[at]] !== 1) continue;
      rankSum += (start + 1 + end) / 2;
      positives += 1;
    }
    start = end;
  }
  const negatives = order.length - positives;
  return positives === 0 || negatives === 0
    ? Number.NaN
    : (rankSum - (positives * (positives + 1)) / 2) / (positives * negatives);
}
