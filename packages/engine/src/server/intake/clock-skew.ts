/**
 * Clocks of senders that are wrong. A sender says when, by its own clock, it sends a request (`sentAt`); what lies between
 * that and the receipt is how far its clock is off, and all times of the request's events are moved by as much:
 *
 *   corrected time = time + (received - sentAt)
 *
 * The way of a request through the network counts as skew too, so that a few seconds are no reason to touch the times of
 * a clock that is right. Events without a time are timed by their receipt and need no correction. This is the rule that
 * Segment documents for its own `sentAt`.
 */
import { limits } from "@penchant/protocol";
import { PenchantError } from "../../base/errors.ts";
import { dayMs, secondMs } from "../../base/time.ts";
import { momentOf, toTime } from "../../core/validate.ts";

/**
 * Milliseconds to add to the times of a request's events; 0 where the sender says nothing or its clock is right.
 *
 * @param sentAt as the sender wrote it: ISO 8601, or milliseconds since 1970 as a number or in digits
 * @param name where it stood, for messages
 * @throws PENCHANT_E_REQUEST_INVALID for what is no moment, PENCHANT_E_EVENT_TIME for a clock too far off
 */
export function skewOf(sentAt: unknown, name: string, receivedAt: number): number {
  if (sentAt === undefined) return 0;
  const moment = typeof sentAt === "string" && /^\d{5,}$/.test(sentAt) ? Number(sentAt) : sentAt;
  const skewMs = Math.round(receivedAt - momentOf((moment ?? "") as string | number, name, receivedAt));
  if (Math.abs(skewMs) <= limits.clockSkewToleratedSeconds * secondMs) return 0;
  if (Math.abs(skewMs) > limits.clockSkewDays * dayMs) {
    throw new PenchantError(
      "PENCHANT_E_EVENT_TIME",
      `${name}: expected the sender's clock to be off by at most ${limits.clockSkewDays} days (limits.clockSkewDays), got ${Math.round(skewMs / dayMs)}. Is it in milliseconds? Without it, times are taken as they are.`,
    );
  }
  return skewMs;
}

/** An event with its time moved; one without a time that can be read stays as it is, and is judged as it is. */
export function corrected(event: unknown, skewMs: number): unknown {
  if (skewMs === 0 || typeof event !== "object" || event === null || !("time" in event)) return event;
  const time = toTime(event.time);
  return Number.isFinite(time) ? { ...event, time: time + skewMs } : event;
}
