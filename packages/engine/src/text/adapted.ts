/**
 * `adapted`: a fusion (`fusion.ts`) refined on what people do. Its matrices, which turn the vectors of embedders into those of
 * items, are trained further by contrast (`contrastive.ts`), so that items which the same people took soon after each other
 * come nearer. What the embedders were trained on gives the beginning; this is the fine-tuning.
 *
 * The result is a fusion like any other: new items and free text go the same way, at the same cost. Items that were held
 * out say when to stop. The fusion stays as it was where they gained nothing, and where what was taken together does not stand nearer to
 * the top of all items by nearness: the loss is won by telling apart what is far, too, and lists are made of what is near.
 */
import type { Random } from "../base/random.ts";
import { RowMatrix } from "../core/row-matrix.ts";
import type { WeightedBag } from "./bag-of-features.ts";
import { companionsOf } from "./companions.ts";
import { isBeyondChance, type Pair, trainContrastive } from "./contrastive.ts";
import { type Fusion, type FusionInput, fuse, inverseLength } from "./fusion.ts";

export interface AdaptionOptions {
  /** Everybody's items, oldest first, by their place in the inputs. */
  readonly histories: readonly Int32Array[];
  readonly seed: number;
  readonly signal?: AbortSignal | undefined;
  readonly onStep?: ((step: string) => void) | undefined;
}

/** Places that are looked at to tell whether lists get better: pairs that are held out, each among all items. */
const ranksMax = 10_000_000;
const rankedPairsMin = 200;

/** @param inputs those that the fusion was fitted to */
export async function adaptFusion(
  fusion: Fusion,
  inputs: readonly FusionInput[],
  { histories, seed, signal, onStep }: AdaptionOptions,
): Promise<Fusion> {
  const what = "what is taken together";
  const { dimensions, parts } = fusion;
  const sources = new Map(inputs.map((input) => [input.source, input]));
  const items = Math.max(0, ...inputs.map((input) => input.vectors.length / input.dimensions));
  /** An item's centred vectors, side by side, as rows of the matrices. */
  const bagOf = (item: number): WeightedBag => {
    const bag: WeightedBag = [];
    let offset = 0;
    for (const { source, dimensions: own, mean } of parts) {
      const vector = sources.get(source)!.vectors.subarray(item * own, (item + 1) * own);
      const scale = inverseLength(vector);
      if (scale > 0) for (let d = 0; d < own; d++) bag.push([offset + d, vector[d] * scale - mean[d]]);
      offset += own;
    }
    return bag;
  };
  const isKnown = (item: number) => bagOf(item).length > 0;
  const known = Array.from({ length: items }, (_, item) => isKnown(item));
  const companions = companionsOf(histories, (item) => known[item], { items, seed });
  const adapted = { ...fusion, isAdapted: true };
  if (companions === undefined) {
    onStep?.(`Too little to learn ${what}`);
    return adapted;
  }
  const pair = (items: readonly [number, number]): Pair => [
    { of: items[0], bag: bagOf(items[0]) },
    { of: items[1], bag: bagOf(items[1]) },
  ];
  const { table } = await trainContrastive({
    table: Float32Array.from(parts.flatMap(({ matrix }) => [...matrix])),
    dimensions,
    draw: (random: Random) => pair(companions.draw(random)),
    heldOut: companions.heldOut.map(pair),
    examples: companions.steps,
    seed,
    signal,
    onEpoch: (epoch) => onStep?.(`Learning ${what}, ${epoch}`),
  });
  let offset = 0;
  const learned: Fusion = {
    ...adapted,
    parts: parts.map((part) => {
      const matrix = table.slice(offset, offset + part.matrix.length);
      offset += part.matrix.length;
      return { ...part, matrix };
    }),
  };
  const asked = companions.heldOut.slice(0, Math.max(rankedPairsMin, Math.floor(ranksMax / items)));
  const isCandidate = (item: number) => known[item];
  const before = reciprocalRanks(fusion, inputs, asked, isCandidate);
  const after = reciprocalRanks(learned, inputs, asked, isCandidate);
  return isBeyondChance(after.map((rank, pair) => rank - before[pair])) ? learned : adapted;
}

/** One over the place of the second of each pair among all items, the nearest to the first one first. */
function reciprocalRanks(
  fusion: Fusion,
  inputs: readonly FusionInput[],
  pairs: readonly (readonly [number, number])[],
  isCandidate: (item: number) => boolean,
): Float64Array {
  const [{ vectors, dimensions }] = inputs;
  const items = vectors.length / dimensions;
  const rows = Array.from({ length: items }, (_, item) => {
    const own = inputs.map(({ source, dimensions: width, vectors: all }): [string, Float32Array] => [
      source,
      all.subarray(item * width, (item + 1) * width),
    ]);
    return fuse(fusion, new Map(own));
  });
  const matrix = new RowMatrix(fusion.dimensions);
  for (const [item, row] of rows.entries()) matrix.set(item, row);
  return Float64Array.from(pairs, ([from, to]) => {
    const cosines = matrix.products(rows[from]);
    let place = 1;
    for (let item = 0; item < items; item++) {
      if (item !== from && isCandidate(item) && cosines[item] > cosines[to]) place += 1;
    }
    return 1 / place;
  });
}
