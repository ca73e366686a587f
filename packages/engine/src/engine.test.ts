import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { PenchantError } from "./base/errors.ts";
import { seededRandom } from "./base/random.ts";
import { dayMs, hourMs } from "./base/time.ts";
import type { EventInput } from "./core/event.ts";
import type { Item } from "./core/item.ts";
import type { Profile, ProfileInterest } from "./core/profile.ts";
import { type Engine, type EngineOptions, openEngine } from "./engine.ts";
import { day, type FakeClock, fakeClock, testStart, themedItems } from "./testing/builders.ts";
import { folderWith } from "./testing/folder.ts";

const items = themedItems(20);
const users = ["ada", "bob", "cleo", "dan"];

/** What four people did in the hundred days before `testStart`, in no order of time. */
function history(count: number, seed = 1): EventInput[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, (_, index) => ({
    id: `h${seed}-${index}`,
    user: users[random.integer(users.length)],
    type: ["view", "like", "rating", "dislike", "search", "impression"][random.integer(6)],
    ...(random.integer(8) > 0 && { item: items[random.integer(items.length)].id }),
    ...(random.integer(2) > 0 && { value: random.integer(11) / 2 }),
    time: testStart - random.integer(100 * 24) * hourMs,
  }));
}

describe("an engine", () => {
  let dataDir: string;
  let clock: FakeClock;
  let engine: Engine;

  const open = (options: EngineOptions = {}) => openEngine({ dataDir, clock, ...options });
  async function reopen(options: EngineOptions = {}): Promise<void> {
    await engine.close();
    engine = await open(options);
  }

  beforeEach(async () => {
    dataDir = folderWith();
    clock = fakeClock();
    engine = await open();
  });
  afterEach(() => engine.close());

  const storedStates = () => engine.storage.states.load(users);

  /** Another engine with the same catalogue, and events of its own. */
  async function twin(events: readonly EventInput[]): Promise<Engine> {
    const other = await openEngine({ dataDir: folderWith(), clock });
    await other.putItems(items);
    for (let start = 0; start < events.length; start += 7) await other.track(events.slice(start, start + 7));
    return other;
  }

  it("does what the first lines of its documentation say", async () => {
    await engine.putItems([
      { id: "m1", title: "Heat", categories: [["Film", "Crime"]] },
      { id: "m2", title: "Collateral", categories: [["Film", "Crime"]] },
      { id: "m3", title: "Clueless", categories: [["Film", "Comedy"]] },
    ]);
    await engine.track([{ user: "u42", type: "view", item: "m1" }]);
    const profile = await engine.profile("u42", { at: new Date(clock.now()), depth: 3 });
    const [film] = profile.interests;
    expect([film.interest.label, film.children.map((child) => child.interest.label)]).toEqual(["Film", ["Crime"]]);
    expect(film.children[0]).toMatchObject({
      phase: "emerging",
      lastSeen: testStart,
      evidence: [{ item: { id: "m1", title: "Heat" }, type: "view" }],
    });
    const { recommendations } = await engine.recommend("u42", { limit: 10, explain: true });
    expect(recommendations.map(({ item }) => item.id)).not.toContain("m1");
    expect(recommendations[0].item.id).toBe("m2");
  });

  it("has the same states to the bit, whether they lived, were recovered or rebuilt", async () => {
    await engine.putItems(items.slice(0, 60));
    for (const batch of inBatches(history(200), 9)) await engine.track(batch);
    const live = await profiles();
    await reopen();
    const bytes = await storedStates();
    expect(bytes.size).toBe(users.length);
    expect(await profiles()).toEqual(live);
    await engine.rebuild({ tree: false });
    expect(await storedStates()).toEqual(bytes);
    expect(await profiles()).toEqual(live);
  });

  it("reads without changing anything", async () => {
    await engine.putItems(items);
    await engine.track(history(100));
    await reopen();
    const bytes = await storedStates();
    await profiles();
    for (const user of users) {
      await engine.recommend(user);
      await engine.profile(user, { at: day(-50) });
    }
    await reopen();
    expect(await storedStates()).toEqual(bytes);
  });

  it("builds the same tree, models and states from the same data, and keeps its answers over a restart", async () => {
    await engine.putItems(items);
    const events = history(300);
    await engine.track(events);
    const other = await twin(events);
    await engine.rebuild();
    await other.rebuild();
    expect(engine.interests()).toEqual(other.interests());
    const answers = async (from: Engine) => ({
      profiles: await Promise.all(users.map((user) => from.profile(user))),
      recommended: await Promise.all(users.map((user) => from.recommend(user))),
      similar: from.similarItems("chess-3"),
    });
    const before = await answers(engine);
    expect(await answers(other)).toEqual(before);
    await other.close();
    await reopen();
    expect(await answers(engine)).toEqual(before);
  });

  it("gives a profile of the past as it was then, from the events timed up to then", async () => {
    await engine.putItems(items);
    const events = history(200);
    await engine.track(events);
    for (const at of [day(-99), day(-40), day(-1) + 1]) {
      const earlier = await twin(events.filter(({ time }) => (time as number) <= at));
      for (const user of users) {
        const then = await earlier.profile(user, { at });
        expect(await engine.profile(user, { at: new Date(at) })).toEqual(then);
      }
      await earlier.close();
    }
  });

  it("gives a history of profiles that are the profiles of their moments", async () => {
    await engine.putItems(items);
    await engine.track(history(100));
    const history20 = await engine.profileHistory("ada", { from: day(-60), to: testStart, stepMs: 20 * dayMs });
    expect(history20.map(({ at }) => at)).toEqual([-60, -40, -20, 0].map(day));
    for (const profile of history20) {
      expect(await engine.profile("ada", { at: profile.at, evidence: 0 })).toEqual(profile);
    }
    const refused = engine.profileHistory("ada", { from: 0, to: testStart, stepMs: 1_000 });
    await expect(refused).rejects.toMatchObject({ code: "PENCHANT_E_REQUEST_INVALID" });
  });

  it("agrees with itself about events that come in another order", async () => {
    // At different times: of equal ones the later in the log is the newer.
    const events = history(200).map((event, index) => ({ ...event, time: (event.time as number) + index }));
    await engine.putItems(items);
    for (const batch of inBatches(events.toReversed(), 11)) await engine.track(batch);
    const other = await twin(events);
    for (const user of users) expectClose(await engine.profile(user), await other.profile(user));
    await other.close();
  });

  it("uses events that came before their item once it comes", async () => {
    const events = history(200);
    await engine.putItems(items.slice(0, 40));
    await engine.track(events);
    await engine.putItems(items.slice(40));
    const other = await twin(events);
    const expected = await Promise.all(users.map((user) => other.profile(user)));
    expect(await profiles()).toEqual(expected);
    await other.close();
    const bytes = await storedStates();
    await engine.rebuild({ tree: false });
    expect(await storedStates()).toEqual(bytes);
  });

  it("misses nothing when items and their first events come at the same moment", async () => {
    const rounds = items.slice(0, 40).map(async (item, index) => {
      const event = { user: users[index % 4], type: "like", item: item.id };
      await Promise.all([engine.track([event]), engine.putItems([item]), engine.track([event])]);
    });
    await Promise.all(rounds);
    for (const user of users) expect((await engine.profile(user)).events).toBe(20);
    await reopen();
    const bytes = await storedStates();
    await engine.rebuild({ tree: false });
    expect(await storedStates()).toEqual(bytes);
  });

  it("answers as before while items that bring new interests are being stored", async () => {
    await engine.putItems(items);
    await engine.track(history(50));
    const before = await engine.profile("ada");
    const fresh = Array.from({ length: 30 }, (_, index): Item => {
      return {
        id: `new ${index}`,
        title: `New ${index}`,
        categories: [["Cooking", `Kind ${index}`], [`Kind ${index}`]],
      };
    });
    const storing = engine.putItems(fresh);
    const meanwhile = await engine.profile("ada");
    await storing;
    expect(meanwhile).toEqual(before);
  });

  it("takes items and events while it is rebuilt", async () => {
    await engine.putItems(items.slice(0, 60));
    await engine.track(history(3_000));
    const rebuilding = engine.rebuild();
    await Promise.all(
      items
        .slice(60)
        .flatMap((item) => [engine.putItems([item]), engine.track([{ user: "ada", type: "like", item: item.id }])]),
    );
    await rebuilding;
    expect((await engine.status()).items).toBe(items.length);
    await reopen();
    const bytes = await storedStates();
    await engine.rebuild({ tree: false });
    expect(await storedStates()).toEqual(bytes);
  });

  it("counts an event once, however often it is sent, and keeps the first", async () => {
    await engine.putItems(items);
    const event = { id: "e1", user: "ada", type: "like", item: "chess-1" };
    const other = { ...event, user: "bob", item: "chess-2" };
    expect(await engine.track([event, other, { ...event, id: "e2" }])).toEqual([
      { id: "e1", status: "accepted" },
      { id: "e1", status: "duplicate" },
      { id: "e2", status: "accepted" },
    ]);
    await reopen();
    expect(await engine.track([event])).toEqual([{ id: "e1", status: "duplicate" }]);
    expect((await engine.profile("ada")).events).toBe(2);
    expect((await engine.profile("bob")).events).toBe(0);
  });

  it("refuses a batch whole when one of its events is not valid", async () => {
    const batch = [
      { user: "ada", type: "view" },
      { id: "bad", user: "ada", type: "view", value: Number.NaN },
    ];
    await expect(engine.track(batch)).rejects.toMatchObject({ code: "PENCHANT_E_EVENT_VALUE" });
    expect((await engine.profile("ada")).events).toBe(0);
    expect(await engine.track([])).toEqual([]);
    await expect(engine.track(Array.from({ length: 10_001 }, () => batch[0]))).rejects.toMatchObject({
      code: "PENCHANT_E_REQUEST_INVALID",
      message: expect.stringContaining("at most 10000 events"),
    });
  });

  it("stores and counts events of unknown types, or refuses them where types are strict", async () => {
    await engine.track([
      { user: "ada", type: "stare" },
      { user: "ada", type: "stare" },
    ]);
    expect((await engine.status()).unknownTypes).toEqual({ stare: 2 });
    expect(await engine.profile("ada")).toMatchObject({ events: 2, interests: [] });
    await reopen({ strictTypes: true, eventWeights: { gaze: 0.1 } });
    await engine.track([{ user: "ada", type: "gaze" }]);
    await expect(engine.track([{ user: "ada", type: "stare" }])).rejects.toMatchObject({
      code: "PENCHANT_E_EVENT_TYPE",
    });
  });

  it("counts an event whose clock runs an hour ahead at once", async () => {
    await engine.putItems(items);
    await engine.track([{ user: "ada", type: "like", item: "chess-1", time: testStart + hourMs }]);
    const { interests, events } = await engine.profile("ada");
    expect([events, interests[0].interest.label]).toEqual([1, "Chess"]);
    const { recommendations } = await engine.recommend("ada", { limit: 100 });
    expect(recommendations.map(({ item }) => item.id)).not.toContain("chess-1");
  });

  it("recommends to a stranger what is popular, and turns with a fresh event", async () => {
    await engine.putItems(items);
    const many = Array.from({ length: 12 }, (_, index) => `person ${index}`);
    await engine.track(many.flatMap((user) => ["chess-1", "chess-2"].map((item) => ({ user, type: "like", item }))));
    await engine.track([{ user: "one", type: "like", item: "sailing-4" }]);
    await engine.rebuild();
    const top = async () => (await engine.recommend("new")).recommendations.map(({ item }) => item.id);
    expect((await top()).slice(0, 2)).toEqual(["chess-1", "chess-2"]);
    await engine.track([{ user: "new", type: "like", item: "sailing-7" }]);
    expect((await top()).filter((id) => id.startsWith("sailing")).length).toBeGreaterThan(7);
    await engine.track([{ user: "new", type: "like", item: "chess-1" }]);
    expect(await top()).toContain("chess-2");
    expect(await top()).not.toContain("chess-1");
  });

  it("never recommends a removed item, and keeps what was learned from it", async () => {
    await engine.putItems(items);
    await engine.track([{ user: "ada", type: "like", item: "chess-1" }]);
    expect(await engine.removeItem("chess-2")).toBe(true);
    expect(await engine.removeItem("chess-1")).toBe(true);
    expect(await engine.removeItem("nothing")).toBe(false);
    const { recommendations } = await engine.recommend("ada", { limit: 100 });
    expect(recommendations.map(({ item }) => item.id)).not.toContain("chess-2");
    expect(engine.similarItems("chess-1").map(({ item }) => item.id)).not.toContain("chess-2");
    expect((await engine.profile("ada")).interests[0].evidence[0].item?.id).toBe("chess-1");
  });

  it("answers with nothing and no error while it knows nothing", async () => {
    expect(await engine.recommend("ada")).toEqual({ user: "ada", at: testStart, recommendations: [] });
    expect(await engine.profile("ada")).toMatchObject({ events: 0, interests: [], other: 1 });
    expect(engine.interests()).toHaveLength(1);
    expect(await engine.rebuild()).toEqual({ users: 0, events: 0 });
    expect(await engine.user("ada")).toBeUndefined();
  });

  it("lists interests with parents before children, and the items of each", async () => {
    await engine.putItems(items);
    await engine.rebuild();
    const interests = engine.interests();
    const seen = new Set<string | null>([null]);
    for (const { id, parent } of interests) {
      expect(seen.has(parent)).toBe(true);
      seen.add(id);
    }
    expect(interests[0].itemCount).toBe(items.length);
    const chess = engine.interest("chess");
    expect(chess.itemCount).toBe(20);
    expect(chess.items.every(({ id }) => id.startsWith("chess"))).toBe(true);
    expect(() => engine.interest("nothing")).toThrow(
      expect.objectContaining({ code: "PENCHANT_E_INTEREST_NOT_FOUND" }),
    );
    expect(() => engine.similarItems("nothing")).toThrow(
      expect.objectContaining({ code: "PENCHANT_E_ITEM_NOT_FOUND" }),
    );
  });

  it("erases a user for good", async () => {
    await engine.putItems(items);
    await engine.track(history(100));
    const { events } = await engine.profile("ada");
    expect(await engine.erase("ada")).toEqual({ events });
    expect(await engine.profile("ada")).toMatchObject({ events: 0, interests: [] });
    await reopen();
    await engine.rebuild({ tree: false });
    expect((await engine.profile("ada")).events).toBe(0);
    expect([...(await storedStates()).keys()].sort()).toEqual(["bob", "cleo", "dan"]);
  });

  it("pages through items, users and a user's events", async () => {
    await engine.putItems(items);
    await engine.track(history(60));
    const first = engine.items({ limit: 50 });
    const second = engine.items({ limit: 50, cursor: first.nextCursor! });
    expect([...first.items, ...second.items]).toEqual(items);
    expect(second.nextCursor).toBeNull();
    const page = await engine.userEvents("ada", { limit: 3 });
    const rest = await engine.userEvents("ada", { cursor: page.nextCursor! });
    const all = await engine.userEvents("ada");
    expect([...page.events, ...rest.events]).toEqual(all.events);
    expect(all.events.map(({ position }) => position)).toEqual(
      all.events.map(({ position }) => position).sort((a, b) => b - a),
    );
    expect((await engine.users()).users.map(({ id }) => id)).toEqual(users);
    expect(() => engine.items({ limit: 0 })).toThrow("limit: expected a whole number from 1 to 1000, got 0.");
    expect(() => engine.items({ cursor: "x" })).toThrow("cursor: expected the nextCursor of an earlier answer.");
  });

  it("refuses limits and moments that are none", async () => {
    await expect(engine.recommend("ada", { limit: 0 })).rejects.toMatchObject({ code: "PENCHANT_E_REQUEST_INVALID" });
    await expect(engine.recommend("ada", { limit: 1_001 })).rejects.toThrow("from 1 to 1000, got 1001");
    await expect(engine.profile("ada", { at: "soon" })).rejects.toThrow("at: expected a date");
    await expect(engine.recommend("")).rejects.toMatchObject({ code: "PENCHANT_E_ID_INVALID" });
  });

  it("takes no more work once it is closed, and closes once", async () => {
    await engine.track([{ user: "ada", type: "view" }]);
    const [first, second] = [engine.close(), engine.close()];
    await expect(engine.track([{ user: "ada", type: "view" }])).rejects.toMatchObject({ code: "PENCHANT_E_CLOSED" });
    await Promise.all([first, second]);
    engine = await open();
    expect((await engine.profile("ada")).events).toBe(1);
  });

  it("lets go of its folder even when the last states cannot be written, and loses nothing", async () => {
    await engine.track([{ user: "ada", type: "view" }]);
    const full = new PenchantError("PENCHANT_E_STORAGE_FULL", "The disk is full.");
    Object.assign(engine.storage.states, { save: () => Promise.reject(full) });
    await expect(engine.close()).rejects.toBe(full);
    engine = await open();
    expect((await engine.profile("ada")).events).toBe(1);
  });

  it("keeps other engines out of its folder while it is open", async () => {
    await expect(open()).rejects.toMatchObject({ code: "PENCHANT_E_STORAGE_LOCKED" });
  });

  async function profiles(): Promise<Profile[]> {
    return Promise.all(users.map((user) => engine.profile(user)));
  }
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
    [{ seed: "one" }, "seed"],
    [{ strictTypes: "yes" }, "strictTypes"],
  ])("%j is refused by the key's name", async (options, key) => {
    const opened = openEngine(options as EngineOptions);
    await expect(opened).rejects.toMatchObject({ code: "PENCHANT_E_CONFIG", message: expect.stringContaining(key) });
    await expect(opened).rejects.toSatisfy((error) => PenchantError.isInstance(error));
  });
});

