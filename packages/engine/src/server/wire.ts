/**
 * How the server's routes are typed: requests by what the protocol's schemas give, answers by what they ask for. An
 * answer is checked by the compiler instead of at run time: it is one of core's read-only values, a type test ties those
 * to the schemas, and the tests hold every answer against the published OpenAPI document. So writing an answer costs one
 * `JSON.stringify`, where encoding it by its schema would copy it first.
 */
import type { IncomingMessage, Server as NodeServer, ServerResponse } from "node:http";
import type { FastifyBaseLogger, FastifyInstance, FastifyTypeProvider } from "fastify";
import type { z } from "zod";

/** A value that is only read: whatever the schema gives, in read-only lists. */
export type Readable<T> = T extends readonly (infer U)[]
  ? readonly Readable<U>[]
  : T extends object
    ? { readonly [K in keyof T]: Readable<T[K]> }
    : T;

/** What parsing gives: JSON and query strings have no `undefined`, so that what is optional is absent. */
type Parsed<T> = T extends readonly unknown[] ? T : T extends object ? { [K in keyof T]: Exclude<T[K], undefined> } : T;

interface WireTypes extends FastifyTypeProvider {
  validator: this["schema"] extends z.ZodType ? Parsed<z.output<this["schema"]>> : unknown;
  serializer: this["schema"] extends z.ZodType ? Readable<z.output<this["schema"]>> : unknown;
}

export type Server = FastifyInstance<NodeServer, IncomingMessage, ServerResponse, FastifyBaseLogger, WireTypes>;
