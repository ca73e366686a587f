/**
 * Percentile bootstrap over users (Efron and Tibshirani, An Introduction to the Bootstrap, 1993). Where a user has several
 * values, all of them are drawn together, because they depend on each other; the mean is over values.
 */
import type { Random } from "../base/random.ts";

export interface Interval {
  readonly value: number;
  /** Bounds of the 95 % interval. */
  readonly low: number;
  readonly high: number;
}

export interface BootstrapOptions {
  /** The user of each value; without it, each value is a user's. A user's values stand one after the other. */
  readonly users?: ArrayLike<number> | undefined;
  readonly resamples?: number | undefined;
}

/**
 * Mean of per-user values with its interval; values that are NaN are left out. For a paired comparison, pass the users'
 * differences.
 */
export function bootstrapMean(values: ArrayLike<number>, random: Random, options: BootstrapOptions = {}): Interval {
  return bootstrapMeans([values], random, options)[0];
}

/** The same for several columns over the same users, who are drawn once for all of them. */
export function bootstrapMeans(
  columns: readonly ArrayLike<number>[],
  random: Random,
  { users, resamples = 2_000 }: BootstrapOptions = {},
): Interval[] {
  const rows = userRows(columns[0]?.length ?? 0, users);
  const userCount = (rows.at(-1) ?? -1) + 1;
  const grouped = columns.map((values) => byUser(values, rows, userCount));
  const means = columns.map(() => new Float64Array(resamples));
  const drawn = new Float64Array(userCount);
  for (let sample = 0; sample < resamples; sample++) {
    drawn.fill(0);
    for (let draw = 0; draw < userCount; draw++) drawn[random.integer(userCount)] += 1;
    for (const [column, { sums, counts }] of grouped.entries()) {
      const count = product(counts, drawn);
      // Nobody with a value was drawn, which happens only where there are hardly any.
      means[column][sample] = count === 0 ? 0 : product(sums, drawn) / count;
    }
  }
  return grouped.map(({ sums, counts }, column) => {
    const sorted = means[column].sort();
    const count = counts.reduce((sum, one) => sum + one, 0);
    return {
      value: count === 0 ? 0 : sums.reduce((sum, one) => sum + one, 0) / count,
      low: count === 0 ? 0 : sorted[Math.floor(resamples * 0.025)],
      high: count === 0 ? 0 : sorted[Math.min(resamples - 1, Math.floor(resamples * 0.975))],
    };
  });
}

/** The number of each value's user, from 0 in order of appearance. */
function userRows(length: number, users: ArrayLike<number> | undefined): Int32Array {
  const rows = new Int32Array(length);
  for (let index = 1; index < length; index++) {
    const isSame = users !== undefined && users[index] === users[index - 1];
    rows[index] = rows[index - 1] + (isSame ? 0 : 1);
  }
  return rows;
}

function byUser(values: ArrayLike<number>, rows: Int32Array, userCount: number) {
  const sums = new Float64Array(userCount);
  const counts = new Float64Array(userCount);
  for (let index = 0; index < rows.length; index++) {
    if (Number.isNaN(values[index])) continue;
    sums[rows[index]] += values[index];
    counts[rows[index]] += 1;
  }
  return { sums, counts };
}

function product(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let index = 0; index < a.length; index++) sum += a[index] * b[index];
  return sum;
}

/** How much better the first is than the second, user by user: the mean difference with its interval. */
export function pairedDifference(
  first: ArrayLike<number>,
  second: ArrayLike<number>,
  random: Random,
  options: BootstrapOptions = {},
): Interval {
  return bootstrapMean(
    Float64Array.from(first, (value, index) => value - second[index]),
    random,
    options,
  );
}

/** Mean and sample standard deviation of what several seeds reached; a single seed has no spread. */
export function overSeeds(values: readonly number[]): { readonly mean: number; readonly deviation: number | null } {
  const mean = values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
  if (values.length < 2) return { mean, deviation: null };
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: Math.sqrt(squares / (values.length - 1)) };
}
