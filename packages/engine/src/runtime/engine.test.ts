import { describe, expect, it } from "vitest";
import { PenchantError } from "../base/errors.ts";
import { hourMs } from "../base/time.ts";
import { type EngineOptions, openEngine } from "../engine.ts";
import { testStart } from "../testing/builders.ts";
import { folderWith } from "../testing/folder.ts";
import { engineForTests, history, items, users } from "./test-engines.ts";

describe("an engine", () => {
  const here = engineForTests();

  it("does what the first lines of its documentation say", async () => {
    await here.engine.putItems([
      { id: "m1", title: "Heat", categories: [["Film", "Crime"]] },
      { id: "m2", title: "Collateral", categories: [["Film", "Crime"]] },
      { id: "m3", title: "Clueless", categories: [["Film", "Comedy"]] },
    ]);
    await here.engine.track([{ user: "u42", type: "view", item: "m1" }]);
    const profile = await here.engine.profile("u42", { at: new Date(here.clock.now()), depth: 3 });
    const [film] = profile.interests;
    expect([film.interest.label, film.children.map((child) => child.interest.label)]).toEqual(["Film", ["Crime"]]);
    expect(film.children[0]).toMatchObject({
      phase: "emerging",
      lastSeen: testStart,
      evidence: [{ item: { id: "m1", title: "Heat" }, type: "view" }],
    });
    const { recommendations } = await here.engine.recommend("u42", { limit: 10, explain: true });
    expect(recommendations.map(({ item }) => item.id)).not.toContain("m1");
    expect(recommendations[0].item.id).toBe("m2");
  });

  it("counts an event once, however often it is sent, and keeps the first", async () => {
    await here.engine.putItems(items);
    const event = { id: "e1", user: "ada", type: "like", item: "chess-1" };
    const other = { ...event, user: "bob", item: "chess-2" };
    expect(await here.engine.track([event, other, { ...event, id: "e2" }])).toEqual([
      { id: "e1", status: "accepted" },
      { id: "e1", status: "duplicate" },
      { id: "e2", status: "accepted" },
    ]);
    await here.reopen();
    expect(await here.engine.track([event])).toEqual([{ id: "e1", status: "duplicate" }]);
    expect((await here.engine.profile("ada")).events).toBe(2);
    expect((await here.engine.profile("bob")).events).toBe(0);
  });

  it("refuses a batch whole when one of its events is not valid", async () => {
    const batch = [
      { user: "ada", type: "view" },
      { id: "bad", user: "ada", type: "view", value: Number.NaN },
    ];
    await expect(here.engine.track(batch)).rejects.toMatchObject({ code: "PENCHANT_E_EVENT_VALUE" });
    expect((await here.engine.profile("ada")).events).toBe(0);
    expect(await here.engine.track([])).toEqual([]);
    await expect(here.engine.track(Array.from({ length: 10_001 }, () => batch[0]))).rejects.toMatchObject({
      code: "PENCHANT_E_REQUEST_INVALID",
      message: expect.stringContaining("at most 10000 events"),
    });
  });

  it("stores and counts events of unknown types, or refuses them where types are strict", async () => {
    await here.engine.track([
      { user: "ada", type: "stare" },
      { user: "ada", type: "stare" },
    ]);
    expect((await here.engine.status()).unknownTypes).toEqual({ stare: 2 });
    expect(await here.engine.profile("ada")).toMatchObject({ events: 2, interests: [] });
    await here.reopen({ strictTypes: true, eventWeights: { gaze: 0.1 } });
    await here.engine.track([{ user: "ada", type: "gaze" }]);
    await expect(here.engine.track([{ user: "ada", type: "stare" }])).rejects.toMatchObject({
      code: "PENCHANT_E_EVENT_TYPE",
    });
  });

  it("counts an event whose clock runs an hour ahead at once", async () => {
    await here.engine.putItems(items);
    await here.engine.track([{ user: "ada", type: "like", item: "chess-1", time: testStart + hourMs }]);
    const { interests, events } = await here.engine.profile("ada");
    expect([events, interests[0].interest.label]).toEqual([1, "Chess"]);
    const { recommendations } = await here.engine.recommend("ada", { limit: 100 });
    expect(recommendations.map(({ item }) => item.id)).not.toContain("chess-1");
  });

  it("recommends to a stranger what is popular, and turns with a fresh event", async () => {
    await here.engine.putItems(items);
    const many = Array.from({ length: 12 }, (_, index) => `person ${index}`);
    await here.engine.track(
      many.flatMap((user) => ["chess-1", "chess-2"].map((item) => ({ user, type: "like", item }))),
    );
    await here.engine.track([{ user: "one", type: "like", item: "sailing-4" }]);
    await here.engine.rebuild();
    const top = async () => (await here.engine.recommend("new")).recommendations.map(({ item }) => item.id);
    expect((await top()).slice(0, 2)).toEqual(["chess-1", "chess-2"]);
    await here.engine.track([{ user: "new", type: "like", item: "sailing-7" }]);
    expect((await top()).filter((id) => id.startsWith("sailing")).length).toBeGreaterThan(7);
    await here.engine.track([{ user: "new", type: "like", item: "chess-1" }]);
    expect(await top()).toContain("chess-2");
    expect(await top()).not.toContain("chess-1");
  });

  it("never recommends a removed item, and keeps what was learned from it", async () => {
    await here.engine.putItems(items);
    await here.engine.track([{ user: "ada", type: "like", item: "chess-1" }]);
    expect(await here.engine.removeItem("chess-2")).toBe(true);
    expect(await here.engine.removeItem("chess-1")).toBe(true);
    expect(await here.engine.removeItem("nothing")).toBe(false);
    const { recommendations } = await here.engine.recommend("ada", { limit: 100 });
    expect(recommendations.map(({ item }) => item.id)).not.toContain("chess-2");
    expect(here.engine.similarItems("chess-1").map(({ item }) => item.id)).not.toContain("chess-2");
    expect((await here.engine.profile("ada")).interests[0].evidence[0].item?.id).toBe("chess-1");
  });

  it("answers with nothing and no error while it knows nothing", async () => {
    expect(await here.engine.recommend("ada")).toEqual({ user: "ada", at: testStart, recommendations: [] });
    expect(await here.engine.profile("ada")).toMatchObject({ events: 0, interests: [], other: 1 });
    expect(here.engine.interests()).toHaveLength(1);
    expect(await here.engine.rebuild()).toEqual({ users: 0, events: 0 });
    expect(await here.engine.user("ada")).toBeUndefined();
  });

  it("lists interests with parents before children, and the items of each", async () => {
    await here.engine.putItems(items);
    await here.engine.rebuild();
    const interests = here.engine.interests();
    const seen = new Set<string | null>([null]);
    for (const { id, parent } of interests) {
      expect(seen.has(parent)).toBe(true);
      seen.add(id);
    }
    expect(interests[0].itemCount).toBe(items.length);
    const chess = here.engine.interest("chess");
    expect(chess.itemCount).toBe(20);
    expect(chess.items.every(({ id }) => id.startsWith("chess"))).toBe(true);
    expect(() => here.engine.interest("nothing")).toThrow(
      expect.objectContaining({ code: "PENCHANT_E_INTEREST_NOT_FOUND" }),
    );
    expect(() => here.engine.similarItems("nothing")).toThrow(
      expect.objectContaining({ code: "PENCHANT_E_ITEM_NOT_FOUND" }),
    );
  });

  it("erases a user for good", async () => {
    await here.engine.putItems(items);
    await here.engine.track(history(100));
    const { events } = await here.engine.profile("ada");
    expect(await here.engine.erase("ada")).toEqual({ events });
    expect(await here.engine.profile("ada")).toMatchObject({ events: 0, interests: [] });
    await here.reopen();
    await here.engine.rebuild({ tree: false });
    expect((await here.engine.profile("ada")).events).toBe(0);
    expect([...(await here.storedStates()).keys()].sort()).toEqual(["bob", "cleo", "dan"]);
  });

  it("pages through items, users and a user's events", async () => {
    await here.engine.putItems(items);
    await here.engine.track(history(60));
    const first = here.engine.items({ limit: 50 });
    const second = here.engine.items({ limit: 50, cursor: first.nextCursor! });
    expect([...first.items, ...second.items]).toEqual(items);
    expect(second.nextCursor).toBeNull();
    const page = await here.engine.userEvents("ada", { limit: 3 });
    const rest = await here.engine.userEvents("ada", { cursor: page.nextCursor! });
    const all = await here.engine.userEvents("ada");
    expect([...page.events, ...rest.events]).toEqual(all.events);
    expect(all.events.map(({ position }) => position)).toEqual(
      all.events.map(({ position }) => position).sort((a, b) => b - a),
    );
    expect((await here.engine.users()).users.map(({ id }) => id)).toEqual(users);
    expect(() => here.engine.items({ limit: 0 })).toThrow("limit: expected a whole number from 1 to 1000, got 0.");
    expect(() => here.engine.items({ cursor: "x" })).toThrow("cursor: expected the nextCursor of an earlier answer.");
  });

  it("refuses limits and moments that are none", async () => {
    await expect(here.engine.recommend("ada", { limit: 0 })).rejects.toMatchObject({
      code: "PENCHANT_E_REQUEST_INVALID",
    });
    await expect(here.engine.recommend("ada", { limit: 1_001 })).rejects.toThrow("from 1 to 1000, got 1001");
    await expect(here.engine.profile("ada", { at: "soon" })).rejects.toThrow("at: expected a date");
    await expect(here.engine.recommend("")).rejects.toMatchObject({ code: "PENCHANT_E_ID_INVALID" });
  });

  it("learns nothing from what was merely shown", async () => {
    await here.engine.putItems(items);
    const shown = items.slice(0, 5).map(({ id }) => ({ user: "ada", type: "impression", item: id }));
    await here.engine.track(shown);
    await here.engine.rebuild();
    const { recommendations } = await here.engine.recommend("ada", { limit: items.length });
    expect(recommendations).toHaveLength(items.length);
    expect(new Set(recommendations.map(({ score }) => score)).size).toBe(1);
  });

  it("takes no more work once it is closed, and closes once", async () => {
    await here.engine.track([{ user: "ada", type: "view" }]);
    const [first, second] = [here.engine.close(), here.engine.close()];
    await expect(here.engine.track([{ user: "ada", type: "view" }])).rejects.toMatchObject({
      code: "PENCHANT_E_CLOSED",
    });
    await Promise.all([first, second]);
    await here.reopen();
    expect((await here.engine.profile("ada")).events).toBe(1);
  });

  it("lets go of its folder even when the last states cannot be written, and loses nothing", async () => {
    const dataDir = folderWith();
    const failing = await openEngine({ dataDir });
    await failing.track([{ user: "ada", type: "view" }]);
    const full = new PenchantError("PENCHANT_E_STORAGE_FULL", "The disk is full.");
    Object.assign(failing.storage.states, { save: () => Promise.reject(full) });
    await expect(failing.close()).rejects.toBe(full);
    const again = await openEngine({ dataDir });
    expect((await again.profile("ada")).events).toBe(1);
    await again.close();
  });

  it("keeps other engines out of its folder while it is open", async () => {
    await expect(here.open()).rejects.toMatchObject({ code: "PENCHANT_E_STORAGE_LOCKED" });
  });
});

describe("the configuration", () => {
  it.each([
    [{ dataDir: 5 }, "dataDir"],
    [{ dataFolder: "x" }, "dataFolder"],
    [{ eventWeights: { view: "much" } }, "eventWeights.view"],
    [{ eventWeights: { view: Number.NaN } }, "eventWeights.view"],
    [{ eventWeights: { view: 11 } }, "eventWeights.view"],
    [{ blend: { interest: -1, neighbour: 1 } }, "blend.interest"],
    [{ blend: { interest: 1, neighbour: 1, magic: 1 } }, "magic"],
    [{ cachedStates: 1.5 }, "cachedStates"],
    [{ flushIntervalSeconds: 0 }, "flushIntervalSeconds"],
    [{ eventsBehindCheckpoint: 999 }, "eventsBehindCheckpoint"],
    [{ seed: "one" }, "seed"],
    [{ strictTypes: "yes" }, "strictTypes"],
  ])("%j is refused by the key's name", async (options, key) => {
    const opened = openEngine(options as EngineOptions);
    await expect(opened).rejects.toMatchObject({ code: "PENCHANT_E_CONFIG", message: expect.stringContaining(key) });
    await expect(opened).rejects.toSatisfy((error) => PenchantError.isInstance(error));
  });
});
