import { expect, it } from "vitest";
import { systemClock } from "../base/time.ts";
import { fakeClock } from "../testing/builders.ts";
import { embedderContract } from "../testing/embedder-contract.ts";
import { type OpenAICompatibleSettings, openOpenAICompatible } from "./openai-compatible.ts";
import { countsOf, failing, json, silent, testProvider } from "./provider/test-provider.ts";

const quick = { retryMs: 1, openMs: 60_000 };

async function opened(settings: Partial<OpenAICompatibleSettings> = {}, limits = {}) {
  const provider = await testProvider();
  const clock = fakeClock();
  const embedder = openOpenAICompatible(
    { url: provider.url, model: "tiny", dimensions: 8, ...settings },
    { clock, environment: { TINY_KEY: "sk-secret-1" }, limits: { ...quick, ...limits } },
  );
  return { provider, embedder, clock };
}

embedderContract("openai-compatible", async () => (await opened()).embedder, {
  like: ["aaaa", "aaab"],
  unlike: "zqzq",
});

it("asks in batches, with the key, and counts tokens and cost", async () => {
  const { provider, embedder } = await opened({ batch: 3, keyFrom: "TINY_KEY", pricePerMillionTokens: 2 });
  const texts = Array.from({ length: 8 }, (_, index) => `text ${index}`);
  const vectors = await embedder.embed(texts);
  expect(provider.requests.map(({ input }) => input.length).sort((a, b) => a - b)).toEqual([2, 3, 3]);
  expect(provider.requests[0]).toMatchObject({ model: "tiny", authorization: "Bearer sk-secret-1" });
  const length = Math.hypot(...countsOf(texts[5]));
  for (const [d, value] of countsOf(texts[5]).entries()) expect(vectors[5][d]).toBeCloseTo(value / length, 6);
  expect(embedder.usage).toMatchObject({
    calls: 3,
    retries: 0,
    failures: 0,
    inputTokens: 40,
    outputTokens: 0,
    cost: 80e-6,
  });
});

it("never sends empty texts, cuts huge ones, and puts its prefix before all", async () => {
  const { provider, embedder } = await opened({ charactersMax: 10, prefix: "query: " });
  const [empty, huge] = await embedder.embed(["  \n", "x".repeat(1_000_000)]);
  expect(empty).toEqual(new Float32Array(8));
  expect(huge.some((value) => value !== 0)).toBe(true);
  expect(provider.requests.map(({ input }) => input)).toEqual([[`query: ${"x".repeat(10)}`]]);
});

it("tries again what may pass: a busy server, one that asks to wait, a broken connection", async () => {
  const { provider, embedder } = await opened();
  provider.next.push(failing(429, "slow down", { "retry-after": "0.001" }), failing(503, "loading"), (_, response) =>
    response.destroy(),
  );
  await expect(embedder.embed(["a"])).resolves.toHaveLength(1);
  expect(embedder.usage).toMatchObject({ calls: 1, retries: 3, failures: 0 });
});

it("gives up after the tries that it has, with what the server said", async () => {
  const { provider, embedder } = await opened({ retriesMax: 1 });
  provider.next.push(failing(500, "out of memory"), failing(500, "out of memory"));
  await expect(embedder.embed(["a"])).rejects.toMatchObject({
    code: "PENCHANT_E_PROVIDER",
    message: expect.stringMatching(/^The provider 127\.0\.0\.1:\d+ answered 500: .*out of memory/),
    details: { status: 500 },
  });
  expect(provider.requests).toHaveLength(2);
});

it("does not try again what would fail again, and shows no key", async () => {
  const { provider, embedder } = await opened({ keyFrom: "TINY_KEY" });
  provider.next.push(failing(401, "Incorrect API key provided: sk-secret-1"));
  const failure = (await embedder.embed(["a"]).catch((error: unknown) => error)) as Error;
  expect(failure).toMatchObject({ code: "PENCHANT_E_PROVIDER", details: { status: 401 } });
  expect(`${failure.stack} ${JSON.stringify(failure)} ${JSON.stringify(failure.cause)}`).not.toContain("sk-secret");
  expect(provider.requests).toHaveLength(1);
});

it("waits no longer than its time-out", async () => {
  const { provider, embedder } = await opened({ timeoutMs: 40, retriesMax: 0 });
  provider.next.push(silent);
  await expect(embedder.embed(["a"])).rejects.toThrow("did not answer within 40 ms");
});

it("stops when whoever asked does not wait any longer", async () => {
  const { provider, embedder } = await opened();
  provider.next.push(silent);
  await expect(embedder.embed(["a"], { signal: AbortSignal.timeout(30) })).rejects.toMatchObject({
    code: "PENCHANT_E_PROVIDER",
  });
  expect(provider.requests).toHaveLength(1);
});

it("is not asked for a while after failing again and again, and then tried once", async () => {
  const { provider, embedder, clock } = await opened({ retriesMax: 0, parallel: 1 }, { failuresMax: 2 });
  provider.next.push(failing(500, "down"), failing(500, "down"));
  for (let call = 0; call < 2; call++) await expect(embedder.embed(["a"])).rejects.toThrow("answered 500");
  await expect(embedder.embed(["a"])).rejects.toThrow("is not asked for another 60 s");
  expect(provider.requests).toHaveLength(2);
  clock.advance(60_000);
  await expect(embedder.embed(["a"])).resolves.toHaveLength(1);
  await expect(embedder.embed(["a"])).resolves.toHaveLength(1);
});

it.each([
  ["vectors of another length", { data: [{ embedding: [1, 2], index: 0 }] }, "expected vectors of 8 finite numbers"],
  ["something else", { hello: "world" }, "PENCHANT_E_PROVIDER"],
  ["no JSON", "<html>busy</html>", "PENCHANT_E_PROVIDER"],
  ["fewer vectors than texts", { data: [], usage: { prompt_tokens: 1 } }, "PENCHANT_E"],
])("refuses an answer with %s", async (_, body, expected) => {
  const { provider, embedder } = await opened();
  provider.next.push((_request, response) => json(response, 200, body));
  const failure = (await embedder.embed(["a"]).catch((error: unknown) => error)) as { code: string; message: string };
  expect(`${failure.code} ${failure.message}`).toContain(expected);
});

it("needs the key that it is told to use", async () => {
  const open = () =>
    openOpenAICompatible(
      { url: "http://127.0.0.1:1/v1", model: "tiny", dimensions: 8, keyFrom: "NOT_SET" },
      { clock: systemClock, environment: {} },
    );
  expect(open).toThrow("expected a key in NOT_SET");
});
