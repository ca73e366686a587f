/**
 * Texts as bags of features: their words, and with less weight the pieces of them, which bring "detective" and "detectives"
 * or 足球 and 足球赛 together and still say something about words never seen. Pieces are runs of 3 to 5 letters, word ends
 * marked, where words are made of letters; characters and pairs of them where they are Han. Numbers have less weight too:
 * two films of the same year have little in common. Only the first words of a text are taken to pieces: a long text has
 * enough whole ones. Words are those of `tokenize`.
 *
 * A feature that occurs n times weighs `(1 + ln n) * (1 + ln((1 + texts) / (1 + texts with it)))`, and a text's weights
 * have length 1.
 */
const wordsMax = 20_000;
const piecesMax = 10_000;
/** Below this number of texts a feature of a single one counts; above, it must link two to tell anything. */
const smallCatalogue = 50;
/** Of pieces and numbers, where that of a word is 1. */
const minorWeight = 0.2;
const wordsTakenToPiecesMax = 16;
const pieceLengthMin = 3;
const pieceLengthMax = 5;

/** The features that a catalogue has enough of, and what each weighs. */
export interface FeatureTable {
  readonly features: readonly string[];
  /** `[features]`: inverse document frequency, times the weight of the feature's kind. */
  readonly weights: Float32Array;
}

/** The most frequent features of texts, each given as its words. */
export function featureTable(texts: readonly (readonly string[])[]): FeatureTable {
  const occurrences = new Map<string, number>();
  for (const words of texts) {
    const distinct = new Set(words.flatMap((word, i) => featuresOf(word, i < wordsTakenToPiecesMax)));
    for (const feature of distinct) occurrences.set(feature, (occurrences.get(feature) ?? 0) + 1);
  }
  const features = chooseFeatures(occurrences, texts.length < smallCatalogue ? 1 : 2);
  const weights = Float32Array.from(features, (feature) => {
    const rarity = 1 + Math.log((1 + texts.length) / (1 + occurrences.get(feature)!));
    return isPiece(feature) || isNumber(feature) ? minorWeight * rarity : rarity;
  });
  return { features, weights };
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

/** Places in the table of features, with what each weighs. */
export type WeightedBag = [place: number, weight: number][];

/** A function from a text's words (`tokenize`) to its known features, as (place, weight) pairs of total length 1. */
export function weigher({ features, weights }: FeatureTable): (words: readonly string[]) => WeightedBag {
  const places = new Map(features.map((feature, place) => [feature, place]));
  // The features of known words are looked up once; there are at most `wordsMax` of those.
  const known = new Map<string, number[]>();
  const placesOf = (word: string): number[] => {
    const found = known.get(word) ?? featuresOf(word, true).flatMap((feature) => places.get(feature) ?? []);
    if (places.has(word)) known.set(word, found);
    return found;
  };

  return (words) => {
    const counts = new Map<number, number>();
    for (const [i, word] of words.entries()) {
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
