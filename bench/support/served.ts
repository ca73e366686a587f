/** A data folder filled through the library, and a server on it. */
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { seededRandom } from "../../packages/engine/src/base/random.ts";
import { type Engine, openEngine } from "../../packages/engine/src/index.ts";
import { type ServerProcess, startServerProcess } from "./server-process.ts";
import { nextEvent, userId, type World, worldItems } from "./world.ts";

const batch = 5_000;
/** Batches that are on their way at once while a folder is filled. */
const batchesAtOnce = 4;

/**
 * While a folder is filled, states wait in memory until the end: events of users who take turns would have each of them written
 * once per event.
 */
const filling = { flushIntervalSeconds: 3_600, eventsBehindCheckpoint: 1_000_000_000 };

/** Opens an engine in `folder/data` to fill it, and writes the settings for a server there. */
export async function withEngine<T>(
  folder: string,
  cachedStates: number,
  use: (engine: Engine) => Promise<T>,
): Promise<T> {
  const settings = { dataDir: "data", cachedStates };
  writeFileSync(join(folder, "penchant.config.json"), JSON.stringify(settings));
  const engine = await openEngine({ ...settings, ...filling, dataDir: join(folder, "data") });
  try {
    return await use(engine);
  } finally {
    await engine.close();
  }
}

export async function putWorld(engine: Engine, world: World): Promise<void> {
  const items = worldItems(world);
  for (let start = 0; start < items.length; start += batch) await engine.putItems(items.slice(start, start + batch));
}

/** Tracks so many events of the world's users, who take turns with some events each, spread over the days before now. */
export async function trackMany(
  engine: Engine,
  world: World,
  count: number,
  options: { seed: number; days: number; eventsPerTurn?: number },
) {
  const { eventsPerTurn = 1 } = options;
  const random = seededRandom(options.seed);
  const now = Date.now();
  const startAt = now - options.days * 86_400_000;
  let sent = 0;
  const send = async (): Promise<void> => {
    while (sent < count) {
      const from = sent;
      sent += Math.min(batch, count - sent);
      const events = Array.from({ length: sent - from }, (_, index) => {
        const place = from + index;
        const time = Math.floor(startAt + ((now - startAt) * place) / count);
        return nextEvent(world, random, Math.floor(place / eventsPerTurn) % world.users, time);
      });
      await engine.track(events);
    }
  };
  await Promise.all(Array.from({ length: batchesAtOnce }, send));
}

/** Starts a server on the folder; tells how long it took until it listened. */
export async function serve(folder: string): Promise<{ server: ServerProcess; startSeconds: number }> {
  const start = performance.now();
  const server = await startServerProcess(folder);
  return { server, startSeconds: (performance.now() - start) / 1_000 };
}

/** Resident memory of a process. */
export function memoryBytes(pid: number): number {
  const kibibytes = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return Number(kibibytes) * 1_024;
}

/** Resident memory of a process at regular moments, the first one at once, until some work is done. */
export async function memoryDuring(
  pid: number,
  everyMs: number,
  work: Promise<unknown>,
): Promise<{ seconds: number; bytes: number }[]> {
  const samples: { seconds: number; bytes: number }[] = [];
  const start = performance.now();
  const done = work.then(() => true);
  do samples.push({ seconds: (performance.now() - start) / 1_000, bytes: memoryBytes(pid) });
  while (!(await Promise.race([done, setTimeout(everyMs, false)])));
  return samples;
}

/** Bytes of the files of a folder. */
export function folderBytes(folder: string): number {
  return readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
}

/**
 * Asks for some users what the engine counts in their state and what the log has of them.
 *
 * @throws when the two differ
 */
export async function assertUpToDate(url: string, users: number): Promise<number> {
  const checked = Math.min(users, 200);
  for (let index = 0; index < checked; index++) {
    const user = userId(Math.floor((index * users) / checked));
    const ask = async (path: string) => (await fetch(`${url}/v1/users/${user}${path}`)).json();
    const profile = (await ask("/profile")) as { events: number };
    let logged = 0;
    for (let cursor = ""; ; ) {
      const page = (await ask(`/events?limit=1000${cursor}`)) as { events: unknown[]; nextCursor: string | null };
      logged += page.events.length;
      if (page.nextCursor === null) break;
      cursor = `&cursor=${page.nextCursor}`;
    }
    if (profile.events !== logged) {
      throw new Error(`${user}'s profile counts ${profile.events} events, and the log has ${logged}.`);
    }
  }
  return checked;
}
