import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { PenchantError } from "../base/errors.ts";
import { newKey } from "./keys.ts";
import { RateLimiter } from "./rate-limit.ts";

function limited(perSecond: number, burst: number) {
  const clock = { time: 0 };
  const limiter = new RateLimiter(() => clock.time);
  const { key } = newKey(
    { name: "k", tenant: "default", scopes: ["ingest"], rateLimit: { perSecond, burst } },
    Date.UTC(2026, 5, 1),
  );
  /** 0 when the cost was taken, else how many seconds to wait. */
  const take = (cost: number): number => {
    try {
      limiter.take(key, cost);
      return 0;
    } catch (error) {
      if (!PenchantError.isInstance(error) || error.code !== "PENCHANT_E_RATE_LIMIT") throw error;
      return error.details.retryAfterSeconds as number;
    }
  };
  return { clock, take };
}

describe("a key's rate limit", () => {
  test("lets a burst through, then as many as its rate", () => {
    const { clock, take } = limited(2, 5);
    expect(Array.from({ length: 6 }, () => take(1))).toEqual([0, 0, 0, 0, 0, 1]);
    clock.time += 500;
    expect([take(1), take(1)]).toEqual([0, 1]);
    clock.time += 3_600_000;
    expect(Array.from({ length: 6 }, () => take(1)).filter((wait) => wait === 0)).toHaveLength(5);
  });

  test("lets a batch through that is larger than the burst, and has it paid for afterwards", () => {
    const { clock, take } = limited(10, 50);
    expect(take(1)).toBe(0);
    expect(take(200)).toBe(1);
    clock.time += 1_000;
    expect(take(200)).toBe(0);
    expect(take(1)).toBe(16);
    clock.time += 15_000;
    expect(take(1)).toBeGreaterThan(0);
    clock.time += 1_000;
    expect(take(1)).toBe(0);
  });

  test("only asks, with a cost of nothing", () => {
    const { take } = limited(1, 1);
    expect([take(0), take(0), take(1), take(0)]).toEqual([0, 0, 0, 1]);
  });

  test("is a key's own, and none where a key has none", () => {
    const limiter = new RateLimiter(() => 0);
    const settings = { name: "k", tenant: "default", scopes: ["read" as const] };
    const rateLimit = { perSecond: 1, burst: 1 };
    const [a, b, free] = [{ ...settings, rateLimit }, { ...settings, rateLimit }, settings].map(
      (each) => newKey(each, 0).key,
    );
    limiter.take(a, 1);
    expect(() => limiter.take(a, 1)).toThrow();
    limiter.take(b, 1);
    for (let count = 0; count < 1_000; count += 1) limiter.take(free, 1_000);
  });

  test("whatever is asked when, nobody gets more than the burst, the rate and one batch, and waiting as told is enough", () => {
    const request = fc.record({ cost: fc.integer({ min: 1, max: 300 }), pauseMs: fc.integer({ min: 0, max: 3_000 }) });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 100 }),
        fc.integer({ min: 1, max: 100 }),
        fc.array(request, { maxLength: 60 }),
        (perSecond, burst, requests) => {
          const { clock, take } = limited(perSecond, burst);
          let taken = 0;
          let largest = 0;
          for (const { cost, pauseMs } of requests) {
            clock.time += pauseMs;
            const wait = take(cost);
            if (wait === 0) {
              taken += cost;
              largest = Math.max(largest, cost);
              expect(taken).toBeLessThanOrEqual(burst + (clock.time / 1_000) * perSecond + largest + 1e-6);
            } else {
              clock.time += wait * 1_000;
              expect(take(0)).toBe(0);
            }
          }
        },
      ),
      { seed: 3 },
    );
  });
});
