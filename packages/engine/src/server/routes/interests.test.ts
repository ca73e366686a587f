import { describe, expect, test } from "vitest";
import { testApi } from "../test-client.ts";

const api = testApi();
const { ask } = api;

const idOf = (label: string) => api.engine.interests().find((interest) => interest.label === label)!.id;

describe("the audience of an interest", () => {
  test("is who cares about it most, with what their own profiles say", async () => {
    const id = idOf("Space");
    const { body } = await ask("GET", `/v1/interests/${id}/audience`);
    expect(body.people.map((person: { id: string }) => person.id)).toEqual(["cleo", "ada"]);
    expect(body).toMatchObject({ users: 3, examined: 3, interested: 2 });
    const of = async (user: string) => {
      const profile = await api.engine.profile(user);
      const intensity = profile.interests[0].children.find(({ interest }) => interest.id === id)!.intensity;
      return { id: user, intensity, share: intensity / profile.intensity };
    };
    expect(body.people).toEqual([await of("cleo"), await of("ada")]);
    expect(body.intensity).toBeCloseTo(body.people[0].intensity + body.people[1].intensity, 12);
  });

  test("names as many as are asked for, and counts the others too", async () => {
    const { body } = await ask("GET", `/v1/interests/${idOf("Crime")}/audience?limit=1`);
    expect(body.people).toHaveLength(1);
    expect(body.interested).toBe(2);
    expect((await ask("GET", "/v1/interests/nowhere/audience")).status).toBe(404);
  });

  test("knows an event that has just been acknowledged, and whom a merge has made one", async () => {
    const id = idOf("Romance");
    await ask("POST", "/v1/events", { user: "visitor", type: "view", item: "romance-3" });
    expect((await api.engine.interestAudience(id)).people.map((person) => person.id)).toContain("visitor");
    await ask("POST", "/v1/users/cleo/merge", { from: "visitor" });
    const people = (await api.engine.interestAudience(id)).people.map((person) => person.id);
    expect(people).toContain("cleo");
    expect(people).not.toContain("visitor");
  });
});

describe("the activity under an interest", () => {
  test("is counted by month, and adds up to the events under it", async () => {
    const { body } = await ask("GET", `/v1/interests/${idOf("Crime")}/activity`);
    const [first] = body.months;
    expect(new Date(first.time).toISOString()).toBe("2024-01-01T00:00:00.000Z");
    const total = body.months.reduce((sum: number, { events }: { events: number }) => sum + events, 0);
    expect(total).toBe(8);
    // Months without events are told too: a chart has to show that nothing happened.
    expect(body.months).toHaveLength(29);
  });

  test("counts what came since it was last asked for, once", async () => {
    const id = idOf("Space");
    const sum = async () =>
      (await api.engine.interestActivity(id)).months.reduce((total, { events }) => total + events, 0);
    const before = await sum();
    await ask("POST", "/v1/events", { user: "dora", type: "view", item: "space-4" });
    expect(await sum()).toBe(before + 1);
    expect(await sum()).toBe(before + 1);
  });

  test("of the root is that of everything", async () => {
    const [root] = api.engine.interests();
    const { months } = await api.engine.interestActivity(root.id);
    const status = await api.engine.status();
    expect(months.reduce((total, { events }) => total + events, 0)).toBe(status.events);
  });
});
