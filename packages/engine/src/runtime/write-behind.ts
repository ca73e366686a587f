/**
 * Writing interest states behind: beside everything else, so that no event waits for it.
 *
 * A state that changed is dirty until it is written. It is left alone for a while, because more events of its user may
 * come; then it is written with others that have waited as long, few at a time, by at most half of the writer's time
 * unless too much is waiting. Under load the writer takes up a write once per commit of events, so that the further the
 * states are behind, the more are written at once. With every write goes the low-water mark: the position before the first event that some
 * stored state lacks. After a crash the log is replayed from there, and a state skips what it has already.
 */
import { setImmediate, setTimeout } from "node:timers/promises";
import { Line } from "../base/line.ts";
import type { StateStore } from "../core/ports.ts";
import type { InterestState } from "../core/state.ts";
import { encodeState } from "../core/state-codec.ts";

export interface WriteBehindOptions {
  readonly store: StateStore;
  readonly treeVersion: () => number;
  /** The state of a user who was marked, as it is now. */
  readonly stateOf: (user: string) => InterestState | undefined;
  /** Position up to which all events are in the states. */
  readonly folded: () => number;
  /** Whether more states are in memory than there may be, so that those that changed are in the way. */
  readonly isCrowded: () => boolean;
  /** Dirty states above which writing hurries where it is crowded; above twice as many, `makeRoom` waits for it. */
  readonly dirtyMax: number;
  /** Events that a restart may have to replay before writing hurries. */
  readonly eventsBehindMax: number;
  /** How long a changed state waits for further changes, at least; at most twice as long. */
  readonly intervalMs: number;
  /** Told of a user whose state is written and has not changed since. */
  readonly onWritten: (user: string) => void;
  /** Told of a write that failed; the states stay dirty and are written later. */
  readonly onError: (error: unknown) => void;
}

/** States that are written at once: encoding so many takes about a millisecond, and nobody is answered meanwhile. */
const statesPerWrite = 64;
/** The same while writing hurries, and as many times more as the log is further ahead than it may be. */
const statesPerHurriedWrite = 250;

export class WriteBehind {
  readonly #options: WriteBehindOptions;
  /** Users whose stored state lacks events, with the position of the first of these, in the order of these positions. */
  #dirty = new Map<string, number>();
  /** The same of the states that are being written. */
  readonly #writing = new Map<string, number>();
  /** Users whose states must not be written now. */
  readonly #held = new Set<string>();
  #mark = 0;
  /** What was folded when the timer last rang. */
  #foldedAtRing = 0;
  /** One write after the other. */
  readonly #line = new Line();
  #behind: Promise<void> | undefined;
  readonly #timer: NodeJS.Timeout;

