/** Timings as the figures that are reported of them. */

export interface Timings {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

/** Percentiles by nearest rank: the smallest timing that at least that part of all are not above. */
export function timings(samplesMs: readonly number[]): Timings {
  const sorted = samplesMs.toSorted((a, b) => a - b);
  const at = (part: number) => sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? Number.NaN;
  return { p50Ms: at(0.5), p99Ms: at(0.99), maxMs: at(1) };
}
