/** What the models learn from: who had to do with which item, read from the log. */
import type { LoggedEvent } from "../core/event.ts";
import { type InteractionTable, interactionTable } from "../core/interaction-table.ts";
import type { EventLog, Interaction } from "../core/ports.ts";
import type { FoldableEvent } from "../core/state.ts";

/**
 * All that users did with items of the catalogue, by user; what was merely shown to them teaches nothing.
 *
 * @param toFoldable what an event means today
 * @param whoIs whose an id is
 * @returns the table, and the time of the newest event of any kind, in milliseconds since 1970
 */
export async function readInteractions(
  log: EventLog,
  toFoldable: (event: LoggedEvent) => FoldableEvent,
  whoIs: (id: string) => string,
): Promise<{ table: InteractionTable; until: number }> {
  const byUser = new Map<string, Interaction[]>();
  let until = 0;
  for await (const events of log.read({ after: 0 })) {
    for (const event of events) {
      until = Math.max(until, event.time);
      if (event.item === undefined) continue;
      const { item, time, weight, value, engaging } = toFoldable(event);
      if (item < 0 || !engaging) continue;
      const user = whoIs(event.user);
      const interaction = { item, time, weight, ...(Number.isNaN(value) ? {} : { value }) };
      const known = byUser.get(user);
      if (known === undefined) byUser.set(user, [interaction]);
      else known.push(interaction);
    }
  }
  return { table: interactionTable([...byUser.values()]), until };
}

/** The same with every user's interactions in order of time; of equal times, in the order of the log. */
export function inOrderOfTime(table: InteractionTable): InteractionTable {
  const { offsets, items, times, weights, values } = table;
  const order = Uint32Array.from(items.keys());
  for (let user = 0; user + 1 < offsets.length; user++) {
    order.subarray(offsets[user], offsets[user + 1]).sort((a, b) => times[a] - times[b] || a - b);
  }
  return {
    offsets,
    items: items.map((_, at) => items[order[at]]),
    times: times.map((_, at) => times[order[at]]),
    weights: weights.map((_, at) => weights[order[at]]),
    ...(values && { values: values.map((_, at) => values[order[at]]) }),
  };
}
