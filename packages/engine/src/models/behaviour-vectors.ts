/**
 * What items mean by how people use them: items taken by the same people get near vectors.
 *
 * Truncated singular value decomposition of the user-item matrix (PureSVD; Cremonesi, Koren and Turrin, RecSys 2010), an
 * entry weighted by n_u^-1/2 p_i^-1/4 for a user of n_u items and an item of p_i users, so that neither the most active
 * people nor the best-known items span the space; an item's vector is its right singular vector at unit length.
 */
import { sparseMatrix } from "../core/sparse-matrix.ts";
import { truncatedSvd } from "../core/truncated-svd.ts";
import { countPopularity } from "./popularity.ts";

/** An item needs this many users for its vector to say more than whose it was. */
const usersMin = 2;

/**
 * @param histories the distinct item keys of every user
 * @returns `[itemCount, dimensions]` row-major; unit rows, all zeros for items with too few users
 */
export function fitBehaviourVectors(
  histories: readonly Int32Array[],
  itemCount: number,
  { dimensions, seed }: { dimensions: number; seed: number },
): Float32Array {
  const vectors = new Float32Array(itemCount * dimensions);
  const users = countPopularity(histories, itemCount);
  const rows = histories
    .map((items) => items.filter((item) => users[item] >= usersMin).sort())
    .filter((items) => items.length > 1)
    .map((items) => [...items].map((item): [number, number] => [item, items.length ** -0.5 * users[item] ** -0.25]));
  if (rows.length < 2) return vectors;

  const { right, singularValues } = truncatedSvd(sparseMatrix(itemCount, rows), { rank: dimensions, seed });
  const rank = singularValues.length;
  for (let item = 0; item < itemCount; item++) {
    const row = right.subarray(item * rank, (item + 1) * rank);
    let squares = 0;
    for (const value of row) squares += value * value;
    if (squares < 1e-12) continue;
    const scale = 1 / Math.sqrt(squares);
    for (let d = 0; d < rank; d++) vectors[item * dimensions + d] = row[d] * scale;
  }
  return vectors;
}
