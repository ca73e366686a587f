/**
 * Freshness: how long after something happened do the profile and the recommendations know of it?
 *
 * A real engine on a temporary folder, with the sample's catalogue and events, rebuilt. Each round takes a user and a film
 * that is new to them, and times `track`, then `profile`, then `recommend` for that user, in the same process. What the
 * user's profile and recommendations were before is read outside the timing; the clock that the engine is given stands
 * still within a round, so that what differs afterwards is the event's doing and not the passing of time.
 *
 * The physical bound beside it: the time of writing one page and waiting for the disk, on the same disk, in the same
 * rounds. No engine that acknowledges only what is durable can be faster than that.
 */
import { closeSync, fsyncSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { seededRandom } from "../packages/engine/src/base/random.ts";
import { dayMs, minuteMs } from "../packages/engine/src/base/time.ts";
import { type Engine, openEngine } from "../packages/engine/src/index.ts";
import { benchmark, type Figures, tell } from "./support/benchmark.ts";
import { readSample, type Sample, withFolder } from "./support/sample.ts";
import { timings } from "./support/timings.ts";

/** Rounds that are run first and not counted: the compiler is still at work. */
const warmupRounds = 50;
const pageBytes = 4_096;
const batch = 5_000;
const seed = 1;
const triesMax = 10_000;

await benchmark("freshness", { rounds: 1_000 }, async ({ rounds, data }) =>
  withFolder(async (folder) => {
    const sample = await readSample(data);
    let moment = sample.events.at(-1)!.time + dayMs;
    const clock = { now: () => moment };
    const engine = await openEngine({ dataDir: join(folder, "data"), clock });
    const page = openSync(join(folder, "page"), "w");
    try {
      await fill(engine, sample);
      return await measure(engine, sample, rounds, page, () => {
        moment += minuteMs;
      });
    } finally {
      closeSync(page);
      await engine.close();
    }
  }),
);

async function fill(engine: Engine, { items, events }: Sample): Promise<void> {
  tell(`Loading ${items.length} items and ${events.length} events`);
  for (let start = 0; start < items.length; start += batch) await engine.putItems(items.slice(start, start + batch));
  for (let start = 0; start < events.length; start += batch) await engine.track(events.slice(start, start + batch));
  tell("Building the interest tree and the profiles");
  await engine.rebuild();
}

async function measure(
  engine: Engine,
  { items, events }: Sample,
  rounds: number,
  page: number,
  tick: () => void,
): Promise<Figures> {
  const random = seededRandom(seed);
  const users = [...new Set(events.map(({ user }) => user))];
  const seen = new Set(events.map(({ user, item }) => `${user} ${item}`));
  /** A user and an item that have not met. */
  const newPair = (): { user: string; item: string } => {
    for (let tries = 0; tries < triesMax; tries++) {
      const user = users[random.integer(users.length)];
      const item = items[random.integer(items.length)].id;
      const pair = `${user} ${item}`;
      if (seen.has(pair)) continue;
      seen.add(pair);
      return { user, item };
    }
    throw new Error(`Expected users who have not rated everything, found none in ${triesMax} tries.`);
  };
  const whole: number[] = [];
  const steps = { track: [] as number[], profile: [] as number[], recommend: [] as number[] };
  const fsync: number[] = [];
  let reordered = 0;
  tell(`Measuring ${rounds} rounds after ${warmupRounds} to warm up`);
  for (let round = -warmupRounds; round < rounds; round++) {
    tick();
    const { user, item } = newPair();
    const profileBefore = await engine.profile(user);
    const listBefore = await engine.recommend(user);
    const disk = durableWriteMs(page);

    const start = performance.now();
    await engine.track([{ user, type: "rating", item, value: 5 }]);
    const tracked = performance.now();
    const profile = await engine.profile(user);
    const read = performance.now();
    const list = await engine.recommend(user);
    const end = performance.now();

    if (profile.events !== profileBefore.events + 1 || profile.intensity === profileBefore.intensity) {
      throw new Error(`user ${user}'s profile does not know of the event on item ${item}`);
    }
    const scores = ({ recommendations }: typeof list) =>
      recommendations.map(({ item: { id }, score }) => `${id} ${score}`);
    if (scores(list).join() === scores(listBefore).join()) {
      throw new Error(`user ${user}'s recommendations do not know of the event on item ${item}`);
    }
    if (round < 0) continue;
    const ids = ({ recommendations }: typeof list) => recommendations.map(({ item: { id } }) => id).join();
    if (ids(list) !== ids(listBefore)) reordered += 1;
    whole.push(end - start);
    steps.track.push(tracked - start);
    steps.profile.push(read - tracked);
    steps.recommend.push(end - read);
    fsync.push(disk);
  }
  const total = timings(whole);
  const bound = timings(fsync);
  return {
    ...total,
    rounds: whole.length,
    items: items.length,
    events: events.length,
    users: users.length,
    track: timings(steps.track),
    profile: timings(steps.profile),
    recommend: timings(steps.recommend),
    durablePageWrite: bound,
    timesDurablePageWrite: { p50: total.p50Ms / bound.p50Ms, p99: total.p99Ms / bound.p99Ms },
    /** Part of the rounds in which other items, or the same in another order, were recommended; scores changed in all. */
    reorderedShare: reordered / whole.length,
  };
}

function durableWriteMs(file: number): number {
  const start = performance.now();
  writeSync(file, new Uint8Array(pageBytes).fill(start & 255));
  fsyncSync(file);
  return performance.now() - start;
}
