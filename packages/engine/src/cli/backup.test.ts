import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { type Engine, openEngine } from "../engine.ts";
import { folderWith } from "../testing/folder.ts";
import { type BackupList, createBackup } from "./backup/create.ts";
import { restoreBackup } from "./backup/restore.ts";
import { readTar, TarWriter } from "./backup/tar.ts";
import { runProgram } from "./program.ts";

const penchant = fileURLToPath(new URL("../../bin/penchant.js", import.meta.url));

async function run(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  let out = "";
  let err = "";
  const code = await runProgram(argv, {
    stdout: { write: (text) => (out += text) },
    stderr: { write: (text) => (err += text) },
    environment: {},
  });
  return { code, out, err };
}

/** A data folder with one tenant more, keys, and a backup of it; every test has a copy of its own. */
let template = "";
let list: BackupList;
beforeAll(async () => {
  template = mkdtempSync(join(tmpdir(), "penchant-backup-"));
  const dataDir = join(template, "data");
  await fill(dataDir, 40);
  await fill(join(dataDir, "tenants", "acme"), 7);
  writeFileSync(join(dataDir, "keys.json"), '{ "version": 1, "keys": [] }');
  list = await createBackup({ dataDir, file: join(template, "saved"), now: 1_700_000_000_000 });
});
afterAll(() => rmSync(template, { recursive: true, force: true }));

function savedFolder() {
  const folder = folderWith();
  cpSync(template, folder, { recursive: true, preserveTimestamps: true });
  return { folder, dataDir: join(folder, "data"), file: join(folder, "saved") };
}

async function fill(dataDir: string, events: number): Promise<void> {
  const engine = await openEngine({ dataDir });
  await engine.putItems(
    [1, 2, 3].map((n) => ({ id: `m${n}`, title: `Film ${n}`, categories: [["Film", `Kind ${n}`]] })),
  );
  await engine.track(
    Array.from({ length: events }, (_, n) => ({ id: `e${n}`, user: `u${n % 5}`, type: "view", item: `m${n % 4}` })),
  );
  await engine.close();
}

async function opened<T>(dataDir: string, use: (engine: Engine) => Promise<T>): Promise<T> {
  const engine = await openEngine({ dataDir });
  try {
    return await use(engine);
  } finally {
    await engine.close();
  }
}

/** The stored state of every user, as bytes. */
async function statesOf(engine: Engine): Promise<Map<string, Buffer>> {
  const { users } = await engine.users({ limit: 1_000 });
  const stored = await engine.storage.states.load(users.map(({ id }) => id));
  return new Map([...stored].map(([id, { bytes }]) => [id, Buffer.from(bytes)]));
}

