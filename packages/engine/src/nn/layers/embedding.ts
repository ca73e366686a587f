/**
 * Embeddings, in two forms. A dense one is a parameter in the graph: its gradient is a table of the same size. For large
 * tables that is too much; a sparse embedding stays outside. The rows that a batch needs are fed, the graph gives their
 * gradients, and a sparse optimiser updates just them.
 */
import { PenchantError } from "../../base/errors.ts";
import { gather } from "../operations/indexing.ts";
import { input, parameter, type Tensor } from "../tensor.ts";
import type { Layer } from "./linear.ts";

/** Indices [...] to rows [..., width]. The table starts normal with deviation 1 / sqrt(width). */
export function embedding(name: string, options: { rows: number; width: number }): Layer & { readonly table: Tensor } {
  const { rows, width } = options;
  const table = parameter(`${name}.table`, [rows, width], { kind: "normal", deviation: 1 / Math.sqrt(width) });
  return Object.assign((indices: Tensor) => gather(table, indices), { table });
}

/**
 * An embedding whose table stays outside the graph.
 *
 * Its `rows` are an input named after it, [capacity, width]: take `gradients(loss, [items.rows])` and update those rows of
 * the table. Indices are positions among the fed rows, as `uniqueRows` gives them.
 */
export function sparseEmbedding(
  name: string,
  options: { capacity: number; width: number },
): Layer & { readonly rows: Tensor } {
  const rows = input(`${name}.rows`, [options.capacity, options.width]);
  return Object.assign((positions: Tensor) => gather(rows, positions), { rows });
}

export interface UniqueRows {
  /** The different row numbers, in the order in which they first come. */
  readonly rows: Int32Array;
  /** For each index, where its row stands among `rows`. */
  readonly positions: Int32Array;
}

/**
 * Which rows of a table a batch needs.
 *
 * @param capacity how many rows the graph takes
 * @throws PENCHANT_E_NN_FEED when the batch needs more
 */
export function uniqueRows(indices: Int32Array, capacity: number): UniqueRows {
  const places = new Map<number, number>();
  const positions = indices.map((row) => {
    const known = places.get(row);
    if (known !== undefined) return known;
    places.set(row, places.size);
    return places.size - 1;
  });
  if (places.size > capacity) {
    throw new PenchantError(
      "PENCHANT_E_NN_FEED",
      `The batch needs ${places.size} different rows of an embedding that takes at most ${capacity} at once.`,
      { details: { rows: places.size, capacity } },
    );
  }
  return { rows: Int32Array.from(places.keys()), positions };
}
