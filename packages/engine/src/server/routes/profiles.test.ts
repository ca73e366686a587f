import { describe, expect, test } from "vitest";
import { dayMs } from "../../base/time.ts";
import { films, now, testApi } from "../test-client.ts";

const api = testApi();
const { ask } = api;

describe("profiles", () => {
  test("an event shows in the profile as soon as it is acknowledged", async () => {
    await ask("POST", "/v1/events", { user: "fresh", type: "view", item: "romance-1" });
    const { body } = await ask("GET", "/v1/users/fresh/profile");
    expect(body.events).toBe(1);
    expect(JSON.stringify(body.interests)).toContain("Romance story 1");
  });

  test("depth, minStrength and evidence narrow what is shown", async () => {
    const { body: shallow } = await ask("GET", "/v1/users/ada/profile?depth=1&evidence=0");
    expect(
      shallow.interests.every(
        (node: { children: []; evidence: [] }) => node.children.length + node.evidence.length === 0,
      ),
    ).toBe(true);
    const { body: strong } = await ask("GET", "/v1/users/ada/profile?minStrength=0.5");
    const strengths = (nodes: { strength: number; children: [] }[]): number[] =>
      nodes.flatMap((node) => [node.strength, ...strengths(node.children)]);
    expect(Math.min(...strengths(strong.interests))).toBeGreaterThanOrEqual(0.5);
  });

  test("`at` gives what the profile was then", async () => {
    const moment = now - 20 * dayMs;
    const { body } = await ask("GET", `/v1/users/ada/profile?at=${moment}`);
    expect(body).toMatchObject({ at: moment, events: 7, lastSeen: now - 30 * dayMs });
    const byDate = await ask("GET", `/v1/users/ada/profile?at=${encodeURIComponent(new Date(moment).toISOString())}`);
    expect(byDate.body).toEqual(body);
  });

  test("the prompt has the profile in words within its tokens, as of a moment, and without the person's name", async () => {
    const { body } = await ask("GET", "/v1/users/ada/profile/prompt?tokens=400");
    expect(body).toMatchObject({ user: "ada", at: now });
    expect(body.tokens).toBeLessThanOrEqual(400);
    expect(body.text).toMatch(/Rising:\n- "Film \/ Space/);
    expect(body.text).not.toContain("ada");
    const past = await ask("GET", `/v1/users/ada/profile/prompt?at=${now - 20 * dayMs}`);
    expect(past.body.text).not.toContain("Space");
    expect((await ask("GET", "/v1/users/ada/profile/prompt?tokens=12")).body.code).toBe("PENCHANT_E_REQUEST_INVALID");
    await expect(api.engine.profilePrompt("ada", { tokens: 12 })).rejects.toThrow(
      "tokens: expected a whole number from 150 to 8000, got 12.",
    );
  });

  test("history gives a profile per step", async () => {
    const from = now - 10 * dayMs;
    const { body } = await ask("GET", `/v1/users/ada/profile/history?from=${from}&to=${now}&step=5d&depth=1`);
    expect(body).toMatchObject({ user: "ada", stepMs: 5 * dayMs });
    expect(body.profiles.map(({ at }: { at: number }) => at)).toEqual([from, from + 5 * dayMs, now]);
    const perMillisecond = await ask("GET", `/v1/users/ada/profile/history?from=${from}&to=${now}&step=1`);
    expect(perMillisecond).toMatchObject({ status: 400, body: { code: "PENCHANT_E_REQUEST_INVALID" } });
  });

  test.each([
    "profile?at=yesterday",
    "profile?at=2026",
    "profile?depth=0",
    "profile?depth=1.5",
    "profile?depth=6",
    "profile?minStrength=2",
    "profile?evidence=-1",
    "profile?evidence=1e3",
    "profile?dept=1",
    "profile?depth=1&depth=2",
    "profile/history",
    "profile/history?from=2026-01-01&to=2026-02-01&step=1x",
    "profile/history?from=2026-01-01&to=2026-02-01&step=0",
    "recommendations?limit=0",
    "recommendations?limit=1001",
    "recommendations?explain=maybe",
    "recommendations?longShort=2",
    "events?limit=ten",
  ])("%s is refused", async (what) => {
    const { status, body } = await ask("GET", `/v1/users/ada/${what}`);
    expect({ status, code: body.code }).toEqual({ status: 400, code: "PENCHANT_E_REQUEST_INVALID" });
    expect(body.detail.length).toBeGreaterThan(20);
  });
});

describe("recommendations", () => {
  test("come with reasons that add up to the score, and never again what was seen", async () => {
    const { body } = await ask("GET", "/v1/users/ada/recommendations?limit=5&explain=true");
    expect(body.recommendations).toHaveLength(5);
    const seen = (await api.engine.userEvents("ada")).events.map(({ item }) => item);
    for (const { item, score, reasons } of body.recommendations) {
      expect(seen).not.toContain(item.id);
      const sum = reasons.reduce(
        (total: number, { contribution }: { contribution: number }) => total + contribution,
        0,
      );
      expect(sum).toBeCloseTo(score, 6);
    }
  });

  test("asked with a body are the same as asked with a query", async () => {
    const byQuery = await ask("GET", "/v1/users/ada/recommendations?limit=3&explain=false&longShort=0.5");
    const byBody = await ask("POST", "/v1/users/ada/recommendations", { limit: 3, explain: false, longShort: 0.5 });
    expect(byBody.body).toEqual(byQuery.body);
    expect(byQuery.body.recommendations[0].reasons).toBeUndefined();
    expect((await ask("POST", "/v1/users/ada/recommendations", { limit: "3" })).status).toBe(400);
    expect((await ask("POST", "/v1/users/ada/recommendations", { filter: {} })).status).toBe(400);
  });
});

describe("interests", () => {
  test("are listed parents first, and read one by one", async () => {
    const { body } = await ask("GET", "/v1/interests");
    const places = new Map(body.interests.map(({ id }: { id: string }, index: number) => [id, index]));
    for (const { id, parent } of body.interests.slice(1))
      expect(places.get(parent)).toBeLessThan(places.get(id) as number);
    const crime = body.interests.find(({ label }: { label: string }) => label === "Crime");
    const detail = (await ask("GET", `/v1/interests/${encodeURIComponent(crime.id)}`)).body;
    expect(detail).toMatchObject({ id: crime.id, label: "Crime" });
    expect(detail.items.length).toBeGreaterThan(0);
    expect((await ask("GET", "/v1/interests/nowhere")).body).toMatchObject({
      status: 404,
      code: "PENCHANT_E_INTEREST_NOT_FOUND",
    });
  });
});

describe("health", () => {
  test("says that the process lives and what the engine holds", async () => {
    expect((await ask("GET", "/health/live")).body).toEqual({ status: "live" });
    const { body } = await ask("GET", "/health/ready");
    expect(body).toMatchObject({ status: "ready" });
    expect(body.items).toBeGreaterThanOrEqual(films.length);
  });
});

describe("the series of a profile", () => {
  const from = Date.UTC(2026, 4, 1);
  const to = Date.UTC(2026, 5, 1);

  test("are the intensities that the history has, in one answer", async () => {
    const url = `/v1/users/ada/profile/series?from=${from}&to=${to}&step=1d&under=film`;
    const { status, body } = await ask("GET", url);
    expect(status).toBe(200);
    const profiles = await api.engine.profileHistory("ada", { from, to, stepMs: dayMs });
    expect(body.moments).toEqual(profiles.map(({ at }) => at));
    const film = profiles.map(({ interests }) => interests[0]);
    expect(body.total).toEqual(film.map(({ intensity }) => intensity));
    for (const { interest, intensity } of body.series) {
      const inHistory = film.map(
        ({ children }) => children.find((child) => child.interest.id === interest.id)?.intensity,
      );
      for (const [index, value] of inHistory.entries()) {
        if (value !== undefined) expect(intensity[index]).toBe(value);
      }
    }
    expect(body.series.map(({ interest }: { interest: { label: string } }) => interest.label).toSorted()).toEqual([
      "Crime",
      "Space",
    ]);
  });

  test("look ahead to what is expected without further events", async () => {
    const later = Date.UTC(2026, 7, 1);
    const { body } = await ask("GET", `/v1/users/ada/profile/series?from=${to}&to=${later}&step=30d`);
    expect(body.total.every((value: number, index: number) => index === 0 || value < body.total[index - 1])).toBe(true);
    const { intensity } = await api.engine.profile("ada", { at: body.moments.at(-1) });
    expect(body.total.at(-1)).toBe(intensity);
  });

  test("are refused for an interest that is not there, and for too many moments", async () => {
    const nowhere = await ask("GET", `/v1/users/ada/profile/series?from=${from}&to=${to}&step=7d&under=nowhere`);
    expect(nowhere).toMatchObject({ status: 404, body: { code: "PENCHANT_E_INTEREST_NOT_FOUND" } });
    expect((await ask("GET", `/v1/users/ada/profile/series?from=${from}&to=${to}&step=1h`)).status).toBe(400);
  });
});
