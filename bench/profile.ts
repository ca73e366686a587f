/**
 * Reading profiles: as they are, and as they were.
 *
 * A real engine on a temporary folder, with the bundled year of groceries (or the sample that `--data` names) and the decay of
 * its interests learned: a large tree, and people with habits under many of its interests.
 *
 * 1. As they are: everybody's whole profile in turns, their states being in memory.
 * 2. As they were: a person with a long history, at moments spread over it and at its end. Their events are read from the log
 *    and folded up to the moment.
 */
import { join } from "node:path";
import { seededRandom } from "../packages/engine/src/base/random.ts";
import { dayMs, systemClock } from "../packages/engine/src/base/time.ts";
import { sampleNamed } from "../packages/engine/src/cli/demo/samples.ts";
import { importInto } from "../packages/engine/src/import/import.ts";
import { type Engine, openEngine } from "../packages/engine/src/index.ts";
import { benchmark, type Figures, tell } from "./support/benchmark.ts";
import { withFolder } from "./support/sample.ts";
import { timings } from "./support/timings.ts";

const historyDays = 360;
const page = 1_000;
const batch = 5_000;
const seed = 1;

await benchmark("profile", { rounds: 10, events: 10_000, moments: 200 }, async ({ rounds, events, moments, data }) =>
  withFolder(async (folder) => {
    let now = systemClock.now();
    const engine = await openEngine({ dataDir: join(folder, "data"), clock: { now: () => now } });
    try {
      const { sample, sources } = sampleNamed(data ?? "groceries");
      tell(`Importing ${sample.title}, building its interests, learning their decay`);
      await importInto(engine, sources);
      const people = await everybody(engine);
      let last = 0;
      for (const user of people) last = Math.max(last, (await engine.profile(user)).lastSeen ?? 0);
      now = last + dayMs;
      await engine.rebuild();
      await engine.learnDecay();
      return {
        interests: engine.interests().length,
        now: await readAll(engine, people, rounds),
        past: await readPast(engine, now, events, moments),
      };
    } finally {
      await engine.close();
    }
  }),
);

async function everybody(engine: Engine): Promise<string[]> {
  const people: string[] = [];
  for (let cursor: string | undefined; ; ) {
    const { users, nextCursor } = await engine.users({ limit: page, ...(cursor !== undefined && { cursor }) });
    for (const { id, events } of users) if (events > 0) people.push(id);
    if (nextCursor === null) return people;
    cursor = nextCursor;
  }
}

async function readAll(engine: Engine, people: readonly string[], rounds: number): Promise<Figures> {
  tell(`Reading the profiles of ${people.length} people ${rounds} times, after once to warm up`);
  const samplesMs: number[] = [];
  for (let round = 0; round <= rounds; round++) {
    for (const user of people) {
      const start = performance.now();
      await engine.profile(user);
      if (round > 0) samplesMs.push(performance.now() - start);
    }
  }
  return { people: people.length, reads: samplesMs.length, ...timings(samplesMs) };
}

async function readPast(engine: Engine, now: number, count: number, moments: number): Promise<Figures> {
  const random = seededRandom(seed);
  const { items } = engine.items({ limit: page });
  const user = "a long history";
  const begins = now - historyDays * dayMs;
  const history = Array.from({ length: count }, (_, index) => ({
    user,
    type: "purchase",
    item: items[random.integer(items.length)].id,
    time: begins + (index * historyDays * dayMs) / count,
  }));
  for (let start = 0; start < count; start += batch) await engine.track(history.slice(start, start + batch));
  tell(`Reading a person with ${count} events at ${moments} moments of the past, after as many to warm up`);
  const readAt = async (momentOf: () => number): Promise<Figures> => {
    const samplesMs: number[] = [];
    for (let read = -moments; read < moments; read++) {
      const at = momentOf();
      const start = performance.now();
      await engine.profile(user, { at });
      if (read >= 0) samplesMs.push(performance.now() - start);
    }
    return { ...timings(samplesMs) };
  };
  return {
    events: count,
    atAnyMoment: await readAt(() => Math.floor(begins + random.uniform() * historyDays * dayMs)),
    // A moment ago: all of the history, and not from memory.
    atTheEnd: await readAt(() => now - 1),
  };
}
