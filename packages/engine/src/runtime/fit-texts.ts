/**
 * From texts to the part of the items' vectors that is made of what items say: what is fitted to the catalogue's own words, what
 * is trained on them, what given embedders and callers bring, all of it in one space, and that space refined on behaviour
 * where that is configured.
 */

import type { InteractionTable } from "../core/interaction-table.ts";
import { adaptFusion } from "../text/adapted.ts";
import type { BagEmbedder } from "../text/bag-embedder.ts";
import { type Fusion, type FusionInput, fitFusion, fuse, unchanged } from "../text/fusion.ts";
import { fitLexicalEmbedder } from "../text/lexical.ts";
import { trainOwnEmbedder } from "../text/own.ts";
import { isCallers, type SourceVectors } from "./encoder.ts";
import { inOrderOfTime } from "./interactions.ts";
import { fitStandIn } from "./stand-in.ts";

export const textDimensions = 96;

/** The names of what is fitted to the catalogue among the parts of a fusion. */
export const lexicalSource = "lexical";
export const ownSource = "own";

export interface TextModels {
  /** The catalogue's own words; also there where others are configured, for labels and as a fallback. */
  readonly embedder: BagEmbedder;
  /** The embedder that was trained on the catalogue; missing where it is not configured. */
  readonly own?: BagEmbedder | undefined;
  /** How several vectors of a thing become one; missing where there is only one, fitted here. */
  readonly fusion?: Fusion | undefined;
}

/** Of which parts the items' vectors are made. */
export interface TextParts {
  /** Vectors that were not made here. */
  readonly given: readonly FusionInput[];
  readonly isLexical: boolean;
  readonly isOwn: boolean;
  readonly isAdapted: boolean;
}

export interface FittedTexts {
  readonly models: TextModels;
  /** A unit vector `[textDimensions]` for each text; zeros where nothing is known of it. */
  readonly vectors: readonly Float32Array[];
}

export interface TextFitOptions {
  readonly parts: TextParts;
  /** What everybody took, oldest first, by the texts' places. */
  readonly histories: readonly Int32Array[];
  readonly seed: number;
  readonly onStep?: ((step: string) => void) | undefined;
}

/** By the catalogue's own words alone. */
export function fitWords(texts: readonly string[], { seed }: { seed: number }): FittedTexts {
  const embedder = fitLexicalEmbedder(texts, { dimensions: textDimensions, seed });
  return { models: { embedder }, vectors: embedder.embedNow(texts) };
}

export async function fitTexts(
  texts: readonly string[],
  { parts, histories, seed, onStep }: TextFitOptions,
): Promise<FittedTexts> {
  const { given, isLexical, isOwn, isAdapted } = parts;
  const options = { dimensions: textDimensions, seed };
  const words = fitWords(texts, { seed });
  const { embedder } = words.models;
  const own = isOwn ? await trainOwnEmbedder(texts, { ...options, histories, onStep }) : undefined;
  const fitted: FusionInput[] = [];
  if (isLexical) fitted.push(asInput(lexicalSource, words.vectors));
  if (own !== undefined) fitted.push(asInput(ownSource, own.embedNow(texts)));
  const inputs = [...fitted, ...given];
  // What is fitted here alone has the dimensions that are wanted, and is evened out already.
  const isSingle = fitted.length === 1 && given.length === 0;
  if (isSingle && !isAdapted) {
    return own === undefined ? words : { models: { embedder, own }, vectors: own.embedNow(texts) };
  }
  const base = isSingle ? unchanged(inputs[0]) : fitFusion(inputs, options);
  const fused = isAdapted ? await adaptFusion(base, inputs, { histories, seed, onStep }) : base;
  const vectors = texts.map((_, at) => fuse(fused, vectorsOf(inputs, at)));
  const isElsewhere = given.some(({ source }) => !isCallers(source));
  const standIn = isElsewhere ? fitStandIn(lexicalSource, words.vectors, vectors) : undefined;
  return { models: { embedder, own, fusion: { ...fused, standIn } }, vectors };
}

/** What everybody took, oldest first. */
export function takenItems(users: InteractionTable): Int32Array[] {
  const { offsets, items, weights } = inOrderOfTime(users);
  return Array.from({ length: offsets.length - 1 }, (_, user) =>
    items.subarray(offsets[user], offsets[user + 1]).filter((_, at) => weights[offsets[user] + at] > 0),
  );
}

/** The sources whose vectors `textVector` wants, beside the words. */
export function sourcesOf({ fusion }: Pick<TextModels, "fusion">): string[] {
  return (fusion?.parts ?? [])
    .map(({ source }) => source)
    .filter((source) => source !== lexicalSource && source !== ownSource);
}

/**
 * The vector of a text by the models. `[textDimensions]`
 *
 * @param given what `sourcesOf` names, as far as it is known; where nothing is, the catalogue's own words stand in
 */
export function textVector(
  { embedder, own, fusion }: TextModels,
  text: string,
  given: SourceVectors = new Map(),
): Float32Array {
  if (fusion === undefined) return (own ?? embedder).embedNow([text])[0];
  const { dimensions, standIn } = fusion;
  if (standIn !== undefined && given.size === 0) {
    return fuse({ dimensions, parts: [standIn] }, new Map([[standIn.source, embedder.embedNow([text])[0]]]));
  }
  const vectors = new Map(given);
  const fitted: [string, BagEmbedder | undefined][] = [
    [lexicalSource, embedder],
    [ownSource, own],
  ];
  for (const [source, one] of fitted) {
    const isRead = one !== undefined && fusion.parts.some((part) => part.source === source);
    if (isRead) vectors.set(source, one.embedNow([text])[0]);
  }
  return fuse(fusion, vectors);
}

function asInput(source: string, rows: readonly Float32Array[]): FusionInput {
  const vectors = new Float32Array(rows.length * textDimensions);
  for (const [at, vector] of rows.entries()) vectors.set(vector, at * textDimensions);
  return { source, dimensions: textDimensions, vectors };
}

/** Those of one text, by source. */
export function vectorsOf(inputs: readonly FusionInput[], at: number): SourceVectors {
  return new Map(
    inputs.map(({ source, dimensions, vectors }) => [source, vectors.subarray(at * dimensions, (at + 1) * dimensions)]),
  );
}
