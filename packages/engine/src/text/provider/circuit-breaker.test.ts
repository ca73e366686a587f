import { expect, it } from "vitest";
import { fakeClock } from "../../testing/builders.ts";
import { CircuitBreaker } from "./circuit-breaker.ts";

const broken = () => {
  const clock = fakeClock();
  const breaker = new CircuitBreaker({ clock, failuresMax: 2, openMs: 1_000 });
  breaker.failed();
  breaker.failed();
  return { clock, breaker };
};

it("opens after failures in a row, and not after as many with a success between", () => {
  const breaker = new CircuitBreaker({ clock: fakeClock(), failuresMax: 2, openMs: 1_000 });
  breaker.failed();
  breaker.succeeded();
  breaker.failed();
  expect(breaker.waitMs).toBe(0);
  breaker.failed();
  expect(breaker.waitMs).toBe(1_000);
});

it("lets one call through when its time is over, and nobody beside it", () => {
  const { clock, breaker } = broken();
  clock.advance(1_000);
  expect(breaker.waitMs).toBe(0);
  breaker.began();
  expect(breaker.waitMs).toBeGreaterThan(0);
  breaker.succeeded();
  expect(breaker.waitMs).toBe(0);
});

it("stays open for another while when that call fails, and lets the next try when it was given up", () => {
  const { clock, breaker } = broken();
  clock.advance(1_000);
  breaker.began();
  breaker.failed();
  expect(breaker.waitMs).toBe(1_000);
  clock.advance(1_000);
  breaker.began();
  breaker.undecided();
  expect(breaker.waitMs).toBe(0);
});
