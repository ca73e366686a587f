/** What holds on a server with keys: who is let in, for what, how often, and what of it is written down. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { keyTextOf } from "./access.ts";
import { newKey } from "./keys.ts";
import type { Method } from "./test-client.ts";
import { basic, bearer, keyedApi } from "./test-keys.ts";

const api = keyedApi();
const viewEvent = { user: "ada", type: "view", item: "crime-1" };

/** A request to every route, and the scope that it needs. */
const requests: [Method, string, "ingest" | "read" | "admin", (object | string)?][] = [
  ["POST", "/v1/events", "ingest", viewEvent],
  ["GET", "/v1/items", "read"],
  ["POST", "/v1/items", "admin", [{ id: "new", title: "New" }]],
  ["GET", "/v1/items/crime-1", "read"],
  ["PUT", "/v1/items/put", "admin", { title: "Put" }],
  ["PATCH", "/v1/items/crime-9", "admin", { title: "Patched" }],
  ["DELETE", "/v1/items/crime-8", "admin"],
  ["GET", "/v1/items/crime-1/similar", "read"],
  ["GET", "/v1/users", "read"],
  ["GET", "/v1/users/ada", "read"],
  ["PUT", "/v1/users/dora", "admin", { attributes: { a: 1 } }],
  ["DELETE", "/v1/users/dora", "admin"],
  ["GET", "/v1/users/ada/events", "read"],
  ["GET", "/v1/users/ada/profile", "read"],
  ["GET", "/v1/users/ada/profile/prompt", "read"],
  ["GET", "/v1/users/ada/profile/history?from=2026-05-01&to=2026-06-01&step=7d", "read"],
  ["GET", "/v1/users/ada/recommendations", "read"],
  ["POST", "/v1/users/ada/recommendations", "read", { limit: 3 }],
  ["POST", "/v1/users/ada/statements", "ingest", { text: "more crime" }],
  ["GET", "/v1/users/ada/proposals", "read"],
  ["POST", "/v1/rank", "read", { user: "ada", items: ["crime-1"] }],
  ["GET", "/v1/models", "admin"],
  ["GET", "/v1/jobs", "admin"],
  ["GET", "/v1/users/ada/profile/series?from=2026-05-01&to=2026-06-01&step=7d", "read"],
  ["GET", "/v1/interests", "read"],
  ["GET", "/docs", "read"],
  ["GET", "/openapi.json", "read"],
];

describe("a request with a key", () => {
  test.each(["ingest", "read", "admin"] as const)(
    "with the scope %s may do what the scope covers, and nothing else",
    async (scope) => {
      const ask = await api.client(api.make({ scopes: [scope] }).text);
      for (const [method, url, needed, body] of requests) {
        const answer = await ask(method, url, body);
        const where = `${method} ${url} with ${scope}`;
        if (scope === needed || scope === "admin") expect(answer.status, where).toBeLessThan(300);
        else expect(answer, where).toMatchObject({ status: 403, body: { code: "PENCHANT_E_KEY_SCOPE" } });
      }
    },
  );

  test("is one of those that the OpenAPI document names", async () => {
    const { paths } = (await api.server.inject({ url: "/openapi.json", headers: bearer(api.make().text) })).json();
    for (const [method, url, scope] of requests) {
      const path = url.split("?")[0].replace(/^(\/v1\/\w+)\/[^/]+/, "$1/{id}");
      const security = paths[path]?.[method.toLowerCase()]?.security;
      if (!path.startsWith("/v1/")) continue;
      expect(security[0], `${method} ${path}`).toEqual({ key: [scope] });
    }
  });

  test("that is wrong, expired, revoked or no key at all is refused", async () => {
    const ask = await api.stranger();
    const { text, key } = api.make();
    const expired = api.make({ expiresAt: api.clock.time + 1 });
    const revoked = api.make();
    api.change((keys) => keys.map((each) => (each.id === revoked.key.id ? { ...each, revokedAt: 1 } : each)));
    const other = newKey({ name: "elsewhere", tenant: "default", scopes: ["admin"] }, 0).text;
    for (const [what, wrong] of Object.entries({
      "another server's": other,
      "another secret": `pk_${key.id}_${other.slice(-43)}`,
      "cut short": text.slice(0, -1),
      expired: expired.text,
      revoked: revoked.text,
      nonsense: "nonsense",
    })) {
      const { status, body, headers } = await ask("GET", "/v1/items", undefined, bearer(wrong));
      expect({ status, code: body.code }, what).toEqual({ status: 401, code: "PENCHANT_E_KEY_INVALID" });
      expect(headers["www-authenticate"]).toBe('Bearer realm="Penchant", error="invalid_token"');
      expect(JSON.stringify(body)).not.toContain(wrong.slice(-20));
    }
  });

  test("may come as a password, but only where nothing is changed", async () => {
    const ask = await api.stranger();
    const { text } = api.make();
    expect((await ask("GET", "/docs", undefined, basic(text))).status).toBe(200);
    expect((await ask("GET", "/v1/users/ada", undefined, basic(text))).status).toBe(200);
    for (const [method, url] of [
      ["POST", "/v1/events"],
      ["DELETE", "/v1/users/ada"],
    ] as const) {
      expect(await ask(method, url, method === "POST" ? viewEvent : undefined, basic(text))).toMatchObject({
        status: 401,
        body: { code: "PENCHANT_E_KEY_MISSING" },
      });
    }
  });
});

