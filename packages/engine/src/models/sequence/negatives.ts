/**
 * Negatives: items that a sequence's next ones are compared with. All alike, they are drawn without putting back, so that as
 * many as there are items are all of them; by popularity, with putting back, in proportion to (count + 1)^exponent. A
 * person's own items are told apart afterwards: they are no negatives, whenever in the sequence they come.
 */
import type { Values } from "../../nn/tensor.ts";

export interface Negatives {
  /** Items in a draw. */
  readonly count: number;
  /** ln of the chance of each item, up to a constant; undefined where all are alike. [items] */
  readonly logQ: Float32Array | undefined;
  /** Fills `into` with one draw. */
  draw(into: Int32Array, random: (count: number) => number): void;
}

/** @param itemCounts interactions by item [items] */
export function negativesOf(itemCounts: Int32Array, options: { negatives: number; drawExponent: number }): Negatives {
  const items = itemCounts.length;
  const { drawExponent } = options;
  const count = Math.min(options.negatives, items);
  if (drawExponent === 0) {
    const pool = Int32Array.from({ length: items }, (_, item) => item);
    return {
      count,
      logQ: undefined,
      draw(into, random) {
        // The beginning of a shuffle (Fisher and Yates); which order the pool is in before makes no difference to chances,
        // but it would to what an epoch that is replayed draws.
        for (let item = 0; item < items; item++) pool[item] = item;
        for (let place = 0; place < count; place++) {
          const other = place + random(items - place);
          into[place] = pool[other];
          pool[other] = pool[place];
        }
      },
    };
  }
  const weights = Float64Array.from(itemCounts, (taken) => (taken + 1) ** drawExponent);
  const sums = new Float64Array(items);
  let total = 0;
  for (let item = 0; item < items; item++) sums[item] = total += weights[item];
  return {
    count,
    logQ: Float32Array.from(weights, (weight) => Math.log(weight / total)),
    draw(into, random) {
      for (let place = 0; place < count; place++) into[place] = firstOver(sums, (random(2 ** 32) / 2 ** 32) * total);
    },
  };
}

/** The first place whose value is greater, by halving; values ascend and the last one is greater. */
function firstOver(values: Float64Array, limit: number): number {
  let low = 0;
  let high = values.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle] > limit) high = middle;
    else low = middle + 1;
  }
  return low;
}

/**
 * Which negatives are a sequence's own items, as the mask of a loss.
 *
 * @param negatives [count], or [sequences, count]
 * @param own each sequence's items
 * @returns 1 where they are, [sequences, count]
 */
export function ownNegatives(
  negatives: Int32Array,
  own: readonly Int32Array[],
  { items, count }: { items: number; count: number },
): Values {
  const mask = new Uint8Array(own.length * count);
  const isOwn = new Uint8Array(items);
  const apart = negatives.length > count;
  for (const [sequence, taken] of own.entries()) {
    for (const item of taken) isOwn[item] = 1;
    const from = apart ? sequence * count : 0;
    for (let place = 0; place < count; place++) mask[sequence * count + place] = isOwn[negatives[from + place]];
    for (const item of taken) isOwn[item] = 0;
  }
  return mask;
}
