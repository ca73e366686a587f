import { describe, expect, onTestFinished, test } from "vitest";
import type { EventInput } from "../core/event.ts";
import { type Engine, type EngineOptions, openEngine } from "../engine.ts";
import { folderWith } from "../testing/folder.ts";
import { rememberSpans } from "../testing/spans.ts";

async function open(options: EngineOptions = {}) {
  const engine = await openEngine({ dataDir: folderWith(), ...options });
  onTestFinished(() => engine.close());
  return engine;
}

const views = (user: string, count: number) => Array.from({ length: count }, () => ({ user, type: "view" }));

describe("events on their way", () => {
  test("are bounded: what would go over the bound is refused whole, and taken once there is room", async () => {
    const engine = await open({ eventsInFlight: 100 });
    const first = engine.track(views("ada", 60));
    expect(engine.figures().intake).toEqual({ eventsInFlight: 60, eventsInFlightMax: 100 });
    await expect(engine.track(views("bert", 41))).rejects.toMatchObject({
      code: "PENCHANT_E_OVERLOADED",
      details: { events: 41, waiting: 60, limit: 100 },
    });
    const second = engine.track(views("bert", 40));
    await Promise.all([first, second]);
    expect(engine.figures().intake.eventsInFlight).toBe(0);
    await engine.track(views("bert", 1));
    expect((await engine.user("bert"))?.events).toBe(41);
  });

  test("that are more than the bound can never be taken, and are told to be split", async () => {
    const engine = await open({ eventsInFlight: 10 });
    await expect(engine.track(views("ada", 11))).rejects.toThrow(/11 events .* 10 .*split it/);
  });

  test("count as on their way while folding waits behind a rebuild", async () => {
    const engine = await open({ eventsInFlight: 50 });
    await engine.track(views("ada", 50));
    const rebuilt = engine.rebuild({ tree: false });
    const waiting = engine.track(views("bert", 50));
    await expect(engine.track(views("cleo", 1))).rejects.toMatchObject({ code: "PENCHANT_E_OVERLOADED" });
    await Promise.all([rebuilt, waiting]);
    expect((await engine.user("bert"))?.events).toBe(50);
  });

  test("are finished before the engine closes, later ones refused", async () => {
    const dataDir = folderWith();
    const engine = await openEngine({ dataDir });
    const tracked = engine.track(views("ada", 20));
    const closed = engine.close();
    await expect(engine.track(views("ada", 1))).rejects.toMatchObject({ code: "PENCHANT_E_CLOSED" });
    expect(await tracked).toHaveLength(20);
    await closed;
    const again = await open({ dataDir });
    expect(again.figures().log).toMatchObject({ position: 20, flushedPosition: 20 });
    expect((await again.user("ada"))?.events).toBe(20);
  });
});

describe("the figures of an engine", () => {
  test("tell how far the states are behind the log, what the cache does, and what commits cost", async () => {
    const engine = await open({ flushIntervalSeconds: 3_600, clock: { now: () => 1_700_000_000_000 } });
    expect(engine.figures()).toMatchObject({
      log: { position: 0, foldedPosition: 0, flushedPosition: 0 },
      models: { treeVersion: 1, fittedAt: null },
    });
    await engine.putItems([{ id: "m1", title: "Heat", categories: [["Film", "Crime"]] }]);
    await engine.track(views("ada", 3));
    await engine.track([...views("ada", 1), ...views("bert", 1)]);
    await engine.profile("ada");
    await engine.profile("nobody");
    const { log, states, storage, catalogue } = engine.figures();
    expect(log).toEqual({ position: 5, foldedPosition: 5, flushedPosition: 0 });
    // Missed: ada's and bert's first events, and nobody. Found: ada's second batch, and her profile.
    expect(states).toEqual({ cached: 2, dirty: 2, hits: 2, misses: 3 });
    expect(catalogue).toEqual({ items: 1, interests: 2 });
    expect(storage).toMatchObject({ queuedEvents: 0, queuedEventsMax: 100_000 });
    expect(storage.commitEvents).toMatchObject({ count: 2, sum: 5 });
    expect(storage.commitEvents.counts.slice(0, 3)).toEqual([0, 2, 0]);
    expect(storage.commitSeconds.count).toBe(2);
    expect(storage.commitSeconds.sum).toBeGreaterThan(0);
    await engine.rebuild();
    expect(engine.figures()).toMatchObject({
      log: { flushedPosition: 5 },
      models: { treeVersion: 2, fittedAt: 1_700_000_000_000 },
    });
  });

  test("remember when the models were fitted", async () => {
    const dataDir = folderWith();
    const clock = { now: () => 1_700_000_000_000 };
    const engine = await openEngine({ dataDir, clock });
    await engine.putItems([{ id: "m1", title: "Heat" }]);
    await engine.rebuild();
    await engine.close();
    expect((await open({ dataDir })).figures().models.fittedAt).toBe(1_700_000_000_000);
  });
});

describe("traces", () => {
  test("have spans around appending, folding and recommending, under the caller's, and name no person", async () => {
    const { spans, tracer } = rememberSpans();
    const engine = await open({ strictTypes: true });
    await tracer.startActiveSpan("caller", async () => {
      await engine.track(views("ada", 2));
      await engine.recommend("ada");
    });
    expect(spans.map(({ name, parent, ended }) => [name, parent, ended])).toEqual([
      ["caller", undefined, false],
      ["penchant.append", "caller", true],
      ["penchant.fold", "caller", true],
      ["penchant.recommend", "caller", true],
    ]);
    expect(spans[1].attributes).toEqual({ "penchant.events": 2 });
    await expect(engine.recommend("ada", { limit: 0 })).rejects.toThrow();
    expect(spans.at(-1)).toMatchObject({ ended: true, status: { message: "PENCHANT_E_REQUEST_INVALID" } });
    expect(JSON.stringify(spans)).not.toContain("ada");
  });
});

describe("words whose type weighs by sentiment", () => {
  const valuesOf = async (options: EngineOptions, events: EventInput[]) => {
    const engine = await open(options);
    await engine.putItems([{ id: "heat", title: "Heat", categories: [["Crime"]] }]);
    await engine.track(events.map((event) => ({ item: "heat", ...event })));
    const { events: kept } = await engine.userEvents("ada", { limit: 10 });
    return { engine, values: kept.map(({ value }) => value) };
  };
  const comment = (text: string, value?: number) => ({
    user: "ada",
    type: "comment",
    text,
    ...(value !== undefined && { value }),
  });

  test("are read once, when they come, and a hostile comment is a rejection", async () => {
    const hostile = comment("What a terrible film, I hate it.");
    const { engine, values } = await valuesOf({ eventWeights: { comment: "sentiment" } }, [hostile]);
    expect(values[0]).toBeLessThan(-0.5);
    const plain = await valuesOf({}, [hostile]);
    expect(plain.values).toEqual([undefined]);
    const crime = async (of: Engine) =>
      (await of.profile("ada")).interests.find(({ interest }) => interest.label === "Crime");
    expect((await crime(plain.engine))?.intensity).toBeGreaterThan((await crime(engine))?.intensity ?? 0);
  });

  test("keep a value that they come with, and get none where nothing tells", async () => {
    const { values } = await valuesOf({ eventWeights: { comment: "sentiment" } }, [
      { ...comment("Tekst zonder oordeel"), time: new Date(1e12) },
      { ...comment("I hate it", 0.9), time: new Date(1e12 + 1) },
    ]);
    expect(values).toEqual([0.9, undefined]);
  });
});
