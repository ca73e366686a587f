/**
 * Stops asking whoever does not answer. After some failures in a row the circuit is open and calls are refused at once, so
 * that nobody waits for time-outs one after the other; after a while one call is let through, and what becomes of it decides
 * (Nygard, Release It!, 2007).
 */
import type { Clock } from "../../base/time.ts";

export interface CircuitOptions {
  readonly clock: Clock;
  /** Failures in a row that open the circuit. */
  readonly failuresMax: number;
  /** Milliseconds that it stays open. */
  readonly openMs: number;
}

export class CircuitBreaker {
  readonly #options: CircuitOptions;
  #failures = 0;
  #openUntil = Number.NEGATIVE_INFINITY;
  #isTrying = false;

  constructor(options: CircuitOptions) {
    this.#options = options;
  }

  /** Whether it was opened, and nothing has come through since. */
  get isOpen(): boolean {
    return this.#failures >= this.#options.failuresMax;
  }

  /** Milliseconds until a call may go through; 0 when one may now. */
  get waitMs(): number {
    if (this.#failures < this.#options.failuresMax) return 0;
    const left = this.#openUntil - this.#options.clock.now();
    if (left > 0) return left;
    return this.#isTrying ? this.#options.openMs : 0;
  }

  /** To be called when a call goes out that `waitMs` let through. */
  began(): void {
    if (this.#failures >= this.#options.failuresMax) this.#isTrying = true;
  }

  succeeded(): void {
    this.#failures = 0;
    this.#isTrying = false;
  }

  failed(): void {
    this.#failures += 1;
    this.#isTrying = false;
    if (this.#failures >= this.#options.failuresMax) {
      this.#openUntil = this.#options.clock.now() + this.#options.openMs;
    }
  }

  /** A call that said nothing of the provider's health, such as one that was given up by who made it. */
  undecided(): void {
    this.#isTrying = false;
  }
}
