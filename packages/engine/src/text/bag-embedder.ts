/**
 * An embedder that is a table: every feature of a text (`bag-of-features.ts`) has a row, and a text's vector is the weighted
 * sum of its features' rows, at unit length. What the rows are is found by the catalogue's own words alone (`lexical.ts`) or
 * by training (`own.ts`).
 *
 * Without features it places texts by hashing (`hashing.ts`), so that the first items of a new catalogue have vectors too. A
 * vector depends on the text and the table alone, never on what else is in the batch.
 */
import { createHash } from "node:crypto";
import { PenchantError } from "../base/errors.ts";
import type { TextEmbedder } from "../core/ports.ts";
import { type FeatureTable, weigher } from "./bag-of-features.ts";
import { hashedVector } from "./hashing.ts";
import { tokenize } from "./tokenize.ts";

export interface BagEmbedder extends TextEmbedder {
  /** As `embed`, at once. */
  embedNow(texts: readonly string[]): Float32Array[];
  /** Everything that `loadBagEmbedder` needs to give the same vectors. */
  save(): Uint8Array;
}

/** What a fit found: a table with one row per feature. */
export interface BagTable extends FeatureTable {
  readonly dimensions: number;
  /** `[features, rank]` row-major, rank at most `dimensions`: a small catalogue spans fewer. */
  readonly directions: Float32Array;
}

/** How the table was made; the model's name begins with it. */
export type BagKind = "lexical" | "own";

export function bagEmbedder(kind: BagKind, table: BagTable): BagEmbedder {
  const { dimensions, features, directions } = table;
  const rank = features.length === 0 ? 0 : directions.length / features.length;
  const weigh = weigher(table);
  const saved = encode(table);

  const embedOne = (text: string): Float32Array => {
    const sum = new Float64Array(dimensions);
    for (const [place, weight] of weigh(tokenize(text))) {
      const from = place * rank;
      for (let d = 0; d < rank; d++) sum[d] += weight * directions[from + d];
    }
    let squares = 0;
    for (const value of sum) squares += value * value;
    // A bag has length 1. What is left of one at right angles to every direction is rounding, and means nothing.
    if (squares < 1e-12) return new Float32Array(dimensions);
    const scale = 1 / Math.sqrt(squares);
    return Float32Array.from(sum, (value) => value * scale);
  };
  const embedText = features.length === 0 ? (text: string) => hashedVector(text, dimensions) : embedOne;
  const embedNow = (texts: readonly string[]) => texts.map(embedText);
  return {
    model: `${kind}-${formatVersion}-${dimensions}-${hash(saved).subarray(0, 8).toString("hex")}`,
    dimensions,
    languages: "any",
    embed: async (texts) => embedNow(texts),
    embedNow,
    save: () => saved.slice(),
    close: async () => {},
  };
}

/**
 * The stored form: "PLEX", then version, dimensions, rank, number of features and bytes of their names as 32-bit
 * integers, the names in UTF-8 with a line feed between two, weights and directions as 32-bit floats, and SHA-256 of all
 * before. Numbers are little-endian. The version also stands for how texts are split into features: vectors of texts
 * split in another way would not fit the table, so a change there needs a new one.
 */
const formatVersion = 2;
const formatName = "PLEX";
const headerLength = 24;
const hashLength = 32;

const hash = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest();

function encode({ dimensions, features, weights, directions }: BagTable): Uint8Array {
  const names = new TextEncoder().encode(features.join("\n"));
  const numbers = headerLength + names.length;
  const end = numbers + 4 * (weights.length + directions.length);
  const bytes = new Uint8Array(end + hashLength);
  const view = new DataView(bytes.buffer);
  bytes.set(new TextEncoder().encode(formatName));
  const rank = features.length === 0 ? 0 : directions.length / features.length;
  for (const [i, value] of [formatVersion, dimensions, rank, features.length, names.length].entries()) {
    view.setUint32(4 + 4 * i, value, true);
  }
  bytes.set(names, headerLength);
  for (const [i, value] of weights.entries()) view.setFloat32(numbers + 4 * i, value, true);
  for (const [i, value] of directions.entries()) view.setFloat32(numbers + 4 * (weights.length + i), value, true);
  bytes.set(hash(bytes.subarray(0, end)), end);
  return bytes;
}

/**
 * The embedder that `save` wrote.
 *
 * @throws PENCHANT_E_STATE_VERSION for bytes of another format or version, PENCHANT_E_STORAGE_CORRUPT for damaged ones
 */
export function loadBagEmbedder(kind: BagKind, bytes: Uint8Array): BagEmbedder {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const name = new TextDecoder().decode(bytes.subarray(0, 4));
  const version = bytes.length >= 8 ? view.getUint32(4, true) : 0;
  if (name !== formatName || version !== formatVersion) {
    throw new PenchantError(
      "PENCHANT_E_STATE_VERSION",
      `A stored text model of format ${formatName} version ${formatVersion} was expected; what came starts with ` +
        `${JSON.stringify(name)} version ${version}. Run "penchant rebuild" to fit it again.`,
    );
  }
  const end = bytes.length - hashLength;
  if (end < headerLength || !hash(bytes.subarray(0, end)).equals(bytes.subarray(end))) {
    throw new PenchantError(
      "PENCHANT_E_STORAGE_CORRUPT",
      `A stored text model of ${bytes.length} bytes does not have the checksum that it was stored with. ` +
        `Run "penchant rebuild" to fit it again.`,
    );
  }
  const header = Array.from({ length: 4 }, (_, i) => view.getUint32(8 + 4 * i, true));
  const [dimensions, rank, count, namesLength] = header;
  const numbers = headerLength + namesLength;
  const names = new TextDecoder().decode(bytes.subarray(headerLength, numbers));
  const float = (i: number) => view.getFloat32(numbers + 4 * i, true);
  return bagEmbedder(kind, {
    dimensions,
    features: count === 0 ? [] : names.split("\n"),
    weights: Float32Array.from({ length: count }, (_, i) => float(i)),
    directions: Float32Array.from({ length: count * rank }, (_, i) => float(count + i)),
  });
}
