/** NDJSON over real sockets: what becomes of lines while others are still to come. */
import { once } from "node:events";
import { type ClientRequest, type IncomingMessage, request } from "node:http";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { json } from "node:stream/consumers";
import { pino } from "pino";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { type EngineOptions, openEngine } from "../../engine.ts";
import { folderWith } from "../../testing/folder.ts";
import { startServer } from "../server.ts";

async function serve(options: EngineOptions = {}) {
  const dataDir = folderWith();
  const engine = await openEngine({ dataDir, ...options });
  const log: { level: number; msg: string }[] = [];
  const logger = pino({}, { write: (line: string) => log.push(JSON.parse(line)) });
  const server = await startServer(engine, { port: 0, logger });
  onTestFinished(async () => {
    await server.close();
    await engine.close();
  });
  const url = `${server.url}/v1/events`;
  const post = (events: object) =>
    fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(events) });
  return { engine, dataDir, url, post, log, eventsOf: async (user: string) => (await engine.user(user))?.events ?? 0 };
}

/** A request whose body is written piece by piece. */
function stream(
  url: string,
  more: Record<string, string> = {},
): { body: ClientRequest; answer: Promise<{ status: number; report: Report }> } {
  const body = request(url, { method: "POST", headers: { "content-type": "application/x-ndjson", ...more } });
  const answer = once(body, "response").then(async ([response]) => {
    const { statusCode = 0 } = response as IncomingMessage;
    return { status: statusCode, report: (await json(response as IncomingMessage)) as Report };
  });
  return { body, answer };
}

// biome-ignore lint/suspicious/noExplicitAny: the tests of the route hold it against the OpenAPI document
type Report = any;

const line = (fields: object) => `${JSON.stringify({ type: "view", ...fields })}\n`;

describe("a stream of lines", () => {
  test("is tracked while it arrives, lines cut anywhere", async () => {
    const { url, eventsOf } = await serve();
    const { body, answer } = stream(url);
    const [first, second] = [line({ user: "ada", text: "käse" }), line({ user: "ada" })].map((text) =>
      Buffer.from(text),
    );
    // In the middle of a character, which takes two bytes.
    const cut = first.indexOf(0xc3) + 1;
    body.write(first.subarray(0, cut));
    body.write(first.subarray(cut));
    await vi.waitUntil(async () => (await eventsOf("ada")) === 1, { timeout: 5_000 });
    body.write(Buffer.concat([second, second.subarray(0, 10)]));
    await vi.waitUntil(async () => (await eventsOf("ada")) === 2, { timeout: 5_000 });
    body.end(second.subarray(10, -1));
    expect(await answer).toMatchObject({ status: 200, report: { accepted: 3, rejected: 0 } });
  });

  test("may be longer than a JSON request; its report is exact in numbers and bounded in length", async () => {
    const { url, eventsOf } = await serve();
    const { body, answer } = stream(url);
    for (let part = 0; part < 12; part++) {
      const lines = Array.from({ length: 1_100 }, (_, n) =>
        line({ id: `${part}-${n % 1_050}`, user: `user ${n % 7}` }),
      );
      body.write(`${lines.join("")}nonsense\n`.repeat(part < 11 ? 1 : 2));
    }
    body.end();
    const { status, report } = await answer;
    expect(status).toBe(207);
    const { results, ...counts } = report;
    expect(counts).toEqual({ accepted: 12 * 1_050, duplicates: 12 * 50 + 1_100, rejected: 13, unlisted: 4_309 });
    expect(results).toHaveLength(10_004);
    expect(results.at(-1)).toMatchObject({ index: 14_312, status: "rejected" });
    expect(await eventsOf("user 0")).toBe(12 * 150);
  });

  test("with a line that never ends keeps nothing of it but its length", async () => {
    const { url } = await serve();
    const { body, answer } = stream(url);
    body.write(line({ user: "ada" }));
    for (let megabyte = 0; megabyte < 40; megabyte++) {
      if (!body.write("x".repeat(1 << 20))) await once(body, "drain");
    }
    body.end(`\n${line({ user: "ada" })}`);
    const { report } = await answer;
    expect(report).toMatchObject({ accepted: 2, rejected: 1 });
    expect(report.results[1].error.detail).toContain(`got ${40 << 20} (limits.lineBytes)`);
  });

  test("that announces more than the limit is refused before it is read", async () => {
    const { url } = await serve();
    const { body, answer } = stream(url, { "content-length": String(2 ** 30 + 1) });
    body.flushHeaders();
    expect(await answer).toMatchObject({ status: 413, report: { code: "PENCHANT_E_BODY_TOO_LARGE", accepted: 0 } });
    body.destroy();
  });

  test("that breaks off leaves what was tracked, and is no fault of the server", async () => {
    const { url, eventsOf, log } = await serve();
    const { body, answer } = stream(url);
    body.write(line({ user: "ada" }));
    await vi.waitUntil(async () => (await eventsOf("ada")) === 1, { timeout: 5_000 });
    body.destroy();
    await expect(answer).rejects.toThrow();
    await vi.waitUntil(() => log.length > 0, { timeout: 5_000 });
    expect(Math.max(...log.map(({ level }) => level))).toBeLessThanOrEqual(40);
    expect(await eventsOf("ada")).toBe(1);
  });

  test("that the engine cannot take to its end is answered with what was taken", async () => {
    const { url, engine } = await serve();
    const { body, answer } = stream(url);
    body.write(line({ user: "ada" }));
    await vi.waitUntil(() => engine.figures().log.position === 1, { timeout: 5_000 });
    await engine.close();
    body.write(line({ user: "ada" }));
    expect(await answer).toMatchObject({
      status: 503,
      report: { code: "PENCHANT_E_CLOSED", accepted: 1, results: [{ index: 0, status: "accepted" }] },
    });
    body.destroy();
  });
});

describe("when the disk is slow", () => {
  test("a bounded number of events waits: further ones get 429 and when to come again, streams are slowed down", async () => {
    const { url, post, dataDir, engine, eventsOf } = await serve({ eventsInFlight: 10 });
    // Somebody else writes to the file: commits wait.
    const other = new DatabaseSync(join(dataDir, "penchant.db"));
    other.exec("BEGIN IMMEDIATE");
    const waiting = post(Array.from({ length: 10 }, () => ({ user: "ada", type: "view" })));
    await vi.waitUntil(() => engine.figures().intake.eventsInFlight === 10, { timeout: 5_000 });

    const refused = await post({ user: "bert", type: "view" });
    expect(refused.status).toBe(429);
    expect(refused.headers.get("retry-after")).toBe("1");
    expect(await refused.json()).toMatchObject({ code: "PENCHANT_E_OVERLOADED", waiting: 10, limit: 10 });

    const { body, answer } = stream(url);
    let answered = false;
    void answer.then(() => (answered = true));
    for (let n = 0; n < 3; n++) body.write(line({ user: "cleo" }));
    body.end();
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(answered).toBe(false);
    expect(engine.figures().intake.eventsInFlight).toBe(10);

    other.exec("ROLLBACK");
    other.close();
    expect((await waiting).status).toBe(200);
    expect(await answer).toMatchObject({ status: 200, report: { accepted: 3 } });
    expect((await post({ user: "bert", type: "view" })).status).toBe(200);
    expect([await eventsOf("ada"), await eventsOf("bert"), await eventsOf("cleo")]).toEqual([10, 1, 3]);
  });
});
