import { describe, expect, it } from "vitest";
import { dayMs } from "../base/time.ts";
import { interactionTable } from "../core/interaction-table.ts";
import type { Profile, ProfileInterest } from "../core/profile.ts";
import type { Engine } from "../engine.ts";
import { categoryTree, day, testStart } from "../testing/builders.ts";
import { readHistories } from "./histories.ts";
import { learnWeights } from "./learning.ts";
import { engineForTests, history, inBatches, items, users } from "./test-engines.ts";

const flat = (interests: readonly ProfileInterest[]): ProfileInterest[] =>
  interests.flatMap((interest) => [interest, ...flat(interest.children)]);

describe("an engine that has learned how interests fade", () => {
  const here = engineForTests();
  const events = history(400);
  const learn = async () => {
    await here.engine.putItems(items);
    for (const batch of inBatches(events, 50)) await here.engine.track(batch);
    return here.engine.learnDecay();
  };

  it("reads profiles with it, says how sure it is, and how likely a return", async () => {
    await here.engine.putItems(items);
    await here.engine.track(events);
    const before = await here.engine.profile("ada");
    const recommended = await here.engine.recommend("ada");
    const report = await here.engine.learnDecay();
    expect(report).toMatchObject({ interests: 4, users: users.length });
    expect(report.gap).toBeLessThan(1e-3);
    const after = await here.engine.profile("ada", { returnDays: 7 });
    expect(after.returnDays).toBe(7);
    expect(after.interests.map(({ strength }) => strength)).not.toEqual(
      before.interests.map(({ strength }) => strength),
    );
    for (const interest of flat(after.interests)) {
      expect(interest.returnProbability).toBeGreaterThan(0);
      expect(interest.returnProbability).toBeLessThan(1);
      expectLinesToAddUp(interest);
      if (interest.halfLifeDays === null) continue;
      expect(interest.halfLifeInterval!.low).toBeLessThanOrEqual(interest.halfLifeDays);
    }
    // Recommendations find more with the weights that they were tuned with.
    expect(await here.engine.recommend("ada")).toEqual(recommended);
    expect(here.engine.interests().some(({ halfLife }) => halfLife !== undefined)).toBe(true);
    const { id } = here.engine.interests()[1];
    expect(here.engine.interest(id).halfLife).toEqual(here.engine.interests()[1].halfLife);
  });

  it("has the same states and profiles to the bit, whether they lived, were recovered or rebuilt", async () => {
    await learn();
    await here.engine.track(history(100, 2));
    const live = await here.profiles();
    await here.reopen();
    expect(await here.profiles()).toEqual(live);
    const bytes = await here.storedStates();
    await here.engine.rebuild({ tree: false });
    expect(await here.storedStates()).toEqual(bytes);
    expect(await here.profiles()).toEqual(live);
  });

  it("learns anew for the tree of every rebuild, and not before it was asked to", async () => {
    await here.engine.putItems(items);
    await here.engine.track(events);
    await here.engine.rebuild();
    expect((await here.engine.profile("ada")).returnDays).toBeUndefined();
    await here.engine.learnDecay();
    await here.engine.track(history(200, 3));
    await here.engine.rebuild();
    const rebuilt = await here.profiles();
    expect(rebuilt[0].returnDays).toBe(30);
    // What it learned in the rebuild is what it learns when it is asked.
    await here.engine.learnDecay();
    expect(await here.profiles()).toEqual(rebuilt);
  });

  it("obeys steering, leaves interests out, and tells past and changes with the same weights", async () => {
    await learn();
    const profile = await here.engine.profile("ada");
    const { interest, intensity } = profile.interests[0];
    const without = await here.engine.profile("ada", { without: interest.id });
    expect(without.interests.map(({ interest: { id } }) => id)).not.toContain(interest.id);
    expectStrengthsToAddUp(without);
    const at = testStart - 30 * dayMs;
    const past = await here.engine.profile("ada", { at });
    expect(past.lastSeen).toBeLessThanOrEqual(at);
    for (const one of flat(past.interests)) expectLinesToAddUp(one);
    const changes = await here.engine.profileChanges("ada", { from: at });
    const now = new Map(flat(profile.interests).map((one) => [one.interest.id, one]));
    expect(changes.changes.length).toBeGreaterThan(0);
    for (const change of changes.changes) {
      expect(change.strength.after).toBe(now.get(change.interest.id)!.strength);
      expect(change.text).toContain(change.interest.label);
    }
    await here.engine.steer("ada", interest.id, { action: "boost", factor: 3 });
    const boosted = (await here.engine.profile("ada")).interests.find((one) => one.interest.id === interest.id)!;
    expect(boosted.intensity / intensity).toBeCloseTo(3, 9);
    await here.engine.steer("ada", interest.id, { action: "mute" });
    const muted = await here.engine.profile("ada");
    expect(muted.interests.find((one) => one.interest.id === interest.id)!.strength).toBe(0);
    expectStrengthsToAddUp(muted);
  });

  it("places new interests beside what it knows, and keeps its weights over a restart", async () => {
    await learn();
    const before = await here.engine.profile("ada");
    await here.engine.putItems([{ id: "quasar", title: "Quasar", categories: [["Astronomy"]] }]);
    await here.engine.track([{ user: "ada", type: "like", item: "quasar", time: testStart }]);
    const profile = await here.engine.profile("ada");
    const fresh = profile.interests.find(({ interest }) => interest.label === "Astronomy")!;
    expectLinesToAddUp(fresh);
    expectStrengthsToAddUp(profile);
    // There is nothing that could say how sure a borrowed weight is.
    expect(fresh.halfLifeInterval).toBeUndefined();
    expect(profile.interests).toHaveLength(before.interests.length + 1);
    await here.reopen();
    expect(await here.engine.profile("ada")).toEqual(profile);
  });

  it("refuses to learn where nobody ever came back, and goes on with the weights that it has", async () => {
    await here.engine.putItems(items);
    await here.engine.track([{ user: "ada", type: "view", item: "chess-1" }]);
    const profile = await here.engine.profile("ada");
    await expect(here.engine.learnDecay()).rejects.toMatchObject({ code: "PENCHANT_E_MODEL_DATA" });
    expect(await here.engine.profile("ada")).toEqual(profile);
  });

  it("drops what it learned when a rebuild finds nothing to learn from any more", async () => {
    await learn();
    for (const user of users) await here.engine.erase(user);
    await here.engine.track([{ user: "eve", type: "view", item: "chess-1" }]);
    await here.engine.rebuild();
    expect((await here.engine.profile("eve")).returnDays).toBeUndefined();
  });

  it("reads histories in the order of time, in sessions, under the ids that people have today", async () => {
    await here.engine.putItems(items);
    const minutes = (count: number) => day(-9) + count * 60_000;
    const view = (user: string, time: number, fields: object = {}) => ({
      user,
      type: "like",
      item: "chess-1",
      time,
      ...fields,
    });
    await here.engine.track([
      view("ada", minutes(80), { session: "s" }),
      view("ada", minutes(200), { session: "s" }),
      view("ada", minutes(10)),
      view("ada", minutes(25)),
      view("ada", minutes(60)),
      view("anna", minutes(300)),
      { user: "ada", type: "search", time: minutes(400) },
      { user: "ada", type: "impression", item: "chess-2", time: minutes(0) },
    ]);
    await here.engine.merge("ada", "anna");
    const { interactions, sessions } = await historiesOf(here.engine);
    expect([...interactions.times].map((time) => (time - minutes(0)) / 60_000)).toEqual([
      0, 10, 25, 60, 80, 200, 300, 400,
    ]);
    // The impression starts the clock and says nothing; the search names no item.
    expect(interactions.weights[0]).toBe(0);
    expect(interactions.items[7]).toBe(items.length);
    const sameSession = [...sessions].map((session, index) => index > 0 && session === sessions[index - 1]);
    expect(sameSession).toEqual([false, true, true, false, false, true, false, false]);
  });
});

