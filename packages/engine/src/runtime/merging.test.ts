import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hourMs } from "../base/time.ts";
import type { Profile } from "../core/profile.ts";
import { openEngine } from "../engine.ts";
import { day, fakeClock, testStart } from "../testing/builders.ts";
import { folderWith } from "../testing/folder.ts";
import { engineForTests, items } from "./test-engines.ts";

const nameless = (profile: Profile) => ({ ...profile, user: "" });

const anyEvent = fc.record({
  isAnonymous: fc.boolean(),
  type: fc.constantFrom("view", "like", "rating", "dislike", "search", "impression"),
  item: fc.integer({ min: 0, max: items.length - 1 }),
  hoursAgo: fc.integer({ min: 0, max: 100 * 24 }),
});

describe("two ids that are one person", () => {
  const here = engineForTests();

  it("have the profile that both logs make together, wherever among their events they were merged", async () => {
    await here.engine.putItems(items);
    let run = 0;
    const inTwoNames = fc.asyncProperty(
      fc.array(anyEvent, { minLength: 1, maxLength: 30 }),
      fc.nat({ max: 30 }),
      fc.nat({ max: 30 }),
      async (events, mergedAfter, reopenedAfter) => {
        run += 1;
        const [visitor, known, twin] = ["visitor", "known", "twin"].map((name) => `${name} ${run}`);
        const merge = Math.min(mergedAfter, events.length);
        for (const [index, { isAnonymous, type, item, hoursAgo }] of events.entries()) {
          if (index === merge) await here.engine.merge(known, visitor);
          if (index === reopenedAfter && run % 5 === 0) await here.reopen();
          const event = { type, item: items[item].id, time: testStart - hoursAgo * hourMs };
          await here.engine.track([
            { ...event, user: isAnonymous ? visitor : known },
            { ...event, user: twin },
          ]);
        }
        if (merge === events.length) await here.engine.merge(known, visitor);
        const expected = nameless(await here.engine.profile(twin));
        for (const id of [known, visitor]) {
          expect(nameless(await here.engine.profile(id))).toEqual(expected);
          const past = { at: day(-20) };
          const then = nameless(await here.engine.profile(twin, past));
          expect(nameless(await here.engine.profile(id, past))).toEqual(then);
          const { recommendations } = await here.engine.recommend(twin);
          expect((await here.engine.recommend(id)).recommendations).toEqual(recommendations);
        }
      },
    );
    await fc.assert(inTwoNames, { numRuns: 25, seed: 1 });
    expect(await here.engine.check()).toEqual([]);
  });

  it("have the same state to the bit, whether it lived, was recovered or rebuilt", async () => {
    await here.engine.putItems(items);
    const event = (user: string, index: number) => ({ user, type: "like", item: items[index].id, time: day(-index) });
    await here.engine.track([event("ada", 3), event("laptop", 5), event("phone", 9)]);
    await here.engine.merge("laptop", "phone");
    await here.engine.track([event("phone", 11), event("laptop", 30)]);
    await here.engine.steer("phone", "chess", { action: "mute" });
    await here.engine.merge("ada", "laptop");
    await here.engine.track([event("phone", 50), event("ada", 2)]);
    const live = await here.engine.profile("ada");
    expect(live.events).toBe(7);
    expect(await here.engine.profile("phone")).toEqual({ ...live, user: "phone" });
    await here.reopen();
    const bytes = await here.storedStates();
    expect([...bytes.keys()]).toEqual(["ada"]);
    expect(await here.engine.profile("ada")).toEqual(live);
    await here.engine.rebuild({ tree: false });
    expect(await here.storedStates()).toEqual(bytes);
    expect(await here.engine.profile("ada")).toEqual(live);
  });

  it("have it too when the process dies right after the merge", async () => {
    const dataDir = folderWith();
    const clock = fakeClock();
    const first = await openEngine({ dataDir, clock });
    await first.putItems(items);
    await first.track(items.slice(0, 6).map(({ id }) => ({ user: "visitor", type: "like", item: id })));
    await first.track([{ user: "ada", type: "like", item: "chess-1" }]);
    await first.close();
    const second = await openEngine({ dataDir, clock });
    await second.track([{ user: "ada", type: "like", item: "chess-2" }]);
    await second.close();
    // What a crash leaves: the merge is in the log, and no state knows of it.
    const third = await openEngine({ dataDir, clock });
    await third.storage.users.merge({ user: "ada", merged: "visitor", time: testStart });
    await third.close();
    const fourth = await openEngine({ dataDir, clock });
    expect((await fourth.profile("ada")).events).toBe(8);
    expect((await fourth.profile("visitor")).events).toBe(8);
    await fourth.close();
  });

  it("are merged once, and may be merged before either has done anything", async () => {
    await here.engine.putItems(items);
    expect(await here.engine.merge("ada", "visitor")).toEqual({ user: "ada", merged: true });
    expect(await here.engine.merge("ada", "visitor")).toEqual({ user: "ada", merged: false });
    expect(await here.engine.merge("visitor", "ada")).toEqual({ user: "ada", merged: false });
    await here.engine.track([{ user: "visitor", type: "like", item: "chess-1" }]);
    expect((await here.engine.profile("ada")).events).toBe(1);
    await expect(here.engine.merge("ada", "ada")).rejects.toMatchObject({ code: "PENCHANT_E_REQUEST_INVALID" });
    await expect(here.engine.merge("ada", "")).rejects.toMatchObject({ code: "PENCHANT_E_ID_INVALID" });
  });

  it("are one entry among the users, with the events of both", async () => {
    await here.engine.track(["visitor", "ada", "visitor", "bob"].map((user) => ({ user, type: "view" })));
    await here.engine.putUser({ id: "ada", attributes: { name: "Ada" } });
    await here.engine.merge("ada", "visitor");
    expect((await here.engine.users()).users).toEqual([
      { id: "ada", events: 3 },
      { id: "bob", events: 1 },
    ]);
    expect((await here.engine.status()).users).toBe(2);
    expect(await here.engine.user("visitor")).toEqual({ id: "ada", attributes: { name: "Ada" }, events: 3 });
    const page = await here.engine.userEvents("visitor", { limit: 2 });
    expect(page.events.map(({ user }) => user)).toEqual(["visitor", "ada"]);
    const rest = await here.engine.userEvents("ada", { limit: 2, cursor: page.nextCursor! });
    expect(rest.events.map(({ user }) => user)).toEqual(["visitor"]);
  });

  it.each(["ada", "visitor"])("are erased together, by the name of %s", async (name) => {
    const dataDir = folderWith();
    const engine = await openEngine({ dataDir, clock: fakeClock() });
    await engine.putItems(items);
    const ids = ["ada", "visitor"].map((id) => `person-${id}`);
    await engine.track(ids.flatMap((user) => [{ user, type: "like", item: "chess-1", text: `words of ${user}` }]));
    await engine.steer(ids[1], "sailing", { action: "mute" });
    await engine.merge(ids[0], ids[1]);
    await engine.track([{ user: ids[1], type: "like", item: "chess-2" }]);
    expect(await engine.erase(`person-${name}`)).toEqual({ events: 3 });
    for (const id of ids) expect(await engine.profile(id)).toMatchObject({ events: 0, interests: [] });
    expect((await engine.status()).users).toBe(0);
    expect(await engine.check()).toEqual([]);
    for (const file of readdirSync(dataDir, { recursive: true, withFileTypes: true })) {
      if (!file.isFile()) continue;
      const bytes = readFileSync(join(file.parentPath, file.name));
      for (const trace of [...ids, "words of"]) expect(bytes.includes(trace), file.name).toBe(false);
    }
    // Who comes under either name now is somebody new.
    await engine.track(ids.map((user) => ({ user, type: "like", item: "chess-1" })));
    for (const id of ids) expect((await engine.profile(id)).events).toBe(1);
    await engine.close();
  });
});