function* inBatches<T>(all: readonly T[], size: number): Generator<T[]> {
  for (let start = 0; start < all.length; start += size) yield all.slice(start, start + size);
}

const flat = (interests: readonly ProfileInterest[]): ProfileInterest[] =>
  interests.flatMap((interest) => [interest, ...flat(interest.children)]);

/** Every number of two profiles to 1e-9 of its size, everything else exactly. */
function expectClose(a: Profile, b: Profile): void {
  const [ofA, ofB] = [a, b].map(({ interests }) =>
    flat(interests).sort((x, y) => (x.interest.id < y.interest.id ? -1 : 1)),
  );
  const numbersOf = ({
    strength,
    intensity,
    shortTerm,
    longTerm,
    trend,
    confidence,
    halfLifeDays,
  }: ProfileInterest) => [strength, intensity, shortTerm, longTerm, trend, confidence, halfLifeDays ?? 0];
  expect(ofA.map(({ interest, phase, lastSeen }) => [interest, phase, lastSeen])).toEqual(
    ofB.map(({ interest, phase, lastSeen }) => [interest, phase, lastSeen]),
  );
  expect(ofA.length).toBeGreaterThan(3);
  for (const [index, interest] of ofA.entries()) {
    for (const [place, value] of numbersOf(interest).entries()) {
      const other = numbersOf(ofB[index])[place];
      expect(Math.abs(value - other)).toBeLessThanOrEqual(1e-9 * Math.abs(other) + 1e-15);
    }
    for (const [place, line] of interest.evidence.entries()) {
      expect(line).toEqual({ ...ofB[index].evidence[place], share: expect.closeTo(line.share, 9) });
    }
  }
}
