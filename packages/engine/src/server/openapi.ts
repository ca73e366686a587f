/**
 * The OpenAPI 3.1 document at /openapi.json, derived from the routes and their schemas: what validates is what is
 * documented. Routes name their successes; the problem documents that each can answer with are added here, by what kind
 * of route it is. The document is written when it is first asked for, so that it costs nothing at start.
 */
import swagger from "@fastify/swagger";
import { eventsProblem, problem, problemMediaType } from "@penchant/protocol";
import type { RouteOptions } from "fastify";
import { jsonSchemaTransform, jsonSchemaTransformObject } from "fastify-type-provider-zod";
import { scopeOf } from "./access.ts";
import type { Server } from "./wire.ts";

declare module "fastify" {
  interface FastifySchema {
    hide?: boolean;
    operationId?: string;
    summary?: string;
    description?: string;
    tags?: readonly string[];
    consumes?: readonly string[];
  }
}

const description = `Interest profiles, recommendations and the events and items behind them.

Errors are problem documents (RFC 9457, \`${problemMediaType}\`) with a stable \`code\`. Times in answers are milliseconds since 1970-01-01 UTC. Unknown members and parameters are refused, so that a misspelt one is noticed.

As long as there are no keys, the server answers its own machine only, and needs none. After \`penchant keys create\` every request needs one with the scope that its operation names, \`admin\` being all of them, and is about the data of the key's tenant.`;

const securitySchemes = {
  key: { type: "http", scheme: "bearer", description: "A key: `Authorization: Bearer pk_...`." },
  password: { type: "http", scheme: "basic", description: "A key as the password, under any name; with GET only." },
} as const;

const tags = [
  { name: "Events", description: "What users did." },
  { name: "Items", description: "The catalogue." },
  { name: "Users", description: "Who did it." },
  { name: "Profiles", description: "What a user is interested in." },
  { name: "Statements", description: "What a user says of their interests, and decides about what was understood." },
  { name: "Recommendations", description: "What a user may want next." },
  { name: "Interests", description: "The catalogue as a tree." },
  { name: "Models", description: "What is trained on the log, and which of it scores." },
  { name: "Health", description: "Whether the server is well." },
];

/** Registers the collector of routes; to be called before any route is added. */
export function documentRoutes(server: Server): void {
  server.addHook("onRoute", addProblems);
  server.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: { title: "Penchant", version: "1", description },
      tags,
      components: { securitySchemes },
    },
    transform: jsonSchemaTransform,
    transformObject: (document) => complete(jsonSchemaTransformObject(document) as unknown as OpenApiDocument),
  });
  let written: string | undefined;
  server.get("/openapi.json", { schema: { hide: true } }, (_request, reply) => {
    written ??= JSON.stringify(server.swagger());
    return reply.type("application/json; charset=utf-8").send(written);
  });
}

const problemTexts = {
  400: "The request is not valid.",
  401: "There is no key, or it is not valid.",
  403: "The key may not do this, or the request names a foreign host or origin.",
  404: "There is nothing of that name.",
  409: "The catalogue is empty.",
  413: "The body is over the limit.",
  415: "The body's media type is not accepted.",
  429: "The key's rate limit is reached, or too much is waiting or under way.",
  500: "Something went wrong in the server.",
  503: "The engine is closed, its database not available, or too many tenants are in use at once.",
  507: "The disk is full.",
} as const;

function addProblems(route: RouteOptions): void {
  const { schema } = route;
  if (schema === undefined || schema.hide === true) return;
  const scope = scopeOf(route.method, route.config?.scope);
  const codes: (keyof typeof problemTexts)[] = [400, 403, 500, 503];
  if (scope !== "none") codes.push(401, 429);
  if (route.url.includes("/:id")) codes.push(404, 409);
  else if (route.url.startsWith("/v1/models/")) codes.push(404);
  if (route.url.includes("/interests")) codes.push(409);
  // What takes no body refuses one all the same that is too large or of another type.
  if (schema.body !== undefined || route.method === "POST") codes.push(413, 415);
  if (route.method !== "GET" && route.method !== "HEAD") codes.push(507);
  const problems = codes.map((code) => {
    const documented = code === 400 && route.url === "/v1/events" ? eventsProblem : problem;
    return [code, { description: problemTexts[code], content: { [problemMediaType]: { schema: documented } } }];
  });
  const response = { ...(schema.response as object), ...Object.fromEntries(problems) };
  route.schema = { ...schema, security: securityOf(scope, route.method), response };
}

/** What a caller needs; the role that OpenAPI lets one name is the scope. */
function securityOf(scope: ReturnType<typeof scopeOf>, method: RouteOptions["method"]) {
  if (scope === "none") return [];
  const role = scope === "optional" ? "read" : scope;
  const ways = method === "GET" ? [{ key: [role] }, { password: [role] }] : [{ key: [role] }];
  return scope === "optional" ? [{}, ...ways] : ways;
}

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

interface OpenApiDocument {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Json> };
}

interface Operation {
  summary: string;
  requestBody?: { content: Record<string, Json> };
  responses: Record<string, { description: string; headers?: Json }>;
}

/** Headers of problems, which the routes' schemas have no place for. */
const problemHeaders: Record<string, Json> = {
  401: { "WWW-Authenticate": { description: "How to send a key.", schema: { type: "string" } } },
  429: { "Retry-After": { description: "Seconds to wait.", schema: { type: "integer" } } },
};

const successTexts: Record<string, string> = { 201: "Created.", 207: "Some events are refused, the others are kept." };

/** Says what the routes' schemas cannot say. */
function complete(document: OpenApiDocument): OpenApiDocument {
  const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods));
  for (const { summary, responses } of operations) {
    for (const [status, response] of Object.entries(responses)) {
      if (response.description === "Default Response") response.description = successTexts[status] ?? `${summary}.`;
      if (status in problemHeaders) response.headers = problemHeaders[status];
    }
  }
  document.paths["/v1/events"].post.requestBody!.content["application/x-ndjson"] = {
    schema: { type: "string", description: "One event as JSON per line." },
    example: '{"user":"u42","type":"view","item":"m1"}\n{"user":"u42","type":"like","item":"m2"}\n',
  };
  document.components.schemas = usedComponents(document);
  return document;
}

/**
 * The components that something refers to. The transformation writes each schema twice, as it is read and as it is
 * written, and appends "Input" to the former; where only that one is used it gets its plain name back.
 */
function usedComponents({ paths, components: { schemas } }: OpenApiDocument): Record<string, Json> {
  const used = new Map<string, { $ref: string }[]>();
  const follow = (value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    if ("$ref" in value && typeof value.$ref === "string") {
      const name = value.$ref.slice(componentPath.length);
      const references = used.get(name);
      used.set(name, [...(references ?? []), value as { $ref: string }]);
      if (references === undefined) follow(schemas[name]);
    }
    for (const inner of Object.values(value)) follow(inner);
  };
  follow(paths);
  const named = [...used].map(([name, references]): [string, Json] => {
    const plain = name.replace(/Input$/, "");
    const shown = used.has(plain) ? name : plain;
    for (const reference of references) reference.$ref = componentPath + shown;
    return [shown, schemas[name]];
  });
  return Object.fromEntries(named.sort(([a], [b]) => (a < b ? -1 : 1)));
}

const componentPath = "#/components/schemas/";
