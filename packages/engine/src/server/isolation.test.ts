/**
 * Tenants cannot see each other: whatever the key of one asks about what belongs to another, by whatever route, it gets
 * what it would get if the other did not exist, and changes nothing there.
 */
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import type { Answer, Ask, Method } from "./test-client.ts";
import { bearer, keyedApi } from "./test-keys.ts";

const api = keyedApi();

/** Stands in everything that belongs to tenant A, and in nothing else. */
const mark = "zebrafinch";
const user = `${mark}-user`;
const item = `${mark}-item`;

const items = Array.from({ length: 12 }, (_, index) => ({
  id: index === 0 ? item : `${item}-${index}`,
  title: `A ${mark} of number ${index}`,
  text: `All about the ${mark} and its ${index % 2 ? "song" : "nest"}`,
  categories: [[mark, index % 2 ? `${mark} songs` : `${mark} nests`]],
}));
const events = items.slice(0, 6).map(({ id }, index) => ({
  id: `${mark}-event-${index}`,
  user,
  type: "view",
  item: id,
  text: mark,
  time: Date.UTC(2026, 4, 1 + index),
}));

/** Everything that can be read of a tenant. */
const reads = [
  "/v1/items",
  `/v1/items/${item}`,
  `/v1/items/${item}/similar`,
  "/v1/users",
  `/v1/users?q=${mark}`,
  `/v1/users/${user}`,
  `/v1/users/${user}/events`,
  `/v1/users/${user}/profile`,
  `/v1/users/${user}/profile?at=2026-05-20`,
  `/v1/users/${user}/profile/changes?from=2026-05-02&to=2026-06-01`,
  `/v1/users/${user}/profile/history?from=2026-05-01&to=2026-06-01&step=7d`,
  `/v1/users/${user}/profile/prompt`,
  `/v1/users/${user}/recommendations`,
  `/v1/users/${user}/proposals`,
  "/v1/interests",
  "/v1/interests/INTEREST",
  "/v1/interests/INTEREST/audience",
  "/v1/interests/INTEREST/activity",
  "/health/ready",
  `/v1/users/${user}/profile/series?from=2026-05-01&to=2026-06-01&step=7d`,
  `/v1/items?q=${mark}`,
];

const writes: [Method, string, object?][] = [
  [
    "POST",
    "/v1/events",
    [
      { ...events[0], text: "other" },
      { id: `${mark}-event-9`, user, type: "view" },
    ],
  ],
  ["PUT", `/v1/items/${item}`, { title: "Replaced" }],
  ["POST", "/v1/items", [{ id: items[1].id, title: "Replaced", categories: [["birds"]] }]],
  ["PATCH", `/v1/items/${item}`, { title: "Patched" }],
  ["DELETE", `/v1/items/${item}`],
  ["PUT", `/v1/users/${user}`, { attributes: { name: "replaced" } }],
  ["POST", `/v1/users/${user}/recommendations`, { limit: 3 }],
  ["PATCH", `/v1/users/${user}/interests/all`, { action: "forget" }],
  ["POST", `/v1/users/${user}/statements`, { id: `${mark}-said`, text: "I don't like birds" }],
  ["POST", `/v1/users/${user}/proposals/${mark}-said.claim-1`, { decision: "decline" }],
  ["POST", `/v1/users/${user}/merge`, { from: "visitor" }],
  ["POST", "/v1/rank", { user, items: [item, items[1].id] }],
  ["POST", "/v1/sessions/recommendations", { events: [{ type: "view", item }] }],
  ["DELETE", `/v1/users/${user}`],
];

/** An answer without what differs from request to request, and without the ids that the question itself named. */
function essence({ status, body }: Answer): { status: number; body: string } {
  const text = typeof body === "string" ? body : JSON.stringify({ ...body, requestId: "" });
  return { status, body: text };
}

let a: Ask;
let b: Ask;
/** A tenant that has never had anything, to compare with. */
let empty: Ask;
let interest: string;
const tenantKeys: string[] = [];

beforeAll(async () => {
  const clients: Ask[] = [];
  for (const tenant of ["a", "b", "empty"]) {
    const { text } = api.make({ tenant });
    tenantKeys.push(text);
    clients.push(await api.client(text));
  }
  [a, b, empty] = clients;
  expect((await a("POST", "/v1/items", items)).body).toEqual({ created: 12, updated: 0 });
  expect((await a("POST", "/v1/events", events)).body).toMatchObject({ accepted: 6 });
  expect((await a("PUT", `/v1/users/${user}`, { attributes: { name: mark } })).status).toBe(200);
  const said = { id: `${mark}-said`, text: `I don't like ${mark}` };
  expect((await a("POST", `/v1/users/${user}/statements`, said)).body.claims).toHaveLength(1);
  interest = (await a("GET", "/v1/interests")).body.interests.find(({ level }: { level: number }) => level === 1).id;
});

const named = (url: string) => url.replace("INTEREST", encodeURIComponent(interest));

