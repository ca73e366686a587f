/**
 * Requests against the protocol's schemas. What a schema finds wrong becomes one error with a sentence per place: what
 * was expected, and what came.
 */
import type { FastifySchemaCompiler } from "fastify";
import type { z } from "zod";

export type RequestPart = "body" | "params" | "querystring" | "headers";

export interface WrongPlace {
  /** A JSON pointer into the body, or the name of the parameter; empty for the whole. */
  readonly pointer: string;
  readonly detail: string;
}

/** A request that does not fit its route's schema. */
export class RequestMismatch extends Error {
  readonly part: RequestPart;
  readonly places: readonly WrongPlace[];

  constructor(part: RequestPart, places: readonly WrongPlace[]) {
    super(`The ${part} does not fit the schema`);
    this.part = part;
    this.places = places;
  }
}

export const validatorCompiler: FastifySchemaCompiler<z.ZodType> = ({ schema, httpPart }) => {
  const part = (httpPart ?? "body") as RequestPart;
  return (value: unknown) => {
    const { error, data } = schema.safeParse(value, { reportInput: true });
    return error === undefined ? { value: data } : { error: mismatchOf(part, error.issues) };
  };
};

export function mismatchOf(part: RequestPart, issues: readonly z.core.$ZodIssue[]): RequestMismatch {
  return new RequestMismatch(
    part,
    issues.map((issue) => place(part, issue)),
  );
}

function place(part: RequestPart, issue: z.core.$ZodIssue): WrongPlace {
  const names = issue.path.map(String);
  const pointer =
    part === "body"
      ? names.map((name) => `/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`).join("")
      : names.join(".");
  return { pointer, detail: sentence(issue) };
}

/** Zod's own words, and the value where they do not tell it. */
export function sentence({ message, code, input }: z.core.$ZodIssue): string {
  if (code === "unrecognized_keys" || (code === "invalid_type" && message.includes("received"))) return message;
  return `${message}, got ${shown(input)}`;
}

function shown(value: unknown): string {
  if (typeof value === "string")
    return value.length > 40 ? `text of ${value.length} characters` : JSON.stringify(value);
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (value === undefined) return "nothing";
  return value === null ? "null" : Array.isArray(value) ? `a list of ${value.length}` : "an object";
}
