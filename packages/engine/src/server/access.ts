/**
 * Who may ask what: one look at every request before anything else is done with it.
 *
 *   no keys:  this machine and its own pages only (guard.ts), everything, about the default tenant
 *   keys:     preflight? -> which key -> from which page -> is it in scope -> is there any rate left -> its tenant
 *
 * A key comes as `Authorization: Bearer pk_...`. For the pages, which a browser asks for by itself, it may also come as the
 * password of HTTP Basic under any name, and only with GET: a browser adds such a password to whatever another site makes
 * it send, which must not change anything here.
 */
import type { FastifyReply, FastifyRequest, RouteOptions } from "fastify";
import { PenchantError } from "../base/errors.ts";
import { allowOrigin, answerPreflight, isPreflight } from "./cors.ts";
import { assertLocal } from "./guard.ts";
import type { KeyFile } from "./key-file.ts";
import { covers, type Key, type Scope } from "./keys.ts";
import { RateLimiter } from "./rate-limit.ts";
import { defaultTenant, type Tenants } from "./tenants.ts";
import type { Server } from "./wire.ts";

/** Keys, and the tenants that they are for. */
export interface Access {
  readonly keys: KeyFile;
  readonly tenants: Tenants;
}

declare module "fastify" {
  interface FastifyContextConfig {
    /**
     * What a key needs here, where it is not `read` for GET and `admin` for everything else. `none`: no key at all;
     * `optional`: no key, but more is said to one that may read.
     */
    scope?: Scope | "none" | "optional";
    /** About the server, not about a tenant: for keys of the default tenant only. */
    isServerWide?: boolean;
  }
  interface FastifyRequest {
    /** The key that was used; none where none is needed. */
    key: Key | undefined;
    /** Whether the caller may read; to be asked where the scope is `optional`. */
    mayRead: boolean;
    /** Takes as many events as a request brings from what its key may send, or throws PENCHANT_E_RATE_LIMIT. */
    chargeEvents(count: number): void;
  }
}

/** Puts the look into the server; to be called before routes are added, and after what every answer shall have. */
export function controlAccess(server: Server, keys: KeyFile | undefined): void {
  const rates = new RateLimiter();
  server.decorateRequest("tenant", defaultTenant);
  server.decorateRequest("key", undefined);
  server.decorateRequest("mayRead", true);
  server.decorateRequest("chargeEvents", function (this: FastifyRequest, count: number) {
    if (this.key !== undefined) rates.take(this.key, Math.max(1, count));
  });

  server.addHook("onRequest", (request, reply, done) => {
    if (keys?.isRequired !== true) {
      assertLocal(request.headers.host, request.headers.origin);
      done();
    } else if (isPreflight(request)) {
      answerPreflight(request, reply, (origin) => keys.namesOrigin(origin));
    } else {
      admit(request, reply, keys, rates);
      done();
    }
  });
  server.addHook("onSend", (request, reply, payload, done) => {
    if (request.key !== undefined) rates.describe(request.key, reply);
    done(null, payload);
  });
}

/** @throws PENCHANT_E_KEY_MISSING, _KEY_INVALID, _KEY_ORIGIN, _KEY_SCOPE, PENCHANT_E_RATE_LIMIT */
function admit(request: FastifyRequest, reply: FastifyReply, keys: KeyFile, rates: RateLimiter): void {
  const { config } = request.routeOptions;
  const scope = scopeOf(request.method, config.scope);
  if (scope === "none") return;
  const hasCredentials = request.headers.authorization !== undefined;
  if (scope === "optional" && !hasCredentials) {
    request.mayRead = false;
    return;
  }
  const key = authenticate(request, reply, keys);
  request.key = key;
  request.tenant = key.tenant;
  request.mayRead = covers(key, "read");
  allowOrigin(key, request, reply);
  if (scope !== "optional" && !covers(key, scope)) {
    throw outOfScope(key, `with the scope "${scope}"${scope === "admin" ? "" : ' or "admin"'}`, quoted(key.scopes));
  }
  if (config.isServerWide === true && key.tenant !== defaultTenant) {
    throw outOfScope(key, `of the tenant "${defaultTenant}"`, quoted([key.tenant]));
  }
  // Events are counted once they are read; until then it is enough that there is any rate left.
  rates.take(key, scope === "ingest" ? 0 : 1);
}

/** What a key needs for a route. */
export function scopeOf(
  method: RouteOptions["method"],
  configured: Scope | "none" | "optional" | undefined,
): Scope | "none" | "optional" {
  return configured ?? (isSafe(method) ? "read" : "admin");
}

function authenticate(request: FastifyRequest, reply: FastifyReply, keys: KeyFile): Key {
  const basicIsFine = isSafe(request.method);
  // A browser that looks for a page shows a dialogue when it is asked for Basic; a program must not make it do so.
  const isPageVisit = basicIsFine && request.headers.accept?.includes("text/html") === true;
  const challenge = isPageVisit ? 'Basic realm="Penchant", charset="UTF-8"' : 'Bearer realm="Penchant"';
  const text = keyTextOf(request.headers.authorization, basicIsFine);
  if (text === undefined) {
    reply.header("www-authenticate", challenge);
    throw new PenchantError(
      "PENCHANT_E_KEY_MISSING",
      `The request's authorization header: expected "Bearer" and a key${basicIsFine ? ', or "Basic" with a key as the password' : ""}, got ${request.headers.authorization === undefined ? "none" : "another"}.`,
    );
  }
  try {
    return keys.find(text);
  } catch (error) {
    reply.header("www-authenticate", isPageVisit ? challenge : `${challenge}, error="invalid_token"`);
    throw error;
  }
}

/** The key's text in an `Authorization` header; undefined where there is none. */
export function keyTextOf(authorization: string | undefined, basicIsFine: boolean): string | undefined {
  const [, scheme, credentials] = /^(\w+) +(\S+) *$/.exec(authorization ?? "") ?? [];
  if (scheme?.toLowerCase() === "bearer") return credentials;
  if (scheme?.toLowerCase() !== "basic" || !basicIsFine) return undefined;
  const [, password] = /^[^:]*:(.*)$/s.exec(Buffer.from(credentials ?? "", "base64").toString()) ?? [];
  return password;
}

const isSafe = (method: RouteOptions["method"]) => method === "GET" || method === "HEAD";

function outOfScope(key: Key, expected: string, came: string): PenchantError {
  return new PenchantError("PENCHANT_E_KEY_SCOPE", `Key ${key.id}: expected one ${expected}, got one with ${came}.`);
}

const quoted = (names: readonly string[]) => names.map((name) => `"${name}"`).join(", ");
