/**
 * Calls to somebody else's model over the network, language model or embeddings: paced, limited in time, tried again where
 * that may help, counted, and refused at once while the provider is down. The call itself is a function that is given a
 * signal and returns what came with the tokens that it cost.
 *
 * What may be tried again: no connection, no answer in time, 408, 409, 429 and 5xx. The wait doubles from
 * `retryMs` on, or is what the provider asks for in `Retry-After`. Anything else (a wrong key, a model that is not there, an
 * answer that does not fit) would fail again, and fails at once.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { APICallError } from "ai";
import { PenchantError } from "../../base/errors.ts";
import { Tally } from "../../base/tally.ts";
import { type Clock, secondMs } from "../../base/time.ts";
import type { ProviderUsage } from "../../core/ports.ts";
import { CircuitBreaker } from "./circuit-breaker.ts";
import { Pace } from "./pace.ts";

export interface CallLimits {
  /** Milliseconds for one try. */
  readonly timeoutMs: number;
  /** Further tries after the first. */
  readonly retriesMax: number;
  readonly callsPerMinute: number;
  /** Milliseconds before the second try; doubles from try to try, up to `retryMsMax`. */
  readonly retryMs: number;
  readonly failuresMax: number;
  /** Milliseconds that calls are refused after so many failures. */
  readonly openMs: number;
}

export const defaultCallLimits: CallLimits = {
  timeoutMs: 30_000,
  retriesMax: 3,
  callsPerMinute: 600,
  retryMs: 500,
  failuresMax: 5,
  openMs: 30_000,
};
const retryMsMax = 30_000;

/** What one call cost, as the provider counts it; 0 where it does not say. */
export interface TokenCount {
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** Prices in a currency of the caller's. */
export interface Prices {
  readonly perMillionInputTokens: number;
  readonly perMillionOutputTokens: number;
}

/** Seconds: what a small model on the next machine needs, up to what a long text of a large one does. */
const secondsBounds = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

export interface ProviderOptions {
  /** Names the provider in errors; no secrets. */
  readonly name: string;
  readonly clock: Clock;
  readonly limits?: Partial<CallLimits> | undefined;
  readonly prices?: Prices | undefined;
  /** What must not appear in an error: keys. */
  readonly secrets?: readonly string[] | undefined;
}

export class ProviderCalls {
  readonly #options: ProviderOptions;
  readonly #limits: CallLimits;
  readonly #breaker: CircuitBreaker;
  readonly #pace: Pace;
  readonly #seconds = new Tally(secondsBounds);
  #usage = { calls: 0, retries: 0, failures: 0, inputTokens: 0, outputTokens: 0, cost: 0 };

  constructor(options: ProviderOptions) {
    this.#options = options;
    this.#limits = { ...defaultCallLimits, ...options.limits };
    this.#breaker = new CircuitBreaker({ clock: options.clock, ...this.#limits });
    this.#pace = new Pace(options.clock, this.#limits.callsPerMinute);
  }

