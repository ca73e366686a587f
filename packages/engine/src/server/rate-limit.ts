/**
 * How much a key may ask for: a bucket of `burst` tokens that fills by `perSecond`. A request takes one token, a request
 * with events one per event, and gets 429 where there are too few.
 *
 * A batch larger than the bucket waits until the bucket is full and takes more than there is, so that it gets through and
 * is paid for afterwards: in the long run nobody gets more than `perSecond`, and nothing has to wait for ever. Packages
 * for rate limiting count requests in windows; here a request can cost ten thousand.
 */
import type { FastifyReply } from "fastify";
import { PenchantError } from "../base/errors.ts";
import { secondMs } from "../base/time.ts";
import type { Key, RateLimit } from "./keys.ts";

interface Bucket {
  limit: RateLimit;
  tokens: number;
  filledAtMs: number;
}

export class RateLimiter {
  readonly #nowMs: () => number;
  /** One per key that has a limit, as long as the process lives. */
  readonly #buckets = new Map<string, Bucket>();

  /** @param nowMs of a clock that nobody puts back */
  constructor(nowMs: () => number = () => performance.now()) {
    this.#nowMs = nowMs;
  }

  /**
   * Takes as many tokens as something costs; with a cost of 0 it only asks whether there are any.
   *
   * @throws PENCHANT_E_RATE_LIMIT, having taken nothing
   */
  take(key: Key, cost: number): void {
    if (key.rateLimit === undefined) return;
    const bucket = this.#filled(key.id, key.rateLimit);
    const needed = Math.max(1, Math.min(cost, bucket.limit.burst));
    if (bucket.tokens < needed) {
      const { perSecond, burst } = bucket.limit;
      const retryAfterSeconds = Math.ceil((needed - bucket.tokens) / perSecond);
      throw new PenchantError(
        "PENCHANT_E_RATE_LIMIT",
        `Key ${key.id}: expected at most ${perSecond} requests or events per second and ${burst} at once, got more; try again in ${retryAfterSeconds} s.`,
        { details: { retryAfterSeconds } },
      );
    }
    bucket.tokens -= cost;
  }

  /** Tells the caller how much is left: the headers of draft-ietf-httpapi-ratelimit-headers-10. */
  describe(key: Key, reply: FastifyReply): void {
    if (key.rateLimit === undefined) return;
    const { limit, tokens } = this.#filled(key.id, key.rateLimit);
    const { burst, perSecond } = limit;
    const left = Math.max(0, Math.floor(tokens));
    reply.header("ratelimit-policy", `"key";q=${burst};w=${Math.ceil(burst / perSecond)}`);
    reply.header("ratelimit", `"key";r=${left};t=${Math.ceil((burst - tokens) / perSecond)}`);
  }

  #filled(id: string, limit: RateLimit): Bucket {
    const now = this.#nowMs();
    const bucket = this.#buckets.get(id) ?? { limit, tokens: limit.burst, filledAtMs: now };
    const gained = ((now - bucket.filledAtMs) / secondMs) * limit.perSecond;
    bucket.tokens = Math.min(limit.burst, bucket.tokens + gained);
    bucket.filledAtMs = now;
    bucket.limit = limit;
    this.#buckets.set(id, bucket);
    return bucket;
  }
}
