/** Engines for tests: one that is opened and closed around every test, and others beside it. */
import { afterEach, beforeEach } from "vitest";
import { seededRandom } from "../base/random.ts";
import { hourMs } from "../base/time.ts";
import type { EventInput } from "../core/event.ts";
import type { StoredState } from "../core/ports.ts";
import type { Profile } from "../core/profile.ts";
import { type Engine, type EngineOptions, openEngine } from "../engine.ts";
import { type FakeClock, fakeClock, testStart, themedItems } from "../testing/builders.ts";
import { folderWith } from "../testing/folder.ts";

export const items = themedItems(20);
export const users = ["ada", "bob", "cleo", "dan"];

/** What four people did in the hundred days before `testStart`, in no order of time. */
export function history(count: number, seed = 1): EventInput[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, (_, index) => ({
    id: `h${seed}-${index}`,
    user: users[random.integer(users.length)],
    type: ["view", "like", "rating", "dislike", "search", "impression"][random.integer(6)],
    ...(random.integer(8) > 0 && { item: items[random.integer(items.length)].id }),
    ...(random.integer(2) > 0 && { value: random.integer(11) / 2 }),
    time: testStart - random.integer(100 * 24) * hourMs,
  }));
}

/** Registers the opening and closing of an engine around every test of the suite that it is called in. */
export function engineForTests(): EngineForTests {
  let dataDir: string;
  let engine: Engine;
  const clock = fakeClock();
  const open = (options: EngineOptions = {}) => openEngine({ dataDir, clock, ...options });

  beforeEach(async () => {
    dataDir = folderWith();
    engine = await open();
  });
  afterEach(() => engine.close());

  return {
    get engine() {
      return engine;
    },
    clock,
    open,
    async reopen(options = {}) {
      await engine.close();
      engine = await open(options);
    },
    async twin(events) {
      const other = await openEngine({ dataDir: folderWith(), clock });
      await other.putItems(items);
      for (const batch of inBatches(events, 7)) await other.track(batch);
      return other;
    },
    profiles: () => Promise.all(users.map((user) => engine.profile(user))),
    storedStates: () => engine.storage.states.load(users),
  };
}

export interface EngineForTests {
  readonly engine: Engine;
  readonly clock: FakeClock;
  /** Another engine on the same folder. */
  open(options?: EngineOptions): Promise<Engine>;
  /** Closes the engine and opens its folder again. */
  reopen(options?: EngineOptions): Promise<void>;
  /** An engine on a folder of its own with `items`, and the events tracked in small batches. */
  twin(events: readonly EventInput[]): Promise<Engine>;
  /** Of all `users`. */
  profiles(): Promise<Profile[]>;
  storedStates(): Promise<Map<string, StoredState>>;
}

export function* inBatches<T>(all: readonly T[], size: number): Generator<T[]> {
  for (let start = 0; start < all.length; start += size) yield all.slice(start, start + size);
}
