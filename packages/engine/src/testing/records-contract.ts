/**
 * What every adapter of the `Storage` port must do with records that are no events: requests about interests, and that
 * two ids are one person. Run like `storageContract`.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { UserEvent } from "../core/event.ts";
import type { Storage } from "../core/ports.ts";

const time = 1_700_000_000_000;

function event(id: string, user: string, fields: Partial<UserEvent> = {}): UserEvent {
  return { id, user, type: "view", time, ...fields };
}

/** Registers the suite with vitest. `open` opens the storage at a place, and again after it was closed. */
export function recordsContract(adapter: string, open: (location: string) => Promise<Storage>): void {
  describe(`${adapter} storage keeps the contract of records`, () => {
    let location: string;
    let storage: Storage;

    beforeEach(async () => {
      location = mkdtempSync(join(tmpdir(), "penchant-records-"));
      storage = await open(location);
    });
    afterEach(async () => {
      expect(await storage.check()).toEqual([]);
      await storage.close();
      rmSync(location, { recursive: true });
    });

    const reopen = async () => {
      await storage.close();
      storage = await open(location);
    };
    const positions = async (user: string) => (await storage.events.userRecords(user)).map(({ position }) => position);

    test("records of all kinds have their places in one order, and only events are events", async () => {
      const steering = { action: "boost", factor: 0.1 + 0.2, until: time + 5 } as const;
      await storage.events.append([event("1", "ada", { item: "m1", value: 2.5, text: "words", context: { a: 1 } })]);
      const steered = { user: "ada", time: time + 1, interest: "filme.krimi-🎬", steering };
      expect(await storage.events.steer(steered)).toBe(2);
      await storage.events.append([event("3", "bob", { time: time + 9 }), event("4", "ada", { time: time + 3 })]);
      const merge = { user: "ada", merged: "bob", time: time + 2 };
      expect(await storage.users.merge(merge)).toBe(5);
      await reopen();

      const all = (await Array.fromAsync(storage.events.records({ after: 0, batchSize: 2 }))).flat();
      expect(all.map(({ position }) => position)).toEqual([1, 2, 3, 4, 5]);
      expect(all[1]).toEqual({ ...steered, position: 2 });
      expect(all[4]).toEqual({ ...merge, position: 5 });
      const events = (await Array.fromAsync(storage.events.read({ after: 0 }))).flat();
      expect(events).toEqual([all[0], all[2], all[3]]);
      expect(await storage.events.count()).toBe(3);

      const ofAda = await storage.events.userRecords("ada");
      expect(ofAda[0]).toEqual({ position: 1, time, type: "view", item: "m1", value: 2.5 });
      expect(ofAda.slice(1, 2)).toEqual([{ ...steered, position: 2 }]);
      expect(await positions("ada")).toEqual([1, 2, 3, 4, 5]);
      expect((await storage.events.userRecords("ada", { position: 3 })).length).toBe(3);
      const then = await storage.events.userRecords("ada", { time: time + 3 });
      expect(then.map(({ position }) => position)).toEqual([1, 2, 4, 5]);
      expect(await storage.events.userRecords("nobody")).toEqual([]);
    });

    test("merged ids are one user, also those that were merged into the one before, and others are not", async () => {
      await storage.events.append(["ada", "laptop", "phone", "bob"].map((user) => event(`of ${user}`, user)));
      await storage.users.merge({ user: "laptop", merged: "phone", time });
      await storage.users.merge({ user: "ada", merged: "laptop", time });
      await storage.events.append([event("late", "phone")]);
      const merged = new Map(await storage.users.merged());
      expect(merged).toEqual(
        new Map([
          ["phone", "ada"],
          ["laptop", "ada"],
        ]),
      );
      expect(await storage.users.list()).toEqual([
        { id: "ada", events: 4 },
        { id: "bob", events: 1 },
      ]);
      expect(await storage.users.count()).toBe(2);
      const newest = await storage.events.readUser("ada", { newestFirst: true, limit: 3 });
      expect(newest.map(({ id }) => id)).toEqual(["late", "of phone", "of laptop"]);
      const oldest = await storage.events.readUser("ada", { limit: 2 });
      expect(oldest.map(({ id }) => id)).toEqual(["of ada", "of laptop"]);
      expect(await positions("bob")).toEqual([4]);
    });

    test("a merged id has no state of its own, not even one that was on its way", async () => {
      await storage.events.append([event("1", "ada"), event("2", "visitor")]);
      const states = new Map(["ada", "visitor"].map((user) => [user, { position: 2, bytes: Uint8Array.of(1) }]));
      await storage.states.save(states, 2);
      await storage.users.merge({ user: "ada", merged: "visitor", time });
      await storage.states.save(states, 2);
      expect([...(await storage.states.load(["ada", "visitor"])).keys()]).toEqual(["ada"]);
    });

    test("an erasure takes all kinds of records, and all merged ids, which may then be somebody else's", async () => {
      await storage.events.append([event("1", "ada"), event("2", "visitor"), event("3", "bob")]);
      await storage.events.steer({ user: "ada", time, interest: "film", steering: { action: "mute" } });
      await storage.users.merge({ user: "ada", merged: "visitor", time });
      await storage.users.merge({ user: "bob", merged: "stranger", time });
      expect(await storage.users.erase("ada")).toEqual({ events: 2 });
      await reopen();
      expect(await storage.users.merged()).toEqual([["stranger", "bob"]]);
      const left = (await Array.fromAsync(storage.events.records({ after: 0 }))).flat();
      expect(left.map(({ user }) => user)).toEqual(["bob", "bob"]);
      expect(await storage.users.count()).toBe(1);
      await storage.events.append([event("4", "visitor")]);
      expect(await positions("ada")).toEqual([]);
      expect(await positions("visitor")).toHaveLength(1);
      expect(await storage.users.erase("bob")).toEqual({ events: 1 });
      expect(await storage.users.merged()).toEqual([]);
    });
  });
}
