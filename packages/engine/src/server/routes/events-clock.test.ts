import { describe, expect, test } from "vitest";
import { dayMs, hourMs, secondMs } from "../../base/time.ts";
import { now, testApi } from "../test-client.ts";

const { ask } = testApi();

const ndjson = { "content-type": "application/x-ndjson" };
const timesOf = async (user: string): Promise<number[]> =>
  (await ask("GET", `/v1/users/${user}/events`)).body.events.map(({ time }: { time: number }) => time).toReversed();

/** Corrections include the milliseconds that the request took. */
const nearly = (time: number) => expect.closeTo(time, -3);

describe("a sender whose clock is off", () => {
  test("says when it sends, and the times of its events are moved by what its clock is off", async () => {
    const slow = now - 2 * hourMs;
    const { body } = await ask("POST", "/v1/events", {
      sentAt: new Date(slow).toISOString(),
      events: [
        { user: "slow", type: "view", time: slow - 600 * secondMs },
        { user: "slow", type: "view", time: new Date(slow).toISOString() },
        { user: "slow", type: "view" },
      ],
    });
    expect(body).toMatchObject({ accepted: 3, clockSkewMs: nearly(2 * hourMs) });
    const times = await timesOf("slow");
    expect(times.slice(0, 2)).toEqual([nearly(now - 600 * secondMs), nearly(now)]);
    expect(times[2]).toBe(now);
  });

  test("may say so in a header, with lines too", async () => {
    const fast = now + 40 * dayMs;
    const headers = { ...ndjson, "penchant-sent-at": String(fast) };
    const line = JSON.stringify({ user: "fast", type: "view", time: fast - hourMs });
    expect((await ask("POST", "/v1/events", line, headers)).body).toMatchObject({
      accepted: 1,
      clockSkewMs: nearly(-40 * dayMs),
    });
    const event = { user: "fast", type: "view", time: fast };
    await ask("POST", "/v1/events", event, { "penchant-sent-at": new Date(fast).toISOString() });
    expect(await timesOf("fast")).toEqual([nearly(now - hourMs), nearly(now)]);
  });

  test("is told how far a time was moved when it is refused for it", async () => {
    const { status, body } = await ask("POST", "/v1/events", {
      sentAt: now - 10 * dayMs,
      events: [{ user: "moved", type: "view", time: now - 8 * dayMs }],
    });
    expect(status).toBe(400);
    expect(body.detail).toMatch(/48 hours ahead.* moved by 86\d{7} ms, because of sentAt/);
  });

  test("by more than can be believed is refused, as is what is no moment", async () => {
    const events = [{ user: "absurd", type: "view", time: now }];
    // Seconds instead of milliseconds: moved by that, the events would lie far ahead.
    const seconds = await ask("POST", "/v1/events", { sentAt: now / 1_000, events });
    expect(seconds).toMatchObject({ status: 400, body: { code: "PENCHANT_E_EVENT_TIME" } });
    expect(seconds.body.detail).toContain("at most 366 days");
    for (const sentAt of ["yesterday", "99999999999999999", ""]) {
      const answer = await ask("POST", "/v1/events", events, { "penchant-sent-at": sentAt });
      expect(answer, sentAt).toMatchObject({ status: 400, body: { code: "PENCHANT_E_REQUEST_INVALID" } });
    }
    expect((await ask("GET", "/v1/users/absurd")).status).toBe(404);
  });
});

test("a few seconds between sending and receiving leave the times of a clock that is right alone", async () => {
  const { body } = await ask("POST", "/v1/events", {
    sentAt: now - 4 * secondMs,
    events: [{ user: "right", type: "view", time: now - 7 }],
  });
  expect(body.clockSkewMs).toBeUndefined();
  expect(await timesOf("right")).toEqual([now - 7]);
});

test("an envelope with anything else in it, or without a list, is refused whole", async () => {
  const events = [{ user: "letter", type: "view" }];
  for (const envelope of [{ events, sendAt: now }, { events: {} }, { events, sentAt: [] }]) {
    expect((await ask("POST", "/v1/events", envelope)).status).toBe(400);
  }
  expect((await ask("GET", "/v1/users/letter")).status).toBe(404);
  expect(await ask("POST", "/v1/events", { events: [] })).toMatchObject({ status: 200, body: { accepted: 0 } });
});

test("an event that comes years late is accepted, and counts for the time when it happened", async () => {
  const time = now - 1_000 * dayMs;
  await ask("POST", "/v1/events", { user: "late", type: "view", item: "crime-1" });
  await ask("POST", "/v1/events", { user: "late", type: "view", item: "space-1", time });
  const { body: past } = await ask("GET", `/v1/users/late/profile?at=${time + dayMs}`);
  expect(past.events).toBe(1);
  const { body: present } = await ask("GET", "/v1/users/late/profile");
  expect(present.events).toBe(2);
});
