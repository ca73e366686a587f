import { describe, expect, it } from "vitest";
import { dayMs } from "../base/time.ts";
import type { Item } from "../core/item.ts";
import type { Profile, ProfileInterest } from "../core/profile.ts";
import type { Engine } from "../engine.ts";
import { day, testStart } from "../testing/builders.ts";
import { engineForTests, history, inBatches, items, users } from "./test-engines.ts";

describe("an engine's states and profiles", () => {
  const here = engineForTests();

  it("has the same states to the bit, whether they lived, were recovered or rebuilt", async () => {
    await here.engine.putItems(items.slice(0, 60));
    for (const batch of inBatches(history(200), 9)) await here.engine.track(batch);
    const live = await here.profiles();
    await here.reopen();
    const bytes = await here.storedStates();
    expect(bytes.size).toBe(users.length);
    expect(await here.profiles()).toEqual(live);
    await here.engine.rebuild({ tree: false });
    expect(await here.storedStates()).toEqual(bytes);
    expect(await here.profiles()).toEqual(live);
  });

  it("has the states that the log makes under the weights of today, after these were changed", async () => {
    await here.engine.putItems(items);
    await here.engine.track([{ user: "ada", type: "gaze", item: "chess-1" }]);
    expect((await here.engine.profile("ada")).interests).toEqual([]);
    await here.reopen({ eventWeights: { gaze: 0.5 } });
    const profile = await here.engine.profile("ada");
    expect(profile.interests.map(({ interest }) => interest.label)).toEqual(["Chess"]);
    await here.reopen({ eventWeights: { gaze: 0.5 } });
    expect(await here.engine.profile("ada")).toEqual(profile);
  });

  it("derives what it cannot read from the log again: states of another format, and damaged models", async () => {
    await here.engine.putItems(items);
    await here.engine.track(history(100));
    await here.engine.rebuild();
    const profiles = await here.profiles();
    const position = await here.engine.storage.events.lastPosition();
    const unknown = new Map(users.map((user) => [user, { position, bytes: Uint8Array.of(99, 99, 99) }]));
    await here.reopen();
    await here.engine.storage.states.save(unknown, position);
    expect(await here.profiles()).toEqual(profiles);
    await here.engine.storage.blobs.put("models", Uint8Array.of(1, 2, 3));
    await here.reopen();
    expect((await here.engine.status()).interests).toBeGreaterThan(2);
    expect((await here.profiles()).map(({ events }) => events)).toEqual(profiles.map(({ events }) => events));
  });

  it("rebuilds one after the other when it is asked twice at once, each under a tree of its own", async () => {
    await here.engine.putItems(items);
    await here.engine.track(history(60));
    const { treeVersion } = await here.engine.status();
    await Promise.all([here.engine.rebuild(), here.engine.rebuild()]);
    expect((await here.engine.status()).treeVersion).toBe(treeVersion + 2);
    const profiles = await here.profiles();
    await here.reopen();
    expect(await here.profiles()).toEqual(profiles);
  });

  it("reads without changing anything", async () => {
    await here.engine.putItems(items);
    await here.engine.track(history(100));
    await here.reopen();
    const bytes = await here.storedStates();
    await here.profiles();
    for (const user of users) {
      await here.engine.recommend(user);
      await here.engine.profile(user, { at: day(-50) });
    }
    await here.reopen();
    expect(await here.storedStates()).toEqual(bytes);
  });

  it("builds the same tree, models and states from the same data, and keeps its answers over a restart", async () => {
    await here.engine.putItems(items);
    const events = history(300);
    await here.engine.track(events);
    const other = await here.twin(events);
    await here.engine.rebuild();
    await other.rebuild();
    expect(here.engine.interests()).toEqual(other.interests());
    const answers = async (from: Engine) => ({
      profiles: await Promise.all(users.map((user) => from.profile(user))),
      recommended: await Promise.all(users.map((user) => from.recommend(user))),
      similar: from.similarItems("chess-3"),
    });
    const before = await answers(here.engine);
    expect(await answers(other)).toEqual(before);
    await other.close();
    await here.reopen();
    expect(await answers(here.engine)).toEqual(before);
  });

  it("gives a profile of the past as it was then, from the events timed up to then", async () => {
    await here.engine.putItems(items);
    const events = history(200);
    await here.engine.track(events);
    for (const at of [day(-99), day(-40), day(-1) + 1]) {
      const earlier = await here.twin(events.filter(({ time }) => (time as number) <= at));
      for (const user of users) {
        const then = await earlier.profile(user, { at });
        expect(await here.engine.profile(user, { at: new Date(at) })).toEqual(then);
      }
      await earlier.close();
    }
  });

  it("gives a history of profiles that are the profiles of their moments", async () => {
    await here.engine.putItems(items);
    await here.engine.track(history(100));
    const history20 = await here.engine.profileHistory("ada", { from: day(-60), to: testStart, stepMs: 20 * dayMs });
    expect(history20.map(({ at }) => at)).toEqual([-60, -40, -20, 0].map(day));
    for (const profile of history20) {
      expect(await here.engine.profile("ada", { at: profile.at, evidence: 0 })).toEqual(profile);
    }
    const refused = here.engine.profileHistory("ada", { from: 0, to: testStart, stepMs: 1_000 });
    await expect(refused).rejects.toMatchObject({ code: "PENCHANT_E_REQUEST_INVALID" });
  });

  it("agrees with itself about events that come in another order", async () => {
    // At different times: of equal ones the later in the log is the newer.
    const events = history(200).map((event, index) => ({ ...event, time: (event.time as number) + index }));
    await here.engine.putItems(items);
    for (const batch of inBatches(events.toReversed(), 11)) await here.engine.track(batch);
    const other = await here.twin(events);
    for (const user of users) expectClose(await here.engine.profile(user), await other.profile(user));
    await other.close();
  });

  it("uses events that came before their item once it comes", async () => {
    const events = history(200);
    await here.engine.putItems(items.slice(0, 40));
    await here.engine.track(events);
    await here.engine.putItems(items.slice(40));
    const other = await here.twin(events);
    const expected = await Promise.all(users.map((user) => other.profile(user)));
    expect(await here.profiles()).toEqual(expected);
    await other.close();
    const bytes = await here.storedStates();
    await here.engine.rebuild({ tree: false });
    expect(await here.storedStates()).toEqual(bytes);
  });

  it("misses nothing when items and their first events come at the same moment", async () => {
    const rounds = items.slice(0, 40).map(async (item, index) => {
      const event = { user: users[index % 4], type: "like", item: item.id };
      await Promise.all([here.engine.track([event]), here.engine.putItems([item]), here.engine.track([event])]);
    });
    await Promise.all(rounds);
    for (const user of users) expect((await here.engine.profile(user)).events).toBe(20);
    await here.reopen();
    const bytes = await here.storedStates();
    await here.engine.rebuild({ tree: false });
    expect(await here.storedStates()).toEqual(bytes);
  });

  it("answers as before while items that bring new interests are being stored", async () => {
    await here.engine.putItems(items);
    await here.engine.track(history(50));
    const before = await here.engine.profile("ada");
    const fresh = Array.from({ length: 30 }, (_, index): Item => {
      return {
        id: `new ${index}`,
        title: `New ${index}`,
        categories: [["Cooking", `Kind ${index}`], [`Kind ${index}`]],
      };
    });
    const storing = here.engine.putItems(fresh);
    const meanwhile = await here.engine.profile("ada");
    await storing;
    expect(meanwhile).toEqual(before);
  });

  it("takes items and events while it is rebuilt", async () => {
    await here.engine.putItems(items.slice(0, 60));
    await here.engine.track(history(3_000));
    const rebuilding = here.engine.rebuild();
    await Promise.all(
      items
        .slice(60)
        .flatMap((item) => [
          here.engine.putItems([item]),
          here.engine.track([{ user: "ada", type: "like", item: item.id }]),
        ]),
    );
    await rebuilding;
    expect((await here.engine.status()).items).toBe(items.length);
    await here.reopen();
    const bytes = await here.storedStates();
    await here.engine.rebuild({ tree: false });
    expect(await here.storedStates()).toEqual(bytes);
  });
});

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
