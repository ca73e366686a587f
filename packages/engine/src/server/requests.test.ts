/** What holds for every request: problem documents, who may ask, headers, the log, and how the server starts and stops. */

import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { brotliDecompressSync } from "node:zlib";
import { pino } from "pino";
import { describe, expect, test } from "vitest";
import { PenchantError } from "../base/errors.ts";
import { buildServer, startServer } from "./server.ts";
import { checkedClient, type Method, silent, testApi, withInstead } from "./test-client.ts";

const api = testApi();
const { ask } = api;

const json = { "content-type": "application/json" };

describe("a request that cannot be answered gets a problem document", () => {
  test("for a route that is not there", async () => {
    for (const [method, url] of [
      ["GET", "/v2/items"],
      ["DELETE", "/v1/items"],
      ["POST", "/"],
      ["GET", "/v1/users/ada/"],
    ] as const) {
      expect(await ask(method, url)).toMatchObject({
        status: 404,
        body: { code: "PENCHANT_E_ROUTE_NOT_FOUND", instance: url },
      });
    }
  });

  test("for JSON that is malformed or would change prototypes", async () => {
    for (const body of ["{", "", "nope", '{"__proto__":{"admin":true}}', '{"constructor":{"prototype":{}}}']) {
      const answer = await ask("PUT", "/v1/items/x", body, json);
      expect(answer, body).toMatchObject({ status: 400, body: { code: "PENCHANT_E_REQUEST_INVALID" } });
    }
  });

  test("for nesting beyond any sense", async () => {
    const deep = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
    expect((await ask("POST", "/v1/events", deep, json)).status).toBe(400);
    expect((await ask("PUT", "/v1/items/x", `{"title":"T","attributes":{"a":${deep}}}`, json)).status).toBe(400);
  });

  test("for a media type that is not accepted", async () => {
    for (const type of ["text/plain", "application/xml", "application/x-www-form-urlencoded", "nonsense"]) {
      const answer = await ask("POST", "/v1/events", '{"user":"a","type":"view"}', { "content-type": type });
      expect(answer, type).toMatchObject({ status: 415, body: { code: "PENCHANT_E_MEDIA_TYPE" } });
    }
    const lines = { "content-type": "application/x-ndjson" };
    const expected = async (method: Method, url: string) => (await ask(method, url, "[]", lines)).body.detail;
    expect(await expected("POST", "/v1/items")).toContain("expected application/json, got");
    expect(await expected("PATCH", "/v1/items/crime-1")).toContain("merge-patch+json or application/json, got");
  });

  test("for a body over the limit", async () => {
    const answer = await ask("POST", "/v1/items", `"${"x".repeat(16 * 1024 * 1024)}"`, json);
    expect(answer).toMatchObject({ status: 413, body: { code: "PENCHANT_E_BODY_TOO_LARGE" } });
  });

  test("for a path that is not UTF-8", async () => {
    expect(await ask("GET", "/v1/items/%FF")).toMatchObject({
      status: 400,
      body: { code: "PENCHANT_E_REQUEST_INVALID" },
    });
  });

  test("for a missing body", async () => {
    expect((await ask("POST", "/v1/events")).status).toBe(400);
    expect((await ask("PUT", "/v1/items/x")).status).toBe(400);
  });
});

describe("without keys", () => {
  test("a foreign host or origin is refused on every route", async () => {
    for (const url of ["/", "/docs", "/openapi.json", "/v1/items", "/health/live", "/nowhere"]) {
      for (const headers of [{ host: "evil.example" }, { host: "localhost:4600", origin: "http://evil.example" }]) {
        const answer = await ask("GET", url, undefined, headers);
        expect(answer, url).toMatchObject({ status: 403, body: { code: "PENCHANT_E_FORBIDDEN_HOST" } });
      }
    }
  });

  test.each(["0.0.0.0", "::", "192.168.0.1", "example.com", ""])("the server does not listen on %s", async (host) => {
    const failure = startServer(api.engine, { host, port: 0, logger: silent });
    await expect(failure).rejects.toMatchObject({
      code: "PENCHANT_E_CONFIG",
      message: expect.stringContaining("no keys yet"),
    });
  });
});

