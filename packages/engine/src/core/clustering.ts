/**
 * Into how many groups a set of unit vectors falls, if into any.
 *
 * A clustering is judged by its simplified silhouette. k-means makes some silhouette out of anything, the more so the
 * fewer vectors and the more dimensions there are, so no fixed threshold tells a split from none. `chooseSplit`
 * therefore compares with a reference, in the spirit of the gap statistic (Tibshirani, Walther and Hastie 2001) with
 * the null hypothesis of SigClust (Liu, Hayes, Nobel and Marron 2008): one Gaussian cloud with the mean and the
 * covariance of the data, clustered by the same procedure. What the data has beyond its covariance is structure.
 *
 *   1. Of many vectors a sample decides. Its reference needs no covariance matrix: with independent standard normal g,
 *      `mean + sum_i g_i (x_i - mean) / sqrt(n)` is a draw from that Gaussian.
 *   2. For every k from 2 to the most allowed, cluster the sample, a few times for the most cohesive result. Clusters under the smallest size give up their
 *      centroid, smallest first, and their vectors go where they are nearest, until all are big enough.
 *   3. A split counts as one when its silhouette exceeds the reference's by 3 standard errors of the difference and by
 *      0.02 at least, because a difference that nobody would see is no interest. Of those, the one with the largest gain
 *      over its reference wins; one in which a cluster holds more than 60 % of the vectors only if all do.
 *   4. Its centroids start a clustering of all vectors, with the same rule for small clusters.
 */
import { assert } from "../base/errors.ts";
import { type Random, seededRandom } from "../base/random.ts";
import { multiply, type SparseMatrix } from "./sparse-matrix.ts";
import {
  type Clustering,
  clusterSizes,
  refineClusters,
  rowCosine,
  sphericalKMeans,
  withDirection,
} from "./spherical-k-means.ts";

export { type Clustering, sphericalKMeans } from "./spherical-k-means.ts";

export interface Split {
  /** Cluster of each vector, from 0; -1 for all-zero vectors. */
  readonly assignments: Int32Array;
  /** `[clusters, dimensions]` row-major, unit rows. */
  readonly centroids: Float32Array;
  /** Simplified silhouette over all vectors, -1 to 1. */
  readonly silhouette: number;
  readonly clusters: number;
}

const sampleMax = 600;
const largestShareMax = 0.6;
const gainMin = 0.02;
const gainStandardErrorsMin = 3;
const sampleIterations = 12;
const sampleRestarts = 3;
const trialIterations = 2;
const finalIterations = 8;

/**
 * Mean over the vectors of `(b - a) / max(a, b)`, a the distance to the own centroid and b that to the nearest other
 * one (Hruschka, de Castro and Campello 2004). Unlike the silhouette over pairs it takes time linear in the vectors.
 * 0 for fewer than two clusters. All-zero vectors do not count.
 */
export function simplifiedSilhouette(
  vectors: Float32Array,
  clustering: { readonly assignments: Int32Array; readonly centroids: Float32Array },
  options: { dimensions: number },
): number {
  return silhouette(vectors, clustering, options.dimensions).mean;
}

