import { describe, expect, it, onTestFinished, vi } from "vitest";
import { dayMs } from "../../base/time.ts";
import { fakeClock, testStart } from "../../testing/builders.ts";
import { folderWith } from "../../testing/folder.ts";
import { allJobsOver, filled, items, opened, rounds } from "../test-models.ts";

describe("jobs", () => {
  it("tell how far they are and what came of them", async () => {
    const engine = await filled(await opened());
    const { id, state } = await engine.models.startTraining({ model: "markov", promote: true });
    expect(state).toBe("running");
    await allJobsOver(engine);
    expect(engine.models.job(id)).toMatchObject({
      model: "markov",
      startedBy: "request",
      state: "done",
      progress: 1,
      result: { model: "markov-1", promoted: true },
    });
    const { curve, ...job } = engine.models.job(id);
    expect(curve).toEqual([]);
    expect(engine.models.jobs()).toEqual([job]);
    expect(engine.models.list().promoted).toBe("markov-1");
  });

  it("are one at a time, and leave nothing when they are cancelled", async () => {
    const engine = await filled(await opened());
    const { id } = await engine.models.startTraining({ model: "sasrec", config: { epochs: 10_000, patience: 10_000 } });
    await expect(engine.models.startTraining({ model: "ease" })).rejects.toMatchObject({
      code: "PENCHANT_E_JOBS_BUSY",
    });
    expect(await engine.models.cancelJob(id)).toMatchObject({ state: "cancelled", endedAt: testStart });
    expect(await engine.models.cancelJob(id)).toMatchObject({ state: "cancelled" });
    expect(engine.models.list()).toMatchObject({ models: [], damaged: [] });
    expect(() => engine.models.job("another")).toThrow(expect.objectContaining({ code: "PENCHANT_E_JOB_NOT_FOUND" }));
    const stopping = new AbortController();
    const trained = engine.train({ model: "sasrec", config: { epochs: 10_000 }, signal: stopping.signal });
    stopping.abort(new Error("enough"));
    await expect(trained).rejects.toThrow("enough");
  });

  it.each([
    [{ model: "oracle" }, "PENCHANT_E_MODEL_CONFIG", "expected one of"],
    [{ model: "ease", config: { depth: 3 } }, "PENCHANT_E_MODEL_CONFIG", "depth is no setting of it"],
    [{ model: "ease", config: { regularisation: "much" } }, "PENCHANT_E_MODEL_CONFIG", "must be a number"],
    [{ model: "ease", config: { regularisation: -1 } }, "PENCHANT_E_MODEL_CONFIG", "expected a number from"],
  ])("of %j are refused", async (request, code, message) => {
    const engine = await filled(await opened());
    await expect(engine.train(request)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message) as string,
    });
    expect(engine.models.list().models).toEqual([]);
  });

  it("fail where there is nothing to learn from", async () => {
    const engine = await opened();
    await expect(engine.train({ model: "ease" })).rejects.toMatchObject({ code: "PENCHANT_E_MODEL_DATA" });
    expect(engine.models.jobs()).toMatchObject([{ state: "failed", error: { code: "PENCHANT_E_MODEL_DATA" } }]);
  });
});

describe("training again by itself", () => {
  /** The time of looking is real, and what is looked for is the clock's. */
  const looked = () => vi.advanceTimersByTimeAsync(60_000);

  it("happens once so much time has passed and so many events have come, and promotes what is not worse", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    onTestFinished(() => void vi.useRealTimers());
    const clock = fakeClock();
    const dataDir = folderWith();
    const engine = await filled(await opened(dataDir, { clock, retrain: { every: "1d", minNewEvents: 10 } }));
    const more = (count: number, from: number) =>
      engine.track(
        Array.from({ length: count }, (_, step) => ({
          user: `u${step % 12}`,
          type: "like",
          item: items[(step + 7 + from) % items.length].id,
          time: clock.now() + step,
        })),
      );
    await looked();
    expect(engine.models.jobs()).toEqual([]);
    await engine.train({ model: "markov", config: { gapMax: 2 }, promote: true });
    await more(9, 0);
    clock.advance(2 * dayMs);
    await looked();
    expect(engine.models.jobs()).toHaveLength(1);
    await more(12, 3);
    await looked();
    await allJobsOver(engine);
    const [job] = engine.models.jobs();
    expect(job).toMatchObject({ model: "markov", config: { gapMax: 2 }, startedBy: "schedule", state: "done" });
    const { validation } = engine.models.list().models[1];
    expect(validation.rival).toMatchObject({ model: "markov-1", questions: expect.any(Number) });
    const { own, rivals, questions } = validation.rival!;
    expect(questions).toBeGreaterThan(0);
    expect(job.result).toEqual({ model: "markov-2", promoted: own >= rivals });

    // A restart does not begin to count anew.
    await engine.close();
    const again = await opened(dataDir, { clock, retrain: { every: "1d", minNewEvents: 10 } });
    await looked();
    expect(again.models.jobs()).toEqual([]);
    await again.track(rounds.map(({ id, ...event }) => ({ ...event, id: `again-${id}`, time: clock.now() })));
    await looked();
    expect(again.models.jobs()).toEqual([]);
    clock.advance(2 * dayMs);
    await looked();
    expect(again.models.jobs()).toMatchObject([{ model: "markov", startedBy: "schedule" }]);
    await allJobsOver(again);
  });
});
