/**
 * Intake: events per second that are durable, and in their users' profiles, when the answer is sent. Over real HTTP, the
 * load from a process of its own on the same processors.
 *
 * 1. A bare Fastify server that answers the same requests and keeps nothing, and bare SQLite with the engine's schema,
 *    indexes and settings, which writes as many events per commit as the connections below can have on their way.
 * 2. `penchant serve` with a twentieth of the events stored: batches of 100 from 20 connections, single events from 200.
 *    At the end the profiles of 200 users are held against the log.
 * 3. The same batches with all of the events stored, and the size of the file by events.
 *
 * The full run is `npm run bench:ingest -- --stored 20000000 --users 1000000`.
 */
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { databasePath } from "../packages/engine/src/storage/embedded/connection.ts";
import { bareSqlite } from "./support/bare-sqlite.ts";
import { benchmark, tell } from "./support/benchmark.ts";
import { runLoad, type Stream, type StreamResult } from "./support/load.ts";
import { withFolder } from "./support/sample.ts";
import { assertUpToDate, folderBytes, putWorld, serve, trackMany, withEngine } from "./support/served.ts";
import { startServerProcess } from "./support/server-process.ts";
import type { World } from "./support/world.ts";

const batches: Stream = { kind: "events", connections: 20, batch: 100 };
const singles: Stream = { kind: "events", connections: 200 };
const warmupSeconds = 1;
const days = 90;
/** Of the events that are stored before measuring: a visit's. */
const eventsPerTurn = 5;
const fewShare = 1 / 20;
const echoServer = new URL("./support/echo-server.ts", import.meta.url).pathname;

await benchmark("ingest", { stored: 1_000_000, users: 100_000, items: 10_000, seconds: 10 }, async (options) => {
  const { stored, seconds } = options;
  const world: World = options;
  const few = Math.ceil(stored * fewShare);
  const rivals = await measureRivals(world, seconds);
  return await withFolder(async (folder) => {
    tell(`Storing ${few} events`);
    await withEngine(folder, world.users, async (engine) => {
      await putWorld(engine, world);
      await trackMany(engine, world, few, { seed: 1, days, eventsPerTurn });
    });
    tell("Measuring batches and single events");
    const withFew = await served(folder, world, seconds, [batches, singles]);
    tell(`Storing ${stored} events`);
    await withEngine(folder, world.users, (engine) =>
      trackMany(engine, world, stored - few, { seed: 2, days, eventsPerTurn }),
    );
    tell("Measuring batches");
    const withMany = await served(folder, world, seconds, [batches]);
    const batchesPerSecond = withFew.results[0].eventsPerSecond!;
    const singlesPerSecond = withFew.results[1].eventsPerSecond!;
    return {
      batches: withFew.results[0],
      singles: withFew.results[1],
      rivals,
      ratios: {
        batchesToBareSqlite: batchesPerSecond / rivals.bareSqliteEventsPerSecond,
        batchesToEcho: batchesPerSecond / rivals.echoBatchedEventsPerSecond,
        singlesToEcho: singlesPerSecond / rivals.echoSingleEventsPerSecond,
      },
      byEventsStored: [
        { events: few, eventsPerSecond: batchesPerSecond },
        { events: stored, eventsPerSecond: withMany.results[0].eventsPerSecond },
      ],
      manyToFew: withMany.results[0].eventsPerSecond! / batchesPerSecond,
      profilesChecked: withFew.profilesChecked + withMany.profilesChecked,
      ...diskPerEvent(join(folder, "data")),
    };
  });
});

async function measureRivals(world: World, seconds: number) {
  tell("Measuring a bare Fastify server and bare SQLite");
  return await withFolder(async (folder) => {
    const echo = await startServerProcess(folder, { program: [echoServer] });
    try {
      const [batched, single] = await measureEach(echo.url, world, seconds, [batches, singles]);
      const perCommit = batches.connections * batches.batch!;
      return {
        bareSqliteEventsPerSecond: bareSqlite(folder, world, { seconds, perCommit, seed: 1 }),
        echoBatchedEventsPerSecond: batched.eventsPerSecond!,
        echoSingleEventsPerSecond: single.eventsPerSecond!,
      };
    } finally {
      await echo.stop("SIGKILL");
    }
  });
}

async function served(folder: string, world: World, seconds: number, streams: readonly Stream[]) {
  const { server } = await serve(folder);
  try {
    const results = await measureEach(server.url, world, seconds, streams);
    return { results, profilesChecked: await assertUpToDate(server.url, world.users) };
  } finally {
    await server.stop("SIGTERM");
  }
}

/** Runs the streams one after the other, each after a warm-up. */
async function measureEach(
  url: string,
  world: World,
  seconds: number,
  streams: readonly Stream[],
): Promise<StreamResult[]> {
  const results: StreamResult[] = [];
  for (const [seed, stream] of streams.entries()) {
    await runLoad({ url, world, seconds: warmupSeconds, seed: 100 + seed, streams: [stream] });
    results.push(...(await runLoad({ url, world, seconds, seed, streams: [stream] })));
  }
  return results;
}

/** Bytes of the file by events: of the log with its indexes, and of everything, states and catalogue included. */
function diskPerEvent(dataDir: string) {
  const database = new DatabaseSync(databasePath(dataDir), { readOnly: true });
  try {
    const one = (sql: string) => Number(Object.values(database.prepare(sql).get()!)[0]);
    const events = one("SELECT value FROM counters WHERE name = 'events'");
    const log = one("SELECT sum(pgsize) FROM dbstat WHERE name IN ('events', 'events_by_user', 'event_ids')");
    return { events, logBytesPerEvent: log / events, diskBytesPerEvent: folderBytes(dataDir) / events };
  } finally {
    database.close();
  }
}
