/**
 * What a sequence model is to everything around it: a network that reads a person's items, oldest first, and at each step
 * says where in the space of items the next one is to be looked for. Scores are inner products with the items' rows.
 *
 * Items are represented in one place, `itemRows`. Whatever else is known of an item (its path in the tree, its text) is to be
 * added to its row there, so that it counts both where an item is read and where it is scored. Steps are put together in
 * `stepReader`: what is known of a step besides its item and place (the time since the one before, the kind of event) is to
 * be added there, and in `readSteps` of `dense.ts`, which does the same on plain arrays.
 */
import { add, mul } from "../../nn/operations/elementwise.ts";
import { gather } from "../../nn/operations/indexing.ts";
import { slice } from "../../nn/operations/shape.ts";
import { parameter, type Tensor } from "../../nn/tensor.ts";

export interface SequenceNetwork {
  /** [items, width] */
  readonly table: Tensor;
  /**
   * @param items item keys, int32 [batch, time], oldest first; after the end of a shorter sequence, any
   * @param dropoutKey from `dropoutInput`, while training
   * @returns [batch, time, width]; a step knows nothing of later ones
   */
  encode(items: Tensor, dropoutKey?: Tensor): Tensor;
}

/** How large a network is, apart from its settings. */
export interface SequenceSizes {
  readonly items: number;
  /** Steps that it can read. */
  readonly length: number;
}

/** The items' rows, and how to read some of them. */
export interface ItemRows {
  readonly table: Tensor;
  /** Keys [...] to rows [..., width]. */
  readonly read: (keys: Tensor) => Tensor;
}

/**
 * Standard deviation that rows begin with. They are read as well as scored with: larger ones begin with scores that are sure
 * of what they do not know, and it takes many epochs to unlearn that.
 */
const rowDeviation = 0.02;

export function itemRows({ items, width }: { items: number; width: number }): ItemRows {
  const table = parameter("items", [items, width], { kind: "normal", deviation: rowDeviation });
  return { table, read: (keys) => gather(table, keys) };
}

const positionDeviation = 0.02;

/** From item keys, [batch, time], to what the first block reads: sqrt(width) rows + positions, [batch, time, width]. */
export function stepReader(rows: ItemRows, { length, width }: { length: number; width: number }) {
  const positions = parameter("positions", [length, width], { kind: "normal", deviation: positionDeviation });
  return (keys: Tensor): Tensor => add(mul(rows.read(keys), Math.sqrt(width)), slice(positions, 0, 0, keys.shape[1]));
}
