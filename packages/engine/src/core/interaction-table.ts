/** Many users' interactions with items in a few typed arrays: small, and handed to another thread without copying. */
import type { Interaction } from "./ports.ts";

export interface InteractionTable {
  /** User u's interactions are `offsets[u]` to `offsets[u + 1]`. [users + 1] */
  readonly offsets: Int32Array;
  /** Item keys. */
  readonly items: Int32Array;
  /** Milliseconds since 1970. */
  readonly times: Float64Array;
  readonly weights: Float32Array;
  /** The interactions' values, NaN for those without one; absent where none has one. */
  readonly values?: Float32Array | undefined;
}

export function interactionTable(users: readonly (readonly Interaction[])[]): InteractionTable {
  const offsets = new Int32Array(users.length + 1);
  for (const [user, interactions] of users.entries()) offsets[user + 1] = offsets[user] + interactions.length;
  const total = offsets[users.length];
  const table = {
    offsets,
    items: new Int32Array(total),
    times: new Float64Array(total),
    weights: new Float32Array(total),
  };
  const hasValues = users.some((interactions) => interactions.some(({ value }) => value !== undefined));
  const values = hasValues ? new Float32Array(total).fill(Number.NaN) : undefined;
  for (const [user, interactions] of users.entries()) {
    for (const [index, { item, time, weight, value }] of interactions.entries()) {
      table.items[offsets[user] + index] = item;
      table.times[offsets[user] + index] = time;
      table.weights[offsets[user] + index] = weight;
      if (values !== undefined && value !== undefined) values[offsets[user] + index] = value;
    }
  }
  return values === undefined ? table : { ...table, values };
}
