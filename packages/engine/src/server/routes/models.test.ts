import { describe, expect, test, vi } from "vitest";
import type { TrainableModel, TrainingJobDetail } from "../../core/registered-model.ts";
import { recommenderModels } from "../../models/all.ts";
import type { Answer } from "../test-client.ts";
import { films, history, testApi } from "../test-client.ts";
import { keyedApi } from "../test-keys.ts";

const { ask } = testApi();

type Asking = (method: "GET" | "POST" | "DELETE", url: string, body?: object) => Promise<Answer>;

/** The job once it is over. */
async function over(asking: Asking, { id }: { id: string }): Promise<TrainingJobDetail> {
  let job: TrainingJobDetail | undefined;
  await vi.waitUntil(
    async () => {
      job = (await asking("GET", `/v1/jobs/${id}`)).body as TrainingJobDetail;
      return job.state !== "running";
    },
    { timeout: 60_000, interval: 50 },
  );
  return job!;
}

const modelLines = ({ body }: Answer) =>
  body.recommendations
    .flatMap(({ reasons }: { reasons: { source: string }[] }) => reasons)
    .filter(({ source }: { source: string }) => source === "model");

describe("training over HTTP", () => {
  test("answers with a job, whose model scores from the next request on once it is promoted", async () => {
    const started = await ask("POST", "/v1/train", { model: "ease", config: { regularisation: 5 } });
    expect(started).toMatchObject({ status: 202, body: { model: "ease", state: "running", startedBy: "request" } });
    const job = await over(ask, started.body);
    expect(job).toMatchObject({ state: "done", progress: 1, result: { model: "ease-1", promoted: false } });
    const { curve, ...listed } = job;
    expect(curve).toEqual([]);
    expect((await ask("GET", "/v1/jobs")).body.jobs).toEqual([listed]);
    const { body } = await ask("GET", "/v1/models/ease-1");
    expect(body).toMatchObject({ id: "ease-1", curve: [] });
    for (const { value, low, high } of Object.values<Record<string, number>>(body.validation.metrics)) {
      expect(low).toBeLessThanOrEqual(value);
      expect(high).toBeGreaterThanOrEqual(value);
    }

    const url = "/v1/users/ada/recommendations?limit=20";
    expect(modelLines(await ask("GET", url))).toEqual([]);
    expect((await ask("GET", "/v1/models")).body).toMatchObject({ promoted: null, models: [{ id: "ease-1" }] });
    expect((await ask("POST", "/v1/models/ease-1/promote")).body).toMatchObject({ promoted: "ease-1" });
    const after = await ask("GET", url);
    expect(modelLines(after)).toContainEqual(expect.objectContaining({ source: "model", model: "ease-1" }));
    for (const { score, reasons } of after.body.recommendations) {
      const sum = reasons.reduce((total: number, line: { contribution: number }) => total + line.contribution, 0);
      expect(sum).toBeCloseTo(score, 5);
    }
    expect((await ask("POST", "/v1/models/rollback")).body).toMatchObject({ promoted: null });
    expect(modelLines(await ask("GET", url))).toEqual([]);
    expect(await ask("POST", "/v1/models/rollback")).toMatchObject({ status: 404 });
  });

  test("says what can be trained: every recommender there is, with the settings that a training takes", async () => {
    const { models } = (await ask("GET", "/v1/train")).body as { models: TrainableModel[] };
    expect(models.map(({ name, config }) => [name, config])).toEqual(
      recommenderModels.map(({ name, defaults }) => [name, defaults]),
    );
    const { config } = models.find(({ name }) => name === "logistic-regression")!;
    const started = await ask("POST", "/v1/train", { model: "logistic-regression", config });
    expect(await over(ask, started.body)).toMatchObject({ config, state: "done" });
  });

  test("is one at a time, and can be cancelled", async () => {
    const endless = { model: "gru4rec", config: { epochs: 10_000, patience: 10_000 } };
    const { body } = await ask("POST", "/v1/train", endless);
    const second = await ask("POST", "/v1/train", { model: "markov" });
    expect(second).toMatchObject({ status: 429, body: { code: "PENCHANT_E_JOBS_BUSY", job: body.id } });
    expect(second.headers["retry-after"]).toBeDefined();
    // Its curve grows while it goes on.
    const curve = async () => (await ask("GET", `/v1/jobs/${body.id}`)).body.curve as { epoch: number }[];
    await vi.waitUntil(async () => (await curve()).length > 1, { timeout: 60_000, interval: 50 });
    expect((await curve())[1]).toMatchObject({ epoch: 2, loss: expect.any(Number), learningRate: 0.001 });
    expect((await ask("DELETE", `/v1/jobs/${body.id}`)).body).toMatchObject({ id: body.id, state: "cancelled" });
  });

  test.each([
    ["POST", "/v1/train", { model: "oracle" }, 400, "PENCHANT_E_MODEL_CONFIG"],
    ["POST", "/v1/train", { model: "ease", config: { depth: 1 } }, 400, "PENCHANT_E_MODEL_CONFIG"],
    ["POST", "/v1/train", { model: "ease", config: { regularisation: [1] } }, 400, "PENCHANT_E_REQUEST_INVALID"],
    ["POST", "/v1/train", {}, 400, "PENCHANT_E_REQUEST_INVALID"],
    ["POST", "/v1/models/oracle-1/promote", undefined, 404, "PENCHANT_E_MODEL_NOT_FOUND"],
    ["POST", "/v1/models/..%2f..%2fkeys/promote", undefined, 404, "PENCHANT_E_MODEL_NOT_FOUND"],
    ["GET", "/v1/models/oracle-1", undefined, 404, "PENCHANT_E_MODEL_NOT_FOUND"],
    ["GET", "/v1/jobs/none", undefined, 404, "PENCHANT_E_JOB_NOT_FOUND"],
    ["DELETE", "/v1/jobs/none", undefined, 404, "PENCHANT_E_JOB_NOT_FOUND"],
  ] as const)("%s %s with %j is refused", async (method, url, body, status, code) => {
    expect(await ask(method, url, body)).toMatchObject({ status, body: { code } });
  });
});

describe("with keys", () => {
  const api = keyedApi();

  test("models are an admin's, and another tenant sees none of them", async () => {
    const a = await api.client(api.make({ tenant: "a" }).text);
    const b = await api.client(api.make({ tenant: "b" }).text);
    const reader = await api.client(api.make({ tenant: "a", scopes: ["read"] }).text);
    await a("POST", "/v1/items", films);
    await a("POST", "/v1/events", history);
    const job = await over(a, (await a("POST", "/v1/train", { model: "item-knn", promote: true })).body);
    expect(job.result).toEqual({ model: "item-knn-1", promoted: true });
    expect((await b("GET", "/v1/models")).body).toEqual({ models: [], promoted: null, promotions: [], damaged: [] });
    expect((await b("GET", "/v1/jobs")).body).toEqual({ jobs: [] });
    for (const url of [`/v1/jobs/${job.id}`]) expect((await b("GET", url)).status).toBe(404);
    expect((await b("POST", "/v1/models/item-knn-1/promote")).status).toBe(404);
    expect((await a("GET", "/v1/models")).body).toMatchObject({ promoted: "item-knn-1" });
    for (const url of ["/v1/models", "/v1/jobs", "/v1/train", `/v1/jobs/${job.id}`]) {
      expect(await reader("GET", url)).toMatchObject({ status: 403, body: { code: "PENCHANT_E_KEY_SCOPE" } });
    }
  });
});