describe("weights learned for a tree", () => {
  it("are of every node and of what is placed at inner nodes themselves", () => {
    // Item 0 stands at the root's child 1, which has the child 2 with item 1.
    const tree = categoryTree([0, 1]);
    const visits = (item: number, everyDays: number) =>
      Array.from({ length: 12 }, (_, visit) => ({ item, time: visit * everyDays * dayMs, weight: 1 }));
    const interactions = interactionTable([visits(0, 3), visits(1, 9), visits(1, 20)]);
    const sessions = Int32Array.from(interactions.items.keys());
    const histories = { interactions, sessions, until: 300 * dayMs };
    const learned = learnWeights(tree, [Int32Array.of(1), Int32Array.of(2)], histories);
    expect([...learned.rates].map((rate) => rate > 0)).toEqual([true, true, true, true, true, false]);
    // 11 returns of item 0, 22 of item 1, in 900 days.
    expect(learned.rates[4]).toBeCloseTo(11.5 / 900, 12);
    expect(learned.rates[2]).toBeCloseTo(22.5 / 900, 12);
    expect(learned.eventsPerVisit).toEqual(new Float64Array([1, 1, 1]));
  });
});

async function historiesOf(engine: Engine) {
  const merged = new Map(await engine.storage.users.merged());
  const toFoldable = (event: { item?: string; time: number; type: string }) => ({
    position: 0,
    time: event.time,
    type: event.type,
    item: event.item === undefined ? -1 : 0,
    nodes: Int32Array.of(0),
    weight: event.type === "impression" ? 0 : 1,
    value: Number.NaN,
    engaging: event.type !== "impression",
  });
  return readHistories(engine.storage.events, toFoldable, (id) => merged.get(id) ?? id, items.length);
}

function expectLinesToAddUp({ strength, shortTerm, longTerm, background }: ProfileInterest): void {
  const lines = shortTerm + longTerm + background.base + background.parent + background.activity;
  expect(lines).toBeCloseTo(strength, 12);
}

function expectStrengthsToAddUp({ interests, other }: Profile): void {
  expect(interests.reduce((sum, { strength }) => sum + strength, other)).toBeCloseTo(1, 12);
}
