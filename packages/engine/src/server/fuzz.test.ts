/**
 * Requests that nobody would send: paths and queries from the OpenAPI document, filled with values that are right,
 * nearly right or absurd, and bodies that are valid up to a few places. Whatever comes, the server answers as its
 * document says, and never with a fault of its own.
 */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { films, history, type Method, testApi } from "./test-client.ts";

const api = testApi();
const { ask } = api;

const absurd = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.constantFrom<unknown>(
    null,
    true,
    false,
    0,
    -1,
    1.5,
    1e308,
    -1e-320,
    "",
    "\u0000",
    "\ud800",
    "x".repeat(129),
    [],
    {},
    [[]],
  ),
  fc.double(),
  fc.jsonValue({ maxDepth: 3 }),
);

const text = fc.oneof(
  fc.constantFrom(
    "0",
    "1",
    "-1",
    "10",
    "1e9",
    "99999999999999999999",
    "0.5",
    "2026-01-01",
    "1d",
    "true",
    "",
    "NaN",
    "'--",
    "../..",
  ),
  fc.string(),
);
const id = fc.oneof(fc.constantFrom("ada", "bert", "crime-1", "space-3", "nobody"), fc.string({ unit: "grapheme" }));

const methods: Method[] = ["GET", "PUT", "POST", "PATCH", "DELETE"];
const paths = [
  "/v1/events",
  "/v1/items",
  "/v1/items/{id}",
  "/v1/items/{id}/similar",
  "/v1/users",
  "/v1/users/{id}",
  "/v1/users/{id}/events",
  "/v1/users/{id}/profile",
  "/v1/users/{id}/profile/history",
  "/v1/users/{id}/recommendations",
  "/v1/interests",
  "/v1/interests/{id}",
  "/people/{id}",
  "/interests/{id}",
  "/",
];
const names = ["at", "depth", "minStrength", "evidence", "from", "to", "step", "limit", "explain", "cursor", "q"];

const url = fc
  .record({
    path: fc.constantFrom(...paths),
    id,
    query: fc.dictionary(
      fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...names) }, { weight: 1, arbitrary: fc.string() }),
      text,
      {
        maxKeys: 3,
      },
    ),
  })
  .map(({ path, id, query }) => {
    const search = new URLSearchParams(query).toString();
    return path.replace("{id}", encodeURIComponent(id.toWellFormed())) + (search === "" ? "" : `?${search}`);
  });

/** A body that is valid, except that a few members have absurd values or new names. */
const body = fc
  .record({
    valid: fc.constantFrom<unknown>(
      history[0],
      history.slice(0, 3),
      films[0],
      films.slice(0, 3),
      { limit: 5, explain: true },
      { attributes: { a: 1 }, consent: { b: true } },
    ),
    changes: fc.array(fc.tuple(fc.nat(), fc.oneof(fc.constantFrom("value", "name", "remove")), absurd, fc.string()), {
      maxLength: 3,
    }),
  })
  .map(({ valid, changes }) => {
    const changed = structuredClone(valid);
    for (const [where, what, value, name] of changes) spoil(changed, where, what, value, name);
    return changed;
  });

function spoil(root: unknown, where: number, what: string, value: unknown, name: string): void {
  const places: [Record<string, unknown>, string][] = [];
  const visit = (node: unknown): void => {
    if (typeof node !== "object" || node === null) return;
    for (const key of Object.keys(node)) {
      places.push([node as Record<string, unknown>, key]);
      visit((node as Record<string, unknown>)[key]);
    }
  };
  visit(root);
  const place = places[where % Math.max(1, places.length)];
  if (place === undefined) return;
  const [owner, key] = place;
  if (what === "value") owner[key] = value;
  else if (what === "remove") delete owner[key];
  else owner[name] = owner[key];
}

test("whatever is asked, the answer is one that the OpenAPI document allows, and never a fault of the server", async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...methods), url, fc.option(body), async (method, url, body) => {
      const payload = method === "GET" || method === "DELETE" || body === null ? undefined : JSON.stringify(body);
      const { status, body: answer } = await ask(
        method,
        url,
        payload,
        payload === undefined ? {} : { "content-type": "application/json" },
      );
      expect(status).toBeLessThan(500);
      if (status >= 400 && typeof answer === "object") {
        expect(answer).toMatchObject({
          status,
          code: expect.stringMatching(/^PENCHANT_E_/),
          detail: expect.stringMatching(/./),
        });
      }
    }),
    { seed: 4600, numRuns: 1_000 },
  );
});

test("whatever the lines of an NDJSON body are, every one is accounted for", async () => {
  const line = fc.oneof(
    body.map((value) => JSON.stringify(value)),
    fc.string(),
    fc.constant('{"user":"lines","type":"view"}'),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(line, { maxLength: 6 }), async (lines) => {
      const sent = lines.join("\n");
      const { status, body: report } = await ask("POST", "/v1/events", sent, {
        "content-type": "application/x-ndjson",
      });
      expect([200, 207, 400]).toContain(status);
      const events = sent.split("\n").filter((each) => each.trim() !== "").length;
      expect(report.accepted + report.duplicates + report.rejected).toBe(events);
      expect(report.results.map(({ index }: { index: number }) => index)).toEqual(
        Array.from({ length: events }, (_, index) => index),
      );
    }),
    { seed: 4601, numRuns: 200 },
  );
});
