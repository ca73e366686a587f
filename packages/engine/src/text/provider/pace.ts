/**
 * A limit on calls per minute: a bucket that holds a few calls and fills evenly. Who comes when it is empty waits for their
 * turn, in order.
 */
import type { Clock } from "../../base/time.ts";

const minuteMs = 60_000;
/** Part of a minute's calls that may go out at once. */
const burstShare = 0.1;

export class Pace {
  readonly #clock: Clock;
  readonly #gapMs: number;
  readonly #burstMs: number;
  /** When the bucket, were calls made at an even pace, would have room for the next one. */
  #nextAt = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock, callsPerMinute: number) {
    this.#clock = clock;
    this.#gapMs = minuteMs / callsPerMinute;
    this.#burstMs = Math.max(1, Math.floor(burstShare * callsPerMinute)) * this.#gapMs;
  }

  /** Takes a place and says how many milliseconds to wait for it. */
  take(): number {
    const now = this.#clock.now();
    const earliest = now - this.#burstMs + this.#gapMs;
    this.#nextAt = Math.max(this.#nextAt, earliest);
    const waitMs = Math.max(0, this.#nextAt - now);
    this.#nextAt += this.#gapMs;
    return waitMs;
  }
}