describe("a request without a key", () => {
  test("is refused on every route, and on those that are not there", async () => {
    const ask = await api.stranger();
    for (const [method, url] of [...requests, ["GET", "/nowhere"] as const, ["POST", "/v1/nothing"] as const]) {
      const { status, body, headers } = await ask(method, url);
      expect({ status, code: body.code }, `${method} ${url}`).toEqual({ status: 401, code: "PENCHANT_E_KEY_MISSING" });
      expect(headers).toMatchObject({
        "www-authenticate": 'Bearer realm="Penchant"',
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
      });
    }
  });

  test("makes a browser that looks for a page ask for a password, and no other program", async () => {
    const ask = await api.stranger();
    const visit = { accept: "text/html,application/xhtml+xml" };
    const { headers } = await ask("GET", "/docs", undefined, visit);
    expect(headers["www-authenticate"]).toBe('Basic realm="Penchant", charset="UTF-8"');
    expect((await ask("POST", "/docs", undefined, visit)).headers["www-authenticate"]).toMatch(/^Bearer/);
  });

  test("gets the page, which holds no data and asks for a key", async () => {
    expect((await (await api.stranger())("GET", "/people/ada")).status).toBe(200);
  });

  test("learns whether the server is well, and no more", async () => {
    const ask = await api.stranger();
    expect(await ask("GET", "/health/live")).toMatchObject({ status: 200, body: { status: "live" } });
    expect((await ask("GET", "/health/ready")).body).toEqual({ status: "ready" });
    const may = await api.client(api.make({ scopes: ["read"] }).text);
    expect((await may("GET", "/health/ready")).body).toMatchObject({ status: "ready", items: expect.any(Number) });
    const mayNot = await api.client(api.make({ scopes: ["ingest"] }).text);
    expect((await mayNot("GET", "/health/ready")).body).toEqual({ status: "ready" });
    expect((await ask("GET", "/health/ready", undefined, bearer("nonsense"))).status).toBe(401);
  });

  test("is answered under any host: the key is what counts", async () => {
    const ask = await api.client(api.make().text);
    expect((await ask("GET", "/v1/items", undefined, { host: "penchant.example.com" })).status).toBe(200);
  });
});

