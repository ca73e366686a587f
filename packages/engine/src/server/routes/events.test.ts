import { describe, expect, test } from "vitest";
import { hourMs } from "../../base/time.ts";
import { buildServer } from "../server.ts";
import { checkedClient, now, openTestEngine, silent, testApi } from "../test-client.ts";

const api = testApi();
const { ask } = api;

const ndjson = { "content-type": "application/x-ndjson" };

describe("POST /v1/events", () => {
  test("takes one event and gives it an id", async () => {
    const { status, body } = await ask("POST", "/v1/events", { user: "one", type: "view", item: "crime-1" });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      accepted: 1,
      duplicates: 0,
      rejected: 0,
      results: [{ index: 0, status: "accepted" }],
    });
    const { body: page } = await ask("GET", "/v1/users/one/events");
    expect(page.events).toMatchObject([
      { id: body.results[0].id, user: "one", type: "view", item: "crime-1", time: now },
    ]);
  });

  test("takes an array; an event that comes again is a duplicate", async () => {
    const events = [1, 2].map((n) => ({
      id: `twice-${n}`,
      user: "two",
      type: "view",
      item: "crime-1",
      time: "2026-05-01T10:00:00Z",
    }));
    expect((await ask("POST", "/v1/events", events)).body).toMatchObject({ accepted: 2, duplicates: 0 });
    const again = await ask("POST", "/v1/events", [...events, { id: "twice-3", user: "two", type: "view" }]);
    expect(again.status).toBe(200);
    expect(again.body).toMatchObject({ accepted: 1, duplicates: 2, rejected: 0 });
    expect(again.body.results.map((result: { status: string }) => result.status)).toEqual([
      "duplicate",
      "duplicate",
      "accepted",
    ]);
    expect((await ask("GET", "/v1/users/two")).body.events).toBe(3);
  });

  test("an id that comes twice in one batch counts once", async () => {
    const event = { id: "within", user: "within", type: "view" };
    expect((await ask("POST", "/v1/events", [event, event])).body).toMatchObject({ accepted: 1, duplicates: 1 });
  });

  test("keeps the valid events of a batch and says of each other one what is wrong", async () => {
    const { status, body } = await ask("POST", "/v1/events", [
      { id: "mixed-0", user: "mixed", type: "view" },
      { id: "mixed-1", user: "mixed", type: "view", time: now + 25 * hourMs },
      { id: "mixed-2", user: "mixed", type: "view", time: "yesterday" },
      { id: "mixed-3", user: "mixed", type: "rating", value: "five" },
      { id: "mixed-4", user: "x".repeat(129), type: "view" },
      { id: "mixed-5", user: "mixed" },
      { id: "mixed-6", user: "mixed", type: "view", itemId: "crime-1" },
      {
        id: "mixed-7",
        user: "mixed",
        type: "view",
        context: { a: { b: { c: { d: { e: { f: { g: { h: { i: 1 } } } } } } } } },
      },
      { id: "mixed-8", user: "mixed", type: "search", text: "x".repeat(10_001) },
      "mixed-9",
      null,
      { id: "mixed-11", user: "mixed", type: "view", time: now + 23 * hourMs },
    ]);
    expect(status).toBe(207);
    expect(body).toMatchObject({ accepted: 2, duplicates: 0, rejected: 10 });
    expect(body.results.map((result: { error?: { code: string } }) => result.error?.code ?? "fine")).toEqual([
      "fine",
      "PENCHANT_E_EVENT_TIME",
      "PENCHANT_E_EVENT_TIME",
      "PENCHANT_E_EVENT_VALUE",
      "PENCHANT_E_ID_INVALID",
      "PENCHANT_E_EVENT_INVALID",
      "PENCHANT_E_EVENT_INVALID",
      "PENCHANT_E_EVENT_INVALID",
      "PENCHANT_E_EVENT_INVALID",
      "PENCHANT_E_EVENT_INVALID",
      "PENCHANT_E_EVENT_INVALID",
      "fine",
    ]);
    expect(body.results[1].error.detail).toContain('event "mixed-1"');
    expect(body.results[6].error.detail).toContain("itemId");
    expect((await ask("GET", "/v1/users/mixed")).body.events).toBe(2);
  });

  test("answers with a problem that holds the report when no event is valid", async () => {
    const { status, body } = await ask("POST", "/v1/events", {
      id: "far",
      user: "late",
      type: "view",
      time: "2126-11-22T00:00:00Z",
    });
    expect(status).toBe(400);
    expect(body).toMatchObject({
      type: "urn:penchant:error:PENCHANT_E_EVENT_TIME",
      code: "PENCHANT_E_EVENT_TIME",
      status: 400,
      instance: "/v1/events",
      accepted: 0,
      rejected: 1,
      results: [{ index: 0, id: "far", status: "rejected" }],
    });
    expect(body.detail).toContain("at most 24 hours ahead");
    expect((await ask("GET", "/v1/users/late")).status).toBe(404);
  });

  test("takes NDJSON and reports a malformed line like any other event", async () => {
    const lines = [
      '{"user":"lines","type":"view"}',
      "",
      '{"user":"lines"',
      '{"__proto__":{"x":1},"user":"lines","type":"view"}',
      '{"user":"lines","type":"like"}\r',
    ];
    const { status, body } = await ask("POST", "/v1/events", `${lines.join("\n")}\n`, ndjson);
    expect(status).toBe(207);
    expect(body).toMatchObject({ accepted: 2, rejected: 2 });
    expect(body.results.map(({ index, status }: { index: number; status: string }) => `${index} ${status}`)).toEqual([
      "0 accepted",
      "1 rejected",
      "2 rejected",
      "3 accepted",
    ]);
  });

  test("refuses a line over the limit and keeps its neighbours", async () => {
    const long = JSON.stringify({ user: "long", type: "search", context: { words: "é".repeat(140_000) } });
    const { body } = await ask("POST", "/v1/events", `${long}\n{"user":"long","type":"view"}`, ndjson);
    expect(body).toMatchObject({ accepted: 1, rejected: 1 });
    expect(body.results[0].error.detail).toContain("limits.lineBytes");
  });

  test("an empty batch is fine", async () => {
    const nothing = { accepted: 0, duplicates: 0, rejected: 0, results: [] };
    expect(await ask("POST", "/v1/events", [])).toMatchObject({ status: 200, body: nothing });
    expect(await ask("POST", "/v1/events", "\n", ndjson)).toMatchObject({ status: 200, body: nothing });
  });

  test("refuses a batch over the limit whole", async () => {
    const { status, body } = await ask(
      "POST",
      "/v1/events",
      Array.from({ length: 10_001 }, () => ({ user: "crowd", type: "view" })),
    );
    expect(status).toBe(413);
    expect(body.code).toBe("PENCHANT_E_BODY_TOO_LARGE");
    expect((await ask("GET", "/v1/users/crowd")).status).toBe(404);
  });

  test("an event may come before its item", async () => {
    await ask("POST", "/v1/events", { user: "early", type: "view", item: "unheard" });
    expect((await ask("GET", "/v1/users/early/profile")).status).toBe(200);
    expect((await ask("GET", "/v1/users/early/events")).body.events[0].item).toBe("unheard");
  });

  test("an engine with strict event types refuses only the events of other types", async () => {
    const { engine, close } = await openTestEngine({ strictTypes: true });
    const server = buildServer(engine, { logger: silent });
    const strict = await checkedClient(server);
    const { status, body } = await strict("POST", "/v1/events", [
      { id: "strict-0", user: "ella", type: "view" },
      { id: "strict-1", user: "ella", type: "teleport" },
      { id: "strict-2", user: "ella", type: "view" },
    ]);
    expect(status).toBe(207);
    expect(body).toMatchObject({ accepted: 2, rejected: 1 });
    expect(body.results[1]).toMatchObject({ id: "strict-1", error: { code: "PENCHANT_E_EVENT_TYPE" } });
    expect((await strict("POST", "/v1/events", { user: "ella", type: "teleport" })).body.code).toBe(
      "PENCHANT_E_EVENT_TYPE",
    );
    expect((await strict("GET", "/v1/users/ella")).body.events).toBe(2);
    await server.close();
    await close();
  });
});
