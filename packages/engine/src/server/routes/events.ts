/**
 * POST /v1/events: one event, an array, or one per line. Events are judged one by one: what is wrong with one is
 * reported under its index and costs the others nothing, so that a client never has to find the bad one by halving its
 * batch. What is accepted is durable, and in the profile, when the answer is sent.
 */
import { type EventReport, eventInput, eventReport, limits, type TrackedEvent } from "@penchant/protocol";
import { z } from "zod";
import { PenchantError } from "../../base/errors.ts";
import type { EventInput, TrackResult } from "../../core/event.ts";
import { validateEvent } from "../../core/validate.ts";
import type { Engine } from "../../engine.ts";
import { sendFinding } from "../problems.ts";
import { sentence } from "../validation.ts";
import type { Server } from "../wire.ts";

/** An event as it came, or why there is none to be read. */
type Entry = { readonly event: unknown } | { readonly error: PenchantError };

/** The body of an NDJSON request, taken apart. */
class Lines {
  readonly entries: Entry[];
  constructor(entries: Entry[]) {
    this.entries = entries;
  }
}

export function eventRoutes(server: Server): void {
  const parseJson = server.getDefaultJsonParser("error", "error");
  server.register(async (scope: Server) => {
    scope.addContentTypeParser("application/x-ndjson", { parseAs: "string" }, (request, body, done) => {
      const parse = (line: string): unknown => {
        let parsed: unknown;
        void parseJson(request, line, (_error, value: unknown) => {
          parsed = value;
        });
        return parsed;
      };
      done(null, new Lines(entriesOf(body as string, parse)));
    });

    scope.post(
      "/v1/events",
      {
        schema: {
          operationId: "trackEvents",
          tags: ["Events"],
          summary: "Take in what users did",
          description:
            "One event, an array, or NDJSON. Idempotent by event id: the first event with an id wins. Events that are not valid are reported one by one and the others are kept: 200 when all are fine, 207 when some are refused, 400 when all are.",
          body: z.union([eventInput, z.array(eventInput).max(limits.batch)]),
          response: { 200: eventReport, 207: eventReport },
        },
        config: { scope: "ingest" },
        // The schema documents; each event is judged on its own, below.
        validatorCompiler: () => (value) => ({ value }),
      },
      async (request, reply) => {
        const body: unknown = request.body;
        const entries =
          body instanceof Lines
            ? body.entries
            : Array.isArray(body)
              ? body.map((event: unknown) => ({ event }))
              : [{ event: body }];
        if (entries.length > limits.batch) {
          throw new PenchantError(
            "PENCHANT_E_BODY_TOO_LARGE",
            `The body: expected at most ${limits.batch} events, got ${entries.length} (limits.batch).`,
          );
        }
        request.chargeEvents(entries.length);
        const report = await track(request.engine, entries);
        if (report.rejected === 0) return report;
        if (report.rejected < entries.length) return reply.code(207).send(report);
        const { code, detail } = report.results[0].error!;
        return sendFinding({ code: code as PenchantError["code"], detail, members: { ...report } }, request, reply);
      },
    );
  });
}

/** Tracks the events that are valid and says of each what became of it. */
async function track(engine: Engine, entries: readonly Entry[]): Promise<EventReport> {
  const now = engine.clock.now();
  const results: TrackedEvent[] = [];
  const refuse = (index: number, { code, message }: PenchantError, id: string | undefined) => {
    results[index] = { index, ...(id !== undefined && { id }), status: "rejected", error: { code, detail: message } };
  };

  const valid: { readonly index: number; readonly event: EventInput }[] = [];
  for (const [index, entry] of entries.entries()) {
    if ("error" in entry) {
      refuse(index, entry.error, undefined);
      continue;
    }
    const error = whyRefused(entry.event, index, now);
    if (error === undefined) valid.push({ index, event: entry.event as EventInput });
    else refuse(index, error, idOf(entry.event));
  }

  const counts = { accepted: 0, duplicates: 0 };
  const outcomes = await trackAll(
    engine,
    valid.map(({ event }) => event),
  );
  for (const [place, outcome] of outcomes.entries()) {
    const { index, event } = valid[place];
    if (outcome instanceof Error) {
      refuse(index, outcome, event.id);
      continue;
    }
    counts[outcome.status === "accepted" ? "accepted" : "duplicates"] += 1;
    results[index] = { index, ...outcome };
  }
  return { ...counts, rejected: entries.length - counts.accepted - counts.duplicates, results };
}

/**
 * Tracks events of which each is valid as far as can be seen from here. The engine refuses a batch whole; when it does
 * for a rule of its own, such as strict event types, each event is tried alone.
 */
async function trackAll(engine: Engine, events: readonly EventInput[]): Promise<(TrackResult | PenchantError)[]> {
  if (events.length === 0) return [];
  try {
    return await engine.track(events);
  } catch (error) {
    if (!PenchantError.isInstance(error) || error.status !== 400) throw error;
    if (events.length === 1) return [error];
    return (await Promise.all(events.map((event) => trackAll(engine, [event])))).flat();
  }
}

/** The engine's own check has the better sentences; the schema adds what only the wire knows: members of no meaning. */
function whyRefused(event: unknown, index: number, now: number): PenchantError | undefined {
  try {
    validateEvent(event as EventInput, { now, newId: () => `number ${index}` });
  } catch (error) {
    if (PenchantError.isInstance(error)) return error;
    throw error;
  }
  const { error } = eventInput.safeParse(event, { reportInput: true });
  if (error === undefined) return undefined;
  const [issue] = error.issues;
  const place = [`event ${JSON.stringify(idOf(event) ?? `number ${index}`)}`, ...issue.path].join(": ");
  return new PenchantError("PENCHANT_E_EVENT_INVALID", `${place}: ${sentence(issue)}.`);
}

function idOf(event: unknown): string | undefined {
  if (typeof event !== "object" || event === null || !("id" in event)) return undefined;
  return typeof event.id === "string" && event.id.length <= limits.idLength ? event.id : undefined;
}

function entriesOf(text: string, parse: (line: string) => unknown): Entry[] {
  const entries: Entry[] = [];
  for (const line of text.split("\n")) {
    if (line.trim() === "") continue;
    const refuse = (why: string) => {
      entries.push({
        error: new PenchantError("PENCHANT_E_EVENT_INVALID", `event "number ${entries.length}": ${why}.`),
      });
    };
    // A line of many bytes has many characters: most lines need not be measured.
    const bytes = line.length * 3 > limits.lineBytes ? Buffer.byteLength(line) : line.length;
    if (bytes > limits.lineBytes) {
      refuse(`expected a line of at most ${limits.lineBytes} bytes, got ${bytes} (limits.lineBytes)`);
      continue;
    }
    const event = parse(line);
    if (event === undefined) refuse("expected a line of JSON, got one that is not");
    else entries.push({ event });
  }
  return entries;
}
