import { expect, it } from "vitest";
import { fakeClock } from "../../testing/builders.ts";
import { Pace } from "./pace.ts";

it("lets a tenth of a minute's calls go at once, and then one after the other", () => {
  const pace = new Pace(fakeClock(), 60);
  const waits = Array.from({ length: 9 }, () => pace.take());
  expect(waits).toEqual([0, 0, 0, 0, 0, 0, 1_000, 2_000, 3_000]);
});

it("fills again as time goes on, and no further", () => {
  const clock = fakeClock();
  const pace = new Pace(clock, 60);
  for (let call = 0; call < 6; call++) pace.take();
  clock.advance(2_000);
  expect([pace.take(), pace.take(), pace.take()]).toEqual([0, 0, 1_000]);
  clock.advance(3_600_000);
  expect(Array.from({ length: 7 }, () => pace.take())).toEqual([0, 0, 0, 0, 0, 0, 1_000]);
});

it("has room for one call where a tenth of a minute's is less", () => {
  const pace = new Pace(fakeClock(), 2);
  expect([pace.take(), pace.take()]).toEqual([0, 30_000]);
});
