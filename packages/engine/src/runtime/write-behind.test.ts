import { setTimeout } from "node:timers/promises";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import type { StoredState } from "../core/ports.ts";
import { InterestState } from "../core/state.ts";
import { WriteBehind } from "./write-behind.ts";

interface Save {
  readonly users: string[];
  readonly checkpoint: number;
}

let states: Map<string, InterestState>;
let saves: Save[];
let written: string[];
let errors: unknown[];
let folded: number;
let isFailing: boolean;
let isCrowded: boolean;

beforeEach(() => {
  states = new Map();
  saves = [];
  written = [];
  errors = [];
  folded = 0;
  isFailing = false;
  isCrowded = true;
});

function open(options: { intervalMs?: number; dirtyMax?: number; eventsBehindMax?: number } = {}): WriteBehind {
  const behind = new WriteBehind({
    store: {
      load: async () => new Map(),
      read: async function* () {},
      checkpoint: async () => 0,
      clear: async () => {},
      async save(saved: ReadonlyMap<string, StoredState>, checkpoint) {
        if (isFailing) throw new Error("The disk is full.");
        saves.push({ users: [...saved.keys()], checkpoint });
      },
    },
    treeVersion: () => 1,
    stateOf: (user) => states.get(user),
    folded: () => folded,
    isCrowded: () => isCrowded,
    dirtyMax: 1_000,
    eventsBehindMax: 1_000_000,
    intervalMs: 3_600_000,
    onWritten: (user) => written.push(user),
    onError: (error) => errors.push(error),
    ...options,
  });
  onTestFinished(() => behind.stop());
  return behind;
}

function fold(behind: WriteBehind, user: string): void {
  folded += 1;
  states.set(user, states.get(user) ?? new InterestState());
  behind.add(user, folded);
}

describe("states that are written behind", () => {
  it("carry the position before the first event that some stored state lacks", async () => {
    const behind = open();
    for (const user of ["ada", "bert", "ada", "cleo"]) fold(behind, user);
    await behind.write(["bert"]);
    await behind.write(["ada"]);
    await behind.write(["cleo"]);
    expect(saves).toEqual([
      { users: ["bert"], checkpoint: 0 },
      { users: ["ada"], checkpoint: 3 },
      { users: ["cleo"], checkpoint: 4 },
    ]);
    expect(behind.flushedPosition).toBe(4);
  });

  it("are written once for all events that come within a while", async () => {
    const behind = open({ intervalMs: 30 });
    for (let event = 0; event < 100; event++) fold(behind, "ada");
    expect(saves).toEqual([]);
    while (behind.flushedPosition < 100) await setTimeout(5);
    expect(saves).toEqual([{ users: ["ada"], checkpoint: 100 }]);
  });

  it("are written at once, the oldest first, when there are too many", async () => {
    const behind = open({ dirtyMax: 1 });
    for (const user of ["ada", "bert", "cleo"]) fold(behind, user);
    await behind.makeRoom();
    expect(saves[0]).toEqual({ users: ["ada", "bert", "cleo"], checkpoint: 3 });
  });

  it("are written at once when a restart would have to replay too much", async () => {
    const behind = open({ eventsBehindMax: 3 });
    isCrowded = false;
    for (const user of ["ada", "ada", "ada"]) fold(behind, user);
    await behind.makeRoom();
    expect(saves).toEqual([]);
    fold(behind, "ada");
    await behind.makeRoom();
    expect(saves).toEqual([{ users: ["ada"], checkpoint: 4 }]);
  });

  it("are written in small parts while there is time, and in larger ones the further they are behind", async () => {
    const users = Array.from({ length: 600 }, (_, user) => `user ${user}`);
    const calm = open({ intervalMs: 10 });
    for (const user of users) fold(calm, user);
    while (calm.size > 0) await setTimeout(5);
    expect(Math.max(...saves.map((save) => save.users.length))).toBeLessThan(100);

    saves = [];
    folded = 0;
    const behind = open({ eventsBehindMax: 200 });
    for (const user of users) fold(behind, user);
    await behind.makeRoom();
    while (behind.size === 600) await setTimeout(5);
    expect(saves[0].users).toEqual(users);
  });

  it("wait for their time, however many they are, while there is room for all in memory", async () => {
    const behind = open({ dirtyMax: 1 });
    isCrowded = false;
    for (const user of ["ada", "bert", "cleo"]) fold(behind, user);
    await behind.makeRoom();
    expect(saves).toEqual([]);
    isCrowded = true;
    await behind.makeRoom();
    expect(saves).toHaveLength(1);
  });

  it("stay dirty when they cannot be written, from the first event that is missing", async () => {
    const behind = open();
    for (const user of ["ada", "bert"]) fold(behind, user);
    isFailing = true;
    await expect(behind.write(["ada"])).rejects.toThrow("The disk is full.");
    expect(behind.size).toBe(2);
    expect(written).toEqual([]);
    fold(behind, "ada");
    isFailing = false;
    await behind.write(["bert"]);
    await behind.write(["ada"]);
    expect(saves).toEqual([
      { users: ["bert"], checkpoint: 0 },
      { users: ["ada"], checkpoint: 3 },
    ]);
  });

  it("are reported as written only when nothing has changed them meanwhile", async () => {
    const behind = open();
    for (const user of ["ada", "bert"]) fold(behind, user);
    const writing = behind.write(["ada", "bert"]);
    await Promise.resolve();
    fold(behind, "ada");
    await writing;
    expect(saves).toEqual([{ users: ["ada", "bert"], checkpoint: 2 }]);
    expect(written).toEqual(["bert"]);
  });

  it("are forgotten when nothing is left to write of their user", async () => {
    const behind = open();
    for (const user of ["ada", "bert"]) fold(behind, user);
    states.delete("ada");
    await behind.writeAll();
    expect(saves).toEqual([{ users: ["bert"], checkpoint: 2 }]);
    expect(behind.size).toBe(0);
  });

  it("are left out while their user is being erased, and nothing is taken for stored that is not", async () => {
    const behind = open();
    for (const user of ["ada", "bert"]) fold(behind, user);
    await behind.without("ada", () => behind.writeAll());
    expect(saves.at(-1)).toEqual({ users: [], checkpoint: 0 });
    await behind.writeAll();
    expect(saves.at(-1)).toEqual({ users: ["ada"], checkpoint: 2 });
  });

  it("are all void after work that begins anew, even when the work fails", async () => {
    const behind = open();
    fold(behind, "ada");
    await behind.writeAll();
    fold(behind, "ada");
    const failed = behind.afresh(async () => {
      throw new Error("The disk is full.");
    });
    await expect(failed).rejects.toThrow("The disk is full.");
    expect(behind.flushedPosition).toBe(0);
    expect(behind.size).toBe(0);
  });
});
