import { describe, expect, it } from "vitest";
import { dayMs } from "../base/time.ts";
import type { Profile, ProfileInterest } from "../core/profile.ts";
import type { Engine } from "../engine.ts";
import { day, testStart } from "../testing/builders.ts";
import { engineForTests, history, items, users } from "./test-engines.ts";

const flat = (interests: readonly ProfileInterest[]): ProfileInterest[] =>
  interests.flatMap((interest) => [interest, ...flat(interest.children)]);

const find = ({ interests }: Profile, id: string) => flat(interests).find(({ interest }) => interest.id === id);

const ofTheme = (theme: string, count: number, daysAgo: number) =>
  Array.from({ length: count }, (_, index) => ({
    id: `${theme}-${index}-${daysAgo}`,
    user: "ada",
    type: "like",
    item: `${theme}-${index}`,
    time: day(-daysAgo) + index,
  }));

describe("steering", () => {
  const here = engineForTests();

  async function withTastes(): Promise<Engine> {
    await here.engine.putItems(items);
    await here.engine.track([...ofTheme("chess", 6, 20), ...ofTheme("sailing", 6, 10), ...ofTheme("cooking", 3, 5)]);
    return here.engine;
  }

  it("boosts an interest's intensity by the factor, leaves its siblings theirs, and shares still add up", async () => {
    const engine = await withTastes();
    const before = await engine.profile("ada");
    expect(await engine.steer("ada", "chess", { action: "boost", factor: 3 })).toEqual([
      { action: "boost", factor: 3 },
    ]);
    const after = await engine.profile("ada");
    expect(find(after, "chess")!.intensity).toBeCloseTo(3 * find(before, "chess")!.intensity, 12);
    expect(find(after, "sailing")!.intensity).toBeCloseTo(find(before, "sailing")!.intensity, 12);
    expect(after.intensity).toBeCloseTo(before.intensity + 2 * find(before, "chess")!.intensity, 12);
    const shares = after.interests.reduce((sum, { strength }) => sum + strength, after.other);
    expect(shares).toBeCloseTo(1, 12);
    for (const { strength, shortTerm, longTerm, background } of flat(after.interests)) {
      const parts = shortTerm + longTerm + background.base + background.parent + background.activity;
      expect(parts).toBeCloseTo(strength, 12);
    }
    expect(find(after, "chess")!.steering).toEqual([{ action: "boost", factor: 3 }]);
    expect(find(after, "sailing")).not.toHaveProperty("steering");
  });

  it("mutes an interest: its strength is 0, and nothing wholly under it is recommended or speaks for anything", async () => {
    const engine = await withTastes();
    await engine.rebuild();
    const recommended = async () => (await engine.recommend("ada", { limit: 80 })).recommendations;
    expect((await recommended()).some(({ item }) => item.id.startsWith("chess"))).toBe(true);
    await engine.steer("ada", "chess", { action: "mute" });
    const profile = await engine.profile("ada");
    expect(find(profile, "chess")).toMatchObject({ strength: 0, intensity: 0, steering: [{ action: "mute" }] });
    expect(find(profile, "chess")!.evidence.length).toBeGreaterThan(0);
    const items = await recommended();
    expect(items.length).toBeGreaterThan(0);
    expect(items.some(({ item }) => item.id.startsWith("chess"))).toBe(false);
    const events = items.flatMap(({ reasons }) => reasons!.map(({ event }) => event?.item?.id ?? ""));
    expect(events.some((id) => id.startsWith("chess"))).toBe(false);
  });

  it("lets a mute win over a boost for as long as it lasts", async () => {
    const engine = await withTastes();
    const unsteered = find(await engine.profile("ada", { at: day(3) }), "chess")!;
    await engine.steer("ada", "chess", { action: "boost", factor: 2 });
    await engine.steer("ada", "chess", { action: "mute", until: new Date(day(2)) });
    expect(find(await engine.profile("ada"), "chess")!.strength).toBe(0);
    here.clock.advance(3 * dayMs);
    const later = find(await engine.profile("ada"), "chess")!;
    expect(later.intensity).toBeCloseTo(2 * unsteered.intensity, 12);
    here.clock.advance(-3 * dayMs);
  });

  it("shows a pinned interest whatever its strength, and whether or not anything was done under it", async () => {
    const engine = await withTastes();
    expect(find(await engine.profile("ada"), "gardening")).toBeUndefined();
    await engine.steer("ada", "gardening", { action: "pin" });
    const shown = find(await engine.profile("ada", { minStrength: 0.9 }), "gardening");
    expect(shown).toMatchObject({ phase: "dormant", evidence: [], lastSeen: null, steering: [{ action: "pin" }] });
  });

  it("forgets what was done so far, late arrivals included, and counts what comes later", async () => {
    const engine = await withTastes();
    await engine.steer("ada", "chess", { action: "forget" });
    expect(find(await engine.profile("ada"), "chess")).toBeUndefined();
    await engine.track([{ user: "ada", type: "like", item: "chess-9", time: day(-1) }]);
    expect(find(await engine.profile("ada"), "chess")).toBeUndefined();
    const { recommendations } = await engine.recommend("ada", { limit: 80 });
    const reasons = recommendations.flatMap(({ reasons }) => reasons!);
    expect(reasons.some(({ event }) => event?.item?.id.startsWith("chess"))).toBe(false);
    here.clock.advance(1);
    await engine.track([{ user: "ada", type: "like", item: "chess-9" }]);
    const chess = find(await engine.profile("ada"), "chess")!;
    expect(chess.evidence).toHaveLength(1);
    await engine.steer("ada", "chess", { action: "clear" });
    expect(find(await engine.profile("ada"), "chess")).toEqual(chess);
    here.clock.advance(-1);
  });

  it("forgets everything at the root, and leaves the numbers of a stranger", async () => {
    const engine = await withTastes();
    await engine.steer("ada", "all", { action: "forget" });
    const { interests, intensity } = await engine.profile("ada");
    expect(interests).toEqual([]);
    expect(intensity).toBeLessThan((await engine.profile("nobody")).intensity);
  });

  it("clears pins, boosts and mutes", async () => {
    const engine = await withTastes();
    const before = await engine.profile("ada");
    for (const action of ["pin", "boost", "mute"] as const) await engine.steer("ada", "chess", { action });
    expect(await engine.profile("ada")).not.toEqual(before);
    expect(await engine.steer("ada", "chess", { action: "clear" })).toEqual([]);
    expect(await engine.profile("ada")).toEqual(before);
  });

  it("reads the steering of a past moment as it stood then", async () => {
    const engine = await withTastes();
    const before = await engine.profile("ada");
    here.clock.advance(dayMs);
    await engine.steer("ada", "chess", { action: "mute" });
    here.clock.advance(dayMs);
    await engine.steer("ada", "sailing", { action: "forget" });
    here.clock.advance(dayMs);
    expect(await engine.profile("ada", { at: testStart })).toEqual(before);
    const between = await engine.profile("ada", { at: day(1) });
    expect(find(between, "chess")!.strength).toBe(0);
    expect(find(between, "sailing")!.strength).toBeGreaterThan(0);
    expect(find(await engine.profile("ada"), "sailing")).toBeUndefined();
    here.clock.advance(-3 * dayMs);
  });

  it("has the same states to the bit, whether they lived, were recovered or rebuilt", async () => {
    await here.engine.putItems(items);
    const events = history(200);
    const steps = ["boost", "mute", "forget", "pin", "clear"] as const;
    for (const [index, action] of steps.entries()) {
      await here.engine.track(events.slice(index * 40, index * 40 + 40));
      for (const user of users.slice(0, 3)) {
        await here.engine.steer(user, ["chess", "cooking"][index % 2], { action });
        await here.engine.steer(user, "sailing", { action: "forget" });
      }
    }
    // A stranger may have wishes too.
    await here.engine.steer("eve", "chess", { action: "mute" });
    const live = await here.profiles();
    await here.reopen();
    const bytes = await here.storedStates();
    expect(await here.profiles()).toEqual(live);
    await here.engine.rebuild({ tree: false });
    expect(await here.storedStates()).toEqual(bytes);
    expect(await here.profiles()).toEqual(live);
    expect(await here.engine.steer("eve", "chess", { action: "pin" })).toHaveLength(2);
    expect((await here.engine.status()).events).toBe(200);
    expect(await here.engine.check()).toEqual([]);
  });

  it("stands after the tree was built anew, by the interests' ids", async () => {
    const engine = await withTastes();
    await engine.steer("ada", "chess", { action: "mute" });
    await engine.steer("ada", "sailing", { action: "forget" });
    await engine.rebuild();
    await here.reopen();
    const profile = await here.engine.profile("ada");
    expect(find(profile, "chess")).toMatchObject({ strength: 0, steering: [{ action: "mute" }] });
    expect(find(profile, "sailing")).toBeUndefined();
  });

  it("goes with the user", async () => {
    const engine = await withTastes();
    await engine.steer("ada", "chess", { action: "mute" });
    await engine.erase("ada");
    await engine.track(ofTheme("chess", 3, 1));
    expect(find(await engine.profile("ada"), "chess")).not.toHaveProperty("steering");
    await here.reopen();
    expect(find(await here.engine.profile("ada"), "chess")!.strength).toBeGreaterThan(0);
  });

  it("shows what would be if an interest were gone, and changes nothing by it", async () => {
    const engine = await withTastes();
    await engine.rebuild();
    const before = await engine.profile("ada");
    const without = await engine.profile("ada", { without: "chess" });
    expect(find(without, "chess")).toBeUndefined();
    expect(without.intensity).toBeLessThan(before.intensity);
    const { recommendations } = await engine.recommend("ada", { without: "chess", limit: 50 });
    const reasons = recommendations.flatMap(({ reasons }) => reasons!);
    expect(reasons.some(({ event }) => event?.item?.id.startsWith("chess"))).toBe(false);
    expect(await engine.profile("ada")).toEqual(before);
    const past = await engine.profile("ada", { at: day(-15), without: "chess" });
    expect(past.interests).toEqual([]);
  });

  it("refuses what cannot be, and says why", async () => {
    const engine = await withTastes();
    const refused = async (interest: string, steering: object, code: string, message: RegExp) =>
      expect(engine.steer("ada", interest, steering as never)).rejects.toMatchObject({
        code,
        message: expect.stringMatching(message) as string,
      });
    await refused("nowhere", { action: "pin" }, "PENCHANT_E_INTEREST_NOT_FOUND", /"nowhere"/);
    await refused("chess", { action: "like" }, "PENCHANT_E_STEERING", /expected one of pin, .* got "like"/);
    await refused("chess", { action: "boost", factor: 0 }, "PENCHANT_E_STEERING", /above 0.*got 0/);
    await refused("chess", { action: "boost", factor: Number.NaN }, "PENCHANT_E_STEERING", /above 0/);
    await refused("chess", { action: "boost", factor: 101 }, "PENCHANT_E_STEERING", /at most 100, got 101/);
    await refused("chess", { action: "mute", factor: 2 }, "PENCHANT_E_STEERING", /a mute has none/);
    await refused("chess", { action: "pin", until: day(-1) }, "PENCHANT_E_STEERING", /after 2026-01-01/);
    await refused("chess", { action: "forget", until: day(1) }, "PENCHANT_E_STEERING", /for good/);
    await refused("all", { action: "mute" }, "PENCHANT_E_STEERING", /root/);
    await expect(engine.steer("", "chess", { action: "pin" })).rejects.toMatchObject({ code: "PENCHANT_E_ID_INVALID" });
    await expect(engine.profile("ada", { without: "x" })).rejects.toMatchObject({
      code: "PENCHANT_E_INTEREST_NOT_FOUND",
    });
  });
});
