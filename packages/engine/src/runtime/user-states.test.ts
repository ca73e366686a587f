import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { PenchantError } from "../base/errors.ts";
import { seededRandom } from "../base/random.ts";
import { hourMs } from "../base/time.ts";
import type { LoggedEvent, UserEvent } from "../core/event.ts";
import { type EventGist, isEvent } from "../core/log-record.ts";
import type { StateStore, Storage } from "../core/ports.ts";
import type { FoldableEvent, InterestState } from "../core/state.ts";
import { encodeState } from "../core/state-codec.ts";
import { openEmbeddedStorage } from "../storage/embedded/index.ts";
import { testStart } from "../testing/builders.ts";
import { folderWith } from "../testing/folder.ts";
import { Identities } from "./identities.ts";
import { UserStates, type UserStatesOptions } from "./user-states.ts";

const broken = new PenchantError("PENCHANT_E_STORAGE_FULL", "The disk is full.");

describe("the states of all users", () => {
  let dataDir: string;
  let storage: Storage;
  /** Node of each known item. */
  let known: Map<string, number>;
  let flushErrors: unknown[];

  beforeEach(async () => {
    dataDir = folderWith();
    storage = await openEmbeddedStorage({ dataDir });
    known = new Map([0, 1, 2, 3].map((item) => [`i${item}`, item]));
    flushErrors = [];
  });
  afterEach(() => storage.close());

  const toFoldable = (event: EventGist): FoldableEvent => {
    const node = known.get(event.item ?? "");
    return {
      position: event.position,
      time: event.time,
      type: event.type,
      item: node ?? -1,
      nodes: Int32Array.of(node ?? 0),
      weight: event.type === "dislike" ? -1 : 0.3,
      value: event.value ?? Number.NaN,
      engaging: true,
    };
  };

  async function open(options: Partial<UserStatesOptions> = {}): Promise<UserStates> {
    const states = new UserStates({
      log: storage.events,
      store: storage.states,
      identities: await Identities.load(storage.users),
      fold: (state, record) => {
        if (isEvent(record)) state.fold(toFoldable(record));
      },
      onChanged: () => {},
      treeVersion: () => 1,
      cachedMax: 1_000,
      dirtyMax: 1_000,
      eventsBehindMax: 1_000_000,
      intervalMs: 1e6,
      onError: (error) => flushErrors.push(error),
      ...options,
    });
    await states.recover();
    return states;
  }

  async function append(events: readonly UserEvent[]): Promise<LoggedEvent[]> {
    const receipts = await storage.events.append(events);
    return events.map((event, index) => ({ ...event, position: receipts[index].position }));
  }

  const track = async (states: UserStates, events: readonly UserEvent[]) => states.fold(await append(events));

  /** A store of which one method fails as long as `isFailing` says so. */
  function failing(method: "load" | "save", isFailing: (...given: unknown[]) => boolean): StateStore {
    const { states } = storage;
    const orFail =
      <Arguments extends unknown[], Result>(work: (...given: Arguments) => Promise<Result>) =>
      async (...given: Arguments) => {
        if (isFailing(...given)) throw broken;
        return work(...given);
      };
    return { ...states, [method]: orFail(states[method] as (...given: unknown[]) => Promise<unknown>) };
  }

  const storedBytes = async (users: readonly string[]) =>
    [...(await storage.states.load(users))]
      .map(([user, { bytes }]) => [user, Buffer.from(bytes).toString("hex")] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1));

  let counter = 0;
  const event = (user: string, fields: Partial<UserEvent> = {}): UserEvent => ({
    id: `e${counter++}`,
    user,
    type: "view",
    item: "i0",
    time: testStart,
    ...fields,
  });

  const names = Array.from({ length: 12 }, (_, index) => `user ${index}`);
  function batches(count: number, seed: number): UserEvent[][] {
    const random = seededRandom(seed);
    return Array.from({ length: count }, () =>
      Array.from({ length: 1 + random.integer(9) }, () =>
        event(names[random.integer(names.length)], {
          item: `i${random.integer(5)}`,
          type: ["view", "like", "dislike"][random.integer(3)],
          time: testStart + (random.integer(3_000) - 1_500) * hourMs,
          ...(random.integer(2) === 0 ? { value: random.normal() } : {}),
        }),
      ),
    );
  }

  it("are the same to the bit whether they lived, were recovered or rebuilt, in a cache too small for all", async () => {
    const all = batches(60, 1);
    const live = await open({ cachedMax: 4, dirtyMax: 5 });
    for (const batch of all.slice(0, 40)) await track(live, batch);
    // What came after the last flush is lost with the process; the log has it.
    const recovered = await open({ cachedMax: 4, dirtyMax: 7 });
    for (const batch of all.slice(40)) await track(recovered, batch);
    await recovered.flush();
    const bytes = await storedBytes(names);
    expect(bytes).toHaveLength(names.length);

    const stayed = await open();
    await stayed.rebuild();
    expect(await storedBytes(names)).toEqual(bytes);
    for (const name of names) {
      const stored = (await storage.states.load([name])).get(name)!;
      expect(encodeState(await stayed.get(name), 1)).toEqual(stored.bytes);
    }
  });

  it("count every event once, when folding meets replaying", async () => {
    const states = await open();
    const first = await append([event("ada"), event("bob")]);
    const second = await append([event("ada")]);
    await states.rebuild();
    await states.fold(first);
    await states.fold(second);
    expect((await states.get("ada")).events).toBe(2);
    expect((await states.get("bob")).events).toBe(1);
  });

  it("count the events of commits that are folded in another order", async () => {
    const states = await open();
    const first = await append([event("ada")]);
    const second = await append([event("ada"), event("bob")]);
    await Promise.all([states.fold(second), states.fold(first)]);
    expect((await states.get("ada")).events).toBe(2);
  });

  it("catch up on events whose folding failed, before they are taken for stored", async () => {
    let isFailing = false;
    const states = await open({ store: failing("load", () => isFailing) });
    isFailing = true;
    await expect(track(states, [event("ada")])).rejects.toThrow("The disk is full.");
    isFailing = false;
    await track(states, [event("bob")]);
    expect((await states.get("ada")).events).toBe(1);
    await states.flush();
    const again = await open();
    expect((await again.get("ada")).events).toBe(1);
  });

  it("take events while they cannot be written, and write them later", async () => {
    let isFailing = true;
    const states = await open({ cachedMax: 0, dirtyMax: 0, store: failing("save", () => isFailing) });
    await track(states, [event("ada")]);
    expect(flushErrors).toEqual([broken]);
    expect((await states.get("ada")).events).toBe(1);
    isFailing = false;
    await track(states, [event("bob")]);
    expect(await storedBytes(["ada", "bob"])).toHaveLength(2);
    expect(states.flushedPosition).toBe(2);
  });

  it("are what they were when a rebuild fails at the change that it was made for", async () => {
    const states = await open({ cachedMax: 1 });
    for (const batch of batches(10, 2)) await track(states, batch);
    await states.flush();
    const bytes = await storedBytes(names);
    await expect(states.rebuild({ before: () => Promise.reject(broken) })).rejects.toThrow("The disk is full.");
    await track(states, [event("somebody new")]);
    await states.flush();
    expect(await storedBytes(names)).toEqual(bytes);
  });

  it("count events that came before their item once it has come", async () => {
    const states = await open();
    await track(states, [event("ada", { item: "i9" }), event("ada"), event("bob")]);
    expect([...(await states.get("ada")).seen.values()]).toEqual([0]);
    known.set("i9", 9);
    await storage.catalogue.put([
      {
        key: 0,
        item: { id: "i9", title: "Nine" },
        vector: new Float32Array(1),
        nodes: Int32Array.of(9),
        treeVersion: 1,
      },
    ]);
    await states.itemsArrived(["i9"]);
    expect([...(await states.get("ada")).seen.values()]).toEqual([0, 9]);
    expect(nodesOf(await states.get("ada"))).toEqual([0, 9]);
    await states.flush();
    const bytes = await storedBytes(["ada", "bob"]);
    await states.rebuild();
    expect(await storedBytes(["ada", "bob"])).toEqual(bytes);
  });

  it("count them after a crash between the item's coming and the counting, too", async () => {
    const states = await open();
    await track(states, [event("ada", { item: "i9" })]);
    await states.flush();
    known.set("i9", 9);
    await storage.catalogue.put([
      {
        key: 0,
        item: { id: "i9", title: "Nine" },
        vector: new Float32Array(1),
        nodes: Int32Array.of(9),
        treeVersion: 1,
      },
    ]);
    const recovered = await open();
    expect(nodesOf(await recovered.get("ada"))).toEqual([9]);
    expect(await storage.events.itemsWaitedFor()).toEqual([]);
  });

  it("leave memory again: at most as many as allowed stay, and strangers not at all", async () => {
    const states = await open({ cachedMax: 3, dirtyMax: 1 });
    for (const batch of batches(30, 3)) await track(states, batch);
    for (const name of names) await states.get(name);
    await states.get("a stranger");
    expect(states.figures()).toMatchObject({ cached: 3, dirty: 0 });
  });

  it("are read ahead as they are stored, as far as there is room, and never over newer ones", async () => {
    const before = await open();
    for (const batch of batches(30, 4)) await track(before, batch);
    await before.close();
    const bytes = await storedBytes(names);

    const states = await open();
    await track(states, [event(names[0])]);
    await states.readAhead();
    expect(states.figures()).toMatchObject({ cached: names.length, dirty: 1, misses: 1 });
    const [[, lived]] = bytes.filter(([user]) => user === names[0]);
    expect(encodeState(states.cached(names[0])!, 1)).not.toEqual(Uint8Array.from(Buffer.from(lived, "hex")));
    for (const [user, hex] of bytes) {
      if (user !== names[0]) expect(Buffer.from(encodeState(states.cached(user)!, 1)).toString("hex")).toBe(hex);
    }

    const small = await open({ cachedMax: 5 });
    await small.readAhead();
    expect(small.figures().cached).toBe(5);
  });

  it("are looked up no more once all are in memory, and again once one had to go", async () => {
    const before = await open();
    for (const name of names) await track(before, [event(name)]);
    await before.close();
    const lookups: (readonly string[])[] = [];
    const store = failing("load", (users) => lookups.push(users as string[]) < 0);
    const states = await open({ store, cachedMax: names.length + 1 });
    await states.readAhead();
    await track(states, [event("somebody new"), event(names[3])]);
    await states.flush();
    expect(lookups).toEqual([]);
    await track(states, [event("one too many")]);
    for (const name of names) expect((await states.get(name)).events).toBe(name === names[3] ? 2 : 1);
    expect(lookups).not.toEqual([]);
  });

  it("are read ahead no further once they are closed", async () => {
    const states = await open();
    await track(states, [event("ada")]);
    await states.close();
    const again = await open();
    await again.close();
    await again.readAhead();
    expect(again.figures().cached).toBe(0);
  });

  it("are written by themselves after a while", async () => {
    const states = await open({ intervalMs: 20 });
    await track(states, [event("ada")]);
    await expect.poll(() => storedBytes(["ada"])).toHaveLength(1);
    await states.close();
  });
});

function nodesOf(state: InterestState): number[] {
  return Array.from({ length: state.nodeCount }, (_, row) => state.nodeAt(row));
}
