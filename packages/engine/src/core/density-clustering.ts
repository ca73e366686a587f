/**
 * DBSCAN (Ester, Kriegel, Sander and Xu, KDD 1996) over unit vectors: groups are regions where vectors lie close together,
 * of any shape and of any size, and what lies in no such region is noise.
 *
 * A vector with at least `neighboursMin` vectors (itself included) within epsilon is a core of its group; cores within
 * epsilon of each other share a group, and a vector that is no core joins the group of its nearest core within epsilon, so that
 * the result does not depend on the order of the vectors (the paper takes the first core that comes).
 *
 * Epsilon is read off the k-distance curve, as the paper advises: the distances of all vectors to their k-th neighbour in
 * ascending order rise slowly inside groups and steeply among noise. The bend is where the curve lies farthest below the
 * straight line between its ends (Satopää, Albrecht, Irwin and Raghavan, "Kneedle", 2011).
 *
 * Every pair is looked at: for hundreds or a few thousand vectors. Distance is 1 minus the cosine.
 */
import { assert } from "../base/errors.ts";
import { rowCosine, withDirection } from "./spherical-k-means.ts";

export interface DensityClustering {
  /** Group of each vector, from 0 in the order of their first vectors; -1 for noise and all-zero vectors. */
  readonly assignments: Int32Array;
  readonly clusters: number;
  /** The distance within which two vectors are neighbours; 0 where there are too few vectors to tell. */
  readonly epsilon: number;
}

/** Above it the table of all pairs would be too large. */
export const densityVectorsMax = 4_000;

/**
 * @param vectors `[count, dimensions]` row-major, unit or all-zero rows; at most `densityVectorsMax` rows
 * @param options.neighboursMin vectors within epsilon that make a core, itself included
 */
export function densityClusters(
  vectors: Float32Array,
  { dimensions, neighboursMin }: { dimensions: number; neighboursMin: number },
): DensityClustering {
  const rows = withDirection(vectors, dimensions);
  const assignments = new Int32Array(vectors.length / dimensions).fill(-1);
  assert(rows.length <= densityVectorsMax, `at most ${densityVectorsMax} vectors, not ${rows.length}`);
  if (rows.length <= neighboursMin) return { assignments, clusters: 0, epsilon: 0 };

  const distances = pairDistances(vectors, rows, dimensions);
  const count = rows.length;
  const near = (i: number) => distances.subarray(i * count, (i + 1) * count);
  const epsilon = kneeOf(rows.keys().map((i) => near(i).toSorted()[neighboursMin - 1]));
  const isCore = Array.from(rows, (_, i) => near(i).filter((distance) => distance <= epsilon).length >= neighboursMin);

  const groups = new Int32Array(count).fill(-1);
  let clusters = 0;
  for (const start of rows.keys()) {
    if (!isCore[start] || groups[start] >= 0) continue;
    const waiting = [start];
    groups[start] = clusters;
    for (let core = waiting.pop(); core !== undefined; core = waiting.pop()) {
      for (const [other, distance] of near(core).entries()) {
        if (distance > epsilon || !isCore[other] || groups[other] >= 0) continue;
        groups[other] = clusters;
        waiting.push(other);
      }
    }
    clusters++;
  }
  for (const [i, row] of rows.entries()) assignments[row] = isCore[i] ? groups[i] : groupOfNearestCore(i);
  return { assignments, clusters, epsilon };

  function groupOfNearestCore(i: number): number {
    let nearest = -1;
    for (const [other, distance] of near(i).entries()) {
      if (!isCore[other] || distance > epsilon) continue;
      if (nearest < 0 || distance < near(i)[nearest]) nearest = other;
    }
    return nearest < 0 ? -1 : groups[nearest];
  }
}

/** `[rows, rows]`: 1 minus the cosine, at least 0. */
function pairDistances(vectors: Float32Array, rows: Int32Array, dimensions: number): Float32Array {
  const count = rows.length;
  const distances = new Float32Array(count * count);
  for (let i = 0; i < count; i++) {
    for (let j = i + 1; j < count; j++) {
      const distance = Math.max(0, 1 - rowCosine(vectors, rows[i], vectors, rows[j], dimensions));
      distances[i * count + j] = distance;
      distances[j * count + i] = distance;
    }
  }
  return distances;
}

/** The value at which the ascending curve of the values lies farthest below the straight line between its ends. */
function kneeOf(values: Iterable<number>): number {
  const curve = Float64Array.from(values).sort();
  const [first, last] = [curve[0], curve[curve.length - 1]];
  let knee = last;
  let depth = 0;
  for (const [i, value] of curve.entries()) {
    const line = first + ((last - first) * i) / (curve.length - 1);
    if (line - value > depth) {
      depth = line - value;
      knee = value;
    }
  }
  return knee;
}