describe("a key with a rate limit", () => {
  test("is told how much is left, and to wait when nothing is", async () => {
    const ask = await api.client(api.make({ rateLimit: { perSecond: 0.01, burst: 2 } }).text);
    const first = await ask("GET", "/v1/items/crime-1");
    expect(first).toMatchObject({ status: 200, headers: { "ratelimit-policy": '"key";q=2;w=200' } });
    expect(first.headers.ratelimit).toMatch(/^"key";r=1;t=\d+$/);
    expect((await ask("GET", "/v1/items/crime-1")).headers.ratelimit).toMatch(/^"key";r=0;/);
    const refused = await ask("GET", "/v1/items/crime-1");
    expect(refused).toMatchObject({ status: 429, body: { code: "PENCHANT_E_RATE_LIMIT" } });
    expect(refused.headers["retry-after"]).toBe(String(refused.body.retryAfterSeconds));
    expect(refused.body.retryAfterSeconds).toBeGreaterThan(90);
    expect(refused.headers.ratelimit).toMatch(/^"key";r=0;/);
  });

  test("pays for events, not for requests with events, and a refused request has done nothing", async () => {
    const ask = await api.client(api.make({ scopes: ["ingest"], rateLimit: { perSecond: 0.01, burst: 10 } }).text);
    const send = (count: number, user: string) =>
      ask(
        "POST",
        "/v1/events",
        Array.from({ length: count }, () => ({ user, type: "view" })),
      );
    expect(await send(6, "rated")).toMatchObject({ status: 200, body: { accepted: 6 } });
    expect(await send(5, "refused")).toMatchObject({ status: 429, body: { code: "PENCHANT_E_RATE_LIMIT" } });
    expect(await send(4, "rated")).toMatchObject({ status: 200, body: { accepted: 4 } });
    expect(await send(1, "refused")).toMatchObject({ status: 429 });
    expect((await api.engine.user("rated"))?.events).toBe(10);
    expect(await api.engine.user("refused")).toBeUndefined();
  });
});

describe("the log", () => {
  test("has the ids of the keys and never a secret, whatever goes wrong", async () => {
    const { text, key } = api.make({ rateLimit: { perSecond: 0.01, burst: 4 } });
    const secret = text.slice(-43);
    const ask = await api.stranger();
    api.logLines.length = 0;
    for (const headers of [bearer(text), basic(text), bearer(`${text}x`), { authorization: text }, bearer(secret)]) {
      await ask("GET", "/v1/items/crime-1", undefined, headers);
      await ask("POST", "/v1/events", "{", { ...headers, "content-type": "application/json" });
      await ask("GET", "/nowhere", undefined, headers);
    }
    const log = api.logLines.join("");
    expect(api.logLines.length).toBeGreaterThanOrEqual(15);
    expect(log).toContain(`"key":"${key.id}"`);
    expect(log).not.toContain(secret);
    expect(log).not.toContain(secret.slice(0, 20));
    expect(log).not.toContain(basic(text).authorization.slice(-40));
  });
});

test("whatever stands in the headers, a request without a key is refused, and never with a fault of the server", async () => {
  const ask = await api.stranger();
  const { text, key } = api.make();
  const value = fc.oneof(
    fc.string(),
    fc.constantFrom("Bearer", "Bearer ", "Basic", "Basic ====", `Digest ${text}`, `Bearer pk_${key.id}_`, "Bearer a b"),
    fc.string({ unit: "binary" }).map((noise) => `Basic ${Buffer.from(noise).toString("base64")}`),
    fc.string({ unit: "grapheme-ascii" }).map((noise) => `Bearer ${noise}`),
    fc.string({ maxLength: 8 }).map((noise) => `Bearer pk_${key.id}_${text.slice(-43, -8)}${noise}`),
  );
  const printable = value.map((header) => header.replaceAll(/[^\x20-\x7e]/g, "~"));
  await fc.assert(
    fc.asyncProperty(
      printable,
      fc.constantFrom<Method>("GET", "POST", "DELETE"),
      fc.constantFrom("/v1/users/ada", "/docs", "/nowhere", "/health/ready"),
      async (authorization, method, url) => {
        const { status, body } = await ask(method, url, undefined, { authorization });
        expect(status, authorization).toBe(401);
        expect(body.code).toMatch(/^PENCHANT_E_KEY_(MISSING|INVALID)$/);
      },
    ),
    { seed: 5, numRuns: 300 },
  );
});

test("the key is found in the authorization header, however the scheme is written", () => {
  expect(keyTextOf("bearer  abc", false)).toBe("abc");
  expect(keyTextOf("BEARER abc ", false)).toBe("abc");
  const { authorization } = basic("a:b");
  expect([keyTextOf(authorization, true), keyTextOf(authorization, false)]).toEqual(["a:b", undefined]);
  for (const none of [undefined, "", "abc", "Bearer", "Bearer a b", "Basic", "Basic YWJj"]) {
    expect(keyTextOf(none, true), none).toBeUndefined();
  }
});
