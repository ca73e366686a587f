import { afterEach, beforeEach, expect, it } from "vitest";
import type { UserEvent } from "../core/event.ts";
import type { EventLog, Storage } from "../core/ports.ts";
import { openEmbeddedStorage } from "../storage/embedded/index.ts";
import { testStart } from "../testing/builders.ts";
import { folderWith } from "../testing/folder.ts";
import { caughtUp, knownRecords } from "./caught-up.ts";

let storage: Storage;
beforeEach(async () => {
  storage = await openEmbeddedStorage({ dataDir: folderWith() });
});
afterEach(() => storage.close());

const event = (id: string): UserEvent => ({ id, user: "ada", type: "view", item: "late", time: testStart });
const positionsOf = async (log: EventLog) =>
  (await Array.fromAsync(knownRecords(log, 0))).flat().map(({ position }) => position);

it("what the log has already is known once it is caught up, also where the answers had not come", async () => {
  let isKnown = false;
  const entry = { key: 0, item: { id: "late", title: "Late" }, treeVersion: 1 };
  const put = storage.catalogue.put([{ ...entry, nodes: Int32Array.of(1), vector: new Float32Array(4) }]).then(() => {
    isKnown = true;
  });
  const appended = storage.events.append([event("first")]);
  // Waiting without a turn of the event loop: the writer goes on, and its answers stay where they are.
  const nothing = new Int32Array(new SharedArrayBuffer(4));
  while ((await storage.events.lastPosition()) === 0) Atomics.wait(nothing, 0, 0, 5);
  expect(isKnown).toBe(false);
  expect(await caughtUp(storage.events)).toBe(1);
  expect(isKnown).toBe(true);
  await Promise.all([put, appended]);
});

it("what comes while it is caught up with is left to come by itself", async () => {
  await storage.events.append([event("first")]);
  const log: EventLog = {
    ...storage.events,
    async settleWaiting(items) {
      await storage.events.append([event("second")]);
      await storage.events.settleWaiting(items);
    },
  };
  expect(await positionsOf(log)).toEqual([1]);
});

it("a writer that can do nothing has answered all the same", async () => {
  await storage.events.append([event("first")]);
  const log: EventLog = { ...storage.events, settleWaiting: () => Promise.reject(new Error("The disk is full.")) };
  expect(await positionsOf(log)).toEqual([1]);
});
