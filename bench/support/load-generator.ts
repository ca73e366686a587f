/**
 * The load generator, a program of its own: runs streams of requests side by side for a while and reports on each.
 *
 * It runs on the server's processors, which the clients of a real server do not. So requests are made before the clock
 * starts, as far as memory is allowed for it, and nothing is done meanwhile but to send bytes and to look at status and
 * counts of the answers.
 *
 * A stream without a rate sends as fast as answers come. One with a rate sends at its moments whether answers have come
 * or not, and a request's time counts from the moment at which it was due: a server that stalls cannot hide it by
 * keeping the clients waiting. It sends by a timer that is exact to a millisecond, which counts as well: waiting more
 * exactly would take a processor of its own.
 */
import { setTimeout } from "node:timers/promises";
import { type Random, seededRandom } from "../../packages/engine/src/base/random.ts";
import { Connection, requestBytes } from "./connection.ts";
import type { LoadPlan, Stream, StreamResult } from "./load.ts";
import { timings } from "./timings.ts";
import { eventJson, userId, type World } from "./world.ts";

/** Requests that are made before the clock starts: so many a second where there is no rate, and so many bytes in all. */
const preparedPerSecond = { events: 60_000, recommendations: 4_000, profiles: 12_000, live: 60_000 };
const preparedBytesMax = 160 * 2 ** 20;
/** An answer to events tells how many were accepted at its beginning. */
const countWithinBytes = 100;

/** Timings kept per stream, chosen at random when there are more. */
const timingsMax = 200_000;

process.once("message", (plan: LoadPlan) => {
  void run(plan).then((results) => process.send!(results, () => process.disconnect()));
});

async function run({ url, world, seconds, seed, streams }: LoadPlan): Promise<StreamResult[]> {
  const { host } = new URL(url);
  const requests = streams.map((stream, index) =>
    prepared(requestMaker(host, stream, world, seededRandom(seed + index)), stream, seconds),
  );
  return await Promise.all(streams.map((stream, index) => runStream(url, seconds, stream, requests[index])));
}

/** Gives what `make` would, most of it made already. */
function prepared(make: () => Buffer, stream: Stream, seconds: number): () => Buffer {
  const perSecond = stream.perSecond ?? preparedPerSecond[stream.kind] / (stream.batch ?? 1);
  const requests: Buffer[] = [];
  for (let bytes = 0; requests.length < perSecond * seconds && bytes < preparedBytesMax; ) {
    const request = make();
    requests.push(request);
    bytes += request.length;
  }
  let next = 0;
  return () => (next < requests.length ? requests[next++] : make());
}

async function runStream(
  url: string,
  seconds: number,
  stream: Stream,
  nextRequest: () => Buffer,
): Promise<StreamResult> {
  const random = seededRandom(stream.connections);
  const connections = await Promise.all(Array.from({ length: stream.connections }, () => Connection.open(url)));
  const timed: number[] = [];
  let requests = 0;
  let failures = 0;
  let acknowledged = 0;
  const ask = async (connection: Connection, dueAt: number): Promise<void> => {
    const { status, body } = await connection.request(nextRequest());
    const tookMs = performance.now() - dueAt;
    requests += 1;
    if (status !== 200) failures += 1;
    else if (stream.kind === "events") acknowledged += acceptedIn(body);
    if (timed.length < timingsMax) timed.push(tookMs);
    else if (random.integer(requests) < timingsMax) timed[random.integer(timingsMax)] = tookMs;
  };
  const cpuBefore = cpuSeconds();
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
    generatorCpuSeconds: cpuSeconds() - cpuBefore,
    ...timings(timed),
  };
}

/** Of this process since it began: what the server's processors did for the load instead. */
function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
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
      await setTimeout(Math.ceil(waitMs));
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

const acceptedIn = (body: Buffer) => Number(/"accepted":(\d+)/.exec(body.toString("latin1", 0, countWithinBytes))?.[1]);

function requestMaker(host: string, stream: Stream, world: World, random: Random): () => Buffer {
  const get = (path: string) => requestBytes(host, "GET", path);
  const ofUser = (what: string) => get(`/v1/users/${userId(random.integer(world.users))}/${what}`);
  switch (stream.kind) {
    case "events": {
      const { inOrder } = stream;
      let next = inOrder?.from ?? 0;
      const user = () =>
        inOrder === undefined ? random.integer(world.users) : Math.floor(next++ / inOrder.eventsPerVisit) % world.users;
      return () => {
        const now = Date.now();
        const events = Array.from({ length: stream.batch ?? 1 }, () => eventJson(world, random, user(), now));
        const body = stream.batch === undefined ? events[0] : `[${events.join(",")}]`;
        return requestBytes(host, "POST", "/v1/events", body);
      };
    }
    case "recommendations":
      return () => ofUser("recommendations?limit=10");
    case "profiles":
      return () => ofUser("profile");
    case "live":
      return () => get("/health/live");
  }
}
