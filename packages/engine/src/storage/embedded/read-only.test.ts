import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openEmbeddedStorage } from "./index.ts";
import { event, openForTest, startAppender, temporaryDirectory } from "./test-support.ts";

const refusal = { code: "PENCHANT_E_STORAGE_READ_ONLY" };

describe("a place that cannot be written", () => {
  test("because a file is in the way is refused by name", async () => {
    const file = join(temporaryDirectory(), "file");
    writeFileSync(file, "");
    await expect(openEmbeddedStorage({ dataDir: file })).rejects.toMatchObject(refusal);
    await expect(openEmbeddedStorage({ dataDir: join(file, "below") })).rejects.toMatchObject({
      ...refusal,
      message: expect.stringContaining(file) as string,
    });
  });

  test("because a directory has the database's name is refused", async () => {
    const dataDir = temporaryDirectory();
    mkdirSync(join(dataDir, "penchant.db"));
    await expect(openEmbeddedStorage({ dataDir })).rejects.toMatchObject(refusal);
  });

  test("because it belongs to another user is refused", async ({ skip }) => {
    const dataDir = temporaryDirectory();
    const storage = await openForTest({ dataDir });
    await storage.events.append([event("1")]);
    await storage.close();
    chmodSync(dataDir, 0o555);
    chmodSync(join(dataDir, "penchant.db"), 0o444);
    // Root may write everywhere: then the attempt is made by a process of nobody.
    const isRoot = process.getuid?.() === 0;
    const { firstLine } = await startAppender(dataDir, isRoot ? { uid: 65_534 } : {});
    chmodSync(dataDir, 0o755);
    if (isRoot && firstLine === "") skip("nobody may not read this program here");
    expect(firstLine).toBe("PENCHANT_E_STORAGE_READ_ONLY");
  });
});

describe("opening for reading only", () => {
  test("does not create a database", async () => {
    await expect(openEmbeddedStorage({ dataDir: temporaryDirectory(), readOnly: true })).rejects.toMatchObject({
      ...refusal,
      message: expect.stringContaining("does not exist") as string,
    });
  });

  test("answers every question and refuses to write", async () => {
    const dataDir = temporaryDirectory();
    const writing = await openForTest({ dataDir });
    await writing.events.append([event("1")]);
    const reading = await openForTest({ dataDir, readOnly: true });
    expect(await reading.events.readUser("ada")).toHaveLength(1);
    expect(await reading.check()).toEqual([]);
    await expect(reading.events.append([event("2")])).rejects.toMatchObject(refusal);
    await expect(reading.users.erase("ada")).rejects.toMatchObject(refusal);
    await writing.events.append([event("2")]);
    expect(await reading.events.count()).toBe(2);
  });
});
