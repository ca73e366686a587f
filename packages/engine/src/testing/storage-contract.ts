/**
 * What every adapter of the `Storage` port must do, as a suite of tests that it runs against itself:
 *
 * @example
 * storageContract("embedded", (location) => openEmbeddedStorage({ dataDir: location }));
 *
 * Every test gets a place of its own, an empty directory; an adapter that keeps its data elsewhere takes the name of
 * the directory as the name of the place.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { LoggedEvent, UserEvent } from "../core/event.ts";
import type { CatalogueEntry } from "../core/item.ts";
import type { Storage } from "../core/ports.ts";
import { statesContract } from "./states-contract.ts";

const name = fc.string({ unit: "binary", minLength: 1, maxLength: 40 }).filter((text) => text.isWellFormed());
const anyEvent = fc.record(
  {
    id: fc.oneof(name, fc.uuid()),
    user: name,
    type: name,
    time: fc.integer({ min: -1e13, max: 1e13 }),
    item: name,
    value: fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
    text: fc.string({ unit: "binary", maxLength: 200 }).filter((text) => text.isWellFormed()),
    session: fc.oneof(name, fc.uuid()),
    context: fc
      .dictionary(fc.string(), fc.jsonValue())
      .map((value) => JSON.parse(JSON.stringify(value)) as Record<string, unknown>),
  },
  { requiredKeys: ["id", "user", "type", "time"], noNullPrototype: true },
);

function event(id: string, fields: Partial<UserEvent> = {}): UserEvent {
  return { id, user: "ada", type: "view", time: 1_700_000_000_000, ...fields };
}

function entry(key: number, id: string, fields: Partial<CatalogueEntry> = {}): CatalogueEntry {
  const item = { id, title: `Title of ${id}` };
  return { key, item, vector: new Float32Array(3), nodes: new Int32Array(0), treeVersion: 1, ...fields };
}

async function all<T>(batches: AsyncIterable<T[]>): Promise<T[]> {
  return (await Array.fromAsync(batches)).flat();
}

/** For comparing what was sent with what was logged. */
const unplaced = (event: UserEvent): LoggedEvent => ({ ...event, position: 0 });