describe("a backup while a server takes in events", () => {
  test("has every event that was acknowledged before it began, and states as a rebuild makes them", async () => {
    const folder = folderWith({ "penchant.config.json": '{ "flushIntervalSeconds": 0.1 }' });
    const dataDir = join(folder, "data");
    const argv = [penchant, "serve", "--port", "0", "--json", "--data", dataDir];
    const server = spawn(process.execPath, argv, { cwd: folder, stdio: ["ignore", "pipe", "ignore"] });
    onTestFinished(() => void server.kill("SIGKILL"));
    const [line] = (await once(server.stdout.setEncoding("utf8"), "data")) as [string];
    const { url } = JSON.parse(line) as { url: string };
    const headers = { "content-type": "application/json" };
    const items = Array.from({ length: 20 }, (_, n) => ({
      id: `m${n}`,
      title: `Film ${n}`,
      categories: [["Film", `Kind ${n % 4}`]],
    }));
    await fetch(`${url}/v1/items`, { method: "POST", headers, body: JSON.stringify(items) });

    const acknowledged: string[] = [];
    const done = new AbortController();
    const send = async (name: string) => {
      for (let n = 0; !done.signal.aborted; n++) {
        const events = Array.from({ length: 20 }, (_, index) => ({
          id: `${name}-${n}-${index}`,
          user: `u${(n + index) % 60}`,
          type: "view",
          item: `m${(n * 7 + index) % 24}`,
        }));
        const { status } = await fetch(`${url}/v1/events`, { method: "POST", headers, body: JSON.stringify(events) });
        if (status === 200) acknowledged.push(...events.map(({ id }) => id));
      }
    };
    const senders = ["a", "b", "c"].map(send);
    // Long enough for states to be written behind.
    await until(() => acknowledged.length > 4_000);
    const before = [...acknowledged];
    const file = join(folder, "busy");
    const saved = await run("backup", file, "--data", dataDir, "--json");
    expect(saved).toMatchObject({ code: 0, err: "" });
    const isBehind = acknowledged.length > before.length;
    done.abort();
    await Promise.all(senders);
    expect(isBehind, "events came while the backup was made").toBe(true);

    const elsewhere = join(folder, "elsewhere");
    const restored = await run("restore", file, "--data", elsewhere, "--json");
    expect(restored).toMatchObject({ code: 0, err: "" });
    const { tenants } = JSON.parse(restored.out) as { tenants: { default: { events: number } } };
    await opened(elsewhere, async (engine) => {
      const kept = new Set(
        (await Array.fromAsync(engine.storage.events.read({ after: 0 }))).flat().map(({ id }) => id),
      );
      expect(before.filter((id) => !kept.has(id))).toEqual([]);
      expect(kept.size).toBe(tenants.default.events);
      expect(await engine.check()).toEqual([]);
      expect(engine.figures().log.flushedPosition, "some states were saved").toBeGreaterThan(0);
    });
    // Opening has replayed what the saved states were behind, closing has written it.
    await opened(elsewhere, async (engine) => {
      const recovered = await statesOf(engine);
      await engine.rebuild({ tree: false });
      expect(await statesOf(engine)).toEqual(recovered);
      expect(recovered.size).toBe(60);
    });
  });
});

describe("a backup", () => {
  test("has keys and tenants, says what is in it, and is a tar file", async () => {
    const { folder, dataDir, file } = savedFolder();
    expect(list.tenants).toEqual({
      default: { events: 40, users: 5, items: 3 },
      acme: { events: 7, users: 5, items: 3 },
    });
    expect(readTar(file, (name) => join(folder, `${name.replaceAll("/", "-")}.copy`)).map(({ name }) => name)).toEqual([
      "keys.json",
      "penchant.db",
      "tenants/acme/penchant.db",
      "backup.json",
    ]);
    expect(statSync(file).mode & 0o077).toBe(0);
    expect(readdirSync(folder).filter((name) => name.includes("partial"))).toEqual([]);
    const elsewhere = join(folder, "elsewhere");
    expect(await run("restore", file, "--data", elsewhere)).toMatchObject({
      code: 0,
      out: `Restored 47 events, 10 users and 6 items of 2 tenants of 2023-11-14 22:13 UTC to ${elsewhere}.\n`,
    });
    expect(readFileSync(join(elsewhere, "keys.json"))).toEqual(readFileSync(join(dataDir, "keys.json")));
    expect(await opened(join(elsewhere, "tenants", "acme"), (engine) => engine.status())).toMatchObject({ events: 7 });
    expect(readdirSync(elsewhere).toSorted()).toEqual(["keys.json", "penchant.db", "penchant.lock", "tenants"]);
  });

  test("replaces no file unless it is told to, and leaves the old one when it fails", async () => {
    const { folder, file, dataDir } = savedFolder();
    const before = readFileSync(file);
    expect(await run("backup", file, "--data", dataDir)).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^PENCHANT_E_DATA_EXISTS: /),
    });
    const path = join(dataDir, "tenants", "acme", "penchant.db");
    const bytes = readFileSync(path);
    writeFileSync(path, bytes.fill(0xa5, 3 * 4_096, 4 * 4_096));
    expect(await run("backup", file, "--data", dataDir, "--force")).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^PENCHANT_E_STORAGE_CORRUPT: /),
    });
    expect(readFileSync(file).equals(before)).toBe(true);
    expect(readdirSync(folder).toSorted()).toEqual(["data", "saved"]);
    expect(await run("backup", file, "--data", join(folder, "nothing"), "--force")).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^PENCHANT_E_DATA_MISSING: /),
    });
  });
});

