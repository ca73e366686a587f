import { spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { dayMs } from "../base/time.ts";
import { openEngine } from "../engine.ts";
import { changeKeys } from "../server/key-file.ts";
import { type Key, newKey } from "../server/keys.ts";
import { folderWith } from "../testing/folder.ts";
import type { Finding } from "./doctor/finding.ts";
import { diskFinding } from "./doctor/system.ts";
import { runProgram } from "./program.ts";

const pageBytes = 4_096;

let template = "";
beforeAll(async () => {
  template = mkdtempSync(join(tmpdir(), "penchant-doctor-"));
  const engine = await openEngine({ dataDir: template });
  await engine.putItems(
    [1, 2, 3].map((n) => ({ id: `m${n}`, title: `Film ${n}`, categories: [["Film", `Kind ${n}`]] })),
  );
  await engine.track(Array.from({ length: 600 }, (_, n) => ({ user: `u${n % 30}`, type: "view", item: `m${n % 4}` })));
  await engine.close();
});
afterAll(() => rmSync(template, { recursive: true, force: true }));

/** A copy of a folder with some data, closed. */
function dataFolder(): { dataDir: string; path: string } {
  const dataDir = join(folderWith(), "data");
  cpSync(template, dataDir, { recursive: true });
  return { dataDir, path: join(dataDir, "penchant.db") };
}

/** Adds a key to the folder's. */
function storeKey(dataDir: string, settings: { name: string; expiresAt?: number } = { name: "shop" }): Key {
  const { key } = newKey({ tenant: "default", scopes: ["read"], ...settings }, 0);
  return changeKeys(dataDir, (keys) => ({ keys: [...keys, key], result: key }));
}

async function doctor(dataDir: string): Promise<{ code: number; bad: string[]; findings: Finding[]; status: unknown }> {
  let out = "";
  const code = await runProgram(["doctor", "--data", dataDir, "--json"], {
    stdout: { write: (text) => (out += text) },
    stderr: { write: () => {} },
    environment: {},
  });
  const { ok, findings, status } = JSON.parse(out) as { ok: boolean; findings: Finding[]; status: unknown };
  expect(ok).toBe(code === 0);
  return { code, bad: findings.filter((finding) => !finding.ok).map(({ message }) => message), findings, status };
}

function change(path: string, sql: string): void {
  const database = new DatabaseSync(path);
  database.exec(sql);
  database.close();
}

describe("penchant doctor", () => {
  test("finds a healthy folder healthy, and changes nothing in it", async () => {
    const { dataDir, path } = dataFolder();
    const before = readFileSync(path);
    expect(await doctor(dataDir)).toMatchObject({
      code: 0,
      bad: [],
      status: { events: 600, users: 30, items: 3, treeVersion: 1, eventsBehind: 0, isInUse: false },
    });
    expect(readFileSync(path).equals(before)).toBe(true);
    expect(await doctor(join(dataDir, "nothing"))).toMatchObject({ code: 0, bad: [], status: null });
  });

  test("looks at a folder while it is in use, and says so", async () => {
    const { dataDir } = dataFolder();
    const engine = await openEngine({ dataDir, flushIntervalSeconds: 3_600 });
    onTestFinished(() => engine.close());
    await engine.track([{ user: "u1", type: "ogle" }]);
    const { code, findings, status } = await doctor(dataDir);
    expect({ code, status }).toMatchObject({ code: 0, status: { events: 601, eventsBehind: 1, isInUse: true } });
    const said = findings.map(({ message }) => message).join("\n");
    expect(said).toContain("in use by another penchant");
    expect(said).toContain(
      "1 event of the log are not in the stored states yet; the running penchant will write them soon",
    );
    expect(said).toContain("types without a weight (eventWeights), which change no profile: ogle");
  });

  test("tells which keys end soon, and what to do by then", async () => {
    const { dataDir } = dataFolder();
    const now = Date.now();
    storeKey(dataDir, { name: "for ever" });
    storeKey(dataDir, { name: "in a quarter", expiresAt: now + 90 * dayMs });
    storeKey(dataDir, { name: "gone", expiresAt: now - dayMs });
    const { id } = storeKey(dataDir, { name: "soon", expiresAt: now + 13 * dayMs });
    const { code, findings } = await doctor(dataDir);
    expect(code).toBe(0);
    const said = findings.filter(({ check }) => check === "keys").map(({ message }) => message);
    expect(said).toEqual([
      "4 keys",
      expect.stringMatching(
        `^key ${id} \\("soon"\\) ends on .*: put another in its place with penchant keys rotate ${id}$`,
      ),
    ]);
  });

  test.each<[string, (files: { dataDir: string; path: string }) => void, RegExp]>([
    [
      "a ruined page",
      ({ path }) => {
        const bytes = readFileSync(path);
        const page = Math.floor(bytes.length / pageBytes / 2);
        writeFileSync(path, bytes.fill(0xa5, page * pageBytes, (page + 1) * pageBytes));
      },
      /damaged.*penchant restore FILE --force/,
    ],
    [
      "a file that was cut off",
      ({ path }) => truncateSync(path, 3 * pageBytes),
      /CORRUPT.*penchant restore FILE --force/,
    ],
    [
      "a file that is no database",
      ({ path }) => writeFileSync(path, "Dear all,\n".repeat(900)),
      /CORRUPT.*penchant restore/,
    ],
    [
      "a newer Penchant's file",
      ({ path }) => change(path, "PRAGMA user_version = 7"),
      /PENCHANT_E_STORAGE_VERSION: .*use the newer Penchant/,
    ],
    [
      "states beyond the end of the log",
      ({ path }) => change(path, "UPDATE states SET position = 9999 WHERE user = 1"),
      /1 interest states include events beyond the end of the log; run `penchant rebuild`/,
    ],
    [
      "events that wait and are lost",
      ({ path }) => change(path, "INSERT INTO waiting VALUES (1, 99999)"),
      /1 events that wait for their items are lost/,
    ],
    [
      "a rebuild that was cut off",
      ({ path }) => change(path, "UPDATE catalogue SET tree_version = 2"),
      /3 items are placed in tree version 2, and the stored tree has version 1: .*run penchant rebuild/,
    ],
    [
      "keys that cannot be read",
      ({ dataDir }) => writeFileSync(join(dataDir, "keys.json"), "{"),
      /PENCHANT_E_KEY_FILE/,
    ],
    [
      "keys that others can read",
      ({ dataDir }) => {
        storeKey(dataDir);
        chmodSync(join(dataDir, "keys.json"), 0o640);
      },
      /keys\.json is open to other users of this machine \(mode 640\): run chmod 600/,
    ],
    [
      "a change of keys that was cut off",
      ({ dataDir }) => writeFileSync(join(dataDir, "keys.json.new"), ""),
      /keys\.json\.new is there.*delete this file/,
    ],
    [
      "a restore that was cut off",
      ({ dataDir }) => mkdirSync(join(dataDir, "restore-abc")),
      /restore-abc is left over/,
    ],
    [
      "damage of another tenant",
      ({ dataDir, path }) => {
        mkdirSync(join(dataDir, "tenants", "acme"), { recursive: true });
        cpSync(path, join(dataDir, "tenants", "acme", "penchant.db"));
        truncateSync(join(dataDir, "tenants", "acme", "penchant.db"), 3 * pageBytes);
      },
      /^tenant acme: PENCHANT_E_STORAGE_CORRUPT/,
    ],
  ])("names %s and the way out", async (_, ruin, message) => {
    const files = dataFolder();
    ruin(files);
    const { code, bad } = await doctor(files.dataDir);
    expect(code).toBe(1);
    expect(
      bad.find((text) => message.test(text)),
      bad.join("\n"),
    ).toBeDefined();
  });

  test("names damage of a log that a crash left behind, and what the next start replays of a whole one", async () => {
    const { dataDir } = dataFolder();
    const engine = await openEngine({ dataDir, flushIntervalSeconds: 3_600 });
    onTestFinished(() => engine.close());
    for (let n = 0; n < 30; n++) await engine.track([{ user: "u1", type: "view" }]);
    // As kill -9 would leave it; copied by another process, since closing the files here would release SQLite's locks.
    const crashed = join(folderWith(), "crashed");
    spawnSync("cp", ["-r", dataDir, crashed]);
    const { code, findings } = await doctor(crashed);
    expect(code).toBe(0);
    expect(findings.map(({ message }) => message).join("\n")).toContain(
      "30 events of the log are not in the stored states yet; the next start",
    );
    const log = join(crashed, "penchant.db-wal");
    const bytes = readFileSync(log);
    bytes[Math.floor(statSync(log).size / 2)] ^= 0x10;
    writeFileSync(log, bytes);
    expect((await doctor(crashed)).bad).toEqual([
      expect.stringMatching(/wal is damaged in the middle.*penchant restore/),
    ]);
  });

  test("names a disk that is nearly full", () => {
    expect(diskFinding(tmpdir(), () => 200 * 1024 ** 2)).toMatchObject({
      ok: false,
      message: expect.stringMatching(/^200 MB free .* at least 256 MB are needed: make room/),
    });
  });

  test("names a folder that it may not write to", ({ skip }) => {
    const { dataDir, path } = dataFolder();
    chmodSync(join(dataDir, ".."), 0o755);
    chmodSync(path, 0o444);
    chmodSync(dataDir, 0o555);
    const penchant = fileURLToPath(new URL("../../bin/penchant.js", import.meta.url));
    // Root may write everywhere: then nobody looks.
    const isRoot = process.getuid?.() === 0;
    const { stdout } = spawnSync(process.execPath, [penchant, "doctor", "--data", dataDir, "--json"], {
      encoding: "utf8",
      cwd: dataDir,
      ...(isRoot && { uid: 65_534 }),
    });
    chmodSync(dataDir, 0o755);
    if (isRoot && stdout === "") skip("nobody may not read this program here");
    const { findings } = JSON.parse(stdout) as { findings: Finding[] };
    const bad = findings.filter(({ check, ok }) => check === "access" && !ok).map(({ message }) => message);
    expect(bad).toHaveLength(2);
    expect(bad[0]).toMatch(/data cannot be read and written by .*chown/);
  });
});
