import { describe, expect, it } from "vitest";
import { dayMs } from "../base/time.ts";
import { limits } from "../core/limits.ts";
import { day } from "../testing/builders.ts";
import type { ProfileUpdate } from "./profile-watches.ts";
import { engineForTests, items } from "./test-engines.ts";

describe("watching a profile", () => {
  const here = engineForTests();

  const like = (item: string, time = day(0)) => here.engine.track([{ user: "ada", type: "like", item, time }]);

  it("gives many changes at once to a reader who was not ready for them", async () => {
    await here.engine.putItems(items);
    const updates = here.engine.watchProfile("ada");
    expect((await updates.next()).value).toMatchObject({ kind: "profile", profile: { events: 0 } });
    for (let index = 0; index < 10; index++) await like(`chess-${index}`);
    const changes = (await updates.next()).value as Extract<ProfileUpdate, { kind: "changes" }>;
    expect(changes.changes).toMatchObject({ events: 10, from: day(0), to: day(0) });
    expect((await updates.next()).value).toMatchObject({
      kind: "phase",
      transition: { interest: { id: "chess" }, before: null, after: "emerging" },
    });
    await updates.return();
  });

  it("adds up to what a profile has become, and tells a phase that time has turned with the next event", async () => {
    await here.engine.putItems(items);
    for (let month = 0; month < 12; month++) await like("chess-1", day(-30 * month));
    const updates = here.engine.watchProfile("ada");
    await updates.next();
    here.clock.advance(200 * dayMs);
    await like("sailing-1", day(200));
    expect((await updates.next()).value).toMatchObject({ kind: "changes", changes: { events: 1, to: day(200) } });
    const turned = new Map<string, string>();
    while (turned.size < 2) {
      const { value } = await updates.next();
      if (value?.kind === "phase") turned.set(value.transition.interest.id, value.transition.after);
    }
    expect(Object.fromEntries(turned)).toEqual({ chess: "dormant", sailing: "emerging" });
    await updates.return();
    here.clock.advance(-200 * dayMs);
  });

  it("ends with the signal, and when the engine is closed", async () => {
    const leaving = new AbortController();
    const left = here.engine.watchProfile("ada", { signal: leaving.signal });
    const stayed = here.engine.watchProfile("ada");
    await Promise.all([left.next(), stayed.next()]);
    const waiting = [left.next(), stayed.next()];
    leaving.abort();
    expect(await waiting[0]).toEqual({ done: true, value: undefined });
    await here.reopen();
    expect(await waiting[1]).toEqual({ done: true, value: undefined });
  });

  it("is refused above the limit, and possible again once another has ended", async () => {
    const open = Array.from({ length: limits.profileStreams }, () => here.engine.watchProfile("ada"));
    for (const updates of open) await updates.next();
    const oneMore = here.engine.watchProfile("bob");
    await expect(oneMore.next()).rejects.toMatchObject({ code: "PENCHANT_E_STREAMS_BUSY" });
    await open[0].return();
    const another = here.engine.watchProfile("bob");
    expect((await another.next()).value).toMatchObject({ kind: "profile" });
    await Promise.all([...open, another].map((updates) => updates.return()));
  });
});
