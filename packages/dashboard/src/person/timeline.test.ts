import { expect, test } from "vitest";
import { bandsOf, momentOf, spanOf } from "./timeline.ts";

const dayMs = 86_400_000;

test("the time of somebody who is here reaches to now, of somebody who is gone a little beyond their last event", () => {
  const now = 2_000 * dayMs;
  expect(spanOf(1_000 * dayMs, 1_990 * dayMs, now)).toEqual({ from: 1_000 * dayMs, to: now });
  expect(spanOf(0, 1_000 * dayMs, now)).toEqual({ from: 0, to: 1_060 * dayMs });
});

test("somebody who came a moment ago has a month to be drawn on", () => {
  expect(spanOf(dayMs, dayMs, dayMs)).toEqual({ from: dayMs, to: 31 * dayMs });
});

test("a stream is as wide as the square root of the whole, and its bands share the width", () => {
  const series = Array.from({ length: 10 }, (_, index) => ({
    interest: { id: `i${index}`, label: `I${index}` },
    intensity: [0.4, 0],
  }));
  const bands = bandsOf({ user: "ada", stepMs: 1, moments: [0, 1], total: [4, 0], series }, "rest");
  expect(bands).toHaveLength(9);
  expect(bands[0]).toEqual({ id: "i0", name: "I0", widths: [0.2, 0] });
  // Eight of ten have a band of their own; the rest is what is left of the whole.
  expect(bands[8].name).toBe("rest");
  expect(bands[8].widths[0]).toBeCloseTo(0.8 / 2, 12);
  expect(bands.reduce((sum, { widths }) => sum + widths[0], 0)).toBeCloseTo(Math.sqrt(4), 12);
});

test("an address names a moment by its milliseconds or by its day, and else none", () => {
  expect(momentOf("1476000000000")).toBe(1_476_000_000_000);
  expect(momentOf("2016-10-16")).toBe(Date.UTC(2016, 9, 17) - 1);
  for (const none of [undefined, "", "now", "0", "-5", "soon"]) expect(momentOf(none), none).toBeUndefined();
});
