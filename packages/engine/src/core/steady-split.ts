/**
 * Goes on with the clusters that there were: what a rebuild does before it looks for new ones.
 *
 *   1. Every cluster starts from the mean direction of the vectors that it had. Their old centroids would not do: the
 *      vectors themselves may have been fitted anew since, in a space of their own.
 *   2. Newcomers join the nearest centroid, and the centroids follow, a few times.
 *   3. Clusters that have become too small give up, smallest first; their vectors are newcomers again.
 *   4. Of the vectors that were there before, few move: those that gain most by it, up to 2 % of them. Snapshot quality
 *      against history cost, as in evolutionary clustering (Chakrabarti, Kumar and Tomkins, KDD 2006), with a budget instead
 *      of a price, so that what is promised to people who keep references to interests can be said in one number.
 */
import { type Clusters, clusterSizes, moveCentroids, rowCosine, withDirection } from "./spherical-k-means.ts";

/** Of the vectors with a known cluster, the part that may move into another. */
const movingShareMax = 0.02;
const iterations = 4;

/**
 * @param vectors `[count, dimensions]` row-major, unit or all-zero rows
 * @param known cluster of each vector before, from 0; -1 for newcomers
 * @param options.clusters how many there were
 * @param options.sizeMin clusters with fewer vectors give up
 * @returns the clusters that are left, numbered anew in their old order; possibly one or none
 */
export function continueClusters(
  vectors: Float32Array,
  known: Int32Array,
  options: { dimensions: number; clusters: number; sizeMin: number },
): Clusters {
  const { dimensions, sizeMin } = options;
  const rows = withDirection(vectors, dimensions);
  const old = new Int32Array(known.length).fill(-1);
  for (const row of rows) old[row] = known[row];
  for (let clusters = options.clusters; ; clusters--) {
    const centroids = new Float32Array(clusters * dimensions);
    const assignments = old.slice();
    for (let iteration = 0; iteration < iterations; iteration++) {
      moveCentroids(vectors, assignments, dimensions, centroids);
      for (const row of rows) if (old[row] < 0) assignments[row] = nearest(vectors, row, centroids, dimensions).cluster;
    }
    const sizes = clusterSizes(assignments, clusters);
    const smallest = sizes.indexOf(Math.min(...sizes));
    if (clusters === 0 || sizes[smallest] >= sizeMin) {
      for (const { row, cluster } of worthMoving(vectors, old, centroids, dimensions)) assignments[row] = cluster;
      moveCentroids(vectors, assignments, dimensions, centroids);
      return { assignments, centroids };
    }
    for (const row of rows) {
      if (old[row] === smallest) old[row] = -1;
      else if (old[row] > smallest) old[row]--;
    }
  }
}

/** The nearest centroid of a row, the lower number among equals; -1 where there is none. */
function nearest(
  vectors: Float32Array,
  row: number,
  centroids: Float32Array,
  dimensions: number,
): { cluster: number; cosine: number } {
  let cluster = -1;
  let cosine = Number.NEGATIVE_INFINITY;
  for (let c = 0; c * dimensions < centroids.length; c++) {
    const candidate = rowCosine(vectors, row, centroids, c, dimensions);
    if (candidate <= cosine) continue;
    cluster = c;
    cosine = candidate;
  }
  return { cluster, cosine };
}

/** The vectors that gain most by another cluster than theirs, as many as may move. */
function worthMoving(vectors: Float32Array, old: Int32Array, centroids: Float32Array, dimensions: number) {
  const moves: { row: number; cluster: number; gain: number }[] = [];
  let count = 0;
  for (const [row, own] of old.entries()) {
    if (own < 0) continue;
    count++;
    const { cluster, cosine } = nearest(vectors, row, centroids, dimensions);
    if (cluster === own) continue;
    moves.push({ row, cluster, gain: cosine - rowCosine(vectors, row, centroids, own, dimensions) });
  }
  return moves.sort((a, b) => b.gain - a.gain || a.row - b.row).slice(0, Math.floor(count * movingShareMax));
}