  constructor(options: WriteBehindOptions) {
    this.#options = options;
    this.#timer = setInterval(() => {
      const until = this.#foldedAtRing;
      this.#foldedAtRing = options.folded();
      this.#writeBehind(until).catch(options.onError);
    }, options.intervalMs);
    this.#timer.unref();
  }

  /** Dirty states. */
  get size(): number {
    return this.#dirty.size + this.#writing.size;
  }

  /** The low-water mark: all events up to this position are in the states that are stored. */
  get flushedPosition(): number {
    return this.#mark;
  }

  /** To be called once, with the low-water mark that was stored. */
  start(checkpoint: number): void {
    this.#mark = checkpoint;
    this.#foldedAtRing = checkpoint;
  }

  /** A state has changed by events from a position on. Positions never go back. */
  add(user: string, position: number): void {
    if (!this.#dirty.has(user)) this.#dirty.set(user, position);
  }

  /** There is nothing left to write of a user. */
  remove(user: string): void {
    this.#dirty.delete(user);
  }

  /** Does work during which a user's state is not written: it would come after what the work does to the store. */
  async without<Result>(user: string, work: () => Promise<Result>): Promise<Result> {
    this.#held.add(user);
    try {
      return await work();
    } finally {
      this.#held.delete(user);
    }
  }

  /** Does work that makes all stored states void, whether it succeeds or not, while nothing is written. */
  async afresh(work: () => Promise<void>): Promise<void> {
    await this.#line.run(async () => {
      try {
        await work();
      } finally {
        this.#dirty.clear();
        this.start(0);
      }
    });
  }

  /** Writes the states of some users, as far as they are dirty. */
  async write(users: readonly string[]): Promise<void> {
    for (let start = 0; start < users.length; start += statesPerHurriedWrite) {
      await this.#line.run(() => this.#write(users.slice(start, start + statesPerHurriedWrite)));
    }
  }

  /** Writes all that is dirty now. */
  async writeAll(): Promise<void> {
    await this.write([...this.#dirty.keys()]);
    if (this.#mark < this.#options.folded()) await this.#line.run(() => this.#write([]));
  }

  /** Lets writing hurry where too much is dirty; resolves late where it is far too much. */
  async makeRoom(): Promise<void> {
    if (this.#urgency === 0) return;
    // Until it is not urgent any more; the rest waits for its time.
    const writing = this.#writeBehind(0);
    if (this.size > 2 * this.#options.dirtyMax) await writing;
    else writing.catch(this.#options.onError);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** 1 or more while writing has to hurry, and the more the further it is behind; else 0. */
  get #urgency(): number {
    const { dirtyMax, eventsBehindMax, isCrowded, folded } = this.#options;
    const behind = (folded() - this.#mark) / eventsBehindMax;
    return behind > 1 ? behind : this.#dirty.size > dirtyMax && isCrowded() ? 1 : 0;
  }

  #writeBehind(until: number): Promise<void> {
    this.#behind ??= this.#writeUntil(until).finally(() => {
      this.#behind = undefined;
    });
    return this.#behind;
  }

  /** Writes what has been dirty since a position, and more while it is urgent; the oldest first. */
  async #writeUntil(until: number): Promise<void> {
    for (;;) {
      const urgency = this.#urgency;
      const isUrgent = urgency > 0;
      const most = isUrgent ? Math.floor(urgency * statesPerHurriedWrite) : statesPerWrite;
      const users: string[] = [];
      for (const [user, position] of this.#dirty) {
        if (users.length === most || (position > until && !isUrgent)) break;
        if (!this.#held.has(user)) users.push(user);
      }
      if (users.length === 0) return;
      const start = performance.now();
      await this.#line.run(() => this.#write(users));
      // Somebody may wait for this: the process must not end meanwhile.
      await (isUrgent ? setImmediate() : setTimeout(performance.now() - start));
    }
  }

  async #write(users: readonly string[]): Promise<void> {
    const treeVersion = this.#options.treeVersion();
    const states = new Map<string, { position: number; bytes: Uint8Array }>();
    for (const user of users) {
      const position = this.#dirty.get(user);
      const state = this.#options.stateOf(user);
      if (position === undefined || this.#held.has(user)) continue;
      if (state === undefined) {
        this.#dirty.delete(user);
        continue;
      }
      states.set(user, { position: state.position, bytes: encodeState(state, treeVersion) });
      this.#writing.set(user, position);
      this.#dirty.delete(user);
    }
    const [oldest] = this.#dirty.values();
    const checkpoint = oldest === undefined ? this.#options.folded() : oldest - 1;
    try {
      await this.#options.store.save(states, checkpoint);
      this.#mark = checkpoint;
      for (const user of this.#writing.keys()) if (!this.#dirty.has(user)) this.#options.onWritten(user);
    } catch (error) {
      // Who has become dirty again meanwhile lacks what came first.
      const lacking = [...new Map([...this.#dirty, ...this.#writing])];
      const present = lacking.filter(([user]) => this.#options.stateOf(user) !== undefined);
      this.#dirty = new Map(present.sort(([, a], [, b]) => a - b));
      throw error;
    } finally {
      this.#writing.clear();
    }
  }
}
