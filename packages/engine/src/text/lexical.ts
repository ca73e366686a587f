/**
 * Text vectors from the catalogue's own words, fitted in seconds and with nothing to download: latent semantic analysis
 * (Deerwester et al. 1990). The truncated SVD of the table of texts and their features (`bag-of-features.ts`) finds the
 * directions along which features occur together. A text's vector is its bag projected on them, at unit length: texts that
 * share no word but company of words are near each other.
 */
import { assert } from "../base/errors.ts";
import { sparseMatrix } from "../core/sparse-matrix.ts";
import { truncatedSvd } from "../core/truncated-svd.ts";
import { type BagEmbedder, type BagTable, bagEmbedder } from "./bag-embedder.ts";
import { featureTable, weigher } from "./bag-of-features.ts";
import { tokenize } from "./tokenize.ts";

const fittedTextsMax = 10_000;

/**
 * Fits vectors to a catalogue's texts. Few or equal texts span fewer directions than asked for: the remaining dimensions
 * are zero. The same texts in the same order with the same seed give the same embedder.
 */
export function fitLexicalEmbedder(
  texts: readonly string[],
  options: { dimensions: number; seed: number },
): BagEmbedder {
  return bagEmbedder("lexical", decompose(readForFit(texts), options));
}

/** The words of the texts that a fit reads, evenly taken from all. */
export function readForFit(texts: readonly string[]): string[][] {
  const count = Math.min(texts.length, fittedTextsMax);
  return Array.from({ length: count }, (_, i) => tokenize(texts[Math.floor((i * texts.length) / count)]));
}

/** @param texts as their words */
export function decompose(
  texts: readonly (readonly string[])[],
  { dimensions, seed }: { dimensions: number; seed: number },
): BagTable {
  assert(Number.isInteger(dimensions) && dimensions >= 1, `at least 1 dimension, not ${dimensions}`);
  const known = featureTable(texts);
  const table = sparseMatrix(known.features.length, texts.values().map(weigher(known)));
  const { right } = truncatedSvd(table, { rank: dimensions, seed, powerIterations: 2 });
  return { ...known, dimensions, directions: right };
}
