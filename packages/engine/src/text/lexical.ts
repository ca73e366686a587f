/**
 * Text vectors from the catalogue's own words, fitted in seconds and with nothing to download: latent semantic analysis
 * (Deerwester et al. 1990).
 *
 *   1. A text becomes a bag of features: its words, and with less weight the pieces of them, which bring "detective" and
 *      "detectives" or 足球 and 足球赛 together and still say something about words never seen. Pieces are runs of 3 to 5
 *      letters, word ends marked, where words are made of letters; characters and pairs of them where they are Han.
 *      Numbers have less weight too: two films of the same year have little in common. Only the first words of a text are
 *      taken to pieces: a long text has enough whole ones.
 *   2. A feature that occurs n times weighs `(1 + ln n) * (1 + ln((1 + texts) / (1 + texts with it)))`, and a text's
 *      weights have length 1.
 *   3. The truncated SVD of that table finds the directions along which features occur together. A text's vector is its
 *      bag projected on them, at unit length: texts that share no word but company of words are near each other.
 *
 * An embedder fitted to no words at all places texts by hashing (`hashing.ts`), so that the first items of a new
 * catalogue have vectors too. A vector depends on the text and the fitted table alone, never on what else is in the batch. Fitting reads at most
 * `fittedTextsMax` texts, evenly taken from all, and keeps the most frequent features of each kind.
 */
import { createHash } from "node:crypto";
import { assert, PenchantError } from "../base/errors.ts";
import type { TextEmbedder } from "../core/ports.ts";
import { sparseMatrix } from "../core/sparse-matrix.ts";
import { truncatedSvd } from "../core/truncated-svd.ts";
import { hashedVector } from "./hashing.ts";
import { tokenize } from "./tokenize.ts";

export interface LexicalEmbedder extends TextEmbedder {
  /** As `embed`, at once. */
  embedNow(texts: readonly string[]): Float32Array[];
  /** Everything that `loadLexicalEmbedder` needs to give the same vectors. */
  save(): Uint8Array;
}

const fittedTextsMax = 10_000;
const wordsMax = 20_000;
const piecesMax = 10_000;
/** Below this number of texts a feature of a single one counts; above, it must link two to tell anything. */
const smallCatalogue = 50;
/** Of pieces and numbers, where that of a word is 1. */
const minorWeight = 0.2;
const wordsTakenToPiecesMax = 16;
const pieceLengthMin = 3;
const pieceLengthMax = 5;

/** What a fit found: a table with one row per feature. */
interface Fit {
  readonly dimensions: number;
  readonly features: readonly string[];
  /** `[features]`: inverse document frequency, times the weight of the feature's kind. */
  readonly weights: Float32Array;
  /** `[features, rank]` row-major, rank at most `dimensions`: a small catalogue spans fewer. */
  readonly directions: Float32Array;
}

/**
 * Fits vectors to a catalogue's texts. Few or equal texts span fewer directions than asked for: the remaining dimensions
 * are zero. The same texts in the same order with the same seed give the same embedder.
 */
export function fitLexicalEmbedder(
  texts: readonly string[],
  options: { dimensions: number; seed: number },
): LexicalEmbedder {
  const { dimensions, seed } = options;
  assert(Number.isInteger(dimensions) && dimensions >= 1, `at least 1 dimension, not ${dimensions}`);
  const count = Math.min(texts.length, fittedTextsMax);
  const read = Array.from({ length: count }, (_, i) => texts[Math.floor((i * texts.length) / count)]);

  const occurrences = new Map<string, number>();
  for (const text of read) {
    const distinct = new Set(tokenize(text).flatMap((word, i) => featuresOf(word, i < wordsTakenToPiecesMax)));
    for (const feature of distinct) occurrences.set(feature, (occurrences.get(feature) ?? 0) + 1);
  }
  const features = chooseFeatures(occurrences, count < smallCatalogue ? 1 : 2);
  const weights = Float32Array.from(features, (feature) => {
    const rarity = 1 + Math.log((1 + count) / (1 + occurrences.get(feature)!));
    return isPiece(feature) || isNumber(feature) ? minorWeight * rarity : rarity;
  });

  const weigh = weigher(features, weights);
  const table = sparseMatrix(features.length, read.values().map(weigh));
  const { right } = truncatedSvd(table, { rank: dimensions, seed, powerIterations: 2 });
  return embedder({ dimensions, features, weights, directions: right });
}