/** Registers the suite with vitest. `open` opens the storage at a place, and again after it was closed. */
export function storageContract(adapter: string, open: (location: string) => Promise<Storage>): void {
  describe(`${adapter} storage keeps the contract`, () => {
    let location: string;
    let storage: Storage;

    beforeEach(async () => {
      location = mkdtempSync(join(tmpdir(), "penchant-contract-"));
      storage = await open(location);
    });

    afterEach(async () => {
      await storage.close();
      rmSync(location, { recursive: true });
    });

    async function reopen(): Promise<void> {
      await storage.close();
      storage = await open(location);
    }

    describe("the log", () => {
      test("is empty at first", async () => {
        expect(await storage.events.lastPosition()).toBe(0);
        expect(await storage.events.count()).toBe(0);
        expect(await all(storage.events.read({ after: 0 }))).toEqual([]);
        expect(await storage.events.readUser("nobody")).toEqual([]);
        expect(await storage.events.append([])).toEqual([]);
      });

      test("gives back any event as it came, every optional field included", async () => {
        let run = 0;
        await fc.assert(
          fc.asyncProperty(anyEvent, async (generated) => {
            // Ids are unique across the runs, so that no run is a duplicate of another.
            const given = { ...generated, id: run % 2 === 0 ? `${run}-${generated.id}` : crypto.randomUUID() };
            run++;
            const [receipt] = await storage.events.append([given]);
            const [read] = await storage.events.readUser(given.user, { newestFirst: true, limit: 1 });
            expect(read).toEqual({ ...given, position: receipt.position });
          }),
          { numRuns: 150, seed: 1 },
        );
        expect(await storage.check()).toEqual([]);
      });

      test("takes the first event with an id and calls the others duplicates, in whatever batches they come", async () => {
        let run = 0;
        // Few ids, so that repeats are frequent within and between batches; some of them UUIDs of version 7.
        const id = fc.integer({ min: 0, max: 15 });
        await fc.assert(
          fc.asyncProperty(fc.array(fc.array(id, { maxLength: 12 }), { maxLength: 6 }), async (batches) => {
            run++;
            const idOf = (n: number) =>
              n < 8
                ? `${run}-${n}`
                : `018f0000-${run.toString(16).padStart(4, "0")}-7000-8000-00000000000${n.toString(16)}`;
            const before = await storage.events.lastPosition();
            let text = 0;
            const given = batches.map((batch) =>
              batch.map((n) => event(idOf(n), { user: `user-${run}`, text: `${text++}` })),
            );
            // Sent together and not one after the other: they may share a commit.
            const receipts = await Promise.all(given.map((batch) => storage.events.append(batch)));

            const first = new Map<string, UserEvent>();
            for (const one of given.flat()) if (!first.has(one.id)) first.set(one.id, one);
            const logged = await all(storage.events.read({ after: before }));
            expect(logged.map(unplaced)).toEqual([...first.values()].map(unplaced));

            const positions = new Map(logged.map((one) => [one.id, one.position]));
            const seen = new Set<string>();
            for (const [index, one] of given.flat().entries()) {
              const receipt = receipts.flat()[index];
              expect(receipt).toEqual({ position: positions.get(one.id), duplicate: seen.has(one.id) });
              seen.add(one.id);
            }
          }),
          { numRuns: 60, seed: 2 },
        );
      });

      test("keeps the order of appends, for all and for each user, under concurrent callers", async () => {
        const users = ["ada", "bob", "cyd"];
        const sent: UserEvent[] = [];
        const pending = [];
        for (let batch = 0; batch < 60; batch++) {
          const events = users.map((user) => event(`${batch}-${user}`, { user, time: 60 - batch }));
          sent.push(...events);
          pending.push(storage.events.append(events));
        }
        const positions = (await Promise.all(pending)).flat().map((receipt) => receipt.position);
        expect(positions).toEqual([...positions].sort((a, b) => a - b));
        expect(new Set(positions).size).toBe(sent.length);

        const log = await all(storage.events.read({ after: 0, batchSize: 7 }));
        expect(log.map(unplaced)).toEqual(sent.map(unplaced));
        for (const user of users) {
          expect(await storage.events.readUser(user)).toEqual(log.filter((one) => one.user === user));
        }
        expect(await storage.events.count()).toBe(sent.length);
        expect(await storage.events.lastPosition()).toBe(positions.at(-1));
      });

      test("tells ids apart that look alike", async () => {
        const uuid = "0190b5a4-7c00-7abc-8def-0123456789ab";
        const ids = [uuid, uuid.toUpperCase(), uuid.replaceAll("-", ""), ` ${uuid}`, "é", "e\u0301", "a\u0000", "a"];
        const receipts = await storage.events.append(ids.map((id) => event(id)));
        expect(receipts.map((receipt) => receipt.duplicate)).toEqual(ids.map(() => false));
        expect((await storage.events.readUser("ada")).map(({ id }) => id)).toEqual(ids);
      });

      test("is read from after a position, in batches of the size asked for", async () => {
        const receipts = await storage.events.append("abcdefg".split("").map((id) => event(id)));
        const batches = await Array.fromAsync(storage.events.read({ after: receipts[1].position, batchSize: 2 }));
        expect(batches.map((batch) => batch.map(({ id }) => id).join(""))).toEqual(["cd", "ef", "g"]);
      });

      test("gives a user's newest events, page by page", async () => {
        await storage.events.append("abcde".split("").flatMap((id) => [event(id), event(`${id}2`, { user: "bob" })]));
        const newest = await storage.events.readUser("ada", { newestFirst: true, limit: 2 });
        expect(newest.map(({ id }) => id)).toEqual(["e", "d"]);
        const before = newest.at(-1)!.position;
        const next = await storage.events.readUser("ada", { newestFirst: true, limit: 2, before });
        expect(next.map(({ id }) => id)).toEqual(["c", "b"]);
        const oldest = await storage.events.readUser("ada", { limit: 2, before });
        expect(oldest.map(({ id }) => id)).toEqual(["a", "b"]);
      });

      test("takes a batch whole or not at all, and a refused batch does not disturb its neighbours", async () => {
        const results = await Promise.allSettled([
          storage.events.append([event("a")]),
          storage.events.append([event("b"), event("half a pair \ud800")]),
          storage.events.append([event("c"), event("d", { time: 0.5 })]),
          storage.events.append([event("e")]),
        ]);
        expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "rejected", "fulfilled"]);
        expect((await storage.events.readUser("ada")).map(({ id }) => id)).toEqual(["a", "e"]);
        expect(await storage.events.append([event("b")])).toMatchObject([{ duplicate: false }]);
      });

      test("is there after closing and opening, and continues where it was", async () => {
        const [first] = await storage.events.append([event("a")]);
        await reopen();
        const [again, second] = await storage.events.append([event("a"), event("b")]);
        expect(again).toEqual({ position: first.position, duplicate: true });
        expect(second.position).toBeGreaterThan(first.position);
        expect((await storage.events.readUser("ada")).map(({ id }) => id)).toEqual(["a", "b"]);
        expect(await storage.events.count()).toBe(2);
      });
    });

    describe("events that came before their item", () => {
      test("are found by it once it is in the catalogue, until they are settled", async () => {
        await storage.catalogue.put([entry(0, "known")]);
        await storage.events.append([
          event("1", { item: "known" }),
          event("2", { item: "late" }),
          event("3", { item: "late", user: "bob" }),
          event("4", { item: "never", user: "cyd" }),
          event("5"),
        ]);
        expect(await storage.events.itemsWaitedFor()).toEqual([]);
        await storage.catalogue.put([entry(1, "late")]);
        // What a crash between the two steps of the engine leaves behind is found again after opening.
        await reopen();
        expect(await storage.events.itemsWaitedFor()).toEqual(["late"]);
        expect((await storage.events.usersWaitingFor(["late", "known", "unheard of"])).sort()).toEqual(["ada", "bob"]);

        await storage.events.settleWaiting(["late"]);
        expect(await storage.events.itemsWaitedFor()).toEqual([]);
        expect(await storage.events.usersWaitingFor(["late"])).toEqual([]);
        expect(await storage.events.usersWaitingFor(["never"])).toEqual(["cyd"]);

        await storage.events.append([event("6", { item: "late", user: "cyd" })]);
        expect(await storage.events.usersWaitingFor(["late"])).toEqual([]);
      });
    });

    statesContract({ storage: () => storage, reopen });

    describe("the catalogue", () => {
      test("comes back in the order of its keys, numbers and nested attributes as they were", async () => {
        const matrix = Float32Array.of(0, 0.1, -0.2, 1e-30, 5);
        const film = entry(1, "映画 ☕", {
          item: {
            id: "映画 ☕",
            title: "Léon",
            text: "…",
            categories: [["Film", "Crime"], ["Drama"]],
            attributes: { year: 1994, cast: ["Reno"], nested: { a: null } },
            image: "https://example.org/x.png",
            createdAt: 5,
            hidden: true,
          },
          vector: matrix.subarray(1, 4),
          nodes: Int32Array.of(3, -1, 2 ** 31 - 1),
          treeVersion: 4,
        });
        await storage.catalogue.put([film, entry(0, "a"), entry(2, "b")]);
        await reopen();
        const [first, second, third] = await all(storage.catalogue.read({ batchSize: 2 }));
        expect(first.item).toEqual({ id: "a", title: "Title of a" });
        expect(second).toEqual(film);
        expect(second.vector.buffer.byteLength).toBe(12);
        expect(third.key).toBe(2);
      });

      test("replaces an entry under its key", async () => {
        await storage.catalogue.put([entry(0, "a"), entry(1, "b")]);
        await storage.catalogue.put([entry(1, "b", { treeVersion: 2, item: { id: "b", title: "New" } })]);
        const entries = await all(storage.catalogue.read());
        expect(entries.map(({ item }) => item.title)).toEqual(["Title of a", "New"]);
        expect(entries[1].treeVersion).toBe(2);
      });

      test("refuses a key or an item that belongs to another, and then changes nothing", async () => {
        await storage.catalogue.put([entry(0, "a")]);
        await expect(storage.catalogue.put([entry(1, "b"), entry(0, "c")])).rejects.toThrow(/catalogue key 0/);
        await expect(storage.catalogue.put([entry(1, "b"), entry(2, "a")])).rejects.toThrow(/catalogue key 2/);
        expect((await all(storage.catalogue.read())).map(({ item }) => item.id)).toEqual(["a"]);
      });
    });

    describe("users", () => {
      test("are listed with their events in the order of their ids, searched and page by page", async () => {
        await storage.events.append([
          event("1", { user: "b%" }),
          event("2", { user: "b%" }),
          event("3", { user: "ü" }),
          event("4", { user: "ab" }),
        ]);
        await storage.users.put({ id: "record only", attributes: { country: "NZ" } });
        expect(await storage.users.list()).toEqual([
          { id: "ab", events: 1 },
          { id: "b%", events: 2 },
          { id: "record only", events: 0 },
          { id: "ü", events: 1 },
        ]);
        expect(await storage.users.list({ query: "b" })).toEqual([
          { id: "ab", events: 1 },
          { id: "b%", events: 2 },
        ]);
        expect(await storage.users.list({ query: "%" })).toEqual([{ id: "b%", events: 2 }]);
        const page = await storage.users.list({ cursor: "ab", limit: 2 });
        expect(page.map(({ id }) => id)).toEqual(["b%", "record only"]);
        expect(await storage.users.count()).toBe(4);
      });

      test("have a record of their own, replaced as a whole", async () => {
        expect(await storage.users.get("ada")).toBeUndefined();
        await storage.users.put({ id: "ada", attributes: { plan: "pro" }, consent: { email: false } });
        expect(await storage.users.get("ada")).toEqual({
          id: "ada",
          attributes: { plan: "pro" },
          consent: { email: false },
        });
        await storage.users.put({ id: "ada", attributes: { plan: "free" } });
        await reopen();
        expect(await storage.users.get("ada")).toEqual({ id: "ada", attributes: { plan: "free" } });
        await storage.events.append([event("1", { user: "bob" })]);
        expect(await storage.users.get("bob")).toEqual({ id: "bob" });
        expect(await storage.users.count()).toBe(2);
      });

      test("are erased with everything that is known of them, and others are not", async () => {
        await storage.events.append([
          event("1", { item: "late" }),
          event("2", { user: "bob", item: "late" }),
          event("3"),
        ]);
        await storage.users.put({ id: "ada", attributes: { plan: "pro" } });
        await storage.states.save(
          new Map(["ada", "bob"].map((user) => [user, { position: 3, bytes: new Uint8Array([1]) }])),
          3,
        );
        const last = await storage.events.lastPosition();

        expect(await storage.users.erase("ada")).toEqual({ events: 2 });
        expect(await storage.users.erase("ada")).toEqual({ events: 0 });
        expect(await storage.users.get("ada")).toBeUndefined();
        expect(await storage.events.readUser("ada")).toEqual([]);
        expect([...(await storage.states.load(["ada", "bob"])).keys()]).toEqual(["bob"]);
        expect(await storage.events.usersWaitingFor(["late"])).toEqual(["bob"]);
        expect(await storage.users.list()).toEqual([{ id: "bob", events: 1 }]);
        expect(await storage.users.count()).toBe(1);
        expect(await storage.events.count()).toBe(1);
        expect(await storage.check()).toEqual([]);

        // Positions are not used a second time, not even those of the newest events; ids may be.
        await reopen();
        const [receipt] = await storage.events.append([event("3")]);
        expect(receipt.duplicate).toBe(false);
        expect(receipt.position).toBeGreaterThan(last);
        expect((await storage.events.readUser("ada")).map(({ id }) => id)).toEqual(["3"]);
      });
    });

    test("documents are stored under their names and replaced as a whole", async () => {
      expect(await storage.blobs.get("tree")).toBeUndefined();
      await storage.blobs.put("tree", new Uint8Array([1, 2, 3]));
      const large = Uint8Array.from({ length: 300_000 }, (_, index) => index % 251);
      await storage.blobs.put("matrix", large);
      await storage.blobs.put("tree", new Uint8Array([4]));
      await reopen();
      expect([...(await storage.blobs.get("tree"))!]).toEqual([4]);
      expect(Buffer.compare((await storage.blobs.get("matrix"))!, large)).toBe(0);
    });

    test("imports are remembered by their fingerprints", async () => {
      expect(await storage.imports.has("f1")).toBe(false);
      await storage.imports.add("f1", "ratings.csv");
      await storage.imports.add("f1", "the same bytes under another name.csv");
      await reopen();
      expect(await storage.imports.has("f1")).toBe(true);
      expect(await storage.imports.has("f2")).toBe(false);
    });

    test("closing finishes what was accepted, and then everything is refused", async () => {
      const accepted = "abcdef".split("").map((id) => storage.events.append([event(id)]));
      const closing = storage.close();
      expect(await Promise.all(accepted)).toHaveLength(6);
      await closing;
      await storage.close();
      const closed = { code: "PENCHANT_E_CLOSED" };
      await expect(storage.events.append([event("g")])).rejects.toMatchObject(closed);
      await expect(storage.events.readUser("ada")).rejects.toMatchObject(closed);
      await expect(all(storage.events.read({ after: 0 }))).rejects.toMatchObject(closed);
      await expect(storage.states.load(["ada"])).rejects.toMatchObject(closed);
      storage = await open(location);
      expect(await storage.events.count()).toBe(6);
    });
  });
}