function silhouette(
  vectors: Float32Array,
  { assignments, centroids }: { readonly assignments: Int32Array; readonly centroids: Float32Array },
  dimensions: number,
): { mean: number /** Squared standard error of the mean. */; variance: number } {
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
 * The split of the vectors that is most clearly better than none, or null when none is.
 *
 * @param vectors `[count, dimensions]` row-major, unit or all-zero rows
 * @param options.clustersMax most clusters, at least 2
 * @param options.sizeMin fewest vectors in a cluster
 */
export function chooseSplit(
  vectors: Float32Array,
  options: { dimensions: number; clustersMax: number; sizeMin: number; seed: number },
): Split | null {
  const { dimensions, clustersMax, seed } = options;
  const sizeMin = Math.max(1, options.sizeMin);
  assert(clustersMax >= 2, `at least 2 clusters are allowed, not ${clustersMax}`);
  const directions = withDirection(vectors, dimensions);
  if (directions.length < Math.max(4, 2 * sizeMin)) return null;

  const random = seededRandom(seed);
  const sample = pick(vectors, dimensions, sampleRows(directions, random));
  const sampleCount = sample.length / dimensions;
  const sampleSizeMin = Math.max(1, Math.floor((sizeMin * sampleCount) / directions.length));
  const reference = structureless(sample, dimensions, random);

  const references = new Map<number, { mean: number; variance: number }>();
  const found: { centroids: Float32Array; gain: number; lopsided: boolean }[] = [];
  for (let clusters = 2; clusters <= Math.min(clustersMax, Math.floor(sampleCount / sampleSizeMin)); clusters++) {
    const start = bestOfSeveral(sample, { dimensions, clusters, seed });
    const split = withoutSmall(sample, start, { dimensions, sizeMin: sampleSizeMin, iterationsMax: sampleIterations });
    const left = split.centroids.length / dimensions;
    if (left < 2) continue;
    const quality = silhouette(sample, split, dimensions);
    const nothing = references.get(left) ?? referenceQuality(left);
    references.set(left, nothing);
    const gain = quality.mean - nothing.mean;
    if (gain < Math.max(gainMin, gainStandardErrorsMin * Math.sqrt(quality.variance + nothing.variance))) continue;
    const largest = Math.max(...clusterSizes(split.assignments, left));
    found.push({ centroids: split.centroids, gain, lopsided: largest > largestShareMax * sampleCount });
  }

  const even = found.filter(({ lopsided }) => !lopsided);
  for (const { centroids } of (even.length > 0 ? even : found).sort((a, b) => b.gain - a.gain)) {
    const start = refineClusters(vectors, centroids, { dimensions, iterationsMax: finalIterations });
    const split = withoutSmall(vectors, start, { dimensions, sizeMin, iterationsMax: finalIterations });
    const clusters = split.centroids.length / dimensions;
    if (clusters < 2) continue;
    return { ...split, silhouette: simplifiedSilhouette(vectors, split, { dimensions }), clusters };
  }
  return null;

  function referenceQuality(clusters: number) {
    return silhouette(reference, bestOfSeveral(reference, { dimensions, clusters, seed }), dimensions);
  }
}

/**
 * k-means ends in the optimum nearest to its seeds, so a few sets of seeds are tried: which of them leads to the most
 * cohesive clusters shows after a few iterations, and only that one is finished.
 */
function bestOfSeveral(
  sample: Float32Array,
  options: { dimensions: number; clusters: number; seed: number },
): Clustering {
  const begun = Array.from({ length: sampleRestarts }, (_, restart) =>
    sphericalKMeans(sample, { ...options, seed: options.seed + restart, iterationsMax: trialIterations }),
  );
  const { centroids } = begun.reduce((best, next) => (next.cohesion > best.cohesion ? next : best));
  return refineClusters(sample, centroids, { dimensions: options.dimensions, iterationsMax: sampleIterations });
}

/** Takes away the centroid of the smallest cluster until all have at least `sizeMin` vectors or one is left. */
function withoutSmall(
  vectors: Float32Array,
  clustering: Clustering,
  options: { dimensions: number; sizeMin: number; iterationsMax: number },
): Clustering {
  const { dimensions, sizeMin, iterationsMax } = options;
  for (;;) {
    const clusters = clustering.centroids.length / dimensions;
    const sizes = clusterSizes(clustering.assignments, clusters);
    const smallest = sizes.indexOf(Math.min(...sizes));
    if (clusters < 2 || sizes[smallest] >= sizeMin) return clustering;
    const kept = clustering.centroids.filter((_, at) => Math.floor(at / dimensions) !== smallest);
    clustering = refineClusters(vectors, kept, { dimensions, iterationsMax });
  }
}

/** At most `sampleMax` of the rows, drawn without replacement (Fisher and Yates), in ascending order. */
function sampleRows(rows: Int32Array, random: Random): Int32Array {
  if (rows.length <= sampleMax) return rows;
  const shuffled = rows.slice();
  for (let i = 0; i < sampleMax; i++) {
    const j = i + random.integer(shuffled.length - i);
    [shuffled[i], shuffled[j]] = [shuffled[j], shuffled[i]];
  }
  return shuffled.subarray(0, sampleMax).toSorted();
}

function pick(vectors: Float32Array, dimensions: number, rows: Int32Array): Float32Array {
  const picked = new Float32Array(rows.length * dimensions);
  for (const [i, row] of rows.entries()) {
    picked.set(vectors.subarray(row * dimensions, (row + 1) * dimensions), i * dimensions);
  }
  return picked;
}

/**
 * As many vectors from one Gaussian cloud with the sample's mean and covariance, turned to unit length. The table of
 * normal numbers is written as a sparse matrix with every entry present, for the sake of its fast product.
 */
function structureless(sample: Float32Array, dimensions: number, random: Random): Float32Array {
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