/** The most frequent features of each kind, at equal frequency in code unit order. */
function chooseFeatures(occurrences: ReadonlyMap<string, number>, occurrencesMin: number): string[] {
  const frequent = [...occurrences]
    .filter(([, count]) => count >= occurrencesMin)
    .sort(([a, countA], [b, countB]) => countB - countA || (a < b ? -1 : 1))
    .map(([feature]) => feature);
  const words = frequent.filter((feature) => !isPiece(feature)).slice(0, wordsMax);
  const pieces = frequent.filter(isPiece).slice(0, piecesMax);
  return [...words, ...pieces];
}

const pieceMark = "~";
const isPiece = (feature: string) => feature.startsWith(pieceMark);
const isNumber = (feature: string) => !letter.test(feature);
const letter = /\p{L}/u;
const han = /\p{Script=Han}/u;

/** The word itself and, if asked for, its pieces. */
function featuresOf(word: string, withPieces: boolean): string[] {
  return withPieces && !isNumber(word) ? [word, ...piecesOf(word).map((piece) => pieceMark + piece)] : [word];
}

function piecesOf(word: string): string[] {
  const pieces: string[] = [];
  const isHan = han.test(word);
  const characters = Array.from(isHan ? word : `<${word}>`);
  const [shortest, longest] = isHan ? [1, 2] : [pieceLengthMin, pieceLengthMax];
  for (let length = shortest; length <= Math.min(longest, characters.length); length++) {
    for (let start = 0; start + length <= characters.length; start++) {
      pieces.push(characters.slice(start, start + length).join(""));
    }
  }
  return pieces;
}

type WeightedBag = [place: number, weight: number][];

/** A function from a text to its known features, as (place, weight) pairs of total length 1. */
function weigher(features: readonly string[], weights: Float32Array): (text: string) => WeightedBag {
  const places = new Map(features.map((feature, place) => [feature, place]));
  // The features of known words are looked up once; there are at most `wordsMax` of those.
  const known = new Map<string, number[]>();
  const placesOf = (word: string): number[] => {
    const found = known.get(word) ?? featuresOf(word, true).flatMap((feature) => places.get(feature) ?? []);
    if (places.has(word)) known.set(word, found);
    return found;
  };

  return (text) => {
    const counts = new Map<number, number>();
    for (const [i, word] of tokenize(text).entries()) {
      const found = i < wordsTakenToPiecesMax ? placesOf(word) : [places.get(word) ?? []].flat();
      for (const place of found) counts.set(place, (counts.get(place) ?? 0) + 1);
    }
    const bag: WeightedBag = [];
    let squares = 0;
    for (const [place, count] of counts) {
      const weight = (1 + Math.log(count)) * weights[place];
      squares += weight * weight;
      bag.push([place, weight]);
    }
    const scale = 1 / Math.sqrt(squares);
    for (const entry of bag) entry[1] *= scale;
    return bag;
  };
}

function embedder(fit: Fit): LexicalEmbedder {
  const { dimensions, features, weights, directions } = fit;
  const rank = features.length === 0 ? 0 : directions.length / features.length;
  const weigh = weigher(features, weights);
  const saved = encode(fit);

  const embedOne = (text: string): Float32Array => {
    const sum = new Float64Array(dimensions);
    for (const [place, weight] of weigh(text)) {
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
    model: `lexical-${formatVersion}-${dimensions}-${hash(saved).subarray(0, 8).toString("hex")}`,
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

function encode({ dimensions, features, weights, directions }: Fit): Uint8Array {
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
export function loadLexicalEmbedder(bytes: Uint8Array): LexicalEmbedder {
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
  return embedder({
    dimensions,
    features: count === 0 ? [] : names.split("\n"),
    weights: Float32Array.from({ length: count }, (_, i) => float(i)),
    directions: Float32Array.from({ length: count * rank }, (_, i) => float(count + i)),
  });
}
