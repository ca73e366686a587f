import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { hourMs } from "../base/time.ts";
import type { Recommendation } from "../core/recommendation.ts";
import { openEngine } from "../engine.ts";
import { loadModelFolder } from "../models/load.ts";
import { fakeClock, testStart } from "../testing/builders.ts";
import type { RecommendOptions } from "./engine-contract.ts";
import { items, opened, rounds, trainedFolders } from "./test-models.ts";

const trained = trainedFolders();
const sumOf = ({ reasons = [] }: Recommendation) => reasons.reduce((sum, { contribution }) => sum + contribution, 0);
const linesOf = (recommendations: readonly Recommendation[]) =>
  recommendations.flatMap(({ reasons = [] }) => reasons).filter(({ source }) => source === "model");

const interval = { value: expect.any(Number), low: expect.any(Number), high: expect.any(Number) };

describe("a model that is trained on the log", () => {
  it("is kept with all that says what it is", async () => {
    const engine = await opened(trained.copy());
    const { model: first, told } = trained.first;
    expect(first).toMatchObject({
      id: "ease-1",
      name: "ease",
      version: 1,
      config: { regularisation: 10 },
      seed: 1,
      trainedAt: testStart,
      data: { users: 24, items: 20, interactions: 144, position: 144, from: rounds[0].time },
      validation: { questions: 3, metrics: { "NDCG@10": interval, "HR@10": interval } },
      files: { "weights.safetensors": expect.stringMatching(/^[0-9a-f]{64}$/) },
      itemsUnknown: 0,
    });
    expect(told.at(-1)).toBe(1);
    const { models, ...list } = engine.models.list();
    expect(list).toEqual({ promoted: null, promotions: [], damaged: [] });
    expect(models.map(({ id }) => id)).toEqual([
      "ease-1",
      "item-knn-2",
      "markov-3",
      "user-knn-4",
      "sasrec-5",
      "long-short-6",
    ]);
    expect(models[0]).toEqual(first);
    expect(await engine.models.get("ease-1")).toEqual({ ...first, curve: [] });
    const { curve } = await engine.models.get("sasrec-5");
    expect(curve.map(({ epoch }) => epoch)).toEqual([1, 2, 3]);
    expect(curve[2]).toMatchObject({ metrics: { "NDCG@10": expect.any(Number) }, learningRate: 0.01 });
    expect(trained.first.points).toEqual(curve);
    // It says nothing of people: neither ids nor events.
    expect(readFileSync(join(trained.folder, "models/ease-1/model.json"), "utf8")).not.toMatch(/"u\d+"|"like"/);
  });

  it("scores from the next recommendation on once it is promoted, event by event, and no more once that is taken back", async () => {
    const engine = await opened(trained.copy());
    const before = await engine.recommend("u3", { limit: 20 });
    expect(linesOf(before.recommendations)).toEqual([]);

    expect(await engine.models.promote("ease-1")).toMatchObject({
      promoted: "ease-1",
      promotions: [{ at: testStart }],
    });
    const { recommendations } = await engine.recommend("u3", { limit: 20 });
    for (const recommendation of recommendations) expect(sumOf(recommendation)).toBeCloseTo(recommendation.score, 6);
    const lines = linesOf(recommendations);
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.every(({ model, event }) => model === "ease-1" && event?.item !== undefined)).toBe(true);

    expect(await engine.models.rollback()).toMatchObject({ promoted: null, promotions: [] });
    expect((await engine.recommend("u3", { limit: 20 })).recommendations).toEqual(before.recommendations);
    await expect(engine.models.rollback()).rejects.toMatchObject({ code: "PENCHANT_E_MODEL_NOT_FOUND" });
  });

  it("tells of long-term and short-term interest where it keeps them apart, and joins them as it is asked to", async () => {
    const engine = await opened(trained.copy(), { blend: { interest: 0, neighbour: 0, model: 1 } });
    await engine.models.promote("long-short-6");
    const asked = async (options: RecommendOptions = {}) => {
      const { recommendations } = await engine.recommend("u3", { limit: 20, ...options });
      for (const recommendation of recommendations) expect(sumOf(recommendation)).toBeCloseTo(recommendation.score, 6);
      return linesOf(recommendations).map(({ longShort }) => longShort!);
    };
    for (const { gate, short, long, interests } of await asked()) {
      expect(gate > 0 && gate < 1 && short < 0 && long < 0).toBe(true);
      expect(interests.length).toBeGreaterThan(0);
      expect(interests.every(({ path, share }) => path.length > 0 && share > 0)).toBe(true);
    }
    for (const [longShort, part] of [
      [0, "long"],
      [1, "short"],
    ] as const) {
      const lines = await asked({ longShort });
      expect(lines.every(({ gate }) => gate === longShort)).toBe(true);
      const scores = lines.map((line) => line[part]);
      expect(scores).toEqual([...scores].sort((a, b) => b - a));
    }
    const refused = { code: "PENCHANT_E_REQUEST_INVALID", message: expect.stringContaining("longShort") };
    await expect(engine.recommend("u3", { longShort: 1.5 })).rejects.toMatchObject(refused);
    const [best] = (await engine.rank("u3", [items[0].id, items[7].id], { explain: true, longShort: 1 })).ranking;
    expect(best.reasons).toMatchObject([{ source: "model", model: "long-short-6", longShort: { gate: 1 } }]);
  });

  it("scores in a thread where it is a network, by a sequence that has the newest event", async () => {
    const engine = await opened(trained.copy(), { blend: { interest: 0, neighbour: 0, model: 1 } });
    await engine.models.promote("sasrec-5");
    const { fitted: network } = await loadModelFolder(join(trained.folder, "models/sasrec-5"));
    const expected = (keys: number[]) => {
      const history = keys.map((item) => ({ item, time: testStart, weight: 1 }));
      const scores = [...network.score({ history, at: testStart })];
      const order = scores.map((_, key) => key).sort((a, b) => scores[b] - scores[a]);
      return order.filter((key) => !keys.includes(key)).map((key) => items[key].id);
    };
    const asked = async () => {
      const { recommendations } = await engine.recommend("new", { limit: 20 });
      for (const recommendation of recommendations) expect(sumOf(recommendation)).toBeCloseTo(recommendation.score, 6);
      expect(linesOf(recommendations).every(({ model, event }) => model === "sasrec-5" && !event)).toBe(true);
      return recommendations.map(({ item }) => item.id);
    };
    await engine.track([{ user: "new", type: "like", item: items[4].id, time: testStart - hourMs }]);
    expect(await asked()).toEqual(expected([4]));
    await engine.track([{ user: "new", type: "like", item: items[9].id, time: testStart }]);
    expect(await asked()).toEqual(expected([4, 9]));
  });

  it("is an ONNX graph, too, where it is a network, and plain ONNX Runtime scores with it alike", async () => {
    const folder = join(trained.folder, "models/sasrec-5");
    const { InferenceSession, Tensor } = await import("onnxruntime-node");
    const session = await InferenceSession.create(join(folder, "inference.onnx"));
    onTestFinished(() => session.release());
    const steps = new Int32Array(6);
    steps.set([3, 4, 5]);
    const { scores } = await session.run({
      steps: new Tensor("int32", steps, [1, 6]),
      ends: new Tensor("int32", Int32Array.of(2), [1]),
    });
    const history = [3, 4, 5].map((item) => ({ item, time: testStart, weight: 1 }));
    const own = (await loadModelFolder(folder)).fitted.score({ history, at: testStart });
    for (const [item, score] of own.entries()) expect((scores.data as Float32Array)[item]).toBeCloseTo(score, 3);
  });

  it("says nothing of items that came after its training, and how many those are", async () => {
    const engine = await opened(trained.copy(), { blend: { interest: 0, neighbour: 0, model: 1 } });
    await engine.models.promote("markov-3");
    await engine.putItems([{ id: "newcomer", title: "Garlic and mast" }]);
    expect(engine.models.list().models[2]).toMatchObject({ id: "markov-3", itemsUnknown: 1 });
    const { recommendations } = await engine.recommend("u1", { limit: 30 });
    expect(recommendations.map(({ item }) => item.id)).not.toContain("newcomer");
    // A history of nothing that the model knows is none to it.
    await engine.track([{ user: "pioneer", type: "like", item: "newcomer" }]);
    const popular = (await engine.recommend("pioneer")).recommendations;
    expect(popular.flatMap(({ reasons = [] }) => reasons).every(({ source }) => source === "popularity")).toBe(true);
  });

  it("places items that came after its training by their categories, where it reads these", async () => {
    const engine = await opened(trained.copy(), { blend: { interest: 0, neighbour: 0, model: 1 } });
    await engine.models.promote("sasrec-5");
    const isNew = ({ item }: { item: { id: string } }) => item.id.startsWith("newcomer");
    const newcomers = async () => (await engine.recommend("u1", { limit: 30 })).recommendations.filter(isNew);
    expect(await newcomers()).toEqual([]);
    const { title, categories } = items[7];
    for (const id of ["newcomer", "newcomer too"]) {
      await engine.putItems([{ id, title, categories: categories! }]);
      const found = await newcomers();
      expect(found.at(-1)).toMatchObject({ reasons: [{ source: "model", model: "sasrec-5" }] });
    }
    expect((await newcomers()).map(({ item }) => item.id)).toEqual(["newcomer", "newcomer too"]);
    // They are read as well.
    await engine.track([{ user: "pioneer", type: "like", item: "newcomer" }]);
    const [best] = (await engine.recommend("pioneer")).recommendations;
    expect(best.reasons).toMatchObject([{ source: "model" }]);
  });

  it("hears nothing of what the user has muted or forgotten", async () => {
    const engine = await opened(trained.copy(), { blend: { interest: 0, neighbour: 0, model: 1 } });
    await engine.models.promote("item-knn-2");
    const cooking = engine.interests().find(({ label }) => label === "Cooking")!;
    await engine.steer("u3", cooking.id, { action: "forget" });
    const lines = linesOf((await engine.recommend("u3", { limit: 20 })).recommendations);
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.map(({ event }) => event?.item?.id).filter((id) => id?.startsWith("cooking"))).toEqual([]);
  });

  it("scores again after a restart", async () => {
    const dataDir = trained.copy();
    const engine = await openEngine({ dataDir, clock: fakeClock() });
    await engine.models.promote("markov-3");
    const before = await engine.recommend("u3");
    await engine.close();
    const again = await opened(dataDir);
    expect(again.models.list().promoted).toBe("markov-3");
    expect(await again.recommend("u3")).toEqual(before);
  });
});

