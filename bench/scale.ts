/**
 * Many users: resident memory of a server after their events came in over HTTP and while it serves, and how long it takes
 * to start on what is stored, after an orderly end and after `kill -9`. Users come in visits of a few events, one user
 * after the other, so that nobody's state is in memory any more when they come again. As many states are cached as by
 * default; `--cached 10000000` keeps all of them.
 *
 * The full run is `npm run bench:scale -- --users 1000000`.
 */

import { join } from "node:path";
import { benchmark, tell } from "./support/benchmark.ts";
import { runLoad, type Stream } from "./support/load.ts";
import { withFolder } from "./support/sample.ts";
import {
  assertUpToDate,
  folderBytes,
  memoryBytes,
  memoryDuring,
  putWorld,
  serve,
  withEngine,
} from "./support/served.ts";
import type { World } from "./support/world.ts";

const eventsPerUser = 20;
const eventsPerVisit = 5;
const batch = 100;
const loadSeconds = 10;
const sampleMs = 200;

await benchmark("scale", { users: 100_000, items: 10_000, seconds: 10, cached: 100_000 }, async (options) =>
  withFolder(async (folder) => {
    const world: World = options;
    await withEngine(folder, options.cached, (engine) => putWorld(engine, world));
    const first = await serve(folder);
    const wanted = world.users * eventsPerUser;
    let peak = 0;
    const watch = async <T>(pid: number, work: Promise<T>): Promise<T> => {
      for (const { bytes } of await memoryDuring(pid, sampleMs, work)) peak = Math.max(peak, bytes);
      return await work;
    };
    tell(`Sending ${wanted} events`);
    let sent = 0;
    const start = performance.now();
    for (let seed = 0; sent < wanted; seed++) {
      const streams: Stream[] = [{ kind: "events", connections: 20, batch, inOrder: { from: sent, eventsPerVisit } }];
      const load = runLoad({ url: first.server.url, world, seconds: loadSeconds, seed, streams });
      const [{ acknowledged }] = await watch(first.server.child.pid!, load);
      sent += acknowledged!;
    }
    const eventsPerSecond = sent / ((performance.now() - start) / 1_000);
    const afterLoadBytes = memoryBytes(first.server.child.pid!);
    const streams: Stream[] = [
      { kind: "recommendations", connections: 8, perSecond: 200 },
      { kind: "profiles", connections: 8, perSecond: 200 },
      { kind: "events", connections: 8, perSecond: 200 },
    ];
    tell("Serving");
    const serving = async (server: typeof first.server) =>
      await watch(server.child.pid!, runLoad({ url: server.url, world, seconds: options.seconds, seed: 1, streams }));
    await serving(first.server);
    const whileServingBytes = memoryBytes(first.server.child.pid!);
    const profilesChecked = await assertUpToDate(first.server.url, world.users);
    await first.server.stop("SIGTERM");
    tell("Starting again");
    const second = await serve(folder);
    const afterStartBytes = memoryBytes(second.server.child.pid!);
    await serving(second.server);
    await second.server.stop("SIGKILL");
    const third = await serve(folder);
    await third.server.stop("SIGTERM");
    return {
      users: world.users,
      events: sent,
      eventsPerSecond,
      memory: { afterLoadBytes, whileServingBytes, afterStartBytes, peakBytes: peak },
      peakBytesPerUser: peak / world.users,
      startSeconds: { emptyFolder: first.startSeconds, afterEnd: second.startSeconds, afterKill: third.startSeconds },
      diskBytes: folderBytes(join(folder, "data")),
      profilesChecked,
    };
  }),
);
