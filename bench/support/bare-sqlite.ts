/**
 * The rival of durable intake: `node:sqlite` alone with the engine's own schema, indexes and settings, in one thread that
 * does nothing else. It writes ready rows in transactions of a given size and waits for the disk at the end of each.
 */

import { seededRandom } from "../../packages/engine/src/base/random.ts";
import { openForWriting } from "../../packages/engine/src/storage/embedded/connection.ts";
import { idHash } from "../../packages/engine/src/storage/embedded/event-ids.ts";
import { packId } from "../../packages/engine/src/storage/embedded/event-rows.ts";
import { defaultEmbeddedLimits } from "../../packages/engine/src/storage/embedded/limits.ts";
import { nextEvent, type World } from "./world.ts";

/** @returns events per second */
export function bareSqlite(
  folder: string,
  world: World,
  options: { seconds: number; perCommit: number; seed: number },
): number {
  const { seconds, perCommit, seed } = options;
  const random = seededRandom(seed);
  const database = openForWriting(folder, defaultEmbeddedLimits.databasePagesMax);
  try {
    database.exec("INSERT INTO types VALUES (1, 'view')");
    const insert = database.prepare(
      "INSERT INTO events (position, time, user, type, item, id, kind) VALUES (?, ?, ?, 1, ?, ?, 0)",
    );
    const insertId = database.prepare("INSERT INTO event_ids VALUES (1, ?, ?)");
    let position = 0;
    let writingMs = 0;
    while (writingMs < seconds * 1_000) {
      const rows = Array.from({ length: perCommit }, () => {
        const { id } = nextEvent(world, random, 0, Date.now());
        const packed = packId(id);
        return [random.integer(world.users), random.integer(world.items), packed, idHash(id, packed)] as const;
      });
      const start = performance.now();
      database.exec("BEGIN IMMEDIATE");
      for (const [user, item, id, hash] of rows) {
        insert.run(++position, Date.now(), user, item, id);
        insertId.run(hash, position);
      }
      database.exec("COMMIT");
      writingMs += performance.now() - start;
    }
    return position / (writingMs / 1_000);
  } finally {
    database.close();
  }
}
