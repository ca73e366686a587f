import { describe, expect, test } from "vitest";
import { dayMs } from "../../base/time.ts";
import { films, now, testApi } from "../test-client.ts";

const api = testApi();
const { ask } = api;

describe("items", () => {
  test("PUT creates, then replaces; GET reads", async () => {
    const body = { title: "New", categories: [["Film", "Crime"]], createdAt: now - dayMs };
    expect(await ask("PUT", "/v1/items/new", body)).toMatchObject({ status: 201, body: { id: "new", ...body } });
    expect(await ask("PUT", "/v1/items/new", { id: "new", title: "Newer" })).toMatchObject({ status: 200 });
    expect((await ask("GET", "/v1/items/new")).body).toEqual({ id: "new", title: "Newer" });
  });

  test("ids may hold anything but control characters", async () => {
    const id = "a/b?c#d %é 書 ".trim();
    expect((await ask("PUT", `/v1/items/${encodeURIComponent(id)}`, { title: "Odd" })).status).toBe(201);
    expect((await ask("GET", `/v1/items/${encodeURIComponent(id)}`)).body.id).toBe(id);
    for (const bad of ["%00", "%0A", "%7F", "x".repeat(129)]) {
      expect(await ask("GET", `/v1/items/${bad}`)).toMatchObject({
        status: 400,
        body: { code: "PENCHANT_E_ID_INVALID" },
      });
    }
    expect((await ask("GET", `/v1/items/${"x".repeat(128)}`)).status).toBe(404);
  });

  test("are found by a part of their title or id, page by page", async () => {
    const { body } = await ask("GET", "/v1/items?q=CRIME%20story&limit=4");
    expect(body.items.map(({ id }: { id: string }) => id)).toEqual(["crime-0", "crime-1", "crime-2", "crime-3"]);
    const next = await ask("GET", `/v1/items?q=CRIME%20story&limit=100&cursor=${body.nextCursor}`);
    expect(next.body.items).toHaveLength(6);
    expect(next.body.nextCursor).toBeNull();
    expect((await ask("GET", "/v1/items?q=crime-7")).body.items).toHaveLength(1);
    expect((await ask("GET", "/v1/items?q=nothing")).body).toEqual({ items: [], nextCursor: null });
  });

  test("PUT refuses a body that names another item", async () => {
    const answer = await ask("PUT", "/v1/items/this", { id: "that", title: "Other" });
    expect(answer).toMatchObject({ status: 400, body: { code: "PENCHANT_E_ID_INVALID" } });
  });

  test.each([
    ["a missing title", {}],
    ["an unknown member", { title: "T", titel: "U" }],
    ["a path that is too deep", { title: "T", categories: [["1", "2", "3", "4", "5"]] }],
    ["attributes over the limit", { title: "T", attributes: { words: "x".repeat(8_192) } }],
    ["attributes that are too deep", { title: "T", attributes: JSON.parse(`${'{"a":'.repeat(9)}1${"}".repeat(9)}`) }],
    ["a title of spaces", { title: "  " }],
    ["something else than an object", [1]],
  ])("PUT refuses %s", async (_what, body) => {
    expect(await ask("PUT", "/v1/items/bad", body)).toMatchObject({
      status: 400,
      body: { code: "PENCHANT_E_ITEM_INVALID" },
    });
    expect((await ask("GET", "/v1/items/bad")).status).toBe(404);
  });

  test("POST puts many, all or none, and names the wrong place", async () => {
    const batch = [
      { id: "many-1", title: "One" },
      { id: "many-2", title: "Two" },
    ];
    expect((await ask("POST", "/v1/items", batch)).body).toEqual({ created: 2, updated: 0 });
    expect((await ask("POST", "/v1/items", batch)).body).toEqual({ created: 0, updated: 2 });
    const { status, body } = await ask("POST", "/v1/items", [
      { id: "many-3", title: "Three" },
      { id: "many-4", title: 4 },
    ]);
    expect(status).toBe(400);
    expect(body.errors).toEqual([{ pointer: "/1/title", detail: "Invalid input: expected string, received number" }]);
    expect((await ask("GET", "/v1/items/many-3")).status).toBe(404);
  });

  test("GET pages through all of them, each once", async () => {
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const { body }: { body: { items: { id: string }[]; nextCursor: string | null } } = await ask(
        "GET",
        `/v1/items?limit=7${cursor === null ? "" : `&cursor=${encodeURIComponent(cursor)}`}`,
      );
      expect(body.items.length).toBeLessThanOrEqual(7);
      seen.push(...body.items.map(({ id }) => id));
      cursor = body.nextCursor;
    } while (cursor !== null);
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toEqual(expect.arrayContaining(films.map(({ id }) => id)));
  });

  test("PATCH merges what it names and removes what is null", async () => {
    await ask("PUT", "/v1/items/patched", {
      title: "P",
      text: "words",
      attributes: { year: 1995, tags: { a: 1, b: 2 } },
    });
    const patch = { title: "Q", text: null, attributes: { year: 1996, tags: { b: null } } };
    const { body } = await ask("PATCH", "/v1/items/patched", JSON.stringify(patch), {
      "content-type": "application/merge-patch+json",
    });
    expect(body).toEqual({ id: "patched", title: "Q", attributes: { year: 1996, tags: { a: 1 } } });
    expect((await ask("PATCH", "/v1/items/patched", { id: "other" })).status).toBe(400);
    expect((await ask("PATCH", "/v1/items/nowhere", { title: "T" })).body.code).toBe("PENCHANT_E_ITEM_NOT_FOUND");
    // What only shows after merging: two attributes, each within the limit.
    await ask("PATCH", "/v1/items/patched", { attributes: { one: "x".repeat(5_000) } });
    const tooMuch = await ask("PATCH", "/v1/items/patched", { attributes: { two: "x".repeat(5_000) } });
    expect(tooMuch).toMatchObject({ status: 400, body: { code: "PENCHANT_E_ITEM_INVALID" } });
  });

  test("patches of one item that come at once all count", async () => {
    await ask("PUT", "/v1/items/busy", { title: "Busy" });
    await Promise.all(
      Array.from({ length: 10 }, (_, n) => ask("PATCH", "/v1/items/busy", { attributes: { [`n${n}`]: n } })),
    );
    expect(Object.keys((await ask("GET", "/v1/items/busy")).body.attributes)).toHaveLength(10);
  });

  test("DELETE takes an item out of recommendations", async () => {
    await ask("PUT", "/v1/items/doomed", { ...films[0], id: "doomed" });
    expect((await ask("DELETE", "/v1/items/doomed")).status).toBe(204);
    expect((await ask("DELETE", "/v1/items/nowhere")).body.code).toBe("PENCHANT_E_ITEM_NOT_FOUND");
    const { body } = await ask("GET", "/v1/users/ada/recommendations?limit=100");
    expect(body.recommendations.map(({ item }: { item: { id: string } }) => item.id)).not.toContain("doomed");
  });

  test("similar items are of the same genre", async () => {
    const { body } = await ask("GET", "/v1/items/space-3/similar?limit=5");
    expect(body.items).toHaveLength(5);
    const same = body.items.filter(({ item }: { item: { id: string } }) => item.id.startsWith("space-"));
    expect(same.length).toBeGreaterThanOrEqual(4);
    expect((await ask("GET", "/v1/items/nowhere/similar")).body.code).toBe("PENCHANT_E_ITEM_NOT_FOUND");
  });
});
