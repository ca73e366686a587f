/** What most users took: the baseline that every personal recommender has to beat. */
import type { Recommender } from "../core/ports.ts";

/** @param histories the distinct item keys of every user */
export function countPopularity(histories: readonly Int32Array[], itemCount: number): Float32Array {
  const counts = new Float32Array(itemCount);
  for (const items of histories) for (const item of items) counts[item] += 1;
  return counts;
}

export function popularityRecommender(counts: Float32Array): Recommender {
  return { name: "popularity", score: () => counts.slice() };
}
