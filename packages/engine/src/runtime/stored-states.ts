/**
 * The stored states as memory meets them: looked up as people come, or read ahead in a row, which costs a fraction of that.
 * Once all are in memory and none has been let go since, whoever is not there is new.
 */
import { setTimeout } from "node:timers/promises";
import type { StateStore, StoredState } from "../core/ports.ts";

export interface ReadAheadOptions {
  /** Does work while no state changes, is written or let go. */
  readonly inLine: <Result>(work: () => Promise<Result>) => Promise<Result>;
  /** Whether there is anything to gain from more states in memory. */
  readonly isWanted: () => boolean;
  /** Takes in states as they are stored. */
  readonly take: (states: ReadonlyMap<string, StoredState>) => Promise<void>;
}

const none: ReadonlyMap<string, StoredState> = new Map();

export class StoredStates {
  readonly #store: StateStore;
  #areAllInMemory = false;
  /** Counts the times at which states left memory. */
  #departures = 0;

  constructor(store: StateStore) {
    this.#store = store;
  }

  /** The states of users who are not in memory. */
  async load(users: readonly string[]): Promise<ReadonlyMap<string, StoredState>> {
    return this.#areAllInMemory ? none : await this.#store.load(users);
  }

  /** Some states have left memory. */
  letGo(): void {
    this.#areAllInMemory = false;
    this.#departures += 1;
  }

  /** Reads states as long as they are wanted: a few at a time, half of the time at most. */
  async readAhead({ inLine, isWanted, take }: ReadAheadOptions): Promise<void> {
    const stored = this.#store.read()[Symbol.asyncIterator]();
    const departuresBefore = this.#departures;
    for (;;) {
      // In line: between reading and taking in, no state may change and be written.
      const tookMs = await inLine(async () => {
        if (!isWanted()) return undefined;
        const start = performance.now();
        const { done, value: states } = await stored.next();
        if (done !== true) {
          await take(states);
          return performance.now() - start;
        }
        this.#areAllInMemory = departuresBefore === this.#departures;
        return undefined;
      });
      if (tookMs === undefined) return;
      await setTimeout(tookMs, undefined, { ref: false });
    }
  }
}
