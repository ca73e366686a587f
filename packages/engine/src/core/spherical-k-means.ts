/**
 * Spherical k-means (Dhillon and Modha, Machine Learning 2001): groups of vectors with similar directions. Vectors have
 * unit length, nearness is the cosine, and distance is 1 minus it.
 *
 * The algorithm alternates between giving every vector to its nearest centroid and turning every centroid to the mean
 * direction of its vectors. It starts from greedy k-means++ seeds (Arthur and Vassilvitskii, SODA 2007): each next seed
 * is the best of a few drawn with probability proportional to their distance from the seeds so far, which for unit
 * vectors is half the squared Euclidean distance of the paper. A cluster that lost all its vectors starts again from
 * the vector that is farthest from its centroid.
 *
 * All-zero vectors have no direction: they belong to no cluster (-1) and move no centroid.
 */
import { assert } from "../base/errors.ts";
import { type Random, seededRandom } from "../base/random.ts";

export interface Clusters {
  /** Cluster of each vector, from 0; -1 for all-zero vectors. */
  readonly assignments: Int32Array;
  /** `[clusters, dimensions]` row-major, unit rows. */
  readonly centroids: Float32Array;
}

export interface Clustering extends Clusters {
  /** Mean cosine of the vectors to their own centroid; 0 when there are no vectors. */
  readonly cohesion: number;
}

/**
 * @param vectors `[count, dimensions]` row-major, unit or all-zero rows
 * @param options.clusters how many; fewer come back when there are fewer different vectors
 * @param options.iterationsMax default 30; it ends earlier when no vector changes its cluster
 */
export function sphericalKMeans(
  vectors: Float32Array,
  options: { dimensions: number; clusters: number; seed: number; iterationsMax?: number },
): Clustering {
  const { dimensions, clusters, seed, iterationsMax = 30 } = options;
  assert(Number.isInteger(clusters) && clusters >= 1, `at least 1 cluster, not ${clusters}`);
  const directions = withDirection(vectors, dimensions);
  const seeds = seedCentroids(directions, vectors, dimensions, clusters, seededRandom(seed));
  return refineClusters(vectors, seeds, { dimensions, iterationsMax });
}

/** The same from given centroids, `[clusters, dimensions]` row-major with unit rows. */
export function refineClusters(
  vectors: Float32Array,
  start: Float32Array,
  options: { dimensions: number; iterationsMax: number },
): Clustering {
  const { dimensions, iterationsMax } = options;
  const count = vectors.length / dimensions;
  const clusters = start.length / dimensions;
  const centroids = start.slice();
  const rows = withDirection(vectors, dimensions);
  const assignments = new Int32Array(count).fill(-1);
  const cosines = new Float64Array(count);
  let changed = assign(vectors, rows, centroids, dimensions, assignments, cosines);
  for (let iteration = 0; iteration < iterationsMax && changed > 0; iteration++) {
    reseedEmpty(assignments, cosines, clusters);
    moveCentroids(vectors, assignments, dimensions, centroids);
    changed = assign(vectors, rows, centroids, dimensions, assignments, cosines);
  }
  const sum = rows.reduce((sum, row) => sum + cosines[row], 0);
  return { assignments, centroids, cohesion: rows.length === 0 ? 0 : sum / rows.length };
}

/** Indices of the rows that are not all zero. */
export function withDirection(vectors: Float32Array, dimensions: number): Int32Array {
  assert(dimensions >= 1 && vectors.length % dimensions === 0, `${vectors.length} values make rows of ${dimensions}`);
  const rows: number[] = [];
  for (let row = 0; row * dimensions < vectors.length; row++) {
    for (let d = row * dimensions; d < (row + 1) * dimensions; d++) {
      if (vectors[d] === 0) continue;
      rows.push(row);
      break;
    }
  }
  return Int32Array.from(rows);
}

/** Cosine of row `a` of `left` and row `b` of `right`: four sums side by side keep the processor busy. */
export function rowCosine(left: Float32Array, a: number, right: Float32Array, b: number, dimensions: number): number {
  let i = a * dimensions;
  let j = b * dimensions;
  const end = i + dimensions;
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  for (; i + 4 <= end; i += 4, j += 4) {
    s0 += left[i] * right[j];
    s1 += left[i + 1] * right[j + 1];
    s2 += left[i + 2] * right[j + 2];
    s3 += left[i + 3] * right[j + 3];
  }
  for (; i < end; i++, j++) s0 += left[i] * right[j];
  return s0 + s1 + (s2 + s3);
}