describe("a model that cannot be used", () => {
  const damage = (path: string) => writeFileSync(path, "not a model");

  it("is not promoted, and what scored before goes on", async () => {
    const dataDir = trained.copy();
    const engine = await opened(dataDir);
    await engine.models.promote("item-knn-2");
    damage(join(dataDir, "models/ease-1/weights.safetensors"));
    await expect(engine.models.promote("ease-1")).rejects.toMatchObject({
      code: "PENCHANT_E_MODEL_FILE",
      message: expect.stringContaining("ease-1: expected a stored model, but weights.safetensors is not the file"),
    });
    expect(engine.models.list()).toMatchObject({
      promoted: "item-knn-2",
      damaged: [{ id: "ease-1", problem: expect.stringMatching(/^models.ease-1: expected a stored model/) }],
    });
    expect(linesOf((await engine.recommend("u3")).recommendations).length).toBeGreaterThan(0);
    await expect(engine.models.promote("oracle-9")).rejects.toMatchObject({ code: "PENCHANT_E_MODEL_NOT_FOUND" });
  });

  it("leaves an engine that starts without it, and says so", async () => {
    const dataDir = trained.copy();
    const engine = await opened(dataDir);
    await engine.models.promote("markov-3");
    await engine.close();
    damage(join(dataDir, "models/markov-3/weights.safetensors"));
    const errors: unknown[] = [];
    const again = await opened(dataDir, { onBackgroundError: (error) => errors.push(error) });
    expect(errors).toMatchObject([{ code: "PENCHANT_E_MODEL_FILE" }]);
    expect(again.models.list()).toMatchObject({ promoted: null, damaged: [{ id: "markov-3" }] });
    expect((await again.recommend("u3")).recommendations.length).toBeGreaterThan(0);
  });

  it.each([
    ["of another version", '"version": 1', '"version": 9'],
    ["of another kind", '"name": "markov"', '"name": "oracle"'],
    ["with facts that are none", '"trainedAt"', '"trainedWhen"'],
  ])("is told of where it is %s", async (_, from, to) => {
    const dataDir = trained.copy();
    const path = join(dataDir, "models/markov-3/model.json");
    writeFileSync(path, readFileSync(path, "utf8").replace(from, to));
    const again = await opened(dataDir);
    await expect(again.models.promote("markov-3")).rejects.toMatchObject({ code: "PENCHANT_E_MODEL_FILE" });
    expect(again.models.list().damaged).toMatchObject([{ id: "markov-3" }]);
  });

  it("is not served from a list of promotions that cannot be read, which the next promotion replaces", async () => {
    const dataDir = trained.copy();
    damage(join(dataDir, "models/promotions.json"));
    const again = await opened(dataDir);
    expect(again.models.list()).toMatchObject({ promoted: null, damaged: [{ id: "promotions.json" }] });
    expect(await again.models.promote("markov-3")).toMatchObject({ promoted: "markov-3", damaged: [] });
  });
});

describe("erasing a person", () => {
  it("takes the models with it that hold people's histories, and the one before scores again", async () => {
    const dataDir = trained.copy();
    const engine = await opened(dataDir);
    for (const model of ["item-knn-2", "user-knn-4"]) await engine.models.promote(model);
    await engine.erase("u3");
    const { promoted, models } = engine.models.list();
    expect(promoted).toBe("item-knn-2");
    expect(models.map(({ id }) => id)).toEqual(["ease-1", "item-knn-2", "markov-3", "sasrec-5", "long-short-6"]);
    expect(existsSync(join(dataDir, "models/user-knn-4"))).toBe(false);
  });
});
