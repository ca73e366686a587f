/**
 * The interest states of all users: in memory as far as the bound allows, written behind, and always what the log says.
 *
 * Work on states is done in one line, in the order of the log: the events of a commit are folded before anything that was
 * asked for later. Writing is not in that line (`write-behind.ts`); only states that are written are let go.
 */
import { PenchantError } from "../base/errors.ts";
import { Line } from "../base/line.ts";
import { isMerge, type LoggedMerge, type LogRecord } from "../core/log-record.ts";
import type { EventLog } from "../core/ports.ts";
import { InterestState } from "../core/state.ts";
import { decodeState } from "../core/state-codec.ts";
import { caughtUp, knownRecords } from "./caught-up.ts";
import { Erasures } from "./erasures.ts";
import type { EngineFigures } from "./figures.ts";
import type { Fold } from "./folding.ts";
import type { Identities } from "./identities.ts";
import { stateOf } from "./past.ts";
import { StateCache } from "./state-cache.ts";
import { StoredStates } from "./stored-states.ts";
import { WriteBehind, type WriteBehindOptions } from "./write-behind.ts";

export interface UserStatesOptions extends Omit<WriteBehindOptions, "stateOf" | "folded" | "isCrowded" | "onWritten"> {
  readonly log: EventLog;
  readonly identities: Identities;
  readonly fold: Fold;
  /** Told of a user whose state has changed. */
  readonly onChanged: (user: string) => void;
  /** States kept in memory. */
  readonly cachedMax: number;
}

export class UserStates {
  readonly #options: UserStatesOptions;
  readonly #cache = new StateCache();
  readonly #stored: StoredStates;
  readonly #dirty: WriteBehind;
  readonly #erasures = new Erasures();
  #hits = 0;
  #misses = 0;
  #folded = 0;
  #isStopped = false;
  readonly #line = new Line();

