/**
 * How much each of a user's newest events counts when candidates are looked for: attention fades with every event that
 * came after, to a half after `halfLifeEvents`, whether they came within the hour or within the year. Rejections say
 * nothing about what else might be liked.
 */
import type { InterestState, RecentEvent } from "../core/state.ts";

export const halfLifeEvents = 6;

export interface AttendedEvent {
  readonly event: RecentEvent;
  /** Above 0: the weight of the event, faded. */
  readonly attention: number;
}

/** Newest first; events on known items only. */
export function attendedEvents(state: InterestState): AttendedEvent[] {
  const attended: AttendedEvent[] = [];
  let rank = 0;
  for (let index = state.recentCount - 1; index >= 0; index--) {
    const event = state.recentAt(index);
    if (event.item < 0) continue;
    const attention = Math.max(event.weight, 0) * 2 ** (-rank / halfLifeEvents);
    rank += 1;
    if (attention > 0) attended.push({ event, attention });
  }
  return attended;
}
