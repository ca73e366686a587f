/**
 * States in memory, in two halves: those that are written somewhere else and may be let go, least recently used first,
 * and those that changed and must stay until they are written. Letting go never has to search for one that may go,
 * however many have changed.
 */
import type { InterestState } from "../core/state.ts";

export class StateCache {
  /** Least recently used first. */
  readonly #written = new Map<string, InterestState>();
  readonly #changed = new Map<string, InterestState>();

  get size(): number {
    return this.#written.size + this.#changed.size;
  }

  has(user: string): boolean {
    return this.#changed.has(user) || this.#written.has(user);
  }

  /** The user's state, which counts as used. */
  get(user: string): InterestState | undefined {
    const changed = this.#changed.get(user);
    if (changed !== undefined) return changed;
    const written = this.#written.get(user);
    if (written === undefined) return undefined;
    this.#written.delete(user);
    this.#written.set(user, written);
    return written;
  }

  /** A state as it is written; one that replaces a changed one counts as changed. */
  set(user: string, state: InterestState): void {
    const half = this.#changed.has(user) ? this.#changed : this.#written;
    half.set(user, state);
  }

  /** The user's state has changed: it stays until it is released. */
  hold(user: string): void {
    const state = this.#written.get(user);
    if (state === undefined) return;
    this.#written.delete(user);
    this.#changed.set(user, state);
  }

  /** The user's state is written as it is. */
  release(user: string): void {
    const state = this.#changed.get(user);
    if (state === undefined) return;
    this.#changed.delete(user);
    this.#written.set(user, state);
  }

  delete(user: string): void {
    this.#changed.delete(user);
    this.#written.delete(user);
  }

  clear(): void {
    this.#changed.clear();
    this.#written.clear();
  }

  /**
   * Lets go of written states until as many are left as there may be, as far as there are written ones.
   *
   * @returns whether it had to
   */
  shrink(sizeMax: number): boolean {
    if (this.size <= sizeMax) return false;
    for (const user of this.#written.keys()) {
      this.#written.delete(user);
      if (this.size <= sizeMax) break;
    }
    return true;
  }
}
