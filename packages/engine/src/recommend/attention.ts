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

type Heard = Pick<RecommendContext, "state" | "reading" | "catalogue">;

/** The newest events on known items, oldest first, rejections among them, but for what the user has forgotten or muted. */
export function heardEvents({ state, reading, catalogue }: Heard): RecentEvent[] {
  const known = state.recentEvents().filter(({ item }) => item >= 0);
  if (state.steered.size === 0) return known;
  const { nodes } = reading.model.tree;
  const parentOf = (node: number) => nodes[node].parent;
  return known.filter(({ item, time }) =>
    catalogue
      .nodes(item)
      .some((node) => reading.muted?.[node] !== 1 && !isForgotten(state.steered, node, time, parentOf)),
  );
}

/** Newest first. */
export function attendedEvents(context: Heard): AttendedEvent[] {
  const attended: AttendedEvent[] = [];
  for (const [rank, event] of heardEvents(context).reverse().entries()) {
    const attention = Math.max(event.weight, 0) * 2 ** (-rank / halfLifeEvents);
    if (attention > 0) attended.push({ event, attention });
  }
  return attended;
}
