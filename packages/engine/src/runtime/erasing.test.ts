import { expect, onTestFinished, test } from "vitest";
import { openEngine } from "../engine.ts";
import { folderWith } from "../testing/folder.ts";

async function openTestEngine() {
  const engine = await openEngine({ dataDir: folderWith() });
  onTestFinished(() => engine.close());
  return engine;
}

const views = (user: string, count: number) => Array.from({ length: count }, () => ({ user, type: "view" }));

test("events that are on their way when their user is erased leave nothing in the state", async () => {
  const engine = await openTestEngine();
  await Promise.all([engine.track(views("ada", 3)), engine.erase("ada"), engine.track(views("bert", 1))]);
  expect(await engine.userEvents("ada")).toMatchObject({ events: [] });
  expect(await engine.profile("ada")).toMatchObject({ events: 0, lastSeen: null });
  expect(await engine.user("ada")).toBeUndefined();
  expect(await engine.profile("bert")).toMatchObject({ events: 1 });
});

test("whatever of a user's events outlives their erasure is what their state counts", async () => {
  const engine = await openTestEngine();
  const tracked: Promise<unknown>[] = [];
  for (let round = 0; round < 20; round++) {
    tracked.push(engine.track(views("ada", 3)), engine.erase("ada"), engine.track(views("ada", 2)));
    await Promise.race(tracked.slice(-2));
  }
  await Promise.all(tracked);
  await engine.track(views("ada", 1));
  const { events } = await engine.userEvents("ada");
  expect(await engine.profile("ada")).toMatchObject({ events: events.length });
});
