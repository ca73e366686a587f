/** What every adapter of the `Storage` port must do with states: a part of `storageContract`. */
import { describe, expect, test } from "vitest";
import type { UserEvent } from "../core/event.ts";
import type { Storage } from "../core/ports.ts";

function event(id: string, user = "ada"): UserEvent {
  return { id, user, type: "view", time: 1_700_000_000_000 };
}

/** Registers the tests with vitest. `storage` is the one that is open, empty at the beginning of every test. */
export function statesContract({ storage, reopen }: { storage: () => Storage; reopen: () => Promise<void> }): void {
  describe("states", () => {
    test("come back with their positions, the newest of each user, together with the checkpoint", async () => {
      await storage().events.append([event("1"), event("2", "bob")]);
      expect(await storage().states.checkpoint()).toBe(0);
      const buffer = new Uint8Array([9, 1, 2, 3, 9]);
      await storage().states.save(
        new Map([
          ["ada", { position: 1, bytes: buffer.subarray(1, 4) }],
          ["bob", { position: 2, bytes: new Uint8Array() }],
        ]),
        1,
      );
      await storage().states.save(new Map([["bob", { position: 2, bytes: new Uint8Array([7]) }]]), 2);
      await reopen();
      const states = await storage().states.load(["ada", "bob", "nobody"]);
      expect([...states.keys()]).toEqual(["ada", "bob"]);
      expect(states.get("ada")!.position).toBe(1);
      expect([...states.get("ada")!.bytes]).toEqual([1, 2, 3]);
      expect([...states.get("bob")!.bytes]).toEqual([7]);
      expect(await storage().states.checkpoint()).toBe(2);
    });

    test("are read in batches, each as it is by then, of who came last first", async () => {
      const users = ["ada", "bob", "cyd", "dan", "eve"];
      await storage().events.append(users.map((user, index) => event(String(index), user)));
      const states = (from: readonly string[], byte: number) =>
        new Map(from.map((user) => [user, { position: 1, bytes: new Uint8Array([byte]) }]));
      await storage().states.save(states(users, 1), 1);
      const read: [string, number][][] = [];
      for await (const batch of storage().states.read({ batchSize: 2 })) {
        read.push([...batch].map(([user, { bytes }]) => [user, bytes[0]]));
        await storage().states.save(states(users, 1 + read.length), 1);
      }
      expect(read).toEqual([
        [
          ["eve", 1],
          ["dan", 1],
        ],
        [
          ["cyd", 2],
          ["bob", 2],
        ],
        [["ada", 3]],
      ]);
    });

    test("are all forgotten at once, and the checkpoint with them", async () => {
      await storage().events.append([event("1")]);
      await storage().states.save(new Map([["ada", { position: 1, bytes: new Uint8Array([1]) }]]), 1);
      await storage().states.clear();
      expect((await storage().states.load(["ada"])).size).toBe(0);
      for await (const batch of storage().states.read()) expect(batch.size).toBe(0);
      expect(await storage().states.checkpoint()).toBe(0);
    });

    test("of a user who was erased meanwhile do not come back", async () => {
      await storage().events.append([event("1")]);
      const saving = [
        storage().users.erase("ada"),
        storage().states.save(new Map([["ada", { position: 1, bytes: new Uint8Array([1]) }]]), 1),
      ];
      await Promise.all(saving);
      expect((await storage().states.load(["ada"])).size).toBe(0);
      expect(await storage().users.count()).toBe(0);
    });
  });
}
