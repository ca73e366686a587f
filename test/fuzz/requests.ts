/**
 * Requests from the OpenAPI document: every operation with parameters and bodies that its schemas describe, most of them
 * right up to a few places, where something hostile stands instead. Beside them requests whose bytes are not HTTP at
 * all, and good ones with some bytes changed.
 */
import * as fc from "fast-check";
import { contentTypes, hostileBytes, hostileJson, hostileWords, malformedRequests } from "./hostile.ts";

export type Schema = {
  readonly [key: string]: unknown;
};

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly schema: Schema;
}

export interface Operation {
  readonly method: string;
  /** As in the document: `/v1/items/{id}`. */
  readonly template: string;
  readonly parameters: readonly Parameter[];
  readonly body?: { readonly contentType: string; readonly schema: Schema };
}

export interface FuzzRequest {
  readonly bytes: Buffer;
  /** The operation that is meant; absent where the bytes may mean anything. */
  readonly operation?: Operation;
}

export interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, OpenApiOperation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

interface OpenApiOperation {
  readonly parameters?: Operation["parameters"];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
}

export function operationsOf({ paths }: OpenApi): Operation[] {
  return Object.entries(paths).flatMap(([template, methods]) =>
    Object.entries(methods).flatMap(([method, { parameters = [], requestBody }]): Operation[] => {
      const operation = { method: method.toUpperCase(), template, parameters };
      const contents = Object.entries(requestBody?.content ?? {});
      return contents.length === 0
        ? [operation]
        : contents.map(([contentType, { schema }]) => ({ ...operation, body: { contentType, schema } }));
    }),
  );
}

/** What parameters whose schemas tell little are meant to be. */
const meantByName: Readonly<Record<string, readonly string[]>> = {
  from: ["2026-01-01", "2026-03-01T12:00:00Z"],
  to: ["2026-03-02", "2026-06-01T00:00:00Z"],
  at: ["2026-01-01T00:00:00Z"],
  step: ["1d", "30d", "12h"],
};

/** Ids of things that are there: without them every answer would be 404. */
export interface Known {
  readonly ids: readonly string[];
  readonly host: string;
}

/** Arbitrary requests of all kinds. */
export function requests(document: OpenApi, known: Known): fc.Arbitrary<FuzzRequest> {
  const { schemas } = document.components;
  const operations = operationsOf(document);
  const meant = fc.oneof(...operations.map((operation) => requestOf(operation, schemas, known)));
  const malformed = fc
    .constantFrom(...malformedRequests)
    .map((text) => Buffer.from(text.replaceAll("\r\nH\r\n", `\r\nHost: ${known.host}\r\n`), "latin1"));
  const changed = fc
    .tuple(meant, fc.array(fc.tuple(fc.nat(), fc.constantFrom(...hostileBytes), fc.nat(8)), { maxLength: 3 }))
    .map(([{ bytes }, changes]) => changes.reduce(withBytes, bytes));
  return fc.oneof(
    { weight: 9, arbitrary: meant },
    { weight: 1, arbitrary: malformed.map((bytes) => ({ bytes })) },
    { weight: 1, arbitrary: changed.map((bytes) => ({ bytes })) },
  );
}

function withBytes(bytes: Buffer, [at, put, skipped]: [number, Buffer, number]): Buffer {
  const place = at % (bytes.length + 1);
  return Buffer.concat([bytes.subarray(0, place), put, bytes.subarray(place + skipped)]);
}

