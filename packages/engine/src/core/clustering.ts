/**
 * Into how many groups a set of unit vectors falls, if into any.
 *
 * A clustering is judged by its simplified silhouette. k-means makes some silhouette out of anything, the more so the
 * fewer vectors and the more dimensions there are, so no fixed threshold tells a split from none. `chooseSplit`
 * therefore compares with a reference, in the spirit of the gap statistic (Tibshirani, Walther and Hastie 2001) with
 * the null hypothesis of SigClust (Liu, Hayes, Nobel and Marron 2008): one Gaussian cloud with the mean and the
 * covariance of the data, clustered by k-means. What the data has beyond its covariance is structure.
 *
 *   1. Of many vectors a sample decides.
 *   2. For every k from 2 to the most allowed, cluster the sample, a few times for the most cohesive result. Clusters under
 *      the smallest size give up their centroid, smallest first, and their vectors go where they are nearest, until all are
 *      big enough. Where the vectors are so few that no sample is needed, the regions of density that DBSCAN finds are one
 *      candidate more, their noise given to the nearest.
 *   3. A split counts as one when its silhouette exceeds the reference's by 3 standard errors of the difference and by
 *      0.02 at least, because a difference that nobody would see is no interest. Of those, the one with the largest gain
 *      over its reference wins; one in which a cluster holds more than 60 % of the vectors only if all do.
 *   4. The centroids of a split by k-means start a clustering of all vectors, with the same rule for small clusters.
 *
 * Where the vectors were clustered before, the old clusters are continued (`steady-split.ts`) and kept while they are nearly
 * as cohesive as new ones would be, or, where there would be no new ones, while clusters around their centroids are better
 * than none. What was one group before is split only by three times the evidence. So a group at the border does not come
 * and go.
 */
import { assert } from "../base/errors.ts";
import { type Random, seededRandom } from "../base/random.ts";
import { densityClusters } from "./density-clustering.ts";
import { type Quality, silhouette, structureless } from "./silhouette.ts";
import {
  type Clustering,
  type Clusters,
  clusterSizes,
  refineClusters,
  rowCosine,
  sphericalKMeans,
  withDirection,
} from "./spherical-k-means.ts";
import { continueClusters } from "./steady-split.ts";

export interface Split extends Clusters {
  readonly clusters: number;
}

/** How the vectors were clustered before. */
export interface EarlierClusters {
  /** Cluster of each vector, from 0; -1 for newcomers. [count] */
  readonly assignments: Int32Array;
  /** 0 where they were one group. */
  readonly clusters: number;
  /** They are continued while their cohesion is at least this part of what new clusters reach, 0 to 1. */
  readonly cohesionMin: number;
}

interface Candidate extends Clusters {
  /** Silhouette above the reference's. */
  readonly gain: number;
  /** Standard error of the gain. */
  readonly doubt: number;
  readonly lopsided: boolean;
}

const sampleMax = 600;
const largestShareMax = 0.6;
const gainMin = 0.02;
const standardErrorsMin = 3;
/** What was one group needs so much more evidence to be split than what was never seen. */
const inertia = 3;
/** A cluster that is there already may be smaller than a new one by this factor. */
const toleratedSize = 1 / 2;
const sampleIterations = 12;
const sampleRestarts = 3;
const trialIterations = 2;
const finalIterations = 8;
/** Ester and others advise 4 in the plane; more dimensions bring more chance neighbours. */
const densityNeighbours = 6;

/**
 * The split of the vectors that is most clearly better than none, or null when none is.
 *
 * @param vectors `[count, dimensions]` row-major, unit or all-zero rows
 * @param options.clustersMax most clusters of a new split, at least 2
 * @param options.sizeMin fewest vectors in a cluster
 * @param options.before what to stay near to
 */
