/** How a server turns to keys, and that it never turns back. */
import { describe, expect, test } from "vitest";
import { dayMs } from "../base/time.ts";
import { folderWith } from "../testing/folder.ts";
import { changeKeys, KeyFile } from "./key-file.ts";
import { newKey } from "./keys.ts";
import { buildServer, startServer } from "./server.ts";
import { silent } from "./test-client.ts";
import { bearer, keyedApi } from "./test-keys.ts";

const api = keyedApi();

describe("a server that others can reach", () => {
  test("listens, and asks everybody for a key", async () => {
    const { text } = api.make();
    const running = await startServer(api.engine, { host: "0.0.0.0", port: 0, logger: silent, access: api.access });
    const url = `http://127.0.0.1:${new URL(running.url).port}/v1/items`;
    expect((await fetch(url)).status).toBe(401);
    expect((await fetch(url, { headers: bearer(text) })).status).toBe(200);
    await running.close();
  });

  test("does not listen when all keys have ended", async () => {
    const folder = folderWith();
    const ended = newKey({ name: "old", tenant: "default", scopes: ["admin"], expiresAt: 1 }, 0).key;
    changeKeys(folder, () => ({ keys: [ended], result: undefined }));
    const keys = new KeyFile(folder, { clock: api.clock, onError: () => {} });
    const { tenants } = api.access;
    await expect(
      startServer(api.engine, { host: "0.0.0.0", port: 0, logger: silent, access: { keys, tenants } }),
    ).rejects.toMatchObject({ code: "PENCHANT_E_CONFIG", message: expect.stringContaining("no keys yet") });
  });
});

describe("a server without keys", () => {
  test("answers this machine only, until it gets its first key", async () => {
    const folder = folderWith();
    const clock = { time: 0, now: () => clock.time };
    const keys = new KeyFile(folder, { clock, onError: () => {} });
    const server = buildServer(api.engine, { logger: silent, access: { keys, tenants: api.access.tenants } });
    const status = async (headers: Record<string, string> = {}) =>
      (await server.inject({ url: "/v1/items", headers })).statusCode;
    expect([await status(), await status({ host: "evil.example" })]).toEqual([200, 403]);
    const { key, text } = newKey({ name: "first", tenant: "default", scopes: ["read"] }, 0);
    changeKeys(folder, () => ({ keys: [key], result: undefined }));
    clock.time += 1_000;
    expect([await status(), await status(bearer(text))]).toEqual([401, 200]);
    await server.close();
  });
});

describe("a server whose keys are taken away while it runs", () => {
  test("goes on asking for them", async () => {
    const { access, clock } = api;
    const running = await startServer(api.engine, { port: 0, logger: silent, access });
    expect((await fetch(`${running.url}/v1/items`)).status).toBe(401);
    api.change(() => []);
    clock.time += dayMs;
    expect((await fetch(`${running.url}/v1/items`)).status).toBe(401);
    await running.close();
  });
});
