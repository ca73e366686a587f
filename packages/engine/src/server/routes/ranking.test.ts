import { describe, expect, test } from "vitest";
import { limits } from "../../core/limits.ts";
import { now, testApi } from "../test-client.ts";

const { ask } = testApi();

const order = ({ ranking }: { ranking: { item: string }[] }) => ranking.map(({ item }) => item);

describe("POST /v1/rank", () => {
  const items = ["romance-9", "nothing", "space-9", "space-1", "romance-9"];

  test("puts the caller's items in the order that recommendations have, what is known already among them", async () => {
    const { status, body } = await ask("POST", "/v1/rank", { user: "ada", items, explain: true });
    expect(status).toBe(200);
    expect(body).toMatchObject({ user: "ada", at: now, unknown: ["nothing"] });
    expect(order(body).toSorted()).toEqual([...new Set(items)].toSorted());
    expect(order(body).indexOf("space-9")).toBeLessThan(order(body).indexOf("romance-9"));
    expect(body.ranking.at(-1)).toEqual({ item: "nothing", score: 0, reasons: [] });
    const { recommendations } = (await ask("GET", "/v1/users/ada/recommendations?limit=30")).body;
    const recommended = recommendations.find(({ item }: { item: { id: string } }) => item.id === "space-9");
    const ranked = body.ranking.find(({ item }: { item: string }) => item === "space-9");
    expect(ranked).toEqual({ item: "space-9", score: recommended.score, reasons: recommended.reasons });
  });

  test("leaves what the user has muted last, with a score of 0", async () => {
    await ask("PATCH", "/v1/users/ada/interests/film.space", { action: "mute" });
    const { body } = await ask("POST", "/v1/rank", { user: "ada", items: ["space-9", "crime-9"] });
    expect(body.ranking).toEqual([
      { item: "crime-9", score: expect.any(Number) },
      { item: "space-9", score: 0 },
    ]);
    await ask("PATCH", "/v1/users/ada/interests/film.space", { action: "clear" });
  });

  test("ranks nothing, and for a stranger by what is popular", async () => {
    expect((await ask("POST", "/v1/rank", { user: "ada", items: [] })).body.ranking).toEqual([]);
    const { body } = await ask("POST", "/v1/rank", { user: "stranger", items: ["romance-9", "space-0"] });
    expect(order(body)).toEqual(["space-0", "romance-9"]);
  });

  test("refuses too many items and ids that are none", async () => {
    const many = Array.from({ length: limits.rankedItems + 1 }, (_, index) => `i${index}`);
    expect((await ask("POST", "/v1/rank", { user: "ada", items: many })).status).toBe(400);
    expect((await ask("POST", "/v1/rank", { user: "ada", items: [""] })).status).toBe(400);
    expect((await ask("POST", "/v1/rank", { items: [] })).status).toBe(400);
  });
});

describe("POST /v1/sessions/recommendations", () => {
  test("recommends by the session's events as it would to a user who did the same, and keeps nothing", async () => {
    const events = ["space-1", "space-2"].map((item, step) => ({ type: "view", item, time: now - (2 - step) * 1_000 }));
    const before = (await ask("GET", "/v1/users")).body;
    const { status, body } = await ask("POST", "/v1/sessions/recommendations", { events, limit: 5 });
    expect(status).toBe(200);
    expect(body).toMatchObject({ at: now });
    expect(body.recommendations[0].item.id).toMatch(/^space-/);
    expect((await ask("GET", "/v1/users")).body).toEqual(before);
    await ask(
      "POST",
      "/v1/events",
      events.map((event, index) => ({ ...event, id: `s-${index}`, user: "session-like" })),
    );
    const user = await ask("GET", "/v1/users/session-like/recommendations?limit=5");
    expect(body.recommendations).toEqual(user.body.recommendations);
  });

  test("of no events, or on items that nobody knows, is what is popular", async () => {
    for (const events of [[], [{ type: "view", item: "nothing" }]]) {
      const { body } = await ask("POST", "/v1/sessions/recommendations", { events, limit: 3 });
      const sources = body.recommendations.flatMap(({ reasons }: { reasons: { source: string }[] }) => reasons);
      expect(sources.every(({ source }: { source: string }) => source === "popularity")).toBe(true);
      expect(body.recommendations).toHaveLength(3);
    }
  });

  test("refuses events that are none, and too many", async () => {
    const many = Array.from({ length: limits.sessionEvents + 1 }, () => ({ type: "view" }));
    for (const events of [many, [{ item: "space-1" }], [{ type: "view", user: "ada" }], undefined]) {
      expect((await ask("POST", "/v1/sessions/recommendations", { events })).status).toBe(400);
    }
    const ahead = [{ type: "view", time: "2199-01-01" }];
    expect((await ask("POST", "/v1/sessions/recommendations", { events: ahead })).body.code).toBe(
      "PENCHANT_E_EVENT_TIME",
    );
  });
});
