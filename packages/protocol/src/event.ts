/** Events on the wire: what users did. */
import { z } from "zod";
import { limits } from "./limits.ts";
import { id, moment, nextCursor, record, time } from "./values.ts";

const type = z
  .string()
  .min(1)
  .max(limits.eventTypeLength)
  .meta({ examples: ["view", "purchase", "rating"] });
const value = z.number().meta({ description: "What the type measures: stars, price, seconds." });
const text = z.string().max(limits.eventTextLength).meta({ description: "Words that the user typed or spoke." });
const session = id.meta({ description: "Names the visit; without it, 30 quiet minutes end a session." });

export const eventInput = z
  .strictObject({
    id: id
      .optional()
      .meta({ description: "Makes the event idempotent: the first one with an id wins. Default: a new UUID." }),
    user: id,
    type,
    item: id.optional().meta({ description: "The item may be put later: the event counts from then on." }),
    value: value.optional(),
    text: text.optional(),
    time: moment.optional().meta({
      description: `Default: now. At most ${limits.futureHours} hours ahead.`,
      examples: ["2026-01-01T00:00:00Z"],
    }),
    session: session.optional(),
    context: record.optional(),
  })
  .meta({
    id: "NewEvent",
    description: "One thing that a user did.",
    examples: [{ user: "u42", type: "view", item: "m1" }],
  });
export type EventInput = z.output<typeof eventInput>;

/** Of a request with events: when it was sent, by the sender's clock. */
export const sentAtHeader = "penchant-sent-at";

export const eventEnvelope = z
  .strictObject({
    sentAt: moment.optional().meta({
      description: "When the request is sent, by the sender's clock: corrects the events' times where that is wrong.",
    }),
    events: z.array(eventInput).max(limits.batch),
  })
  .meta({ id: "EventEnvelope", description: "Events, and when they were sent." });
export type EventEnvelope = z.output<typeof eventEnvelope>;

export const loggedEvent = z
  .strictObject({
    id,
    user: id,
    type,
    item: id.optional(),
    value: value.optional(),
    text: text.optional(),
    time,
    session: session.optional(),
    context: record.optional(),
    position: z.int().meta({ description: "The event's place in the log." }),
  })
  .meta({ id: "Event", description: "An event as it is kept." });
export type LoggedEvent = z.output<typeof loggedEvent>;

export const eventPage = z
  .strictObject({ events: z.array(loggedEvent), nextCursor })
  .meta({ id: "EventPage", description: "A user's events, newest first." });

export const trackedEvent = z
  .strictObject({
    index: z.int().min(0).meta({ description: "The event's place in the request, from 0; blank lines do not count." }),
    id: z.string().optional().meta({ description: "Missing when the event is refused and named no id." }),
    status: z.enum(["accepted", "duplicate", "rejected"]),
    error: z.strictObject({ code: z.string(), detail: z.string() }).optional(),
  })
  .meta({ id: "TrackedEvent", description: "What became of one event." });
export type TrackedEvent = z.output<typeof trackedEvent>;

const counts = {
  accepted: z.int().min(0),
  duplicates: z.int().min(0),
  rejected: z.int().min(0),
  results: z.array(trackedEvent).meta({
    description: `In the request's order. Of a stream those of its first ${limits.batch} events, and ${limits.refusalsListed} refused ones beyond.`,
  }),
  unlisted: z.int().min(1).optional().meta({ description: "Events of a stream that `results` leaves out." }),
  clockSkewMs: z.int().optional().meta({
    description:
      "Milliseconds that were added to the events' times, because `sentAt` showed the sender's clock to be off.",
  }),
};

export const eventReport = z
  .strictObject(counts)
  .meta({ id: "EventReport", description: "What became of the events of the request." });
export type EventReport = z.output<typeof eventReport>;
