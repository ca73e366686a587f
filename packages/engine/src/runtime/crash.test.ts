import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { expect, onTestFinished, test } from "vitest";
import { openEngine } from "../engine.ts";
import { folderWith } from "../testing/folder.ts";

const users = Array.from({ length: 7 }, (_, index) => `user ${index}`);

/** Runs `test-tracker.ts` on the folder and kills it after some acknowledged events. */
async function crash(dataDir: string, name: string, after: number): Promise<string[]> {
  const program = new URL("./test-tracker.ts", import.meta.url).pathname;
  const child = spawn(process.execPath, [program, dataDir, name], { stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  const acknowledged: string[] = [];
  const lines = createInterface({ input: child.stdout });
  lines.on("line", (line) => {
    if (line !== "open") acknowledged.push(line);
    if (acknowledged.length === after) child.kill("SIGKILL");
  });
  await Promise.all([once(child, "exit"), once(lines, "close")]);
  return acknowledged;
}

test("after kill -9 every acknowledged event is in the profiles, and recovered states are rebuilt states to the bit", async () => {
  const dataDir = folderWith();
  const acknowledged: string[] = [];
  for (const [round, after] of [60, 150].entries()) {
    acknowledged.push(...(await crash(dataDir, `round ${round}`, after)));

    const engine = await openEngine({ dataDir });
    const log = (await Array.fromAsync(engine.storage.events.read({ after: 0 }))).flat();
    const ids = new Set(log.map(({ id }) => id));
    expect(acknowledged.filter((id) => !ids.has(id))).toEqual([]);
    expect(log).toHaveLength(ids.size);
    for (const user of users) {
      expect((await engine.profile(user)).events).toBe(log.filter((event) => event.user === user).length);
    }
    await engine.close();

    const again = await openEngine({ dataDir });
    const recovered = await again.storage.states.load(users);
    expect(recovered.size).toBe(users.length);
    await again.rebuild({ tree: false });
    expect(await again.storage.states.load(users)).toEqual(recovered);
    expect(await again.storage.events.itemsWaitedFor()).toEqual([]);
    expect(await again.check()).toEqual([]);
    await again.close();
  }
});