describe("with the key of another tenant", () => {
  test("the routes that this test knows are all that there are", async () => {
    const document = (await api.server.inject({ url: "/openapi.json", headers: bearer(tenantKeys[0]) })).json();
    const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods as object).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const known = [...reads.map((url) => ["GET", url] as const), ...writes].map(
      ([method, url]) =>
        `${method} ${url
          .split("?")[0]
          .replace(/^(\/v1\/(?!sessions)\w+)\/[^/]+/, "$1/{id}")
          .replace(/^(\/v1\/users\/.*\/interests)\/[^/]+/, "$1/{node}")
          .replace(/^(\/v1\/users\/.*\/proposals)\/[^/]+/, "$1/{proposal}")}`,
    );
    const serverWide = ["GET /health/live", "GET /metrics"];
    // Goes on for ever; its own test shows whose profile it is.
    const elsewhere = [...serverWide, "GET /v1/users/{id}/profile/stream"];
    // Trained models and jobs have ids of the server's making: routes/models.test.ts has their isolation.
    const isOfModels = (operation: string) => / \/v1\/(train|jobs|models)/.test(operation);
    const missing = operations.filter((operation) => !known.includes(operation) && !elsewhere.includes(operation));
    expect(missing.filter((operation) => !isOfModels(operation))).toEqual([]);
  });

  test("every read answers as if there were nothing, while the owner sees it all", async () => {
    for (const url of reads.map(named)) {
      const own = await a("GET", url);
      const others = await b("GET", url);
      const nobodys = await empty("GET", url);
      expect(own.status, url).toBe(200);
      expect(essence(others), url).toEqual(essence(nobodys));
      // What the question did not say is not in the answer either.
      const said = JSON.stringify(others.body).replaceAll(user, "").replaceAll(item, "").replaceAll(interest, "");
      if (!url.includes("q=")) expect(said, url).not.toContain(mark);
      // These two are numbers.
      if (url !== "/health/ready" && !url.endsWith("/activity")) {
        expect(JSON.stringify(own.body), url).toContain(mark);
      }
    }
  });

  test("cursors of one tenant lead nowhere in the other", async () => {
    for (const list of ["/v1/items", `/v1/users/${user}/events`]) {
      const { nextCursor } = (await a("GET", `${list}?limit=2`)).body;
      expect(nextCursor).toEqual(expect.any(String));
      const page = await b("GET", `${list}?limit=2&cursor=${encodeURIComponent(nextCursor)}`);
      expect(page).toMatchObject({ status: 200, body: { nextCursor: null } });
      expect(JSON.stringify(page.body)).not.toContain(mark);
    }
  });

  test("nothing that it writes, replaces or erases under the same ids changes anything for the owner", async () => {
    const everything = async (ask: Ask) => {
      const answers: ReturnType<typeof essence>[] = [];
      for (const url of reads.map(named)) answers.push(essence(await ask("GET", url)));
      return answers;
    };
    const before = await everything(a);
    for (const [method, url, body] of writes) {
      const { status, body: answer } = await b(method, url, body);
      expect(status, `${method} ${url}`).toBeLessThan(300);
      if (url === "/v1/events") expect(answer, "the ids of events are a tenant's own").toMatchObject({ accepted: 2 });
    }
    expect(await everything(a)).toEqual(before);
    expect((await b("GET", `/v1/users/${user}`)).status).toBe(404);
  });

  test("the server's own figures are closed, and open to the default tenant", async () => {
    expect(await b("GET", "/metrics")).toMatchObject({ status: 403, body: { code: "PENCHANT_E_KEY_SCOPE" } });
    const operator = await api.client(api.make({ scopes: ["read"] }).text);
    expect((await operator("GET", "/metrics")).status).toBe(200);
  });

  test("and the default tenant's key, too, sees its own data only", async () => {
    const operator = await api.client(api.make().text);
    for (const url of reads.map(named)) {
      const { body } = await operator("GET", url);
      const said = JSON.stringify(body).replaceAll(user, "").replaceAll(item, "").replaceAll(interest, "");
      if (!url.includes("q=")) expect(said, url).not.toContain(mark);
    }
    expect((await operator("GET", "/v1/items")).body.items).toHaveLength(30);
  });

  test("even when both ask at the same time, over and over, with engines that come and go", async () => {
    const others = await Promise.all(["c", "d", "e"].map(async (tenant) => api.client(api.make({ tenant }).text)));
    const rounds = Array.from({ length: 40 }, async (_, round) => {
      const ask = [a, b, ...others][round % 5];
      const { status, body } = await ask("GET", `/v1/users/${user}`);
      if (ask === a) expect([200, 503]).toContain(status);
      else expect([404, 503]).toContain(status);
      if (status === 503) expect(body.code).toBe("PENCHANT_E_TENANTS_BUSY");
      else if (ask === a) expect(body).toMatchObject({ events: 8, attributes: { name: mark } });
    });
    await Promise.all(rounds);
  });

  test("because each tenant has files of its own", async () => {
    const files = await readdir(api.folder, { recursive: true });
    expect(files.filter((name) => name.endsWith(".db") || name.endsWith(".sqlite")).length).toBeGreaterThan(2);
    for (const name of files) {
      const path = join(api.folder, name);
      if (name.startsWith("tenants/a/") || !existsSync(path) || !/\.(db|sqlite|wal|db-wal|json)$/.test(name)) continue;
      if (name.startsWith("tenants/b/")) continue;
      expect((await readFile(path)).includes(mark), name).toBe(false);
    }
  });
});
