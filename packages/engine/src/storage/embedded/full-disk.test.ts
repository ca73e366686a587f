import { execFileSync } from "node:child_process";
import { unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { allEvents, event, openForTest, temporaryDirectory } from "./test-support.ts";

const words = "x".repeat(2000);
const batch = (n: number) => Array.from({ length: 20 }, (_, index) => event(`${n}-${index}`, { text: words }));

describe("when there is no room left", () => {
  test("in the database file, an append fails whole, what was acknowledged stays, and small ones still fit", async () => {
    const storage = await openForTest({ dataDir: temporaryDirectory(), limits: { databasePagesMax: 120 } });
    let acknowledged = 0;
    await expect(
      (async () => {
        for (let n = 0; n < 100; n++) {
          await storage.events.append(batch(n));
          acknowledged++;
        }
      })(),
    ).rejects.toMatchObject({ code: "PENCHANT_E_STORAGE_FULL" });
    expect(acknowledged).toBeGreaterThan(3);
    expect(await storage.events.count()).toBe(acknowledged * 20);

    // Together with one that does not fit, a small one that comes at the same time is written.
    const [large, small] = await Promise.allSettled([
      storage.events.append(batch(1000)),
      storage.events.append([event("small", { user: "bob" })]),
    ]);
    expect(large).toMatchObject({ reason: { code: "PENCHANT_E_STORAGE_FULL" } });
    expect(small.status).toBe("fulfilled");
    const log = await allEvents(storage);
    expect(log.map(({ id }) => id)).toEqual([
      ...Array.from({ length: acknowledged }, (_, n) => batch(n).map(({ id }) => id)).flat(),
      "small",
    ]);
    expect(await storage.check()).toEqual([]);
  });

  test("on the disk, an append fails whole, and works again once there is room", async ({ skip }) => {
    const disk = mountSmallDisk();
    if (disk === undefined) return skip("mounting a small disk is not allowed here");
    const ballast = join(disk, "ballast");
    writeFileSync(ballast, Buffer.alloc(1 << 20));
    const storage = await openForTest({ dataDir: join(disk, "data") });
    let acknowledged = 0;
    const fill = async () => {
      for (let n = 0; n < 200; n++) {
        await storage.events.append(batch(n));
        acknowledged++;
      }
    };
    await expect(fill()).rejects.toMatchObject({
      code: "PENCHANT_E_STORAGE_FULL",
      message: expect.stringContaining(disk) as string,
    });
    expect(await allEvents(storage)).toHaveLength(acknowledged * 20);

    unlinkSync(ballast);
    await storage.events.append(batch(acknowledged));
    expect(await storage.events.count()).toBe((acknowledged + 1) * 20);
    expect(await storage.check()).toEqual([]);
    await storage.close();
    const again = await openForTest({ dataDir: join(disk, "data") });
    expect(await again.events.count()).toBe((acknowledged + 1) * 20);
  });
});

/** A disk of 4 MB for the test, where this process may mount one. */
function mountSmallDisk(): string | undefined {
  const directory = temporaryDirectory();
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=4m", "tmpfs", directory], { stdio: "ignore" });
  } catch {
    return undefined;
  }
  onTestFinished(() => void execFileSync("umount", [directory]));
  return directory;
}
