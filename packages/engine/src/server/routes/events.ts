/**
 * POST /v1/events: one event, an array, either in an envelope that says when it was sent, or one event per line. What is
 * accepted is durable, and in the profile, when the answer is sent. Lines are tracked while the body is still arriving,
 * so that a stream may be longer than memory; when too much is waiting to be written, its sender is slowed down instead of
 * being refused.
 */
import type { Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { eventEnvelope, eventInput, eventReport, limits, moment, sentAtHeader } from "@penchant/protocol";
import type { FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import { PenchantError } from "../../base/errors.ts";
import { secondMs } from "../../base/time.ts";
import { skewOf } from "../intake/clock-skew.ts";
import { readLines, requireRoom } from "../intake/lines.ts";
import { Report } from "../intake/report.ts";
import { track } from "../intake/track.ts";
import type { ServerMetrics } from "../metrics.ts";
import { sendFinding, sendProblem } from "../problems.ts";
import { mismatchOf } from "../validation.ts";
import type { Server } from "../wire.ts";

const description = `One event, an array, an envelope or NDJSON. Idempotent by event id: the first event with an id wins. Events that are not valid are reported one by one and the others are kept: 200 when all are fine, 207 when some are refused, 400 when all are.

A sender whose clock may be wrong says when it sends, in the envelope's \`sentAt\` or the header \`${sentAtHeader}\`. When that lies more than ${limits.clockSkewToleratedSeconds} seconds from the receipt, the times of all events are moved by the difference, which the answer gives as \`clockSkewMs\`.

NDJSON may have up to ${limits.streamBytes / 1024 ** 3} GiB. Its events are tracked while it arrives: whatever ends it early, the report says what was taken, and sending it again adds nothing twice if events have ids.`;

/** How often, and how long at most in all, a stream waits for room before it is given up. */
const roomPauseMs = 50;
const roomPatienceMs = 20 * secondMs;

export function eventRoutes(server: Server, metrics: ServerMetrics): void {
  const parseJson = server.getDefaultJsonParser("error", "error");
  server.register(async (scope: Server) => {
    // Read by the handler, as it arrives.
    scope.addContentTypeParser("application/x-ndjson", (_request, body, done) => done(null, body));

    scope.post(
      "/v1/events",
      {
        schema: {
          operationId: "trackEvents",
          tags: ["Events"],
          summary: "Take in what users did",
          description,
          consumes: ["application/json", "application/x-ndjson"],
          headers: z.object({
            [sentAtHeader]: moment.optional().meta({ description: "When the request is sent, by the sender's clock." }),
          }),
          body: z.union([eventInput, z.array(eventInput).max(limits.batch), eventEnvelope]),
          response: { 200: eventReport, 207: eventReport },
        },
        config: { scope: "ingest" },
        // The schema documents; each event is judged on its own.
        validatorCompiler: () => (value) => ({ value }),
      },
      (request, reply) => {
        const parse = (line: string): unknown => {
          let parsed: unknown;
          void parseJson(request, line, (_error, value: unknown) => {
            parsed = value;
          });
          return parsed;
        };
        return request.headers["content-type"]?.startsWith("application/x-ndjson") === true
          ? takeStream(request, reply, { parse, metrics })
          : takeBody(request, reply, metrics);
      },
    );
  });
}

async function takeBody(request: FastifyRequest, reply: FastifyReply, metrics: ServerMetrics) {
  const { events, sentAt } = opened(request.body);
  if (events.length > limits.batch) {
    throw new PenchantError(
      "PENCHANT_E_BODY_TOO_LARGE",
      `The body: expected at most ${limits.batch} events, got ${events.length} (limits.batch).`,
    );
  }
  request.chargeEvents(events.length);
  // The clock's time of the receipt: a long body may have taken a while.
  const receivedAt = request.engine.clock.now() - reply.elapsedTime;
  const skewMs =
    sentAt === undefined
      ? skewOf(request.headers[sentAtHeader], sentAtHeader, receivedAt)
      : skewOf(sentAt, "sentAt", receivedAt);
  const report = new Report(skewMs);
  await track(
    request.engine,
    events.map((event) => ({ event })),
    { report, skewMs },
  );
  metrics.tracked(report.toJSON());
  return answer(report, request, reply);
}

/** The events of a JSON body, and when it says that it was sent. */
function opened(body: unknown): { events: readonly unknown[]; sentAt?: unknown } {
  if (Array.isArray(body)) return { events: body };
  if (typeof body !== "object" || body === null || !("events" in body)) return { events: [body] };
  const { error } = envelopeOnly.safeParse(body, { reportInput: true });
  if (error !== undefined) throw mismatchOf("body", error.issues);
  return body as { events: unknown[]; sentAt?: unknown };
}

/** The envelope itself; the events in it are judged one by one. */
const envelopeOnly = eventEnvelope.extend({ events: z.array(z.unknown()) });

interface StreamOptions {
  readonly parse: (line: string) => unknown;
  readonly metrics: ServerMetrics;
}

async function takeStream(request: FastifyRequest, reply: FastifyReply, { parse, metrics }: StreamOptions) {
  const { engine } = request;
  const skewMs = skewOf(request.headers[sentAtHeader], sentAtHeader, engine.clock.now());
  const report = new Report(skewMs);
  try {
    requireRoom(Number(request.headers["content-length"] ?? 0));
    // What stops the reading must not cut the connection, over which the answer goes.
    const body = (request.body as Readable).iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
    for await (const entries of readLines(body, parse)) {
      await whenThereIsRoom(async () => request.chargeEvents(entries.length));
      await whenThereIsRoom(() => track(engine, entries, { report, skewMs }));
    }
  } catch (error) {
    // The rest of the body is not read: the connection is of no further use.
    reply.header("connection", "close");
    sendProblem(error, request, reply, report.toJSON());
    return reply;
  } finally {
    metrics.tracked(report.toJSON());
  }
  return answer(report, request, reply);
}

/** Tries until nothing is over a limit that time removes, for as long as patience lasts. */
async function whenThereIsRoom(work: () => Promise<void>): Promise<void> {
  for (let waitedMs = 0; ; ) {
    try {
      await work();
      return;
    } catch (error) {
      if (!PenchantError.isInstance(error) || error.status !== 429 || waitedMs >= roomPatienceMs) throw error;
      const pauseMs = error.code === "PENCHANT_E_OVERLOADED" ? roomPauseMs : secondMs;
      await delay(pauseMs);
      waitedMs += pauseMs;
    }
  }
}

function answer(report: Report, request: FastifyRequest, reply: FastifyReply) {
  const body = report.toJSON();
  if (body.rejected === 0) return body;
  if (body.rejected < report.events) return reply.code(207).send(body);
  const { code, detail } = report.firstRefusal!.error!;
  sendFinding({ code: code as PenchantError["code"], detail, members: { ...body } }, request, reply);
  return reply;
}
