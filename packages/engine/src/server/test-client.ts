/**
 * For the tests of this folder: a real engine with a small catalogue in a temporary folder, and a client that holds
 * every answer against the server's own OpenAPI document before it hands it on.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { pino } from "pino";
import { afterAll, beforeAll, expect } from "vitest";
import { dayMs } from "../base/time.ts";
import type { EventInput } from "../core/event.ts";
import type { Item } from "../core/item.ts";
import { type Engine, type EngineOptions, openEngine } from "../engine.ts";
import { buildServer } from "./server.ts";
import type { Server } from "./wire.ts";

export const silent = pino({ level: "silent" });

/** The present of the tests. */
export const now = Date.UTC(2026, 5, 1, 12);

const genres: Record<string, string[]> = {
  Crime: ["detective", "heist", "murder", "police", "noir"],
  Space: ["rocket", "planet", "alien", "orbit", "astronaut"],
  Romance: ["wedding", "letter", "summer", "kiss", "garden"],
};

/** Thirty films of three genres. */
export const films: Item[] = Object.entries(genres).flatMap(([genre, words]) =>
  Array.from({ length: 10 }, (_, index) => ({
    id: `${genre.toLowerCase()}-${index}`,
    title: `${genre} story ${index}`,
    text: `A film of a ${words[index % 5]}, a ${words[(index + 1) % 5]} and a ${words[(index + 2) % 5]}.`,
    categories: [["Film", genre]],
    attributes: { year: 1990 + index },
  })),
);

/** Ada watched crime for a year and lately space; Bert watched romance long ago; Cleo has seen one film. */
export const history: EventInput[] = [
  ...days("ada", "crime", [360, 300, 240, 180, 120, 60, 30]),
  ...days("ada", "space", [3, 2, 1]),
  ...days("bert", "romance", [900, 899, 890, 880]),
  ...days("bert", "crime", [870]),
  ...days("cleo", "space", [1]),
];

function days(user: string, genre: string, ago: number[]): EventInput[] {
  return ago.map((daysAgo, index) => ({
    id: `${user}-${genre}-${index}`,
    user,
    type: "view",
    item: `${genre}-${index}`,
    time: now - daysAgo * dayMs,
  }));
}

export interface TestEngine {
  readonly engine: Engine;
  readonly close: () => Promise<void>;
}

export async function openTestEngine(options: EngineOptions = {}): Promise<TestEngine> {
  const dataDir = await mkdtemp(join(tmpdir(), "penchant-server-"));
  const engine = await openEngine({ ...options, dataDir, clock: { now: () => now } });
  await engine.putItems(films);
  await engine.track(history);
  await engine.rebuild({ tree: true });
  return {
    engine,
    close: async () => {
      await engine.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** An engine with some methods replaced: a way to see what the server does when they fail or take their time. */
export function withInstead(engine: Engine, methods: Partial<Engine>): Engine {
  return new Proxy(engine, {
    get: (target, name) => {
      const value: unknown = Reflect.get(name in methods ? methods : target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

/** A server over an engine of its own for all tests of a file. */
export function testApi() {
  let opened: TestEngine;
  let client: Ask;
  let server: Server;
  beforeAll(async () => {
    opened = await openTestEngine();
    server = buildServer(opened.engine, { logger: silent });
    client = await checkedClient(server);
  });
  afterAll(async () => {
    await server.close();
    await opened.close();
  });
  const ask: Ask = (...request) => client(...request);
  return {
    ask,
    get engine() {
      return opened.engine;
    },
    get server() {
      return server;
    },
  };
}

export interface Answer {
  readonly status: number;
  readonly headers: Record<string, unknown>;
  // biome-ignore lint/suspicious/noExplicitAny: the OpenAPI document has said what it is
  readonly body: any;
}

export type Method = "GET" | "PUT" | "POST" | "PATCH" | "DELETE";
export type Ask = (
  method: Method,
  url: string,
  payload?: object | string,
  headers?: Record<string, string>,
) => Promise<Answer>;

/**
 * Asks the server in process. An answer that the OpenAPI document does not allow fails the test.
 *
 * @param shared headers of every request
 * @param reading headers with which the document can be read
 */
export async function checkedClient(
  server: Server,
  shared: Record<string, string> = {},
  reading: Record<string, string> = shared,
): Promise<Ask> {
  const document = (await server.inject({ url: "/openapi.json", headers: reading })).json();
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  ajv.addSchema(document, "openapi");
  // As OpenAPI has it, a path that is written out goes before one with parameters.
  const paths = Object.keys(document.paths).sort((a, b) => Number(a.includes("{")) - Number(b.includes("{")));
  const templates = paths.map((template) => ({
    template,
    pattern: new RegExp(`^${template.replaceAll(/\{\w+\}/g, "[^/]*")}$`),
  }));

  return async (method, url, payload, headers = {}) => {
    const response = await server.inject({
      method,
      url,
      headers: { ...shared, ...headers },
      ...(payload === undefined ? {} : { payload }),
    });
    const status = response.statusCode;
    const contentType = (response.headers["content-type"] ?? "").split(";")[0];
    const body = contentType.endsWith("json") ? response.json() : response.body;
    // As clients do, so that an id of one dot asks for another path.
    const path = new URL(url, "http://localhost").pathname;
    const template = templates.find(({ pattern }) => pattern.test(path))?.template;
    const where = `${method} ${url} -> ${status} ${contentType}`;
    if (template === undefined) {
      if (status >= 400 && contentType !== "text/html") expect(contentType, where).toBe("application/problem+json");
      return { status, headers: response.headers, body };
    }
    const operation = document.paths[template][method.toLowerCase()];
    const documented = operation?.responses[status];
    expect(
      documented ??
        ((status === 404 && body.code === "PENCHANT_E_ROUTE_NOT_FOUND") ||
          // A stranger is not even told what there is not.
          (operation === undefined && body.code?.startsWith("PENCHANT_E_KEY_"))),
      `${where} is documented`,
    ).toBeTruthy();
    if (documented?.content !== undefined) {
      expect(Object.keys(documented.content), where).toContain(contentType);
      const pointer = ["paths", template, method.toLowerCase(), "responses", status, "content", contentType, "schema"];
      const validate = ajv.compile({ $ref: `openapi#${pointer.map(pointerPart).join("")}` });
      expect(problemsOf(validate, body), where).toEqual([]);
    } else if (documented !== undefined) {
      expect(response.body, where).toBe("");
    }
    return { status, headers: response.headers, body };
  };
}

const pointerPart = (name: string | number) =>
  `/${encodeURIComponent(String(name).replaceAll("~", "~0").replaceAll("/", "~1"))}`;

function problemsOf(validate: ValidateFunction, body: unknown): string[] {
  if (validate(body)) return [];
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath}: ${message}`);
}
