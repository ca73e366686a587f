import { expect, it } from "vitest";
import { randomUUIDv7 } from "./uuid.ts";

it("ids carry their time in the order of their letters, and are of version 7 and the variant of RFC 9562", () => {
  const times = [0, 1, 1_700_000_000_000, 2 ** 48 - 1];
  const ids = times.map((time) => randomUUIDv7(time));
  for (const [place, id] of ids.entries()) {
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(Number.parseInt(id.replaceAll("-", "").slice(0, 12), 16)).toBe(times[place]);
  }
  expect(ids.toSorted()).toEqual(ids);
});

it("ids of one moment differ, however many are drawn", () => {
  expect(new Set(Array.from({ length: 20_000 }, () => randomUUIDv7(1))).size).toBe(20_000);
});