function requestOf(
  operation: Operation,
  schemas: Readonly<Record<string, Schema>>,
  known: Known,
): fc.Arbitrary<FuzzRequest> {
  const words = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...known.ids) },
    { weight: 1, arbitrary: fc.oneof(fc.constantFrom(...hostileWords), fc.string({ unit: "binary" })) },
  );
  const inPath = words.map((word) => encodeURIComponent(word.toWellFormed()));
  const query = fc.tuple(
    ...operation.parameters
      .filter((parameter) => parameter.in === "query")
      .map(({ name, required, schema }) => {
        const described = near(schema, schemas, known);
        const value = name in meantByName ? fc.oneof(fc.constantFrom(...meantByName[name]), described) : described;
        const pair = fc.tuple(fc.constant(name), value);
        return required === true ? pair : fc.option(pair, { freq: 1 });
      }),
    rarely(fc.tuple(fc.constantFrom("extra", "__proto__", "limit", "limit[]"), words)),
  );
  const body =
    operation.body === undefined
      ? fc.constant(undefined)
      : fc.oneof(
          { weight: 12, arbitrary: bodyOf(operation.body.contentType, near(operation.body.schema, schemas, known)) },
          { weight: 1, arbitrary: fc.constantFrom(...hostileJson).map((text) => Buffer.from(text)) },
          { weight: 1, arbitrary: fc.constant(undefined) },
        );
  const contentType = fc.oneof(
    { weight: 12, arbitrary: fc.constant(operation.body?.contentType) },
    { weight: 1, arbitrary: fc.constantFrom(...contentTypes) },
  );
  return fc.record({ inPath, query, body, contentType, chunked: fc.boolean() }).map((made): FuzzRequest => {
    const search = made.query
      .filter((pair) => pair !== null)
      .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(spelled(value))}`)
      .join("&");
    const target = operation.template.replace(/\{\w+\}/, made.inPath) + (search === "" ? "" : `?${search}`);
    return { operation, bytes: written(operation.method, target, known.host, made) };
  });
}

const rarely = <T>(made: fc.Arbitrary<T>): fc.Arbitrary<T | null> =>
  fc.oneof({ weight: 19, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: made });

const spelled = (value: unknown) =>
  (typeof value === "string" ? value : (JSON.stringify(value) ?? "undefined")).toWellFormed();

function written(
  method: string,
  target: string,
  host: string,
  { body, contentType, chunked }: { body: Buffer | undefined; contentType: string | undefined; chunked: boolean },
): Buffer {
  const head = [`${method} ${target} HTTP/1.1`, `Host: ${host}`, "Connection: close"];
  if (contentType !== undefined) head.push(`Content-Type: ${contentType}`);
  if (body === undefined) return Buffer.from(`${head.join("\r\n")}\r\n\r\n`);
  head.push(chunked ? "Transfer-Encoding: chunked" : `Content-Length: ${body.length}`);
  const middle = Math.floor(body.length / 2);
  const parts = [body.subarray(0, middle), body.subarray(middle)].filter(({ length }) => length > 0);
  const framed = chunked
    ? [...parts.flatMap((part) => [`${part.length.toString(16)}\r\n`, part, "\r\n"]), "0\r\n\r\n"]
    : [body];
  return Buffer.concat([`${head.join("\r\n")}\r\n\r\n`, ...framed].map((part) => Buffer.from(part as string)));
}

/** Stands in a value for a piece of hostile JSON, until the value is written down. */
const marker = (index: number) => `\u{e000}${index}\u{e001}`;

/** Writes a value as JSON, or several as lines of it, with the hostile pieces in their places. */
function bodyOf(contentType: string, value: fc.Arbitrary<unknown>): fc.Arbitrary<Buffer> {
  const text = value.map((made) =>
    (JSON.stringify(made) ?? "").replaceAll(
      /"\u{e000}(\d+)\u{e001}"/gu,
      (_, index: string) => hostileJson[Number(index)],
    ),
  );
  if (contentType !== "application/x-ndjson") return text.map((json) => Buffer.from(json));
  const lines = fc.array(fc.oneof({ weight: 9, arbitrary: text }, { weight: 1, arbitrary: fc.string() }), {
    maxLength: 5,
  });
  return lines.map((all) => Buffer.from(all.join("\n")));
}

/** Values that a schema describes, up to a hostile one here and there. */
function near(schema: Schema, schemas: Readonly<Record<string, Schema>>, known: Known): fc.Arbitrary<unknown> {
  const hostile = fc.oneof(
    fc.nat(hostileJson.length - 1).map(marker),
    fc.constantFrom(...hostileWords),
    fc.jsonValue({ maxDepth: 2 }),
  );
  return fc.oneof({ weight: 24, arbitrary: described(schema, schemas, known) }, { weight: 1, arbitrary: hostile });
}

function described(schema: Schema, schemas: Readonly<Record<string, Schema>>, known: Known): fc.Arbitrary<unknown> {
  const inner = (part: unknown) => near((part ?? {}) as Schema, schemas, known);
  if (typeof schema.$ref === "string") return described(schemas[schema.$ref.split("/").at(-1)!], schemas, known);
  for (const alternatives of [schema.anyOf, schema.oneOf]) {
    if (Array.isArray(alternatives)) return fc.oneof(...alternatives.map(inner));
  }
  if (Array.isArray(schema.enum)) return fc.constantFrom(...(schema.enum as unknown[]));
  if ("const" in schema) return fc.constant(schema.const);
  const examples = Array.isArray(schema.examples) ? (schema.examples as unknown[]) : [];
  const number = (key: string, otherwise: number) => (typeof schema[key] === "number" ? schema[key] : otherwise);
  switch (schema.type) {
    case "string":
      return fc.oneof(
        fc.constantFrom(...examples, ...known.ids),
        fc.string({
          unit: "grapheme",
          minLength: number("minLength", 0),
          maxLength: Math.min(number("maxLength", 20), 40),
        }),
      );
    case "integer":
      return fc.integer({ min: number("minimum", -10), max: Math.min(number("maximum", 1_000), 2 ** 31) });
    case "number":
      return fc.oneof(
        fc.double({ min: number("minimum", -1e12), max: number("maximum", 1e13) }),
        fc.integer({ min: 0, max: 5 }),
      );
    case "boolean":
      return fc.boolean();
    case "array":
      return fc.array(inner(schema.items), { maxLength: Math.min(number("maxItems", 4), 4) });
    case "object":
      return object(schema, inner);
    default:
      return fc.jsonValue({ maxDepth: 2 });
  }
}

function object(schema: Schema, inner: (part: unknown) => fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const properties = (schema.properties ?? {}) as Readonly<Record<string, unknown>>;
  const required = (schema.required ?? []) as string[];
  const members = fc.record(Object.fromEntries(Object.entries(properties).map(([name, part]) => [name, inner(part)])), {
    requiredKeys: required,
  });
  const isOpen = schema.additionalProperties !== false;
  const extra = fc.dictionary(fc.oneof(fc.string(), fc.constantFrom(...hostileWords)), fc.jsonValue({ maxDepth: 2 }), {
    maxKeys: 2,
  });
  const none = fc.constant({});
  return fc
    .tuple(members, fc.oneof({ weight: isOpen ? 1 : 30, arbitrary: none }, { weight: 1, arbitrary: extra }))
    .map(([known, more]) => Object.assign(Object.create(null) as object, more, known));
}
