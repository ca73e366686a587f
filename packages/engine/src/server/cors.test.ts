/** What a server with keys tells browsers about pages of other origins. */
import { describe, expect, test } from "vitest";
import { bearer, keyedApi } from "./test-keys.ts";

const api = keyedApi();
const viewEvent = { user: "ada", type: "view", item: "crime-1" };

describe("web pages of other origins", () => {
  const origin = "https://shop.example";
  const preflight = (from: string) => ({
    origin: from,
    "access-control-request-method": "POST",
    "access-control-request-headers": "authorization,content-type",
  });
  const options = (from: string) =>
    api.server.inject({ method: "OPTIONS", url: "/v1/events", headers: preflight(from) });

  test("may ask ahead when some key names them, and are told no otherwise", async () => {
    expect(await options(origin)).toMatchObject({ statusCode: 403 });
    const { key } = api.make({ scopes: ["ingest"], origins: [origin] });
    const { statusCode, headers, body } = await options(origin);
    expect({ statusCode, body }).toEqual({ statusCode: 204, body: "" });
    expect(headers).toMatchObject({
      "access-control-allow-origin": origin,
      "access-control-allow-methods": expect.stringContaining("POST"),
      "access-control-allow-headers": expect.stringMatching(/^Authorization, Content-Type\b/),
      vary: "Origin",
    });
    expect(headers["access-control-allow-credentials"]).toBeUndefined();
    for (const other of ["https://shop.example:8443", "http://shop.example", "https://evil.example", "null", "*"]) {
      const refused = await options(other);
      expect(refused.statusCode, other).toBe(403);
      expect(refused.json()).toMatchObject({ code: "PENCHANT_E_KEY_ORIGIN" });
      expect(refused.headers["access-control-allow-origin"]).toBeUndefined();
    }
    api.change((keys) => keys.map((each) => (each.id === key.id ? { ...each, revokedAt: 1 } : each)));
    expect((await options(origin)).statusCode).toBe(403);
  });

  test("may read the answer, also one that says no, only with a key that names them", async () => {
    const ask = await api.stranger();
    const own = api.make({ scopes: ["ingest"], origins: [origin], rateLimit: { perSecond: 0.01, burst: 1 } });
    const anybodys = api.make({ scopes: ["ingest"] });
    const send = (text: string, from?: string) =>
      ask("POST", "/v1/events", viewEvent, { ...bearer(text), ...(from !== undefined && { origin: from }) });

    for (const status of [200, 429]) {
      const answer = await send(own.text, origin);
      expect(answer).toMatchObject({ status, headers: { "access-control-allow-origin": origin, vary: "Origin" } });
      expect(answer.headers["access-control-expose-headers"]).toContain("Retry-After");
      expect(answer.headers["access-control-allow-credentials"]).toBeUndefined();
    }
    const wrong = await send(own.text, "https://evil.example");
    expect(wrong).toMatchObject({ status: 403, body: { code: "PENCHANT_E_KEY_ORIGIN" } });
    const unnamed = await send(anybodys.text, origin);
    expect(unnamed.status).toBe(200);
    for (const { headers } of [wrong, unnamed]) expect(headers["access-control-allow-origin"]).toBeUndefined();
  });
});