describe("a restore", () => {
  test("replaces nothing unless it is told to, and then everything", async () => {
    const { folder, file } = savedFolder();
    const dataDir = join(folder, "other");
    await fill(dataDir, 90);
    await fill(join(dataDir, "tenants", "extra"), 3);
    expect(await run("restore", file, "--data", dataDir)).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^PENCHANT_E_DATA_EXISTS: .*--force/),
    });
    expect(await opened(dataDir, (engine) => engine.status())).toMatchObject({ events: 90 });
    expect(await run("restore", file, "--data", dataDir, "--force")).toMatchObject({ code: 0 });
    expect(await opened(dataDir, (engine) => engine.status())).toMatchObject({ events: 40 });
    expect(readdirSync(join(dataDir, "tenants"))).toEqual(["acme"]);
  });

  test("is refused while somebody uses the folder, which is left alone", async () => {
    const { file, dataDir } = savedFolder();
    await opened(dataDir, async (engine) => {
      expect(() => restoreBackup({ file, dataDir, force: true })).toThrow(
        expect.objectContaining({ code: "PENCHANT_E_STORAGE_LOCKED" }),
      );
      await engine.track([{ user: "u1", type: "view" }]);
      expect((await engine.status()).events).toBe(41);
    });
  });

  test("over a database that is damaged, log and all, leaves nothing of it", async () => {
    const { file, dataDir } = savedFolder();
    const path = join(dataDir, "penchant.db");
    truncateSync(path, 5_000);
    writeFileSync(`${path}-wal`, "not a log".repeat(1_000));
    expect(await run("restore", file, "--data", dataDir, "--force")).toMatchObject({ code: 0 });
    expect(existsSync(`${path}-wal`)).toBe(false);
    expect(await opened(dataDir, (engine) => engine.check())).toEqual([]);
  });

  test("of a file that is not a whole backup replaces nothing", async () => {
    const { folder, file, dataDir } = savedFolder();
    const bad = join(folder, "bad");
    const { size } = statSync(file);
    restoreFails(join(folder, "nowhere"), dataDir, "found no file");
    const whole = readFileSync(file);
    const flipped = Buffer.from(whole);
    flipped[Math.floor(size / 2)] ^= 0x10;
    const ruins: [string, string | Buffer][] = [
      ["ends too early", whole.subarray(0, size - 2_048)],
      ["ends too early", whole.subarray(0, size / 2)],
      ["ends too early", ""],
      ["got something else", "This is a letter.\n".repeat(500)],
      ["is not as it was", flipped],
      ["list of its files is missing", tarOf({ "keys.json": "{}" })],
      ['expected databases, models and keys, got "../penchant.db"', tarOf({ "../penchant.db": "" })],
      ["expected databases, models and keys", tarOf({ "models/ease-1/../../keys.json": "" })],
      ["format that this Penchant knows", tarOf({ "backup.json": '{ "format": 2 }' })],
    ];
    for (const [why, bytes] of ruins) {
      writeFileSync(bad, bytes);
      restoreFails(bad, dataDir, why);
    }
    expect(await opened(dataDir, (engine) => engine.status())).toMatchObject({ events: 40 });
  });
});

function restoreFails(file: string, dataDir: string, why: string): void {
  expect(() => restoreBackup({ file, dataDir, force: true }), why).toThrow(
    expect.objectContaining({ code: "PENCHANT_E_BACKUP_INVALID", message: expect.stringContaining(why) as string }),
  );
  expect(readdirSync(dataDir).filter((name) => name.startsWith("restore-"))).toEqual([]);
}

function tarOf(files: Record<string, string>): Buffer {
  const path = join(folderWith(), "tar");
  const tar = new TarWriter(path);
  for (const [name, text] of Object.entries(files)) tar.addText(name, text);
  tar.finish();
  return readFileSync(path);
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}
