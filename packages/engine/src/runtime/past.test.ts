import { describe, expect, it } from "vitest";
import { dayMs } from "../base/time.ts";
import { day, testStart } from "../testing/builders.ts";
import { engineForTests, history, items, users } from "./test-engines.ts";

describe("a history of profiles", () => {
  const here = engineForTests();

  it("of a log in the order of time, folded once, has the profiles of its moments to the bit", async () => {
    await here.engine.putItems(items);
    const events = history(120).sort((a, b) => (a.time as number) - (b.time as number));
    await here.engine.track(events);
    await here.engine.steer("ada", "chess", { action: "forget" });
    here.clock.advance(dayMs);
    for (const user of users) {
      const options = { from: day(-101), to: testStart + dayMs, stepMs: 6 * dayMs };
      const profiles = await here.engine.profileHistory(user, options);
      expect(profiles).toHaveLength(18);
      expect(profiles[0].events).toBe(0);
      for (const profile of profiles) {
        expect(await here.engine.profile(user, { at: profile.at, evidence: 0 })).toEqual(profile);
      }
    }
    here.clock.advance(-dayMs);
  });

  it("tells what changed between two moments as the profiles of these moments do", async () => {
    await here.engine.putItems(items);
    await here.engine.track(history(200));
    const changes = await here.engine.profileChanges("ada", { from: day(-60), to: day(-10) });
    const [before, after] = await Promise.all([-60, -10].map((days) => here.engine.profile("ada", { at: day(days) })));
    expect(changes).toMatchObject({ from: day(-60), to: day(-10), events: after.events - before.events });
    expect(changes.intensity).toEqual({ before: before.intensity, after: after.intensity });
    for (const { interest, strength, phase } of changes.changes.filter(({ interest }) => interest.level === 1)) {
      const [was, is] = [before, after].map(({ interests }) =>
        interests.find((one) => one.interest.id === interest.id),
      );
      expect(strength).toEqual({ before: was?.strength ?? 0, after: is?.strength ?? 0 });
      expect(phase).toEqual({ before: was?.phase ?? null, after: is?.phase ?? null });
    }
    expect(changes.changes.length).toBeGreaterThan(0);
    await expect(here.engine.profileChanges("ada", { from: day(-1), to: day(-2) })).rejects.toMatchObject({
      code: "PENCHANT_E_REQUEST_INVALID",
      message: expect.stringContaining("before 2025-12-30") as string,
    });
  });
});
