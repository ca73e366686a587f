/** Appending what is no event: a user's requests about their interests, and that two users are one. */
import type { DatabaseSync } from "node:sqlite";
import { assert } from "../../base/errors.ts";
import type { Counters } from "./counters.ts";
import type { Names } from "./event-appends.ts";
import type { WriteHandlers } from "./requests.ts";
import { mergeKind, steeringKind } from "./schema.ts";

/** The operations, with their statements prepared. */
export function otherRecords(
  database: DatabaseSync,
  names: Names,
  counters: Counters,
): Pick<WriteHandlers, "steer" | "merge"> {
  const insert = database.prepare(
    "INSERT INTO events (position, time, user, type, id, kind, value, text) VALUES (?, ?, ?, 0, 0, ?, ?, ?)",
  );
  const mergedInto = database.prepare("SELECT into_user FROM merges WHERE user = ?");
  const moveMerged = database.prepare("UPDATE merges SET into_user = ? WHERE into_user = ?");
  const insertMerge = database.prepare("INSERT INTO merges VALUES (?, ?)");
  const deleteState = database.prepare("DELETE FROM states WHERE user = ?");
  const countUser = () => counters.values.users++;

  return {
    steer({ user, time, document }) {
      const key = names.users.intern(user, countUser);
      const position = ++counters.values.position;
      insert.run(position, time, key, steeringKind, null, document);
      return position;
    },

    merge({ user, merged, time }) {
      const isKnown = names.users.find(merged) !== undefined;
      const from = names.users.intern(merged);
      const into = names.users.intern(user, countUser);
      const isFree = mergedInto.get(from) === undefined && mergedInto.get(into) === undefined && from !== into;
      assert(isFree, "only users who are not merged yet are merged");
      if (isKnown) counters.values.users--;
      const position = ++counters.values.position;
      insert.run(position, time, into, mergeKind, from, null);
      moveMerged.run(into, from);
      insertMerge.run(from, into);
      // What it says is in the other's from now on.
      deleteState.run(from);
      return position;
    },
  };
}
