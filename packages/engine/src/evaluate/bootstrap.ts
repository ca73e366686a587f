/** Percentile bootstrap over users (Efron and Tibshirani, An Introduction to the Bootstrap, 1993). */
import type { Random } from "../base/random.ts";

export interface Interval {
  readonly value: number;
  /** Bounds of the 95 % interval. */
  readonly low: number;
  readonly high: number;
}

/** Mean of per-user values with its interval. For a paired comparison, pass the users' differences. */
export function bootstrapMean(values: ArrayLike<number>, random: Random, resamples = 2_000): Interval {
  const count = values.length;
  if (count === 0) return { value: 0, low: 0, high: 0 };
  let sum = 0;
  for (let index = 0; index < count; index++) sum += values[index];
  const means = new Float64Array(resamples);
  for (let sample = 0; sample < resamples; sample++) {
    let sampled = 0;
    for (let draw = 0; draw < count; draw++) sampled += values[random.integer(count)];
    means[sample] = sampled / count;
  }
  means.sort();
  return {
    value: sum / count,
    low: means[Math.floor(resamples * 0.025)],
    high: means[Math.min(resamples - 1, Math.floor(resamples * 0.975))],
  };
}
