/** What decay is learned from: all that people did, in the order of time, in sessions, read from the log. */
import type { LoggedEvent } from "../core/event.ts";
import { type InteractionTable, interactionTable } from "../core/interaction-table.ts";
import type { EventLog } from "../core/ports.ts";
import type { FoldableEvent } from "../core/state.ts";
import { sessionGapMs } from "../models/intensity/sessions.ts";

export interface Histories {
  /** Events that say something, and everybody's first, which starts the clock. Those without an item name the key `items`. */
  readonly interactions: InteractionTable;
  /** By event; equal numbers side by side are one session. */
  readonly sessions: Int32Array;
  /** End of the data, milliseconds since 1970. */
  readonly until: number;
}

interface Happening {
  readonly item: number;
  readonly time: number;
  readonly weight: number;
  readonly session: string | undefined;
}

/**
 * @param toFoldable what an event means today
 * @param whoIs whose an id is
 * @param items number of items in the catalogue
 */
export async function readHistories(
  log: EventLog,
  toFoldable: (event: LoggedEvent) => FoldableEvent,
  whoIs: (id: string) => string,
  items: number,
): Promise<Histories> {
  const byUser = new Map<string, { first: number; happenings: Happening[] }>();
  let until = 0;
  for await (const events of log.read({ after: 0 })) {
    for (const event of events) {
      const { item, time, weight } = toFoldable(event);
      until = Math.max(until, time);
      const user = whoIs(event.user);
      const known = byUser.get(user) ?? { first: time, happenings: [] };
      known.first = Math.min(known.first, time);
      byUser.set(user, known);
      // An item that came while the log was read belongs to nothing yet.
      if (weight === 0 || item >= items) continue;
      known.happenings.push({ item: item < 0 ? items : item, time, weight, session: event.session });
    }
  }
  const users = [...byUser.values()].map(({ first, happenings }) => {
    happenings.sort((a, b) => a.time - b.time);
    const isSilent = happenings.length === 0 || happenings[0].time > first;
    const start = { item: items, time: first, weight: 0, session: undefined };
    return isSilent ? [start, ...happenings] : happenings;
  });
  const interactions = interactionTable(users);
  const sessions = new Int32Array(interactions.items.length);
  let at = 0;
  for (const happenings of users) {
    for (const [index, happening] of happenings.entries()) {
      const goesOn = index > 0 && isOneSession(happenings[index - 1], happening);
      sessions[at] = goesOn ? sessions[at - 1] : at;
      at += 1;
    }
  }
  // The end is exclusive, and the newest event belongs to the data.
  return { interactions, sessions, until: until + 1 };
}

function isOneSession(before: Happening, after: Happening): boolean {
  if (before.session !== undefined || after.session !== undefined) return before.session === after.session;
  return after.time - before.time < sessionGapMs;
}
