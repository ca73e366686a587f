/**
 * The load generator, a program of its own: runs streams of requests side by side for a while and reports on each.
 *
 * A stream without a rate sends as fast as answers come. One with a rate sends at its moments whether answers have come
 * or not, and a request's time counts from the moment at which it was due: a server that stalls cannot hide it by
 * keeping the clients waiting.
 */
import { setImmediate, setTimeout } from "node:timers/promises";
import { type Random, seededRandom } from "../../packages/engine/src/base/random.ts";
import { Connection } from "./connection.ts";
import type { LoadPlan, Stream, StreamResult } from "./load.ts";
import { timings } from "./timings.ts";
import { eventJson, userId, type World } from "./world.ts";

type MakeRequest = () => readonly [method: string, path: string, body?: string];

/** Timings kept per stream, chosen at random when there are more. */
const timingsMax = 200_000;

process.once("message", (plan: LoadPlan) => {
  void run(plan).then((results) => process.send!(results, () => process.disconnect()));
});

async function run({ url, world, seconds, seed, streams }: LoadPlan): Promise<StreamResult[]> {
  return await Promise.all(
    streams.map((stream, index) => runStream(url, world, seconds, stream, seededRandom(seed + index))),
  );
}

async function runStream(
  url: string,
  world: World,
  seconds: number,
  stream: Stream,
  random: Random,
): Promise<StreamResult> {
  const make = requestMaker(stream, world, random);
  const connections = await Promise.all(Array.from({ length: stream.connections }, () => Connection.open(url)));
  const timed: number[] = [];
  let requests = 0;
  let failures = 0;
  let acknowledged = 0;
  const ask = async (connection: Connection, dueAt: number): Promise<void> => {
    const { status, body } = await connection.request(...make());
    const tookMs = performance.now() - dueAt;
    requests += 1;
    if (status !== 200) failures += 1;
    else if (stream.kind === "events") acknowledged += Number(/"accepted":(\d+)/.exec(body.toString("latin1"))?.[1]);
    if (timed.length < timingsMax) timed.push(tookMs);
    else if (random.integer(requests) < timingsMax) timed[random.integer(timingsMax)] = tookMs;
  };
  const start = performance.now();
  const end = start + seconds * 1_000;
  if (stream.perSecond === undefined) {
    await Promise.all(
      connections.map(async (connection) => {
        while (performance.now() < end) await ask(connection, performance.now());
      }),
    );
  } else {
    await atRate(connections, stream.perSecond, end, ask);
  }
  const tookSeconds = (performance.now() - start) / 1_000;
  for (const connection of connections) connection.close();
  return {
    kind: stream.kind,
    requests,
    failures,
    ...(stream.kind === "events" ? { acknowledged, eventsPerSecond: acknowledged / tookSeconds } : {}),
    perSecond: requests / tookSeconds,
    ...timings(timed),
  };
}

async function atRate(
  connections: readonly Connection[],
  perSecond: number,
  end: number,
  ask: (connection: Connection, dueAt: number) => Promise<void>,
): Promise<void> {
  const start = performance.now();
  const idle = [...connections];
  const open = new Set<Promise<void>>();
  for (let sent = 0; ; ) {
    const dueAt = start + (sent * 1_000) / perSecond;
    if (dueAt >= end) break;
    const waitMs = dueAt - performance.now();
    if (waitMs > 0) {
      // Timers are exact to a millisecond; the last part is waited for by turns of the loop.
      await (waitMs > 2 ? setTimeout(waitMs - 2) : setImmediate());
      continue;
    }
    const connection = idle.pop();
    if (connection === undefined) {
      await Promise.race(open);
      continue;
    }
    sent += 1;
    const asked = ask(connection, dueAt).then(() => {
      idle.push(connection);
      open.delete(asked);
    });
    open.add(asked);
  }
  await Promise.all(open);
}

function requestMaker(stream: Stream, world: World, random: Random): MakeRequest {
  const path = (what: string) => `/v1/users/${userId(random.integer(world.users))}/${what}`;
  switch (stream.kind) {
    case "events": {
      const { inOrder } = stream;
      let next = inOrder?.from ?? 0;
      const user = () =>
        inOrder === undefined ? random.integer(world.users) : Math.floor(next++ / inOrder.eventsPerVisit) % world.users;
      return () => {
        const now = Date.now();
        const events = Array.from({ length: stream.batch ?? 1 }, () => eventJson(world, random, user(), now));
        return ["POST", "/v1/events", stream.batch === undefined ? events[0] : `[${events.join(",")}]`];
      };
    }
    case "recommendations":
      return () => ["GET", path("recommendations?limit=10")];
    case "profiles":
      return () => ["GET", path("profile")];
    case "live":
      return () => ["GET", "/health/live"];
  }
}
