import { cpSync, readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, test } from "vitest";
import { openEmbeddedStorage } from "./index.ts";
import { allEvents, copyDirectory, event, openForTest, temporaryDirectory } from "./test-support.ts";

const pageBytes = 4096;
const walHeaderBytes = 32;
const walFrameBytes = 24 + pageBytes;

/** A directory with the events "0" to "1999" of 40 users, closed. */
async function filledDirectory(): Promise<string> {
  const dataDir = temporaryDirectory();
  const storage = await openEmbeddedStorage({ dataDir });
  const events = Array.from({ length: 2000 }, (_, n) => event(`${n}`, { user: `user ${n % 40}`, text: `words ${n}` }));
  await storage.events.append(events);
  await storage.close();
  return dataDir;
}

function overwrite(path: string, offset: number, bytes: Buffer): void {
  const content = readFileSync(path);
  bytes.copy(content, offset);
  writeFileSync(path, content);
}

/** Number of a leaf page of the table, well inside of it. */
function pageOfTable(path: string, table: string): number {
  const database = new DatabaseSync(path, { readOnly: true });
  const sql = "SELECT pageno FROM dbstat WHERE name = ? AND pagetype = 'leaf' ORDER BY path LIMIT 1 OFFSET 5";
  const { pageno } = database.prepare(sql).get(table) as { pageno: number };
  database.close();
  return pageno;
}

describe("a damaged database file", () => {
  test("with a ruined page fails where the page is read, serves the rest, and the check names it", async () => {
    const dataDir = await filledDirectory();
    const path = join(dataDir, "penchant.db");
    overwrite(path, (pageOfTable(path, "events") - 1) * pageBytes, Buffer.alloc(pageBytes, 0xa5));

    const storage = await openForTest({ dataDir });
    await expect(allEvents(storage)).rejects.toMatchObject({
      code: "PENCHANT_E_STORAGE_CORRUPT",
      message: expect.stringContaining(path) as string,
    });
    expect(await storage.users.count()).toBe(40);
    const damage = await storage.check();
    expect(damage.join("\n")).toContain("restore the last backup");
    await storage.events.append([event("new", { user: "new" })]);
    expect(await storage.events.readUser("new")).toHaveLength(1);
  });

  test.each([
    ["is no database at all", (path: string) => writeFileSync(path, "This is a letter.\n".repeat(500))],
    ["has lost its first page", (path: string) => overwrite(path, 0, Buffer.alloc(pageBytes, 0xa5))],
    ["was cut off", (path: string) => truncateSync(path, 3 * pageBytes)],
  ])("that %s is refused and left as it is", async (_, ruin) => {
    const dataDir = await filledDirectory();
    const path = join(dataDir, "penchant.db");
    ruin(path);
    const before = readFileSync(path);
    const refusal = { code: "PENCHANT_E_STORAGE_CORRUPT", message: expect.stringContaining(path) as string };
    await expect(openEmbeddedStorage({ dataDir })).rejects.toMatchObject(refusal);
    await expect(openEmbeddedStorage({ dataDir, readOnly: true })).rejects.toMatchObject(refusal);
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  test("states that run ahead of the log are found", async () => {
    const dataDir = await filledDirectory();
    const storage = await openForTest({ dataDir });
    await storage.states.save(new Map([["user 1", { position: 9999, bytes: new Uint8Array(3) }]]), 9999);
    const damage = await storage.check();
    expect(damage).toHaveLength(2);
    for (const finding of damage) expect(finding).toContain("penchant rebuild");
  });
});

describe("a database of another kind", () => {
  test("written by a newer Penchant is refused, with both versions named", async () => {
    const dataDir = await filledDirectory();
    const database = new DatabaseSync(join(dataDir, "penchant.db"));
    database.exec("PRAGMA user_version = 7");
    database.close();
    const refusal = {
      code: "PENCHANT_E_STORAGE_VERSION",
      message: expect.stringMatching(/version 7, .*up to 2/) as string,
    };
    await expect(openEmbeddedStorage({ dataDir })).rejects.toMatchObject(refusal);
    await expect(openEmbeddedStorage({ dataDir, readOnly: true })).rejects.toMatchObject(refusal);
  });

  test("that belongs to another program is not touched", async () => {
    const dataDir = temporaryDirectory();
    const path = join(dataDir, "penchant.db");
    const database = new DatabaseSync(path);
    database.exec("CREATE TABLE recipes (name)");
    database.close();
    const before = readFileSync(path);
    await expect(openEmbeddedStorage({ dataDir })).rejects.toThrow(/another program/);
    expect(readFileSync(path).equals(before)).toBe(true);
  });
});

describe("a write-ahead log that a crash left behind", () => {
  /** As after kill -9: 30 commits of one event each, still in the log. */
  async function crashedDirectory(): Promise<{ dataDir: string; log: string }> {
    const dataDir = temporaryDirectory();
    const storage = await openForTest({ dataDir });
    for (let n = 0; n < 30; n++) await storage.events.append([event(`${n}`)]);
    const copy = copyDirectory(dataDir);
    return { dataDir: copy, log: join(copy, "penchant.db-wal") };
  }

  test("is read to its end", async () => {
    const { dataDir } = await crashedDirectory();
    expect(await (await openForTest({ dataDir })).events.count()).toBe(30);
  });

  test("whose last commit was cut short loses that one only", async () => {
    const { dataDir, log } = await crashedDirectory();
    truncateSync(log, statSync(log).size - 100);
    const storage = await openForTest({ dataDir });
    expect((await allEvents(storage)).map(({ id }) => id)).toEqual(Array.from({ length: 29 }, (_, n) => `${n}`));
  });

  test.each([
    ["in the middle", (bytes: number) => walHeaderBytes + walFrameBytes * Math.floor(bytes / walFrameBytes / 2) + 1000],
    [
      "in a frame's salt",
      (bytes: number) => walHeaderBytes + walFrameBytes * Math.floor(bytes / walFrameBytes / 2) + 9,
    ],
    ["in its header", () => 17],
  ])("with damage %s is refused instead of losing what lies behind it", async (_, offset) => {
    const { dataDir, log } = await crashedDirectory();
    const place = offset(statSync(log).size);
    overwrite(log, place, Buffer.of(readFileSync(log)[place] ^ 0x10));
    const kept = join(temporaryDirectory(), "kept");
    cpSync(log, kept);
    await expect(openEmbeddedStorage({ dataDir })).rejects.toMatchObject({
      code: "PENCHANT_E_STORAGE_CORRUPT",
      message: expect.stringContaining(log) as string,
    });
    expect(readFileSync(log).equals(readFileSync(kept))).toBe(true);
    // Whoever only looks is told, too.
    const told = openForTest({ dataDir, readOnly: true })
      .then((reading) => reading.check())
      .catch(String);
    expect(String(await told)).toContain(log);
  });
});
