/**
 * Words into the pieces that the Universal Sentence Encoder lite was trained on: a unigram language model over pieces (Kudo,
 * Subword Regularization, ACL 2018; SentencePiece). Every piece has a log probability, and a text is cut where the sum is
 * largest, found by dynamic programming over its characters.
 *
 * Two habits of the original decide ties and unknown characters, and have to be kept for its vectors to come out: of equal
 * sums the one whose last piece is shorter wins, and a character that no piece begins with is the piece 0, at no cost.
 * Several of those in a row count as one.
 */

export type Vocabulary = readonly (readonly [piece: string, logProbability: number])[];

export interface Tokenizer {
  /** The numbers of a text's pieces, in order; none for an empty text. */
  encode(text: string): number[];
}

/** Pieces before this one stand for themselves (unknown, begin, end) and never for characters. */
const reserved = 6;
const unknown = 0;
const space = "\u2581";

interface Branch {
  readonly children: Map<string, Branch>;
  /** Of the piece that ends here. */
  piece: number;
}

export function tokenizerOf(vocabulary: Vocabulary): Tokenizer {
  const root = branch();
  for (let piece = reserved; piece < vocabulary.length; piece++) {
    let at = root;
    for (const character of vocabulary[piece][0]) {
      const next = at.children.get(character) ?? branch();
      at.children.set(character, next);
      at = next;
    }
    at.piece = piece;
  }
  const scores = Float64Array.from(vocabulary, ([, score]) => score);

  return {
    encode(text) {
      const normal = text.toWellFormed().normalize("NFKC");
      if (normal === "") return [];
      const characters = Array.from(space + normal.replaceAll(" ", space));
      const length = characters.length;
      // The best cut of the first n characters: its sum, its last piece, and where that begins.
      const best = new Float64Array(length + 1);
      const last = new Int32Array(length + 1).fill(unknown);
      const from = Int32Array.from({ length: length + 1 }, (_, end) => end - 1);
      for (let start = 0; start < length; start++) {
        const improve = (end: number, piece: number, score: number) => {
          const sum = best[start] + score;
          if (best[end] !== 0 && sum < best[end]) return;
          best[end] = sum;
          last[end] = piece;
          from[end] = start;
        };
        let found = false;
        let at = root.children.get(characters[start]);
        for (let end = start + 1; at !== undefined; end++) {
          if (at.piece !== unknown) {
            found = true;
            improve(end, at.piece, scores[at.piece]);
          }
          at = end < length ? at.children.get(characters[end]) : undefined;
        }
        if (!found) improve(start + 1, unknown, 0);
      }
      const pieces: number[] = [];
      for (let end = length; end > 0; end = from[end]) {
        if (last[end] !== unknown || pieces.at(-1) !== unknown) pieces.push(last[end]);
      }
      return pieces.reverse();
    },
  };
}

function branch(): Branch {
  return { children: new Map(), piece: unknown };
}