describe("a server that listens", () => {
  test("says where, answers, and lets the port go when closed", async () => {
    const running = await startServer(api.engine, { port: 0, logger: silent });
    expect(running.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(await (await fetch(`${running.url}/health/live`)).json()).toEqual({ status: "live" });
    await running.close();
    await expect(fetch(`${running.url}/health/live`)).rejects.toThrow();
  });

  test("says so when the port is taken or is none", async () => {
    const running = await startServer(api.engine, { port: 0, logger: silent });
    const port = Number(new URL(running.url).port);
    await expect(startServer(api.engine, { port, logger: silent })).rejects.toMatchObject({
      code: "PENCHANT_E_CONFIG",
      message: expect.stringContaining(`${port}`),
    });
    await expect(startServer(api.engine, { port: 70_000, logger: silent })).rejects.toMatchObject({
      code: "PENCHANT_E_CONFIG",
    });
    await running.close();
  });

  test("finishes what is in flight before it closes", async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    let arrived = () => {};
    const arrival = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    const slow = withInstead(api.engine, {
      track: async (events) => {
        arrived();
        await held;
        return api.engine.track(events);
      },
    });
    const running = await startServer(slow, { port: 0, logger: silent });
    const answer = fetch(`${running.url}/v1/events`, {
      method: "POST",
      headers: json,
      body: '{"user":"flight","type":"view"}',
    });
    await arrival;
    const closed = running.close();
    release();
    expect((await answer).status).toBe(200);
    await closed;
    expect((await api.engine.user("flight"))?.events).toBe(1);
  });

  test("answers bytes that are not HTTP, and a request without a host", async () => {
    const running = await startServer(api.engine, { port: 0, logger: silent });
    const say = async (bytes: string) => {
      const socket = connect(Number(new URL(running.url).port), "127.0.0.1");
      socket.end(bytes);
      return text(socket);
    };
    const garbage = await say("garbage\r\n\r\n");
    expect(garbage).toMatch(/^HTTP\/1\.1 400 /);
    expect(garbage).toContain("PENCHANT_E_REQUEST_INVALID");
    const hostless = await say("GET /health/live HTTP/1.1\r\nconnection: close\r\n\r\n");
    expect(hostless).toMatch(/^HTTP\/1\.1 403 /);
    expect(hostless).toContain("PENCHANT_E_FORBIDDEN_HOST");
    await running.close();
  });
});

describe("errors of the engine", () => {
  const failing = async (error: Error, lines: string[] = []) => {
    const log = pino({ level: "info" }, { write: (line: string) => lines.push(line) });
    const broken = withInstead(api.engine, {
      profile: async () => {
        throw error;
      },
    });
    const server = buildServer(broken, { logger: log });
    const answer = await (await checkedClient(server))("GET", "/v1/users/ada/profile?at=2026-01-01");
    await server.close();
    return answer;
  };

  test("that nobody expected tell the log everything and the caller nothing", async () => {
    const lines: string[] = [];
    const { status, body } = await failing(new TypeError("secret of /home/x"), lines);
    expect(status).toBe(500);
    expect(body).toMatchObject({ code: "PENCHANT_E_INTERNAL", requestId: expect.any(String) });
    expect(JSON.stringify(body)).not.toContain("secret");
    const logged = lines.filter((line) => line.includes("secret"));
    expect(logged).toHaveLength(1);
    expect(JSON.parse(logged[0])).toMatchObject({ level: 50, reqId: body.requestId });
  });

  test("keep their code and status", async () => {
    const busy = await failing(new PenchantError("PENCHANT_E_CLOSED", "The engine is closed."));
    expect(busy).toMatchObject({ status: 503, body: { code: "PENCHANT_E_CLOSED" } });
    const full = await failing(new PenchantError("PENCHANT_E_STORAGE_LOCKED", "/var/lib/penchant is locked by 77"));
    expect(full).toMatchObject({ status: 503, body: { code: "PENCHANT_E_STORAGE_LOCKED" } });
    expect(JSON.stringify(full.body)).not.toContain("/var/lib");
    const missing = await failing(
      new PenchantError("PENCHANT_E_USER_NOT_FOUND", 'Nothing is known of user "x".', {
        details: { user: "x", status: 1 },
      }),
    );
    expect(missing).toMatchObject({ status: 404, body: { code: "PENCHANT_E_USER_NOT_FOUND", user: "x", status: 404 } });
  });
});

