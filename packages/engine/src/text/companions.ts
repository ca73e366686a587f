/**
 * Items that belong together by what people do: two that the same person had to do with, the second soon after the first.
 * Every step of a history is drawn as often as every other, so that frequent items come often; a contrastive loss, whose
 * negatives come as often, takes that out again.
 *
 * A tenth of the items is held out: pairs with one of them teach nothing, and tell how well items that came later than the
 * training will be placed.
 */
import { type Random, seededRandom } from "../base/random.ts";

export interface Companions {
  /** A pair without an item that is held out. */
  draw(random: Random): readonly [number, number];
  /** Pairs with at least one. */
  readonly heldOut: readonly (readonly [number, number])[];
  /** Steps of histories that pairs begin at. */
  readonly steps: number;
}

/** How many steps later the second may come. */
const stepsApartMax = 10;
const heldOutShare = 0.1;
const heldOutPairsMax = 2_000;
/** Fewer steps, or pairs that are held out, tell chance from taste no longer. */
const stepsMin = 200;
const heldOutPairsMin = 32;

/** Of the seed: an evaluation that takes a tenth of the items out by the same one would leave none here to be held out. */
const heldOutStream = 0x68_65_6c_64;

/** Which of so many things are held out. */
export function heldOutOf(count: number, seed: number): boolean[] {
  const random = seededRandom(seed ^ heldOutStream);
  return Array.from({ length: count }, () => random.uniform() < heldOutShare);
}

/**
 * @param histories item keys of every user, oldest first
 * @param isKnown whether something is said of an item; others are passed over
 * @returns undefined where there is too little to learn from
 */
export function companionsOf(
  histories: readonly Int32Array[],
  isKnown: (item: number) => boolean,
  options: { readonly items: number; readonly seed: number },
): Companions | undefined {
  const isHeldOut = heldOutOf(options.items, options.seed);
  const known = histories.map((items) => items.filter(isKnown));
  const training = stepsOf(known.map((items) => items.filter((item) => !isHeldOut[item])));
  const asking = stepsOf(known);
  if (training.length < stepsMin) return undefined;
  const random = seededRandom(options.seed + 1);
  const heldOut: (readonly [number, number])[] = [];
  // Not more than there are steps: a pair that comes again says nothing new.
  const pairsMax = Math.min(heldOutPairsMax, asking.length);
  for (let tries = 0; tries < 100 * pairsMax && heldOut.length < pairsMax; tries++) {
    const pair = drawn(asking, random);
    if (pair.some((item) => isHeldOut[item])) heldOut.push(pair);
  }
  if (heldOut.length < heldOutPairsMin) return undefined;
  return { draw: (source) => drawn(training, source), heldOut, steps: training.length };
}

/** A history from one step on, at most so far as pairs reach, with something else in it. */
function stepsOf(histories: readonly Int32Array[]): Int32Array[] {
  return histories.flatMap((items) =>
    Array.from({ length: Math.max(0, items.length - 1) }, (_, at) => items.subarray(at, at + 1 + stepsApartMax)).filter(
      (step) => step.some((item) => item !== step[0]),
    ),
  );
}

function drawn(steps: readonly Int32Array[], random: Random): readonly [number, number] {
  const step = steps[random.integer(steps.length)];
  const others = step.filter((item) => item !== step[0]);
  return [step[0], others[random.integer(others.length)]];
}
