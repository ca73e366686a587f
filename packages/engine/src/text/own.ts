/**
 * An embedder of one's own, trained on the catalogue's texts in whatever language they are: the table of
 * `bag-of-features.ts` (words and pieces of words; for Chinese words, characters and pairs of them), summed as in fastText
 * (Bojanowski et al., 2017), trained twice by contrast (`contrastive.ts`):
 *
 *   1. On the texts: the words of a text are dealt into two heaps, and each heap is to find the other among those of other
 *      texts. A word is in one of the two, so that what is learned is which words keep company. It begins with the table
 *      of `lexical`, which knows that already as far as a linear decomposition can.
 *   2. On behaviour, where there is enough of it: two items that the same person took soon after each other.
 *
 * Both are stopped by texts that were held out, and leave the table as it was where those gained nothing. A catalogue with too
 * little to learn from keeps the table that it began with, and so is embedded as by `lexical`.
 */
import { type Random, seededRandom } from "../base/random.ts";
import { type BagEmbedder, bagEmbedder } from "./bag-embedder.ts";
import { type WeightedBag, weigher } from "./bag-of-features.ts";
import { companionsOf, heldOutOf } from "./companions.ts";
import { type ContrastiveOptions, type Pair, trainContrastive } from "./contrastive.ts";
import { decompose, readForFit } from "./lexical.ts";
import { tokenize } from "./tokenize.ts";

/** Texts of two words or more that there have to be. */
export const ownTextsMin = 200;
const heldOutMax = 256;
/** Words of a text that are dealt: titles and the beginnings of texts. */
const wordsDealtMax = 48;

export interface OwnOptions {
  readonly dimensions: number;
  readonly seed: number;
  /** Everybody's texts, oldest first, by number. Default: nobody's. */
  readonly histories?: readonly Int32Array[];
  readonly signal?: AbortSignal | undefined;
  /** Told what is learned, and what there is too little for. */
  readonly onStep?: ((step: string) => void) | undefined;
}

/** The same texts, histories and seed give the same embedder. */
export async function trainOwnEmbedder(texts: readonly string[], options: OwnOptions): Promise<BagEmbedder> {
  const { dimensions, seed, histories = [], signal, onStep } = options;
  const read = readForFit(texts);
  const known = decompose(read, { dimensions, seed });
  const weigh = weigher(known);
  let { directions } = known;
  const rank = directions.length / Math.max(1, known.features.length);
  const learn = async (what: string, from: Pick<ContrastiveOptions, "draw" | "heldOut" | "examples"> | undefined) => {
    if (from === undefined) return onStep?.(`Too little to learn ${what}`);
    const onEpoch = (epoch: number) => onStep?.(`Learning ${what}, ${epoch}`);
    ({ table: directions } = await trainContrastive({
      table: directions,
      dimensions: rank,
      seed,
      signal,
      onEpoch,
      ...from,
    }));
  };
  await learn("which words keep company", dealtWords(read, weigh, seed));
  if (histories.length > 0) await learn("which texts keep company", companionTexts(texts, histories, weigh, seed));
  return bagEmbedder("own", { ...known, directions });
}

type Weigh = (words: readonly string[]) => WeightedBag;

/** Two heaps of each text's words. @param texts as their words */
function dealtWords(texts: readonly (readonly string[])[], weigh: Weigh, seed: number) {
  const telling = texts.map((words) => words.slice(0, wordsDealtMax)).filter(({ length }) => length >= 2);
  if (telling.length < ownTextsMin) return undefined;
  const isHeldOut = heldOutOf(telling.length, seed);
  const places = [...telling.keys()];
  const kept = places.filter((text) => !isHeldOut[text]);
  const asked = places.filter((text) => isHeldOut[text]).slice(0, heldOutMax);
  const deal = (text: number, random: Random): Pair => {
    const heaps: [string[], string[]] = [[], []];
    for (const word of telling[text]) heaps[random.integer(2)].push(word);
    return [
      { of: text, bag: weigh(heaps[0]) },
      { of: text, bag: weigh(heaps[1]) },
    ];
  };
  const asking = seededRandom(seed);
  return {
    draw: (random: Random) => deal(kept[random.integer(kept.length)], random),
    heldOut: asked.map((text) => deal(text, asking)),
    examples: kept.length,
  };
}

/** Texts of items that the same people took. */
function companionTexts(texts: readonly string[], histories: readonly Int32Array[], weigh: Weigh, seed: number) {
  const companions = companionsOf(histories, (text) => texts[text] !== "", { items: texts.length, seed });
  if (companions === undefined) return undefined;
  const bags = new Map<number, WeightedBag>();
  const side = (of: number) => {
    const bag = bags.get(of) ?? weigh(tokenize(texts[of]));
    bags.set(of, bag);
    return { of, bag };
  };
  const pair = ([a, b]: readonly [number, number]): Pair => [side(a), side(b)];
  return {
    draw: (random: Random) => pair(companions.draw(random)),
    heldOut: companions.heldOut.map(pair),
    examples: companions.steps,
  };
}
