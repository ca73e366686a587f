/**
 * The server's log: one structured line per request, on stderr. What people typed, their ids and what was sent stay out
 * of it: a line names the route's pattern, never the path, the query or the body.
 */
import { type FastifyBaseLogger, type FastifyReply, type FastifyRequest, LogController } from "fastify";
import { destination, pino } from "pino";
import { secondMs } from "../base/time.ts";

/** From here on a request is worth a warning. */
const slowMs = secondMs;

/** Lines are written together, or a line would cost a request more than all else that is done around it. */
const togetherBytes = 8 * 1024;
/** A line waits no longer than that, and the end of the process writes what waits. */
const waitMsMax = secondMs;
/** Beyond it lines are dropped: of whoever stops reading the log, memory must not fill up. */
const waitingBytesMax = 16 * 1024 ** 2;

/** @param level lines below it are not written */
export function stderrLogger(level: "info" | "warn" = "info"): FastifyBaseLogger {
  const stderr = destination({
    dest: 2,
    sync: false,
    minLength: togetherBytes,
    maxLength: waitingBytesMax,
    periodicFlush: waitMsMax,
  });
  return pino({ name: "penchant", level }, stderr);
}

/** Replaces Fastify's two lines per request, which name the whole URL, by one. */
export class RequestLog extends LogController {
  override incomingRequest(): void {}

  override requestCompleted(error: Error | null | undefined, request: FastifyRequest, reply: FastifyReply): void {
    const line = {
      method: request.method,
      route: request.routeOptions.url ?? "none",
      status: reply.statusCode,
      ...(request.key && { key: request.key.id, tenant: request.tenant }),
      durationMs: Math.round(reply.elapsedTime * 1_000) / 1_000,
    };
    const isStream = request.headers["content-type"]?.startsWith("application/x-ndjson") === true;
    if (error) request.log.warn({ ...line, err: error }, "request broken off");
    // A stream takes as long as its sender likes.
    else if (reply.elapsedTime >= slowMs && !isStream) request.log.warn(line, "slow request");
    else request.log.info(line, "request");
  }

  override routeNotFound(): void {}
}
