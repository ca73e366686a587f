import { assert, double, property, record } from "fast-check";
import { expect, test } from "vitest";
import { eventExposure, priorExposure, seenDays } from "./burn-in.ts";

/** Simpson's rule, on the scale of the timescale. */
function integral(f: (at: number) => number, from: number, to: number, pieces = 4_000): number {
  const width = (to - from) / pieces;
  let sum = f(from) + f(to);
  for (let piece = 1; piece < pieces; piece++) sum += (piece % 2 === 1 ? 4 : 2) * f(from + piece * width);
  return (sum * width) / 3;
}

const days = (max: number) => double({ min: 0, max, noNaN: true });
const spans = record({
  event: days(300),
  wait: days(60),
  span: double({ min: 0.01, max: 200, noNaN: true }),
  tau: double({ min: 5, max: 400, noNaN: true }),
  prior: double({ min: 0.5, max: 100, noNaN: true }),
});

test("the integrals in closed form are those that quadrature finds", () => {
  assert(
    property(spans, ({ event, wait, span, tau, prior }) => {
      const [from, to] = [event + wait, event + wait + span];
      const left = integral((s) => Math.exp(-(s - event) / tau) / (seenDays(s, tau) + prior), from, to);
      const scale = Math.max(left, 1e-12);
      expect(Math.abs(eventExposure(event, from, to, tau, prior) - left) / scale).toBeLessThan(1e-5);
      const none = integral((s) => 1 / (seenDays(s, tau) + prior), from, to);
      expect(priorExposure(from, to, tau, prior) / none).toBeCloseTo(1, 5);
    }),
    { seed: 1, numRuns: 40 },
  );
});

test("integrals of neighbouring spans add up, decades after the first event too", () => {
  assert(
    property(
      days(20_000),
      days(1_000),
      days(1_000),
      double({ min: 0.01, max: 1_000, noNaN: true }),
      (event, a, b, tau) => {
        const whole = eventExposure(event, event, event + a + b, tau, 20);
        const parts =
          eventExposure(event, event, event + a, tau, 20) + eventExposure(event, event + a, event + a + b, tau, 20);
        expect(Number.isFinite(whole) && whole >= 0).toBe(true);
        expect(Math.abs(parts - whole)).toBeLessThanOrEqual(1e-7 * whole + 1e-300);
      },
    ),
    { seed: 2 },
  );
});

test("an empty span has no integral", () => {
  expect(eventExposure(3, 5, 5, 10, 20)).toBe(0);
  expect(priorExposure(5, 4, 10, 20)).toBe(0);
});