  constructor(options: UserStatesOptions) {
    this.#options = options;
    this.#stored = new StoredStates(options.store);
    this.#dirty = new WriteBehind({
      ...options,
      stateOf: (user) => this.#cache.get(user),
      folded: () => this.#folded,
      isCrowded: () => this.#cache.size > options.cachedMax,
      // Letting go is for those in line: between loading a state and folding into it, it has to stay.
      onWritten: (user) => this.#cache.release(user),
    });
  }

  /** Position up to which all events are in the states that are stored. */
  get flushedPosition(): number {
    return this.#dirty.flushedPosition;
  }

  /** Position up to which all events are in the states that are read. */
  get foldedPosition(): number {
    return this.#folded;
  }

  figures(): EngineFigures["states"] {
    return { cached: this.#cache.size, dirty: this.#dirty.size, hits: this.#hits, misses: this.#misses };
  }

  /** Brings the stored states up to the end of the log. Called once, before anything else. */
  async recover(onProgress?: (events: number) => void): Promise<void> {
    await this.#line.run(async () => {
      this.#folded = await this.#options.store.checkpoint();
      this.#dirty.start(this.#folded);
      await this.#replay(onProgress);
    });
    await this.itemsArrived(await this.#options.log.itemsWaitedFor());
  }

  /** Reads stored states into memory as far as there is room for them; ends when the states are closed. */
  readAhead(): Promise<void> {
    return this.#stored.readAhead({
      inLine: (work) => this.#line.run(work),
      isWanted: () => !this.#isStopped && this.#cache.size < this.#options.cachedMax,
      take: async (states) => {
        for (const [user, { bytes }] of states) if (!this.#cache.has(user)) await this.#restore(user, bytes);
        this.#evict();
      },
    });
  }

  /** Folds records that were just committed, in order of position. */
  fold(records: readonly LogRecord[]): Promise<void> {
    return this.#line.run(async () => {
      const kept = this.#erasures.withoutErased(records);
      // A gap: folding an earlier commit failed, or it comes later. The log has what is missing.
      if (records.length > 0 && records[0].position > this.#folded + 1) return this.#replay();
      await this.#foldAll(kept);
      // The records are in the log and in the states: what cannot be written now stays dirty and is written later.
      await this.#makeRoom().catch(this.#options.onError);
    });
  }

  /** The user's state if it is in memory: then it is as new as any. Not to be changed. */
  cached(user: string): InterestState | undefined {
    return this.#cache.get(user);
  }

  /** The user's state as of the last acknowledged event; an empty one for a stranger. Not to be changed. */
  async get(id: string): Promise<InterestState> {
    const cached = this.#cache.get(this.#options.identities.resolve(id));
    if (cached !== undefined) {
      this.#hits += 1;
      return cached;
    }
    return this.#line.run(async () => {
      const user = this.#options.identities.resolve(id);
      await this.#load([user]);
      const state = this.#cache.get(user)!;
      if (state.position === 0) this.#cache.delete(user);
      this.#evict();
      return state;
    });
  }

  /**
   * Derives every state from the log again.
   *
   * @param options.before done between forgetting the old states and folding: what changes the meaning of events
   */
  async rebuild(options: { before?: () => Promise<void>; onProgress?: (events: number) => void } = {}): Promise<void> {
    await this.#line.run(async () => {
      try {
        await this.#dirty.afresh(async () => {
          try {
            await this.#options.store.clear();
            await options.before?.();
          } finally {
            // Nothing is stored any more: even if the meaning stays what it was, the states must be derived again.
            this.#cache.clear();
            this.#stored.letGo();
            this.#folded = 0;
          }
        });
      } finally {
        await this.#replay(options.onProgress);
        await this.#dirty.writeAll();
      }
      const waitedFor = await this.#options.log.itemsWaitedFor();
      if (waitedFor.length > 0) await this.#options.log.settleWaiting(waitedFor);
    });
  }

  /**
   * Erases a user, and all ids merged into theirs, in line with the folding of their events. Whatever came of it, the state is then what the log makes of
   * what is left: nothing, unless the user has done something since, or the erasure failed.
   */
  forget(user: string, erase: () => Promise<{ events: number }>): Promise<{ events: number }> {
    const { identities, log } = this.#options;
    return this.#line.run(async () => {
      const family = identities.family(user);
      try {
        return await this.#dirty.without(user, erase);
      } finally {
        const until = await caughtUp(log);
        if (family.length > 1) await identities.reload();
        const state = await this.#refold(user, until);
        this.#erasures.add(family, until);
        if (state.position === 0) {
          this.#cache.delete(user);
          this.#dirty.remove(user);
          this.#options.onChanged(user);
        } else {
          this.#cache.set(user, state);
          this.#changed(user, this.#folded + 1);
        }
      }
    });
  }

  flush(): Promise<void> {
    return this.#line.run(() => this.#dirty.writeAll());
  }

  /** Writes nothing behind and reads nothing ahead any more. */
  stop(): void {
    this.#isStopped = true;
    this.#dirty.stop();
  }

  /** Writes what is dirty and stops. */
  async close(): Promise<void> {
    this.stop();
    await this.flush();
  }

  /** Items have joined the catalogue: users whose events named them before are folded again from the log. */
  async itemsArrived(items: readonly string[]): Promise<void> {
    if (items.length === 0) return;
    await this.#line.run(async () => {
      const { log, identities } = this.#options;
      const users = new Set((await log.usersWaitingFor(items)).map((user) => identities.resolve(user)));
      for (const user of users) {
        // What is committed but not yet folded comes by the ordinary way.
        this.#cache.set(user, await this.#refold(user, this.#folded));
        this.#changed(user, this.#folded + 1);
      }
      await this.#dirty.write([...users]);
      await log.settleWaiting(items);
    });
  }

  /** The state that the user's records make, up to a position of the log. */
  async #refold(user: string, until: number): Promise<InterestState> {
    const { log, fold } = this.#options;
    return stateOf(await log.userRecords(user, { position: until }), fold);
  }

  async #replay(onProgress?: (events: number) => void): Promise<void> {
    let replayed = 0;
    for await (const records of knownRecords(this.#options.log, this.#folded)) {
      await this.#foldAll(records);
      replayed += records.length;
      onProgress?.(replayed);
      await this.#makeRoom();
    }
  }

  async #foldAll(records: readonly LogRecord[]): Promise<void> {
    const { identities, fold } = this.#options;
    await this.#load(records.map(({ user }) => identities.resolve(user)));
    for (const record of records) {
      if (isMerge(record)) await this.#merge(record);
      const user = identities.resolve(record.user);
      const state = this.#cache.get(user)!;
      if (record.position > state.position) {
        fold(state, record);
        this.#changed(user, record.position);
      }
      this.#folded = Math.max(this.#folded, record.position);
    }
  }

  /** From here on two states are one: that of all that both have done, in the order of the log. */
  async #merge({ merged, user: into, position }: LoggedMerge): Promise<void> {
    const user = this.#options.identities.add(merged, into);
    if (this.#cache.get(user)!.position >= position) return;
    this.#cache.delete(merged);
    this.#dirty.remove(merged);
    this.#options.onChanged(merged);
    this.#cache.set(user, await this.#refold(user, position));
    this.#changed(user, position);
  }

  async #load(users: readonly string[]): Promise<void> {
    const missing = new Set<string>();
    for (const user of users) {
      if (this.#cache.has(user)) this.#hits += 1;
      else missing.add(user);
    }
    this.#misses += missing.size;
    if (missing.size === 0) return;
    const stored = await this.#stored.load([...missing]);
    for (const user of missing) {
      const found = stored.get(user);
      if (found === undefined) this.#cache.set(user, new InterestState());
      else await this.#restore(user, found.bytes);
    }
  }

  /** Takes in a stored state; one in a form that is not known any more is derived from the log again. */
  async #restore(user: string, bytes: Uint8Array): Promise<void> {
    try {
      this.#cache.set(user, decodeState(bytes).state);
    } catch (error) {
      if (!PenchantError.isInstance(error) || error.code !== "PENCHANT_E_STATE_VERSION") throw error;
      this.#cache.set(user, await this.#refold(user, this.#folded));
      this.#changed(user, this.#folded + 1);
    }
  }

  /** The user's state has changed by events from a position on. */
  #changed(user: string, position: number): void {
    this.#cache.hold(user);
    this.#dirty.add(user, position);
    this.#options.onChanged(user);
  }

  async #makeRoom(): Promise<void> {
    await this.#dirty.makeRoom();
    this.#evict();
  }

  /** Lets go of the states that were used longest ago, as far as they are written. */
  #evict(): void {
    if (this.#cache.shrink(this.#options.cachedMax)) this.#stored.letGo();
  }
}