function seedCentroids(
  rows: Int32Array,
  vectors: Float32Array,
  dimensions: number,
  clusters: number,
  random: Random,
): Float32Array {
  const seeds: number[] = [];
  if (rows.length > 0) seeds.push(rows[random.integer(rows.length)]);
  let distances: Float64Array = Float64Array.from(rows, (row) => distance(row, seeds[0]));
  const trials = 2 + Math.floor(Math.log(clusters));
  while (seeds.length > 0 && seeds.length < clusters) {
    const total = distances.reduce((sum, value) => sum + value, 0);
    if (total <= 1e-6 * rows.length) break; // all vectors coincide with a seed
    let best: { row: number; distances: Float64Array; total: number } | undefined;
    for (let trial = 0; trial < trials; trial++) {
      const row = rows[draw(distances, random.uniform() * total)];
      const after = distances.map((value, i) => (value === 0 ? 0 : Math.min(value, distance(rows[i], row))));
      const totalAfter = after.reduce((sum, value) => sum + value, 0);
      if (best === undefined || totalAfter < best.total) best = { row, distances: after, total: totalAfter };
    }
    seeds.push(best!.row);
    distances = best!.distances;
  }
  const centroids = new Float32Array(seeds.length * dimensions);
  for (const [c, row] of seeds.entries()) {
    centroids.set(vectors.subarray(row * dimensions, (row + 1) * dimensions), c * dimensions);
  }
  return centroids;

  function distance(a: number, b: number): number {
    return Math.max(0, 1 - rowCosine(vectors, a, vectors, b, dimensions));
  }
}

/** The first index at which the running sum of the weights exceeds `target`. */
function draw(weights: Float64Array, target: number): number {
  let last = 0;
  for (const [i, weight] of weights.entries()) {
    if (weight === 0) continue;
    last = i;
    target -= weight;
    if (target < 0) break;
  }
  return last;
}

/** Gives every vector to its nearest centroid, the lower number among equals; returns how many moved. */
function assign(
  vectors: Float32Array,
  rows: Int32Array,
  centroids: Float32Array,
  dimensions: number,
  assignments: Int32Array,
  cosines: Float64Array,
): number {
  const clusters = centroids.length / dimensions;
  let changed = 0;
  for (const row of rows) {
    let nearest = -1;
    let cosine = Number.NEGATIVE_INFINITY;
    for (let c = 0; c < clusters; c++) {
      const candidate = rowCosine(vectors, row, centroids, c, dimensions);
      if (candidate > cosine) {
        nearest = c;
        cosine = candidate;
      }
    }
    if (assignments[row] !== nearest) changed++;
    assignments[row] = nearest;
    cosines[row] = cosine;
  }
  return changed;
}

/** Moves the vector farthest from its centroid, out of a cluster that keeps others, into each empty cluster. */
function reseedEmpty(assignments: Int32Array, cosines: Float64Array, clusters: number): void {
  const sizes = clusterSizes(assignments, clusters);
  for (let c = 0; c < clusters; c++) {
    if (sizes[c] > 0) continue;
    let farthest = -1;
    for (const [row, own] of assignments.entries()) {
      if (own < 0 || sizes[own] < 2) continue;
      if (farthest < 0 || cosines[row] < cosines[farthest]) farthest = row;
    }
    if (farthest < 0) continue;
    sizes[assignments[farthest]]--;
    sizes[c] = 1;
    assignments[farthest] = c;
    cosines[farthest] = 1;
  }
}

export function clusterSizes(assignments: Int32Array, clusters: number): Int32Array {
  const sizes = new Int32Array(clusters);
  for (const cluster of assignments) if (cluster >= 0) sizes[cluster]++;
  return sizes;
}

/** Turns each centroid to the mean direction of its vectors; one whose vectors cancel out, or that has none, stays where it is. */
export function moveCentroids(
  vectors: Float32Array,
  assignments: Int32Array,
  dimensions: number,
  centroids: Float32Array,
): void {
  const sums = new Float64Array(centroids.length);
  for (const [row, cluster] of assignments.entries()) {
    if (cluster < 0) continue;
    const from = row * dimensions;
    const to = cluster * dimensions;
    for (let d = 0; d < dimensions; d++) sums[to + d] += vectors[from + d];
  }
  for (let at = 0; at < sums.length; at += dimensions) {
    let squares = 0;
    for (let d = at; d < at + dimensions; d++) squares += sums[d] * sums[d];
    if (squares < 1e-12) continue;
    const scale = 1 / Math.sqrt(squares);
    for (let d = at; d < at + dimensions; d++) centroids[d] = sums[d] * scale;
  }
}
