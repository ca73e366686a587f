/**
 * Where an embedder is given, words that are said and searched for have no vector of it: nobody waits for a model, and folding
 * asks none. The catalogue's own words stand in: the matrix that best turns their vectors of the items into the items' own ones, by
 * least squares with a penalty on its length (ridge regression),
 *
 *   M = (W'W + penalty I)^-1 W'V      W [items, words' dimensions], V [items, dimensions]
 *
 * so that words lie in the items' space, near to items that say the like. Without it they would lie nowhere.
 */

import { solveCholesky } from "../models/cholesky.ts";
import type { FusionPart } from "../text/fusion.ts";

/** Relative to the mean of the diagonal of W'W; between .003 and .3 hardly anything changes (decision 58). */
const penalty = 0.03;
/** Evenly taken from all. */
const itemsMax = 5_000;

/**
 * @param words vectors of the items by the catalogue's own words
 * @param vectors of the same items, in the space that words are to be put into
 * @returns undefined where the words say nothing of any item
 */
export function fitStandIn(
  source: string,
  words: readonly Float32Array[],
  vectors: readonly Float32Array[],
): FusionPart | undefined {
  const dimensions = words[0]?.length ?? 0;
  const width = vectors[0]?.length ?? 0;
  const squares = new Float64Array(dimensions * dimensions);
  const products = Array.from({ length: width }, () => new Float64Array(dimensions));
  const count = Math.min(itemsMax, words.length);
  for (let at = 0; at < count; at++) {
    const item = Math.floor((at * words.length) / count);
    const [word, vector] = [words[item], vectors[item]];
    for (let i = 0; i < dimensions; i++) {
      if (word[i] === 0) continue;
      for (let j = 0; j <= i; j++) squares[i * dimensions + j] += word[i] * word[j];
      for (let k = 0; k < width; k++) products[k][i] += word[i] * vector[k];
    }
  }
  let trace = 0;
  for (let i = 0; i < dimensions; i++) trace += squares[i * dimensions + i];
  if (trace === 0) return undefined;
  for (let i = 0; i < dimensions; i++) squares[i * dimensions + i] += (penalty * trace) / dimensions;
  const matrix = new Float32Array(dimensions * width);
  for (const [k, column] of products.entries()) {
    solveCholesky(squares.slice(), column, dimensions);
    for (let i = 0; i < dimensions; i++) matrix[i * width + k] = column[i];
  }
  return { source, dimensions, mean: new Float32Array(dimensions), matrix };
}
