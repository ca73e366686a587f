import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, onTestFinished, test } from "vitest";
import type { EventRow } from "./event-rows.ts";
import { defaultEmbeddedLimits } from "./limits.ts";
import type { WriteRequest } from "./requests.ts";
import { allEvents, event, openForTest, temporaryDirectory } from "./test-support.ts";
import { Writer } from "./writer.ts";

function openWriter(): { writer: Writer; path: string } {
  const dataDir = mkdtempSync(join(tmpdir(), "penchant-writer-"));
  const writer = new Writer(dataDir, defaultEmbeddedLimits);
  onTestFinished(() => {
    writer.close();
    rmSync(dataDir, { recursive: true });
  });
  return { writer, path: join(dataDir, "penchant.db") };
}

const row = (id: string, user: string, time = 5): EventRow => [id, user, "view", "m1", time, null, null, null, null];

const append = (id: number, ...events: EventRow[]): WriteRequest => ({
  id,
  kind: "append",
  input: { events, receivedAt: 1_700_000_000_000 },
});

test("of appends that share a commit, one that fails is undone alone, with the names and ids that it introduced", () => {
  const { writer, path } = openWriter();
  // Half a millisecond does not fit into the column: the second event of the second request fails in the database.
  const replies = writer.run([
    append(1, row("a", "ada")),
    append(2, row("b", "bob"), row("c", "bob", 0.5)),
    append(3, row("b", "bob"), row("d", "ada")),
  ]);
  expect(replies).toMatchObject([
    { id: 1, output: Float64Array.of(1) },
    { id: 2, error: { code: "PENCHANT_E_STORAGE" } },
    { id: 3, output: Float64Array.of(2, 3) },
  ]);
  const reader = new DatabaseSync(path, { readOnly: true });
  const stored = reader.prepare("SELECT e.id, u.id AS user FROM events e JOIN users u ON u.key = e.user").all();
  expect(stored).toEqual([
    { id: "a", user: "ada" },
    { id: "b", user: "bob" },
    { id: "d", user: "ada" },
  ]);
  const counters = reader.prepare("SELECT name, value FROM counters WHERE name IN ('events', 'users')").all();
  expect(counters).toEqual([
    { name: "events", value: 3 },
    { name: "users", value: 2 },
  ]);
  reader.close();
});

test("requests of all kinds take effect in the order in which they came", () => {
  const { writer } = openWriter();
  const replies = writer.run([
    append(1, row("a", "ada")),
    { id: 2, kind: "erase", input: { id: "ada" } },
    append(3, row("a", "ada")),
    { id: 4, kind: "erase", input: { id: "ada" } },
    { id: 5, kind: "erase", input: { id: "ada" } },
  ]);
  expect(replies).toEqual([
    { id: 1, output: Float64Array.of(1) },
    { id: 2, output: { events: 1 } },
    { id: 3, output: Float64Array.of(2) },
    { id: 4, output: { events: 1 } },
    { id: 5, output: { events: 0 } },
  ]);
});

test("appends over the limit of waiting events are refused at once, and the others are written", async () => {
  const storage = await openForTest({ dataDir: temporaryDirectory(), limits: { queuedEventsMax: 5 } });
  const results = await Promise.allSettled([
    storage.events.append([event("1"), event("2"), event("3")]),
    storage.events.append([event("4"), event("5"), event("6")]),
    storage.events.append([event("7"), event("8")]),
  ]);
  expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  expect(results[1]).toMatchObject({
    reason: { code: "PENCHANT_E_OVERLOADED", details: { events: 3, waiting: 3, limit: 5 } },
  });
  // There is room again once they are written; a batch that can never fit is told so.
  await storage.events.append([event("4"), event("5"), event("6")]);
  expect((await allEvents(storage)).map(({ id }) => id)).toEqual(["1", "2", "3", "7", "8", "4", "5", "6"]);
  await expect(storage.events.append("123456".split("").map((id) => event(id)))).rejects.toThrow(/split it/);
});

test("an event with UUIDs for its id and session takes at most 200 bytes of disk, indexes included", async () => {
  const dataDir = temporaryDirectory();
  const storage = await openForTest({ dataDir });
  const count = 10_000;
  const events = Array.from({ length: count }, (_, n) =>
    event(crypto.randomUUID(), {
      user: `user-${(n * 7919) % 1000}`,
      item: `item-${(n * 104_729) % 5000}`,
      time: 1_700_000_000_000 + n,
      value: n % 5,
      session: crypto.randomUUID(),
    }),
  );
  for (let at = 0; at < count; at += 2500) await storage.events.append(events.slice(at, at + 2500));
  await storage.close();
  const database = new DatabaseSync(join(dataDir, "penchant.db"), { readOnly: true });
  const { bytes } = database.prepare("SELECT sum(pgsize) AS bytes FROM dbstat").get() as { bytes: number };
  database.close();
  expect(bytes / count).toBeLessThan(200);
});
