import { describe, expect, test } from "vitest";
import { z } from "zod";
import { PenchantError } from "../base/errors.ts";
import { systemClock } from "../base/time.ts";
import { type LanguageModelSettings, openLanguageModel } from "./language-model.ts";
import { ask, jsonIn } from "./structured.ts";
import { refusing, saysNothing, sendJson, testLanguageModel, writing } from "./test-language-model.ts";

async function opened(settings: Partial<LanguageModelSettings> = {}, environment: Record<string, string> = {}) {
  const server = await testLanguageModel();
  const model = openLanguageModel(
    { url: server.url, model: "tiny", retriesMax: 1, timeoutMs: 2_000, ...settings },
    { clock: systemClock, environment, limits: { retryMs: 1, failuresMax: 3, openMs: 60_000 } },
  );
  return { server, model };
}

const request = { instructions: "Be brief.", prompt: "Say hello.", outputTokensMax: 50 };

async function failureOf(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.catch((error: unknown) => error);
  if (!PenchantError.isInstance(error)) throw error;
  return `${error.code}: ${error.message}`;
}

describe("a language model", () => {
  test("is asked as servers expect it, with the key from the environment, and counts its tokens", async () => {
    const { server, model } = await opened(
      { keyFrom: "MY_KEY", pricePerMillionInputTokens: 1, pricePerMillionOutputTokens: 10, language: "Deutsch" },
      { MY_KEY: "secret-1" },
    );
    server.next.push(writing("Hallo."));
    expect(await model.write(request)).toBe("Hallo.");
    expect(server.requests[0]).toMatchObject({
      model: "tiny",
      max_tokens: 50,
      messages: [
        { role: "system", content: "Be brief." },
        { role: "user", content: "Say hello." },
      ],
      authorization: "Bearer secret-1",
    });
    expect(model.language).toBe("Deutsch");
    expect(model.usage).toMatchObject({ calls: 1, failures: 0, inputTokens: 100, outputTokens: 20, cost: 0.0003 });
  });

  test("is tried again after what may pass, and not after what will not", async () => {
    const { server, model } = await opened();
    server.next.push(refusing(503, "loading"), writing("now"));
    expect(await model.write(request)).toBe("now");
    server.next.push(refusing(401, "the key secret is wrong"));
    expect(await failureOf(model.write(request))).toBe(
      `PENCHANT_E_PROVIDER: The provider ${new URL(server.url).host} answered 401: the key secret is wrong.`,
    );
    expect(server.requests).toHaveLength(3);
  });

  test("that says nothing, breaks off or sends no completion fails in time, and is left alone for a while", async () => {
    const { server, model } = await opened({ timeoutMs: 300, retriesMax: 0 });
    server.next.push(saysNothing, (_, response) => response.destroy(), saysNothing);
    expect(await failureOf(model.write(request))).toContain("did not answer within 300 ms");
    expect(await failureOf(model.write(request))).toContain("PENCHANT_E_PROVIDER");
    expect(await failureOf(model.write(request))).toContain("PENCHANT_E_PROVIDER");
    expect(await failureOf(model.write(request))).toMatch(/is not asked for another \d+ s/);
    expect(server.requests).toHaveLength(3);
    const other = await opened({ retriesMax: 0 });
    other.server.next.push(
      (_, response) => sendJson(response, 200, "<html>"),
      (_, response) => sendJson(response, 200, {}),
    );
    expect(await failureOf(other.model.write(request))).toContain("PENCHANT_E_PROVIDER");
    expect(await failureOf(other.model.write(request))).toContain("PENCHANT_E_PROVIDER");
  });

  test("is not waited for when nobody wants the answer any more", async () => {
    const { server, model } = await opened();
    server.next.push(saysNothing);
    const signal = AbortSignal.timeout(30);
    expect(await failureOf(model.write({ ...request, signal }))).toContain("was not waited for any longer");
  });

  test("has as many requests at a time as it may", async () => {
    const { server, model } = await opened({ parallel: 2 });
    let atOnce = 0;
    let most = 0;
    server.usual = (asked, response) => {
      most = Math.max(most, ++atOnce);
      setTimeout(() => {
        atOnce -= 1;
        writing("done")(asked, response);
      }, 15);
    };
    await Promise.all(Array.from({ length: 6 }, () => model.write(request)));
    expect(most).toBe(2);
  });

  test("needs the key that it names", () => {
    const open = () =>
      openLanguageModel(
        { url: "http://a.example/v1", model: "m", keyFrom: "NO" },
        { clock: systemClock, environment: {} },
      );
    expect(open).toThrow("languageModel.keyFrom: expected a key in NO, which is not set.");
  });
});

describe("a structured answer", () => {
  const schema = z.strictObject({ name: z.string().min(1).max(20), parts: z.array(z.string()).optional() });
  const question = { instructions: "Name it.", prompt: "It has wheels.", schema, outputTokensMax: 60 };

  test.each([
    ["plain", '{"name":"Car"}'],
    ["in a code block", 'Sure!\n```json\n{"name":"Car"}\n```\nAnything else?'],
    ["in prose, with braces in a text", 'Here: {"name":"Car","parts":["}","{"]} as you asked {really}'],
  ])("is found when it comes %s", async (_, text) => {
    const { server, model } = await opened();
    server.next.push(writing(text));
    expect(await ask(model, question)).toMatchObject({ name: "Car" });
    expect(server.requests[0].response_format).toMatchObject({ type: "json_schema" });
  });

  test.each([
    ["nonsense", "banana banana"],
    ["nothing", ""],
    ["cut off", '{"name":"Ca'],
    ["of another form", '{"title":"Car"}'],
    ["with fields that nobody asked for", '{"name":"Car","command":"rm"}'],
    ["of the wrong type", '{"name":["Car"]}'],
    ["endless", `{"name":"${"a".repeat(200_000)}"}`],
  ])("that is %s is asked for once more, and then there is none", async (_, text) => {
    const { server, model } = await opened();
    server.usual = writing(text, "length");
    expect(await ask(model, question)).toBeUndefined();
    expect(server.requests).toHaveLength(2);
    expect(server.requests[1].messages[1].content).toContain("The answer before did not fit: ");
    server.next.push(writing("{}"), writing('{"name":"Car"}'));
    expect(await ask(model, question)).toEqual({ name: "Car" });
  });

  test("has to pass its check too", async () => {
    const { server, model } = await opened();
    server.next.push(writing('{"name":"Bus"}'), writing('{"name":"Car"}'));
    const check = ({ name }: { name: string }) => (name === "Bus" ? "it is no bus." : undefined);
    expect(await ask(model, { ...question, check })).toEqual({ name: "Car" });
    expect(server.requests[1].messages[1].content).toContain("it is no bus.");
  });

  test("is looked for in bounded time", () => {
    expect(jsonIn(`{x${"}".repeat(1_000_000)}`)).toBeUndefined();
    expect(jsonIn("no brace")).toBeUndefined();
  });
});
