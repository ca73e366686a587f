import { describe, expect, test } from "vitest";
import { testApi } from "../test-client.ts";

const api = testApi();
const { ask } = api;

describe("users", () => {
  test("a record is put, read, and replaced", async () => {
    const record = { attributes: { language: "en" }, consent: { personalisation: true } };
    expect((await ask("PUT", "/v1/users/dora", record)).body).toEqual({ id: "dora", ...record, events: 0 });
    expect((await ask("PUT", "/v1/users/dora", {})).body).toEqual({ id: "dora", events: 0 });
    expect((await ask("PUT", "/v1/users/dora", { consent: { ads: "yes" } })).status).toBe(400);
  });

  test("a user with events needs no record", async () => {
    expect((await ask("GET", "/v1/users/ada")).body).toEqual({ id: "ada", events: 10 });
    expect((await ask("GET", "/v1/users/nobody")).body).toMatchObject({
      status: 404,
      code: "PENCHANT_E_USER_NOT_FOUND",
    });
  });

  test("are listed in order, searched, and paged", async () => {
    const { body } = await ask("GET", "/v1/users?limit=1000");
    const ids = body.users.map(({ id }: { id: string }) => id);
    expect(ids).toEqual(ids.toSorted());
    expect(ids).toEqual(expect.arrayContaining(["ada", "bert", "cleo"]));
    expect((await ask("GET", "/v1/users?q=er")).body.users).toContainEqual({ id: "bert", events: 5 });
    const first = (await ask("GET", "/v1/users?limit=1")).body;
    const second = (await ask("GET", `/v1/users?limit=1&cursor=${encodeURIComponent(first.nextCursor)}`)).body;
    expect([first.users[0].id, second.users[0].id]).toEqual(ids.slice(0, 2));
  });

  test("events are listed newest first, and paged", async () => {
    const first = (await ask("GET", "/v1/users/ada/events?limit=4")).body;
    const rest = (await ask("GET", `/v1/users/ada/events?cursor=${encodeURIComponent(first.nextCursor)}`)).body;
    expect(first.events).toHaveLength(4);
    expect(rest.nextCursor).toBeNull();
    const positions = [...first.events, ...rest.events].map(({ position }: { position: number }) => position);
    expect(positions).toHaveLength(10);
    expect(positions).toEqual(positions.toSorted((a: number, b: number) => b - a));
  });

  test("DELETE erases everything known of a user", async () => {
    await ask("POST", "/v1/events", [{ user: "gone", type: "view", item: "crime-1" }]);
    await ask("PUT", "/v1/users/gone", { attributes: { a: 1 } });
    expect((await ask("DELETE", "/v1/users/gone")).body).toEqual({ id: "gone", events: 1 });
    expect((await ask("GET", "/v1/users/gone")).status).toBe(404);
    expect((await ask("GET", "/v1/users/gone/events")).body.events ?? []).toEqual([]);
    expect((await ask("DELETE", "/v1/users/gone")).body).toEqual({ id: "gone", events: 0 });
  });
});
