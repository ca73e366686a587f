/**
 * Mixed load for as long as asked: memory has to stay flat. A server with a bounded cache gets batches, single events,
 * recommendations and profiles at steady rates; its resident memory is taken every second. The slope of the second half
 * is fitted by least squares, and the run fails when it is above the bound: by then caches are full and code is compiled,
 * so that what still grows is a leak.
 */
import { benchmark, tell } from "./support/benchmark.ts";
import { runLoad, type Stream } from "./support/load.ts";
import { withFolder } from "./support/sample.ts";
import { assertUpToDate, memoryDuring, putWorld, serve, trackMany, withEngine } from "./support/served.ts";
import type { World } from "./support/world.ts";

const streams: Stream[] = [
  { kind: "events", connections: 4, batch: 100, perSecond: 40 },
  { kind: "events", connections: 16, perSecond: 500 },
  { kind: "recommendations", connections: 16, perSecond: 200 },
  { kind: "profiles", connections: 16, perSecond: 200 },
];
/** Fewer than users, so that states come and go. */
const cachedShare = 0.5;
/** So many that states have nearly all that they will ever remember: what grows afterwards is not them. */
const eventsPerUser = 300;
const days = 90;
const sampleMs = 1_000;
const mebibyte = 2 ** 20;
const slopeBytesPerMinuteMax = 8 * mebibyte;

await benchmark("soak", { minutes: 10, users: 2_000, items: 1_000 }, async (options) =>
  withFolder(async (folder) => {
    const world: World = options;
    await withEngine(folder, Math.ceil(world.users * cachedShare), async (engine) => {
      await putWorld(engine, world);
      await trackMany(engine, world, world.users * eventsPerUser, { seed: 1, days });
      await engine.rebuild();
    });
    const { server } = await serve(folder);
    try {
      tell(`Mixed load for ${options.minutes} minutes`);
      const load = runLoad({ url: server.url, world, seconds: options.minutes * 60, seed: 1, streams });
      const samples = await memoryDuring(server.child.pid!, sampleMs, load);
      const results = await load;
      const second = samples.slice(Math.floor(samples.length / 2));
      const slopeBytesPerMinute = 60 * slopeBytesPerSecond(second);
      if (slopeBytesPerMinute > slopeBytesPerMinuteMax) process.exitCode = 1;
      return {
        minutes: options.minutes,
        isFlat: slopeBytesPerMinute <= slopeBytesPerMinuteMax,
        slopeBytesPerMinute,
        slopeBytesPerMinuteMax,
        memory: {
          firstBytes: samples[0].bytes,
          halfBytes: second[0].bytes,
          lastBytes: second.at(-1)!.bytes,
          peakBytes: Math.max(...samples.map(({ bytes }) => bytes)),
        },
        streams: results,
        profilesChecked: await assertUpToDate(server.url, world.users),
      };
    } finally {
      await server.stop("SIGTERM");
    }
  }),
);

/** By least squares. */
function slopeBytesPerSecond(samples: readonly { seconds: number; bytes: number }[]): number {
  const mean = (of: "seconds" | "bytes") => samples.reduce((sum, sample) => sum + sample[of], 0) / samples.length;
  const [meanSeconds, meanBytes] = [mean("seconds"), mean("bytes")];
  let covariance = 0;
  let variance = 0;
  for (const { seconds, bytes } of samples) {
    covariance += (seconds - meanSeconds) * (bytes - meanBytes);
    variance += (seconds - meanSeconds) ** 2;
  }
  return variance === 0 ? 0 : covariance / variance;
}
