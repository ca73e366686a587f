import { once } from "node:events";
import { expect, test } from "vitest";
import { allEvents, openForTest, startAppender, temporaryDirectory } from "./test-support.ts";

test("every acknowledged event survives kill -9, once, in the order of its user's appends", async () => {
  const dataDir = temporaryDirectory();
  const acknowledged: string[] = [];
  // Each round goes on with the files as the last one was killed over them.
  for (const [round, events] of [7, 160, 400].entries()) {
    const { child, lines, firstLine } = await startAppender(dataDir);
    expect(firstLine).toBe("open");
    let seen = 0;
    lines.on("line", (id) => {
      acknowledged.push(id);
      if (++seen === events) child.kill("SIGKILL");
    });
    await Promise.all([once(child, "exit"), once(lines, "close")]);
    expect(seen, `round ${round}`).toBeGreaterThanOrEqual(events);
  }

  const storage = await openForTest({ dataDir });
  const log = await allEvents(storage);
  const ids = new Set(log.map(({ id }) => id));
  expect(acknowledged.filter((id) => !ids.has(id))).toEqual([]);
  expect(log).toHaveLength(ids.size);
  expect(await storage.events.count()).toBe(ids.size);
  expect(await storage.check()).toEqual([]);
  for (const user of new Set(log.map((logged) => logged.user))) {
    const order = (await storage.events.readUser(user)).map(({ id }) => id);
    const sent = order.map((id) => id.split("-").map(Number)).map(([pid, , batch, index]) => ({ pid, batch, index }));
    for (const [place, { pid, batch, index }] of sent.entries()) {
      const previous = sent[place - 1];
      if (previous?.pid !== pid) expect({ batch, index }).toEqual({ batch: 0, index: 0 });
      else expect(batch * 3 + index).toBe(previous.batch * 3 + previous.index + 1);
    }
  }
});
