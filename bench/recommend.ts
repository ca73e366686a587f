/**
 * Reading while events come in, over real HTTP, the load from a process of its own on the same processors.
 *
 * A made-up shop with users of 20 events each, its tree and models fitted. While 1,000 single events a second arrive:
 * recommendations per second at saturation, their latency at half of that, profiles per second at saturation. Beside
 * them the rate of the cheapest request there is, `/health/live`, which bounds what this server can answer at all.
 */
import { benchmark, tell } from "./support/benchmark.ts";
import { runLoad, type Stream, type StreamResult } from "./support/load.ts";
import { withFolder } from "./support/sample.ts";
import { assertUpToDate, putWorld, serve, trackMany, withEngine } from "./support/served.ts";
import type { World } from "./support/world.ts";

const eventsPerUser = 20;
const days = 180;
const connections = 16;
const warmupSeconds = 2;
const arriving: Stream = { kind: "events", connections: 16, perSecond: 1_000 };

await benchmark("recommend", { users: 100_000, items: 10_000, seconds: 10 }, async (options) =>
  withFolder(async (folder) => {
    const world: World = options;
    tell(`Storing ${world.items} items and ${world.users * eventsPerUser} events, and fitting the models`);
    await withEngine(folder, world.users, async (engine) => {
      await putWorld(engine, world);
      await trackMany(engine, world, world.users * eventsPerUser, { seed: 1, days });
      await engine.rebuild();
    });
    const { server } = await serve(folder);
    try {
      const measure = async (stream: Stream, beside: readonly Stream[]): Promise<StreamResult> => {
        const plan = { url: server.url, world, streams: [stream, ...beside] };
        await runLoad({ ...plan, seconds: warmupSeconds, seed: 100 });
        const [result, ...others] = await runLoad({ ...plan, seconds: options.seconds, seed: 1 });
        const late = others.find(({ perSecond }) => perSecond < 0.9 * arriving.perSecond!);
        if (late) tell(`Only ${Math.round(late.perSecond)} of ${arriving.perSecond} events a second got through.`);
        return result;
      };
      tell("Measuring");
      const live = await measure({ kind: "live", connections }, []);
      const saturated = await measure({ kind: "recommendations", connections }, [arriving]);
      const half = Math.max(1, Math.floor(saturated.perSecond / 2));
      const atHalf = await measure({ kind: "recommendations", connections: 64, perSecond: half }, [arriving]);
      const profiles = await measure({ kind: "profiles", connections }, [arriving]);
      return {
        recommendationsPerSecond: saturated.perSecond,
        atHalfLoad: atHalf,
        profilesPerSecond: profiles.perSecond,
        saturated,
        profiles,
        livePerSecond: live.perSecond,
        ratios: {
          recommendationsToLive: saturated.perSecond / live.perSecond,
          profilesToLive: profiles.perSecond / live.perSecond,
        },
        profilesChecked: await assertUpToDate(server.url, world.users),
      };
    } finally {
      await server.stop("SIGTERM");
    }
  }),
);
