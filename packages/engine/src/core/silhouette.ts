/**
 * How well a clustering separates, and how well nothing at all would.
 *
 * The simplified silhouette of a vector is `(b - a) / max(a, b)`, a its distance to its own centroid and b that to the
 * nearest other one (Hruschka, de Castro and Campello 2004); a clustering's is the mean. Unlike the silhouette over pairs it
 * takes time linear in the vectors. `structureless` draws what a clustering's silhouette is to be compared with: as many
 * vectors from one Gaussian cloud with the mean and the covariance of the data.
 */
import type { Random } from "../base/random.ts";
import { multiply, type SparseMatrix } from "./sparse-matrix.ts";
import { rowCosine } from "./spherical-k-means.ts";

export interface Quality {
  readonly mean: number;
  /** Squared standard error of the mean. */
  readonly variance: number;
}

/** 0 for fewer than two clusters. All-zero vectors, whose cluster is -1, do not count. */
export function silhouette(
  vectors: Float32Array,
  { assignments, centroids }: { readonly assignments: Int32Array; readonly centroids: Float32Array },
  dimensions: number,
): Quality {
  const clusters = centroids.length / dimensions;
  if (clusters < 2) return { mean: 0, variance: 0 };
  let count = 0;
  let sum = 0;
  let squares = 0;
  for (const [row, cluster] of assignments.entries()) {
    if (cluster < 0) continue;
    let own = 0;
    let other = Number.POSITIVE_INFINITY;
    for (let c = 0; c < clusters; c++) {
      const distance = Math.max(0, 1 - rowCosine(vectors, row, centroids, c, dimensions));
      if (c === cluster) own = distance;
      else other = Math.min(other, distance);
    }
    const larger = Math.max(own, other);
    const width = larger === 0 ? 0 : (other - own) / larger;
    count++;
    sum += width;
    squares += width * width;
  }
  if (count === 0) return { mean: 0, variance: 0 };
  const mean = sum / count;
  return { mean, variance: Math.max(0, squares / count - mean * mean) / count };
}

/**
 * As many vectors from one Gaussian cloud with the sample's mean and covariance, turned to unit length. It needs no
 * covariance matrix: with independent standard normal g, `mean + sum_i g_i (x_i - mean) / sqrt(n)` is a draw. The table of
 * normal numbers is written as a sparse matrix with every entry present, for the sake of its fast product.
 */
export function structureless(sample: Float32Array, dimensions: number, random: Random): Float32Array {
  const count = sample.length / dimensions;
  const mean = new Float64Array(dimensions);
  for (let at = 0; at < sample.length; at++) mean[at % dimensions] += sample[at] / count;
  const centred = Float64Array.from(sample, (value, at) => value - mean[at % dimensions]);
  const weights: SparseMatrix = {
    rows: count,
    columns: count,
    offsets: Int32Array.from({ length: count + 1 }, (_, row) => row * count),
    indices: Int32Array.from({ length: count * count }, (_, at) => at % count),
    values: Float32Array.from({ length: count * count }, () => random.normal() / Math.sqrt(count)),
  };
  const cloud = multiply(weights, centred, dimensions).map((value, at) => value + mean[at % dimensions]);
  const drawn = new Float32Array(sample.length);
  for (let from = 0; from < cloud.length; from += dimensions) {
    const row = cloud.subarray(from, from + dimensions);
    const length = Math.sqrt(row.reduce((sum, value) => sum + value * value, 0));
    if (length > 0) for (const [d, value] of row.entries()) drawn[from + d] = value / length;
  }
  return drawn;
}
