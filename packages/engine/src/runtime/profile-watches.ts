/**
 * Watching profiles: whoever watches gets the profile, then what changes in it as events come and time passes, and every
 * change of a phase once. Nothing is queued: a watch knows that something changed and reads the profile when its reader
 * is ready for it, so that a slow reader gets fewer and larger changes.
 */
import { setTimeout as delay } from "node:timers/promises";
import { PenchantError } from "../base/errors.ts";
import { minuteMs } from "../base/time.ts";
import { limits } from "../core/limits.ts";
import type { Phase, Profile } from "../core/profile.ts";
import {
  changesBetween,
  type PhaseTransition,
  type ProfileChanges,
  phasesOf,
  transitionsTo,
} from "../core/profile-changes.ts";

export type ProfileUpdate =
  | { readonly kind: "profile"; readonly profile: Profile }
  | { readonly kind: "changes"; readonly changes: ProfileChanges }
  | { readonly kind: "phase"; readonly transition: PhaseTransition }
  /** Nothing noticeable has changed for a while. */
  | { readonly kind: "quiet" };

export interface WatchOptions {
  /** Whose changes the watch is about at this moment: a merge may give the id to another. */
  readonly who: () => string;
  /** The profile as it is now. */
  readonly read: (heldPhases: ReadonlyMap<string, Phase>) => Promise<Profile>;
  readonly signal?: AbortSignal | undefined;
}

interface Watch {
  hasNews: boolean;
  wake(): void;
}

/** Events often come several at a time. */
const gatherMs = 100;
/** Time alone changes profiles too, slowly. */
const quietMs = minuteMs / 2;

export class ProfileWatches {
  readonly #watches = new Map<string, Set<Watch>>();
  readonly #closing = new AbortController();
  #count = 0;

  /** The user's state has changed. */
  notify(user: string): void {
    const watches = this.#watches.get(user);
    if (watches === undefined) return;
    for (const watch of watches) {
      watch.hasNews = true;
      watch.wake();
    }
  }

  /** @throws PENCHANT_E_STREAMS_BUSY when it is first asked and there are as many as may be */
  async *watch({ who, read, signal }: WatchOptions): AsyncGenerator<ProfileUpdate, void> {
    if (this.#count >= limits.profileStreams) {
      throw new PenchantError(
        "PENCHANT_E_STREAMS_BUSY",
        `Expected fewer than ${limits.profileStreams} profiles to be watched (limits.profileStreams), and there are as many; try again later.`,
        { details: { retryAfterSeconds: 5 } },
      );
    }
    const stop = AbortSignal.any([this.#closing.signal, ...(signal === undefined ? [] : [signal])]);
    const watch: Watch = { hasNews: false, wake: () => {} };
    let user = who();
    this.#count += 1;
    this.#add(user, watch);
    try {
      let before = await read(new Map());
      yield { kind: "profile", profile: before };
      for (;;) {
        await this.#sleep(watch, stop);
        if (stop.aborted) return;
        watch.hasNews = false;
        if (who() !== user) {
          this.#remove(user, watch);
          user = who();
          this.#add(user, watch);
        }
        const told = phasesOf(before);
        const after = await read(told);
        const changes = changesBetween(before, after);
        if (changes.events === 0 && changes.changes.length === 0) {
          // Small steps add up against what was told last.
          yield { kind: "quiet" };
          continue;
        }
        yield { kind: "changes", changes };
        for (const transition of transitionsTo(after, told)) yield { kind: "phase", transition };
        before = after;
      }
    } finally {
      this.#remove(user, watch);
      this.#count -= 1;
    }
  }

  /** Ends all watches. */
  close(): void {
    this.#closing.abort();
  }

  /** Until there is news, and a little longer for more of it; or for as long as it may be quiet. */
  async #sleep(watch: Watch, stop: AbortSignal): Promise<void> {
    const waking = new AbortController();
    watch.wake = () => waking.abort();
    if (!watch.hasNews) await pause(quietMs, AbortSignal.any([stop, waking.signal]));
    if (watch.hasNews) await pause(gatherMs, stop);
  }

  #add(user: string, watch: Watch): void {
    const watches = this.#watches.get(user);
    if (watches === undefined) this.#watches.set(user, new Set([watch]));
    else watches.add(watch);
  }

  #remove(user: string, watch: Watch): void {
    const watches = this.#watches.get(user)!;
    watches.delete(watch);
    if (watches.size === 0) this.#watches.delete(user);
  }
}

/** Resolves after a time, or as soon as the signal says so. */
async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await delay(milliseconds, undefined, { signal, ref: false }).catch(() => undefined);
}
