/**
 * Web pages of other origins: a browser lets a page read an answer only if the answer names the page's origin.
 *
 * Before most requests a browser asks ahead (a preflight), without the key; it gets a yes for every origin that some key
 * names. The answer to the request itself names the origin only if the very key that was used does. Cookies and signing in
 * by dialogue are never allowed across origins: there is no `Access-Control-Allow-Credentials`.
 */
import type { FastifyReply, FastifyRequest } from "fastify";
import { PenchantError } from "../base/errors.ts";
import type { Key } from "./keys.ts";

const preflightSeconds = 600;

export function isPreflight({ method, headers }: FastifyRequest): boolean {
  return method === "OPTIONS" && headers.origin !== undefined && headers["access-control-request-method"] !== undefined;
}

/** @throws PENCHANT_E_KEY_ORIGIN unless a key names the origin */
export function answerPreflight(
  request: FastifyRequest,
  reply: FastifyReply,
  isNamed: (origin: string) => boolean,
): void {
  const origin = request.headers.origin ?? "";
  reply.header("vary", "Origin");
  if (!isNamed(origin)) throw foreign(origin, "one that a key of this server names");
  reply
    .code(204)
    .header("access-control-allow-origin", origin)
    .header("access-control-allow-methods", "GET, HEAD, POST, PUT, PATCH, DELETE")
    .header("access-control-allow-headers", "Authorization, Content-Type, Penchant-Sent-At")
    .header("access-control-max-age", preflightSeconds)
    .send();
}

/**
 * Lets the page that asks read the answer, if it is one of the key's.
 *
 * @throws PENCHANT_E_KEY_ORIGIN when the key is for other pages: a key that was copied from a page is of no use to another
 */
export function allowOrigin(key: Key, request: FastifyRequest, reply: FastifyReply): void {
  reply.header("vary", "Origin");
  const { origin } = request.headers;
  if (origin === undefined || key.origins === undefined) return;
  if (!key.origins.includes(origin)) throw foreign(origin, `one of those of key ${key.id}`);
  reply
    .header("access-control-allow-origin", origin)
    .header("access-control-expose-headers", "Retry-After, RateLimit, RateLimit-Policy, X-Request-Id");
}

function foreign(origin: string, expected: string): PenchantError {
  return new PenchantError(
    "PENCHANT_E_KEY_ORIGIN",
    `The request's origin: expected ${expected}, got "${origin.slice(0, 100)}".`,
  );
}
