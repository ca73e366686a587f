import { describe, expect, test } from "vitest";
import { testApi } from "../test-client.ts";

const { ask } = testApi();

const interests = async (
  user: string,
): Promise<{ interest: { id: string }; strength: number; steering?: object[] }[]> =>
  (await ask("GET", `/v1/users/${user}/profile?evidence=0`)).body.interests.flatMap(function all(node: {
    children: [];
  }): object[] {
    return [node, ...node.children.flatMap(all)];
  });
const interestOf = async (user: string, id: string) =>
  (await interests(user)).find(({ interest }) => interest.id === id);

describe("steering an interest", () => {
  test("is obeyed by the next profile and the next recommendation", async () => {
    const until = new Date(Date.UTC(2027, 0, 1)).toISOString();
    const muted = await ask("PATCH", "/v1/users/ada/interests/film.crime", { action: "mute", until });
    const steering = [{ action: "mute", until: Date.UTC(2027, 0, 1) }];
    expect(muted).toMatchObject({ status: 200, body: { user: "ada", interest: "film.crime", steering } });
    expect(await interestOf("ada", "film.crime")).toMatchObject({ strength: 0, steering });
    const { body } = await ask("GET", "/v1/users/ada/recommendations?limit=30");
    const ids = body.recommendations.map(({ item }: { item: { id: string } }) => item.id);
    expect(ids.length).toBeGreaterThan(0);
    expect(ids.some((id: string) => id.startsWith("crime"))).toBe(false);
    expect((await ask("PATCH", "/v1/users/ada/interests/film.crime", { action: "clear" })).body.steering).toEqual([]);
    expect((await interestOf("ada", "film.crime"))!.strength).toBeGreaterThan(0);
  });

  test("shows what would be without an interest, in profile and recommendations", async () => {
    const { body } = await ask("GET", "/v1/users/ada/profile?without=film.crime");
    expect(JSON.stringify(body.interests)).not.toContain("Crime story");
    const byQuery = await ask("GET", "/v1/users/ada/recommendations?limit=5&without=film.crime");
    expect(JSON.stringify(byQuery.body)).not.toContain('"title":"Crime story 0"');
    const byBody = await ask("POST", "/v1/users/ada/recommendations", { limit: 5, without: "film.crime" });
    expect(byBody.body).toEqual(byQuery.body);
    expect((await ask("GET", "/v1/users/ada/profile?without=nowhere")).status).toBe(404);
  });

  test.each([
    ["film.nowhere", { action: "pin" }, 404, "PENCHANT_E_INTEREST_NOT_FOUND"],
    ["film.crime", { action: "love" }, 400, "PENCHANT_E_REQUEST_INVALID"],
    ["film.crime", { action: "boost", factor: -1 }, 400, "PENCHANT_E_REQUEST_INVALID"],
    ["film.crime", { action: "boost", factor: 1_000 }, 400, "PENCHANT_E_REQUEST_INVALID"],
    ["film.crime", { action: "mute", factor: 2 }, 400, "PENCHANT_E_STEERING"],
    ["film.crime", { action: "mute", until: "2020-01-01" }, 400, "PENCHANT_E_STEERING"],
    ["film.crime", { action: "mute", until: "whenever" }, 400, "PENCHANT_E_REQUEST_INVALID"],
    ["film.crime", { action: "mute", for: "ever" }, 400, "PENCHANT_E_REQUEST_INVALID"],
    ["all", { action: "mute" }, 400, "PENCHANT_E_STEERING"],
  ])("of %s by %o is refused", async (node, body, status, code) => {
    const answer = await ask("PATCH", `/v1/users/ada/interests/${node}`, body);
    expect({ status: answer.status, code: answer.body.code }).toEqual({ status, code });
    expect(answer.body.detail.length).toBeGreaterThan(20);
  });
});

describe("merging two ids", () => {
  test("makes them one person, once", async () => {
    await ask("POST", "/v1/events", { user: "visitor", type: "view", item: "romance-3" });
    const before = (await ask("GET", "/v1/users/cleo/profile")).body.events;
    const merged = await ask("POST", "/v1/users/cleo/merge", { from: "visitor" });
    expect(merged).toMatchObject({ status: 200, body: { user: "cleo", from: "visitor", merged: true } });
    expect((await ask("POST", "/v1/users/cleo/merge", { from: "visitor" })).body.merged).toBe(false);
    await ask("POST", "/v1/events", { user: "visitor", type: "view", item: "romance-4" });
    expect((await ask("GET", "/v1/users/cleo/profile")).body.events).toBe(before + 2);
    expect((await ask("GET", "/v1/users/visitor")).body.id).toBe("cleo");
    expect((await ask("DELETE", "/v1/users/visitor")).body).toEqual({ id: "visitor", events: before + 2 });
    expect((await ask("GET", "/v1/users/cleo")).status).toBe(404);
  });

  test.each([
    ["cleo", { from: "cleo" }, "PENCHANT_E_REQUEST_INVALID"],
    ["cleo", { from: "" }, "PENCHANT_E_REQUEST_INVALID"],
    ["cleo", {}, "PENCHANT_E_REQUEST_INVALID"],
  ])("of %s by %o is refused", async (user, body, code) => {
    expect((await ask("POST", `/v1/users/${user}/merge`, body)).body.code).toBe(code);
  });
});

describe("a statement", () => {
  const say = (body: object) => ask("POST", "/v1/users/bert/statements", body);

  test("is understood where it is clear, and proposes what only a decision does", async () => {
    const text = "I love crime, but no more romance please";
    const { body } = await say({ id: "said-1", text, kind: "comment", time: "2026-05-01T00:00:00Z" });
    expect(body).toEqual({
      id: "said-1",
      status: "accepted",
      claims: [
        { sense: "mention", topic: "crime", interest: "film.crime" },
        { sense: "no-longer", topic: "romance", interest: "film.romance" },
      ],
    });
    expect((await say({ id: "said-1", text })).body).toEqual({ id: "said-1", status: "duplicate" });
    const { proposals } = (await ask("GET", "/v1/users/bert/proposals")).body;
    expect(proposals).toMatchObject([{ id: "said-1.claim-2", action: "forget", interest: { label: "Romance" } }]);
    expect((await interestOf("bert", "film.romance"))!.strength).toBeGreaterThan(0);
    const decide = (decision: string) => ask("POST", "/v1/users/bert/proposals/said-1.claim-2", { decision });
    expect((await decide("accept")).body).toEqual({ proposal: proposals[0], decision: "accept", steering: [] });
    expect((await interestOf("bert", "film.romance"))?.strength ?? 0).toBe(0);
    expect((await ask("GET", "/v1/users/bert/proposals")).body).toEqual({ user: "bert", proposals: [] });
    expect(await decide("decline")).toMatchObject({ status: 404, body: { code: "PENCHANT_E_PROPOSAL_NOT_FOUND" } });
  });

  test.each([
    [{ text: "" }, "PENCHANT_E_REQUEST_INVALID"],
    [{ text: "  " }, "PENCHANT_E_REQUEST_INVALID"],
    [{ text: "x", kind: "song" }, "PENCHANT_E_REQUEST_INVALID"],
    [{ text: "x", id: "x".repeat(113) }, "PENCHANT_E_REQUEST_INVALID"],
    [{ text: "x", apply: true }, "PENCHANT_E_REQUEST_INVALID"],
    [{ text: "x", time: "2900-01-01" }, "PENCHANT_E_EVENT_TIME"],
  ])("of the form %o is refused", async (body, code) => {
    expect((await say(body)).body.code).toBe(code);
  });
});
