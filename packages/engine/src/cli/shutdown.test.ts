/** The real server in a process of its own, told to stop while it is busy. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { openEngine } from "../engine.ts";
import { folderWith } from "../testing/folder.ts";

const penchant = fileURLToPath(new URL("../../bin/penchant.js", import.meta.url));
const graceSeconds = 2;

test("told to stop, serve finishes what it took in, refuses the rest, and ends in time whatever hangs", async () => {
  const dataDir = join(folderWith(), "data");
  const options = ["--port", "0", "--json", "--data", dataDir, "--grace", `${graceSeconds}`];
  const server = spawn(process.execPath, [penchant, "serve", ...options], { stdio: ["ignore", "pipe", "pipe"] });
  onTestFinished(() => void server.kill("SIGKILL"));
  let log = "";
  server.stderr.setEncoding("utf8").on("data", (text: string) => (log += text));
  const [line] = (await once(server.stdout.setEncoding("utf8"), "data")) as [string];
  const { url } = JSON.parse(line) as { url: string };

  const acknowledged: string[] = [];
  const outcomes = new Map<string, number>();
  const sender = async (name: string) => {
    for (let n = 0; server.exitCode === null; n++) {
      const ids = [0, 1, 2].map((index) => `${name}-${n}-${index}`);
      const body = JSON.stringify(ids.map((id) => ({ id, user: name, type: "view" })));
      const headers = { "content-type": "application/json" };
      const outcome = await fetch(`${url}/v1/events`, { method: "POST", headers, body })
        .then(async (response) => `${response.status} ${((await response.json()) as { code?: string }).code ?? "fine"}`)
        .catch(() => "no connection");
      if (outcome === "200 fine") acknowledged.push(...ids);
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      if (outcome === "no connection") return;
    }
  };
  const stream = (id: string) => {
    const body = request(`${url}/v1/events`, { method: "POST", headers: { "content-type": "application/x-ndjson" } });
    const answer = once(body, "response").then(([response]) => json(response as IncomingMessage));
    body.write(`{"id":"${id}","user":"${id}","type":"view"}\n`);
    return { body, answer };
  };
  const finishing = stream("finishing");
  const hanging = stream("hanging");
  const cut = expect(hanging.answer).rejects.toThrow();
  const senders = Promise.all(Array.from({ length: 8 }, (_, n) => sender(`sender ${n}`)));
  await until(() => acknowledged.length > 300);

  const toldAt = performance.now();
  server.kill("SIGTERM");
  await until(() => (outcomes.get("503 PENCHANT_E_CLOSED") ?? 0) > 5);
  expect((await fetch(`${url}/health/ready`)).status).toBe(503);
  expect((await fetch(`${url}/health/live`)).status).toBe(200);
  finishing.body.end(`{"id":"last","user":"finishing","type":"view"}\n`);
  expect(await finishing.answer).toMatchObject({ accepted: 2, rejected: 0 });
  const [code] = (await once(server, "exit")) as [number];
  expect(performance.now() - toldAt).toBeLessThan((graceSeconds + 3) * 1_000);
  await Promise.all([senders, cut]);
  expect(code).toBe(0);
  expect(log.split("\n").filter((text) => text.includes('"level":50'))).toEqual([]);
  const expected = ["200 fine", "503 PENCHANT_E_CLOSED", "no connection"];
  expect([...outcomes.keys()].filter((outcome) => !expected.includes(outcome))).toEqual([]);

  const engine = await openEngine({ dataDir });
  onTestFinished(() => engine.close());
  // What was flushed at the end includes everything: there is nothing to replay.
  const { log: places } = engine.figures();
  expect(places.flushedPosition).toBe(places.position);
  const kept = new Set<string>();
  for await (const events of engine.storage.events.read({ after: 0 })) for (const { id } of events) kept.add(id);
  expect(acknowledged.filter((id) => !kept.has(id))).toEqual([]);
  expect(kept.has("hanging")).toBe(true);
});

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}
