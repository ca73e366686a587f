import { eventInput } from "@penchant/protocol";
import * as fc from "fast-check";
import { expect, it } from "vitest";
import type { EventInput } from "../../core/event.ts";
import { validateEvent } from "../../core/validate.ts";
import { isJudgedInFull } from "./track.ts";

const text = fc.oneof(
  { weight: 8, arbitrary: fc.string({ unit: "grapheme", minLength: 1, maxLength: 128 }) },
  fc.string({ unit: "binary", maxLength: 200 }),
  fc.constantFrom("ada", "view", "\u{1f600}".repeat(64), "\u{1f600}".repeat(65), "\ud83d", "a\u0007"),
);
const event = fc.record(
  {
    id: text,
    user: text,
    type: text,
    item: text,
    session: text,
    value: fc.oneof({ weight: 5, arbitrary: fc.double() }, fc.constant(null)),
    time: fc.oneof({ weight: 5, arbitrary: fc.double({ min: -1, max: 1e12 }) }, fc.constantFrom("2026-01-01", "x")),
    note: fc.string(),
  },
  { requiredKeys: ["user", "type"] },
);

it("an event whose members the engine's check judges in full passes the schema whenever it passes that check", () => {
  let passed = 0;
  fc.assert(
    fc.property(event, (input) => {
      try {
        validateEvent(input as EventInput, { now: 1e12, newId: () => "new" });
      } catch {
        return;
      }
      if (!isJudgedInFull(input as EventInput)) return;
      passed += 1;
      expect(eventInput.safeParse(input).success).toBe(true);
    }),
    { seed: 1, numRuns: 3_000 },
  );
  expect(passed).toBeGreaterThan(100);
});

it("an event with any other member is the schema's to judge", () => {
  const known = { user: "ada", type: "view", time: 1 };
  expect(isJudgedInFull(known)).toBe(true);
  expect(isJudgedInFull({ ...known, time: "2026-01-01" })).toBe(false);
  expect(isJudgedInFull({ ...known, text: "words" })).toBe(false);
  expect(isJudgedInFull({ ...known, mood: "good" } as EventInput)).toBe(false);
});