test("a line of the log names the route, and nothing that a person typed or is", async () => {
  const lines: string[] = [];
  const server = buildServer(api.engine, {
    logger: pino({ level: "info" }, { write: (line: string) => lines.push(line) }),
  });
  // No hexadecimal digits: the random ids of requests have those, and spelt "ada" now and then.
  await server.inject("/v1/users/kim/profile?at=2026-01-01");
  await server.inject("/v1/users?q=private");
  await server.inject("/nowhere/private?q=private");
  await server.inject({
    method: "POST",
    url: "/v1/events",
    payload: { user: "private", type: "search", text: "private" },
  });
  await server.close();
  const entries = lines.map((line) => JSON.parse(line));
  expect(entries).toHaveLength(4);
  expect(entries[0]).toMatchObject({
    method: "GET",
    route: "/v1/users/:id/profile",
    status: 200,
    reqId: expect.any(String),
  });
  expect(entries[0].durationMs).toBeGreaterThan(0);
  expect(lines.join("")).not.toMatch(/kim|private|2026-01-01/);
});

test("answers are not cached and not sniffed, and pages are bound to a strict content security policy", async () => {
  const everywhere = {
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-request-id": expect.any(String),
  };
  expect((await ask("GET", "/v1/items/crime-1")).headers).toMatchObject(everywhere);
  for (const url of ["/", "/people/ada", "/interests/crime", "/live", "/docs"]) {
    const { headers } = await api.server.inject(url);
    expect(headers, url).toMatchObject({ ...everywhere, "x-frame-options": "DENY" });
    expect(headers["content-security-policy"], url).toMatch(/^default-src 'none';.*frame-ancestors 'none'/);
    if (url !== "/docs") expect(headers["content-security-policy"], url).not.toContain("unsafe");
  }
});

test("a DELETE has no body, whatever its headers say of one", async () => {
  for (const type of ["application/json", "text/plain", "application/octet-stream", "no type at all"]) {
    const headers = { "content-type": type };
    expect((await ask("DELETE", "/v1/users/nobody", undefined, headers)).status, type).toBe(200);
  }
});

describe("the page", () => {
  const get = (url: string, headers: Record<string, string> = {}) => api.server.inject({ url, headers });

  test("is the same document at every one of its addresses, and holds no data", async () => {
    const { body, headers } = await get("/");
    expect(headers["content-type"]).toBe("text/html; charset=utf-8");
    for (const url of ["/people/ada", "/interests/crime", "/live", "/data"]) expect((await get(url)).body).toBe(body);
    expect(body).not.toContain("ada");
  });

  test("has files that never change under their names, compressed for those who can read that", async () => {
    const [, script] = /src="([^"]+\.js)"/.exec((await get("/")).body)!;
    const plain = await get(script);
    expect(plain.headers).toMatchObject({
      "content-type": "text/javascript; charset=utf-8",
      "cache-control": "public, max-age=31536000, immutable",
      vary: "accept-encoding",
    });
    const packed = await get(script, { "accept-encoding": "gzip, deflate, br" });
    expect(packed.headers["content-encoding"]).toBe("br");
    expect(brotliDecompressSync(packed.rawPayload).equals(plain.rawPayload)).toBe(true);
  });

  test("has no other files", async () => {
    for (const name of ["nothing.js", "..%2Findex.html", "%2E%2E%2Fpackage.json", "sources.sha256"]) {
      expect((await get(`/assets/${name}`)).statusCode, name).toBe(404);
    }
  });
});
