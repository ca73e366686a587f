/**
 * Errors as RFC 9457 problem documents. An error thrown on purpose keeps its code; what Fastify refuses gets the code of
 * its kind; anything else is a fault of ours: it is logged, and the caller learns no more than the request's id.
 */
import { limits, type Problem, problemMediaType } from "@penchant/protocol";
import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import { type ErrorCode, errorDefinitions, PenchantError } from "../base/errors.ts";
import { RequestMismatch } from "./validation.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** The code for a body that does not fit the route's schema; default PENCHANT_E_REQUEST_INVALID. */
    invalidBody?: ErrorCode;
  }
}

/** What a problem document says beside what follows from its code and request. */
interface Finding {
  readonly code: ErrorCode;
  readonly detail: string;
  readonly members?: Readonly<Record<string, unknown>>;
}

/**
 * Answers with the problem document for an error; for Fastify's error handlers of every kind.
 *
 * @param members what else the document says
 */
export function sendProblem(
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  members: Finding["members"] = {},
): void {
  const found = findingOf(error, request);
  const finding = { ...found, members: { ...found.members, ...members } };
  const { status } = errorDefinitions[finding.code];
  // Stopping is no fault.
  if (status >= 500 && finding.code !== "PENCHANT_E_CLOSED") request.log.error({ err: error }, "a request failed");
  const wait = PenchantError.isInstance(error) && error.details.retryAfterSeconds;
  if (typeof wait === "number") reply.header("retry-after", wait);
  sendFinding(finding, request, reply);
}

export function sendFinding(finding: Finding, request: FastifyRequest, reply: FastifyReply): void {
  const { status, title } = errorDefinitions[finding.code];
  const problem: Problem = {
    ...finding.members,
    type: `urn:penchant:error:${finding.code}`,
    title,
    status,
    detail: finding.detail,
    code: finding.code,
    instance: pathOf(request.url),
    requestId: request.id,
  };
  // Serialised here, so that no route's response schema has a say in it.
  reply.code(status).type(problemMediaType).send(JSON.stringify(problem));
}

export function routeNotFound(request: FastifyRequest, reply: FastifyReply): void {
  const detail = `There is no ${request.method} ${pathOf(request.url)}; the routes are listed at /docs and in /openapi.json.`;
  sendFinding({ code: "PENCHANT_E_ROUTE_NOT_FOUND", detail }, request, reply);
}

/** The whole answer to bytes that are not HTTP, for which there is no request. */
export function malformedRequest(reason: string): string {
  const { status, title } = errorDefinitions.PENCHANT_E_REQUEST_INVALID;
  const body = JSON.stringify({
    type: "urn:penchant:error:PENCHANT_E_REQUEST_INVALID",
    title,
    status,
    detail: `Expected an HTTP/1.1 request with headers of at most 16 KiB, got one that cannot be read (${reason}).`,
    code: "PENCHANT_E_REQUEST_INVALID",
  });
  const headers = `content-type: ${problemMediaType}\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close`;
  return `HTTP/1.1 400 Bad Request\r\n${headers}\r\n\r\n${body}`;
}

function findingOf(error: unknown, request: FastifyRequest): Finding {
  if (PenchantError.isInstance(error)) {
    // What the server itself cannot do is told by its title: the message may name files and belongs in the log.
    const detail = error.status >= 500 ? `${error.title}.` : error.message;
    return { code: error.code, detail, members: error.status >= 500 ? {} : error.details };
  }
  if (error instanceof RequestMismatch) return mismatch(error, request);
  const { code, statusCode } = error as Partial<FastifyError>;
  if (code === "FST_ERR_CTP_BODY_TOO_LARGE") {
    return {
      code: "PENCHANT_E_BODY_TOO_LARGE",
      detail: `The body: expected at most ${limits.bodyBytes} bytes, got more.`,
    };
  }
  if (code === "FST_ERR_CTP_INVALID_MEDIA_TYPE") {
    const came = request.headers["content-type"];
    const { consumes = ["application/json"] } = request.routeOptions.schema ?? {};
    const detail = `The body's media type: expected ${consumes.join(" or ")}, got ${came === undefined ? "none" : `"${came.slice(0, 100)}"`}.`;
    return { code: "PENCHANT_E_MEDIA_TYPE", detail };
  }
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return { code: "PENCHANT_E_REQUEST_INVALID", detail: `${(error as Error).message}.` };
  }
  return {
    code: "PENCHANT_E_INTERNAL",
    detail: `${errorDefinitions.PENCHANT_E_INTERNAL.title}. The server's log says more under the request's id.`,
  };
}

/** What a schema found wrong: the first place in words, all of them (up to a limit) by pointer. */
function mismatch({ part, places }: RequestMismatch, request: FastifyRequest): Finding {
  const errors = places.slice(0, limits.namedProblems);
  const [{ pointer, detail }] = errors;
  const where = { body: "The body", params: "The path", querystring: "The query", headers: "The headers" }[part];
  const more = places.length > 1 ? ` (and ${places.length - 1} more)` : "";
  const code = part === "params" ? "PENCHANT_E_ID_INVALID" : part === "body" && request.routeOptions.config.invalidBody;
  return {
    code: code || "PENCHANT_E_REQUEST_INVALID",
    detail: `${where}${pointer === "" ? "" : `, ${pointer}`}: ${detail}${more}.`,
    members: { errors },
  };
}

function pathOf(url: string): string {
  const query = url.indexOf("?");
  return query === -1 ? url : url.slice(0, query);
}