export function chooseSplit(
  vectors: Float32Array,
  options: {
    dimensions: number;
    clustersMax: number;
    sizeMin: number;
    seed: number;
    before?: EarlierClusters | undefined;
  },
): Split | null {
  const { dimensions, clustersMax, seed, before } = options;
  const sizeMin = Math.max(1, options.sizeMin);
  assert(clustersMax >= 2, `at least 2 clusters are allowed, not ${clustersMax}`);
  const directions = withDirection(vectors, dimensions);
  if (directions.length < Math.max(4, 2 * sizeMin * (before === undefined ? 1 : toleratedSize))) return null;

  const random = seededRandom(seed);
  const rows = sampleRows(directions, random);
  const sample = pick(vectors, dimensions, rows);
  const sampleSizeMin = Math.max(1, Math.floor((sizeMin * rows.length) / directions.length));
  const reference = structureless(sample, dimensions, random);
  const references = new Map<number, Quality>();

  const steady = before === undefined || before.clusters < 2 ? undefined : continued(before);
  const needed = before !== undefined && before.clusters < 2 ? inertia : 1;
  const found = [...byMeans(), ...byDensity()].filter(
    ({ gain, doubt }) => gain >= needed * Math.max(gainMin, standardErrorsMin * doubt),
  );
  const even = found.filter(({ lopsided }) => !lopsided);
  const candidates = (even.length > 0 ? even : found).sort((a, b) => b.gain - a.gain);
  let fresh: Split | null = null;
  for (const candidate of candidates) {
    const split = overAll(candidate);
    const clusters = split.centroids.length / dimensions;
    if (clusters < 2) continue;
    fresh = { assignments: split.assignments, centroids: split.centroids, clusters };
    break;
  }
  if (steady === undefined) return fresh;
  if (fresh === null) return steady.gain > 0 ? steady.split : null;
  return cohesion(vectors, steady.split, dimensions) >= before!.cohesionMin * cohesion(vectors, fresh, dimensions)
    ? steady.split
    : fresh;

  function* byMeans(): Generator<Candidate> {
    for (let clusters = 2; clusters <= Math.min(clustersMax, Math.floor(rows.length / sampleSizeMin)); clusters++) {
      const start = bestOfSeveral(sample, { dimensions, clusters, seed });
      const split = withoutSmall(sample, start, {
        dimensions,
        sizeMin: sampleSizeMin,
        iterationsMax: sampleIterations,
      });
      if (split.centroids.length >= 2 * dimensions) yield judged(split);
    }
  }

  function* byDensity(): Generator<Candidate> {
    if (directions.length > sampleMax) return;
    const { assignments, clusters } = densityClusters(sample, { dimensions, neighboursMin: densityNeighbours });
    if (clusters < 2 || clusters > clustersMax) return;
    const split = continueClusters(sample, assignments, { dimensions, clusters, sizeMin });
    if (split.centroids.length >= 2 * dimensions) yield judged(split);
  }

  /** The sample's clusters with what they are worth. */
  function judged(split: Clusters): Candidate {
    const clusters = split.centroids.length / dimensions;
    const quality = silhouette(sample, split, dimensions);
    let nothing = references.get(clusters);
    if (nothing === undefined) {
      nothing = silhouette(reference, bestOfSeveral(reference, { dimensions, clusters, seed }), dimensions);
      references.set(clusters, nothing);
    }
    const lopsided = Math.max(...clusterSizes(split.assignments, clusters)) > largestShareMax * rows.length;
    const doubt = Math.sqrt(quality.variance + nothing.variance);
    return { ...split, gain: quality.mean - nothing.mean, doubt, lopsided };
  }

  function continued({ assignments, clusters: earlier }: EarlierClusters): { split: Split; gain: number } | undefined {
    const options = { dimensions, clusters: earlier, sizeMin: Math.ceil(sizeMin * toleratedSize) };
    const { assignments: now, centroids } = continueClusters(vectors, assignments, options);
    const clusters = centroids.length / dimensions;
    if (clusters < 2) return undefined;
    // Few vectors were moved, so that the centroids are judged by what they attract.
    const { gain } = judged(refineClusters(sample, centroids, { dimensions, iterationsMax: 0 }));
    return { split: { assignments: now, centroids, clusters }, gain };
  }

  /** All vectors by the candidate that the sample gave. */
  function overAll(candidate: Candidate): Clusters {
    if (rows.length === directions.length) {
      const assignments = new Int32Array(vectors.length / dimensions).fill(-1);
      for (const [at, row] of rows.entries()) assignments[row] = candidate.assignments[at];
      return { assignments, centroids: candidate.centroids };
    }
    const start = refineClusters(vectors, candidate.centroids, { dimensions, iterationsMax: finalIterations });
    return withoutSmall(vectors, start, { dimensions, sizeMin, iterationsMax: finalIterations });
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

/** Mean cosine of the vectors to their centroid. */
function cohesion(vectors: Float32Array, { assignments, centroids }: Clusters, dimensions: number): number {
  let sum = 0;
  let count = 0;
  for (const [row, cluster] of assignments.entries()) {
    if (cluster < 0) continue;
    sum += rowCosine(vectors, row, centroids, cluster, dimensions);
    count++;
  }
  return count === 0 ? 0 : sum / count;
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
