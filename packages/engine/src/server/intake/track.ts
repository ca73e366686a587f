/**
 * Events are judged one by one: what is wrong with one is reported under its index and costs the others nothing, so that
 * a client never has to find the bad one by halving its batch.
 */
import { eventInput, limits, type TrackedEvent } from "@penchant/protocol";
import { PenchantError } from "../../base/errors.ts";
import type { EventInput, TrackResult } from "../../core/event.ts";
import { validateEvent } from "../../core/validate.ts";
import type { Engine } from "../../engine.ts";
import { sentence } from "../validation.ts";
import { corrected } from "./clock-skew.ts";
import type { Report } from "./report.ts";

/** An event as it came, or why there is none to be read. */
export type Entry = { readonly event: unknown } | { readonly unreadable: string };

/**
 * Tracks the events that are valid and adds to the report what became of each, once they are durable and in the profiles.
 *
 * @param skewMs is added to the events' times
 */
export async function track(
  engine: Engine,
  entries: readonly Entry[],
  { report, skewMs }: { report: Report; skewMs: number },
): Promise<void> {
  const now = engine.clock.now();
  const first = report.events;
  const results: TrackedEvent[] = [];
  const refuse = (place: number, { code, message }: PenchantError, id: string | undefined) => {
    const error = { code, detail: message };
    results[place] = { index: first + place, ...(id !== undefined && { id }), status: "rejected", error };
  };

  const valid: { readonly place: number; readonly event: EventInput }[] = [];
  for (const [place, entry] of entries.entries()) {
    if ("unreadable" in entry) {
      const why = `event "number ${first + place}": ${entry.unreadable}.`;
      refuse(place, new PenchantError("PENCHANT_E_EVENT_INVALID", why), undefined);
      continue;
    }
    const event = corrected(entry.event, skewMs);
    const error = whyRefused(event, `number ${first + place}`, now);
    if (error === undefined) valid.push({ place, event: event as EventInput });
    else refuse(place, withSkew(error, skewMs), idOf(event));
  }

  const outcomes = await trackAll(
    engine,
    valid.map(({ event }) => event),
  );
  for (const [index, outcome] of outcomes.entries()) {
    const { place, event } = valid[index];
    if (outcome instanceof Error) refuse(place, outcome, event.id);
    else results[place] = { index: first + place, ...outcome };
  }
  for (const result of results) report.add(result);
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
function whyRefused(event: unknown, name: string, now: number): PenchantError | undefined {
  try {
    validateEvent(event as EventInput, { now, newId: () => name });
  } catch (error) {
    if (PenchantError.isInstance(error)) return error;
    throw error;
  }
  if (isJudgedInFull(event as EventInput)) return undefined;
  const { error } = eventInput.safeParse(event, { reportInput: true });
  if (error === undefined) return undefined;
  const [issue] = error.issues;
  const place = [`event ${JSON.stringify(idOf(event) ?? name)}`, ...issue.path].join(": ");
  return new PenchantError("PENCHANT_E_EVENT_INVALID", `${place}: ${sentence(issue)}.`);
}

/** Members of which the engine's check leaves nothing for the schema to find. */
const judgedInFull = new Set(["id", "user", "type", "item", "session", "value"]);

/** Whether an event that the engine's check has passed has only such members, as nearly all have: the schema takes as long again. */
export function isJudgedInFull(event: EventInput): boolean {
  for (const member of Object.keys(event)) {
    if (!judgedInFull.has(member) && !(member === "time" && typeof event.time === "number")) return false;
  }
  return true;
}

/** A time that was moved is not the one that the sender wrote. */
function withSkew(error: PenchantError, skewMs: number): PenchantError {
  if (skewMs === 0 || error.code !== "PENCHANT_E_EVENT_TIME") return error;
  return new PenchantError(error.code, `${error.message} The time was moved by ${skewMs} ms, because of sentAt.`);
}

function idOf(event: unknown): string | undefined {
  if (typeof event !== "object" || event === null || !("id" in event)) return undefined;
  return typeof event.id === "string" && event.id.length <= limits.idLength ? event.id : undefined;
}