  get usage(): ProviderUsage {
    return { ...this.#usage, seconds: this.#seconds, isRefusing: this.#breaker.isOpen };
  }

  /**
   * @param attempt one try; it has to give up when the signal says so, and not to try again by itself
   * @param signal of who waits for the result and may stop doing so
   * @throws PENCHANT_E_PROVIDER when it failed for good, or while the provider is not asked
   */
  async call<Result>(
    attempt: (signal: AbortSignal) => Promise<{ result: Result; tokens: TokenCount }>,
    signal?: AbortSignal,
  ): Promise<Result> {
    this.#usage.calls += 1;
    const since = this.#options.clock.now();
    for (let tries = 0; ; tries++) {
      const refusedMs = this.#breaker.waitMs;
      if (refusedMs > 0) {
        throw this.#failure(`is not asked for another ${Math.ceil(refusedMs / 1_000)} s, because it failed before`);
      }
      try {
        await wait(this.#pace.take(), signal);
        this.#breaker.began();
        const { result, tokens } = await this.#attempt(attempt, signal);
        this.#breaker.succeeded();
        this.#count(tokens);
        this.#seconds.add((this.#options.clock.now() - since) / secondMs);
        return result;
      } catch (cause) {
        if (signal?.aborted) {
          this.#breaker.undecided();
          throw this.#failure("was not waited for any longer", cause);
        }
        if (PenchantError.isInstance(cause)) {
          // The answer came, and is not what was asked for.
          this.#breaker.undecided();
          this.#usage.failures += 1;
          throw cause;
        }
        const again = retryable(cause);
        // Who refuses a request is there: only what may pass by itself counts as being down.
        if (again) this.#breaker.failed();
        else this.#breaker.undecided();
        if (!again || tries >= this.#limits.retriesMax) throw this.#failure(this.#described(cause), cause);
        this.#usage.retries += 1;
        await wait(this.#pauseMs(tries, cause), signal).catch((reason: unknown) => {
          throw this.#failure("was not waited for any longer", reason);
        });
      }
    }
  }

  async #attempt<Result>(attempt: (signal: AbortSignal) => Promise<Result>, signal?: AbortSignal): Promise<Result> {
    const timeout = AbortSignal.timeout(this.#limits.timeoutMs);
    const either = signal === undefined ? timeout : AbortSignal.any([signal, timeout]);
    try {
      return await attempt(either);
    } catch (cause) {
      if (timeout.aborted) throw new TimeOut(`did not answer within ${this.#limits.timeoutMs} ms`, { cause });
      throw cause;
    }
  }

  #count({ inputTokens, outputTokens }: TokenCount): void {
    const { perMillionInputTokens = 0, perMillionOutputTokens = 0 } = this.#options.prices ?? {};
    this.#usage.inputTokens += inputTokens;
    this.#usage.outputTokens += outputTokens;
    this.#usage.cost += (inputTokens * perMillionInputTokens + outputTokens * perMillionOutputTokens) / 1e6;
  }

  #pauseMs(tries: number, cause: unknown): number {
    const asked = APICallError.isInstance(cause) ? Number(cause.responseHeaders?.["retry-after"]) * 1_000 : Number.NaN;
    const pause = asked > 0 ? asked : this.#limits.retryMs * 2 ** tries;
    return Math.min(retryMsMax, pause);
  }

  #described(cause: unknown): string {
    if (cause instanceof TimeOut) return cause.message;
    const message = cause instanceof Error ? cause.message : String(cause);
    if (APICallError.isInstance(cause) && cause.statusCode !== undefined) {
      return `answered ${cause.statusCode}: ${this.#withoutSecrets(message)}`;
    }
    return `failed: ${this.#withoutSecrets(message)}`;
  }

  #withoutSecrets(text: string): string {
    const secrets = this.#options.secrets ?? [];
    const shown = secrets.filter(Boolean).reduce((rest, secret) => rest.replaceAll(secret, "***"), text);
    return shown.length > 200 ? `${shown.slice(0, 200)}...` : shown;
  }

  #failure(what: string, cause?: unknown): PenchantError {
    this.#usage.failures += 1;
    const { name } = this.#options;
    const status = APICallError.isInstance(cause) ? (cause.statusCode ?? null) : null;
    return new PenchantError("PENCHANT_E_PROVIDER", `The provider ${name} ${what.replace(/\.$/, "")}.`, {
      details: { provider: name, status },
    });
  }
}

class TimeOut extends Error {}

const passing = new Set([408, 409, 429]);

function retryable(cause: unknown): boolean {
  if (cause instanceof TimeOut) return true;
  if (!APICallError.isInstance(cause)) return false;
  const { statusCode } = cause;
  return statusCode === undefined || passing.has(statusCode) || statusCode >= 500;
}

async function wait(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted();
  if (milliseconds > 0) await sleep(milliseconds, undefined, signal && { signal });
}
