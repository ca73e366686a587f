import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { providerFindings } from "./providers.ts";

test("models on the network are looked for, with their keys, and what is wrong with them has a way out", async () => {
  const answers = [200, 404, 401, 503];
  const server = createServer((request, response) => {
    response.writeHead(request.url === "/v1/models" ? answers.shift()! : 500).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const said = async (url: string, keyFrom?: string) => {
    const languageModel = { url, model: "tiny", ...(keyFrom !== undefined && { keyFrom }) };
    return (await providerFindings({ languageModel })).map(({ check, ok, message }) => [check, ok, message]);
  };
  expect(await said(`http://${host}/v1`)).toEqual([["words", true, `tiny at ${host} answers`]]);
  expect(await said(`http://${host}/v1/`)).toEqual([["words", true, `tiny at ${host} answers`]]);
  expect((await said(`http://${host}/v1`))[0]).toEqual(["words", false, expect.stringContaining("the key is refused")]);
  expect((await said(`http://${host}/v1`))[0]).toEqual(["words", false, expect.stringContaining("answers 503")]);
  expect((await said(`http://${host}/v1`, "NO_SUCH_KEY"))[0][2]).toContain("NO_SUCH_KEY is not set");
  const embedder = { kind: "openai-compatible", url: "http://127.0.0.1:9/v1", model: "small", dimensions: 8 };
  expect(await providerFindings({ embedder })).toMatchObject([
    { check: "texts", ok: false, message: expect.stringContaining("small at 127.0.0.1:9 is not reached") },
  ]);
  expect(await providerFindings({})).toEqual([]);
});
