/** For the tests of this folder: a server with keys and tenants, all of it real, and a clock for the keys. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { afterAll, beforeAll } from "vitest";
import { secondMs } from "../base/time.ts";
import { openEngine } from "../engine.ts";
import type { Access } from "./access.ts";
import { changeKeys, KeyFile } from "./key-file.ts";
import { type Key, type KeySettings, newKey } from "./keys.ts";
import { buildServer, type ServerOptions } from "./server.ts";
import { defaultTenant, Tenants } from "./tenants.ts";
import { type Ask, checkedClient, now, openTestEngine, type TestEngine } from "./test-client.ts";
import type { Server } from "./wire.ts";

export const bearer = (text: string) => ({ authorization: `Bearer ${text}` });
export const basic = (text: string) => ({ authorization: `Basic ${Buffer.from(`me:${text}`).toString("base64")}` });

/** A server over a default tenant with films and history, for all tests of a file; other tenants open on demand. */
export function keyedApi({ openMax = 4, routes }: { openMax?: number } & Pick<ServerOptions, "routes"> = {}) {
  let opened: TestEngine;
  let folder: string;
  let server: Server;
  let access: Access;
  let adminText: string;
  const clock = { time: now, now: () => clock.time };
  const problems: unknown[] = [];
  const logLines: string[] = [];

  /** Makes a key that the server knows at once. */
  function make(settings: Partial<KeySettings> = {}): { text: string; key: Key } {
    const made = newKey({ name: "test", tenant: defaultTenant, scopes: ["admin"], ...settings }, clock.now());
    change((keys) => [...keys, made.key]);
    return made;
  }

  function change(how: (keys: readonly Key[]) => readonly Key[]): void {
    changeKeys(folder, (keys) => ({ keys: how(keys), result: undefined }));
    clock.time += secondMs;
  }

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "penchant-keys-"));
    opened = await openTestEngine();
    adminText = make().text;
    const onError = (error: unknown) => problems.push(error);
    access = {
      keys: new KeyFile(folder, { clock, onError }),
      tenants: new Tenants({
        dataDir: folder,
        open: (dataDir) => openEngine({ dataDir, clock: { now: () => now } }),
        onCloseError: onError,
        openMax,
      }),
    };
    const logger = pino({ level: "trace" }, { write: (line: string) => logLines.push(line) });
    server = buildServer(opened.engine, { logger, access, ...(routes !== undefined && { routes }) });
    await server.ready();
  });

  afterAll(async () => {
    await server?.close();
    await access?.tenants.close();
    await opened?.close();
    await rm(folder, { recursive: true, force: true });
  });

  return {
    make,
    change,
    clock,
    problems,
    logLines,
    /** A client that sends the key with every request, and holds every answer against the OpenAPI document. */
    client: (text: string): Promise<Ask> => checkedClient(server, bearer(text), bearer(adminText)),
    /** A client that sends no key, unless the request names one. */
    stranger: (): Promise<Ask> => checkedClient(server, {}, bearer(adminText)),
    get folder() {
      return folder;
    },
    get server() {
      return server;
    },
    get engine() {
      return opened.engine;
    },
    get access() {
      return access;
    },
  };
}
