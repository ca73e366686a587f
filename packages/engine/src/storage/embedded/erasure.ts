/**
 * Erasing a user: events, their ids, their waiting marks, the state, the record and the name. SQLite overwrites what is
 * deleted with zeros (`secure_delete`); the old pages that still lie in the write-ahead log go when it is truncated,
 * which the writer does after the commit.
 */
import type { DatabaseSync } from "node:sqlite";
import type { Counters } from "./counters.ts";
import type { Names } from "./event-appends.ts";
import type { EventIds } from "./event-ids.ts";
import { unpackId } from "./event-rows.ts";
import { segmentBits } from "./schema.ts";

/** The operation, with its statements prepared. */
export function erasure(database: DatabaseSync, names: Names, ids: EventIds, counters: Counters) {
  const eventsOfSegment = database.prepare(
    `SELECT position, id, item FROM events WHERE position >> ${segmentBits} = ? AND user = ?`,
  );
  const deleteEvent = database.prepare("DELETE FROM events WHERE position = ?");
  const deleteWaiting = database.prepare("DELETE FROM waiting WHERE item = ? AND position = ?");
  const deleteState = database.prepare("DELETE FROM states WHERE user = ?");
  const deleteUser = database.prepare("DELETE FROM users WHERE key = ?");

  return (user: string): { events: number } => {
    const userKey = names.users.find(user);
    if (userKey === undefined) return { events: 0 };
    let events = 0;
    const segments = Math.floor(counters.values.position / 2 ** segmentBits);
    for (let segment = 0; segment <= segments; segment++) {
      for (const row of eventsOfSegment.all(segment, userKey)) {
        const position = row.position as number;
        const packedId = row.id as string | Uint8Array;
        ids.remove(unpackId(packedId), packedId, position);
        if (row.item !== null) deleteWaiting.run(row.item as number, position);
        deleteEvent.run(position);
        events++;
      }
    }
    deleteState.run(userKey);
    deleteUser.run(userKey);
    names.users.forget(user);
    counters.values.events -= events;
    counters.values.users--;
    return { events };
  };
}
