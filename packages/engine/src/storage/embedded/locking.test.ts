import { once } from "node:events";
import { expect, test } from "vitest";
import { openEmbeddedStorage } from "./index.ts";
import { event, openForTest, startAppender, temporaryDirectory } from "./test-support.ts";

test("a second opener in the same process is refused, and the first is not disturbed", async () => {
  const dataDir = temporaryDirectory();
  const storage = await openForTest({ dataDir });
  await expect(openEmbeddedStorage({ dataDir })).rejects.toMatchObject({
    code: "PENCHANT_E_STORAGE_LOCKED",
    message: expect.stringContaining(dataDir) as string,
  });
  await storage.events.append([event("1")]);
  await storage.close();
  const again = await openForTest({ dataDir });
  expect(await again.events.count()).toBe(1);
});

test("while another process writes, opening is refused and reading only is not; killing it frees the directory", async () => {
  const dataDir = temporaryDirectory();
  const { child, lines } = await startAppender(dataDir);
  const [id] = (await once(lines, "line")) as [string];

  await expect(openEmbeddedStorage({ dataDir })).rejects.toMatchObject({ code: "PENCHANT_E_STORAGE_LOCKED" });
  const reading = await openForTest({ dataDir, readOnly: true });
  const user = `user ${id.split("-")[1]}`;
  expect((await reading.events.readUser(user)).map((logged) => logged.id)).toContain(id);

  child.kill("SIGKILL");
  await once(child, "exit");
  const storage = await openForTest({ dataDir });
  expect(await storage.events.append([event(id)])).toMatchObject([{ duplicate: true }]);
});

test("a directory that is being written refuses the second process too", async () => {
  const dataDir = temporaryDirectory();
  await openForTest({ dataDir });
  const { firstLine } = await startAppender(dataDir);
  expect(firstLine).toBe("PENCHANT_E_STORAGE_LOCKED");
});
