/**
 * How much each of a user's newest events counts when candidates are looked for: attention fades with every event that
 * came after, to a half after `halfLifeEvents`, whether they came within the hour or within the year. Rejections say
 * nothing about what else might be liked, nor does what the user has forgotten or muted.
 */
import type { RecentEvent } from "../core/state.ts";
import { isForgotten } from "../core/steering.ts";
import type { RecommendContext } from "./context.ts";

export const halfLifeEvents = 6;

export interface AttendedEvent {
  readonly event: RecentEvent;
  /** Above 0: the weight of the event, faded. */
  readonly attention: number;
}

/** Newest first; events on known items only. */
export function attendedEvents(context: Pick<RecommendContext, "state" | "reading" | "catalogue">): AttendedEvent[] {
  const { state, reading, catalogue } = context;
  const { nodes } = reading.model.tree;
  const parentOf = (node: number) => nodes[node].parent;
  const speaks = ({ item, time }: RecentEvent) =>
    state.steered.size === 0 ||
    catalogue
      .nodes(item)
      .some((node) => reading.muted?.[node] !== 1 && !isForgotten(state.steered, node, time, parentOf));
  const attended: AttendedEvent[] = [];
  let rank = 0;
  for (let index = state.recentCount - 1; index >= 0; index--) {
    const event = state.recentAt(index);
    if (event.item < 0 || !speaks(event)) continue;
    const attention = Math.max(event.weight, 0) * 2 ** (-rank / halfLifeEvents);
    rank += 1;
    if (attention > 0) attended.push({ event, attention });
  }
  return attended;
}
