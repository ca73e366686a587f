/**
 * A fast generator for the inner loops of sampled training, and an order at random. The generator is sfc32 (Doty-Humphrey, PractRand), whose state is four integers
 * and whose number costs a few additions. Seeded from the engine's own generator, so that a seed means the same everywhere.
 */
import { type Random, seededRandom } from "../base/random.ts";

/** @returns draws uniformly from 0, 1, ..., count - 1; `count` is at most 2^32 */
export function integerStream(seed: number): (count: number) => number {
  const random = seededRandom(seed);
  let a = random.integer(2 ** 31) | 0;
  let b = random.integer(2 ** 31) | 0;
  let c = random.integer(2 ** 31) | 0;
  let counter = 1;
  return (count) => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + sum) | 0;
    return Math.floor(((sum >>> 0) / 2 ** 32) * count);
  };
}

/** The elements in an order in which each is as likely as any other (Fisher and Yates). */
export function shuffled<Element>(elements: readonly Element[], random: Random): Element[] {
  const order = [...elements];
  for (let place = order.length - 1; place > 0; place--) {
    const other = random.integer(place + 1);
    [order[place], order[other]] = [order[other], order[place]];
  }
  return order;
}
