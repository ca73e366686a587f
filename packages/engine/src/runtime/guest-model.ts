/**
 * A language model that is asked while somebody waits, for explanations and for re-ranking. It has until a deadline; whoever asked
 * goes on without it after that, whatever the model does. When it has missed some in a row it is not asked for a while, so that nobody
 * waits for a model that is too slow: the circuit of the provider (`text/provider/calls.ts`) knows of failures, and not of
 * being given up.
 */
import type { Clock } from "../base/time.ts";
import { secondMs } from "../base/time.ts";
import type { LanguageModel } from "../core/ports.ts";
import { CircuitBreaker } from "../text/provider/circuit-breaker.ts";
import type { GuestFigures } from "./figures.ts";

const missedMax = 3;
const restMs = 30 * secondMs;

export class GuestModel {
  readonly #model: LanguageModel;
  readonly #deadlineMs: number;
  readonly #breaker: CircuitBreaker;
  #figures = { used: 0, unfit: 0, missed: 0, unasked: 0 };

  constructor(model: LanguageModel, { clock, deadlineMs }: { clock: Clock; deadlineMs: number }) {
    this.#model = model;
    this.#deadlineMs = deadlineMs;
    this.#breaker = new CircuitBreaker({ clock, failuresMax: missedMax, openMs: restMs });
  }

  get name(): string {
    return this.#model.model;
  }

  figures(): GuestFigures {
    return { ...this.#figures };
  }

  /** What the model answered; undefined when it was late, could not be asked, is not asked now, or answered with what does not fit. */
  async ask<Answer>(
    question: (model: LanguageModel, options: { signal: AbortSignal }) => Promise<Answer | undefined>,
  ): Promise<Answer | undefined> {
    if (this.#breaker.waitMs > 0) {
      this.#figures.unasked += 1;
      return undefined;
    }
    this.#breaker.began();
    const late = Symbol("late");
    const giveUp = new AbortController();
    const deadline = Promise.withResolvers<typeof late>();
    const timer = setTimeout(() => deadline.resolve(late), this.#deadlineMs);
    // Whatever keeps it from answering counts as being late: nobody who waits is helped by knowing.
    const asked = question(this.#model, { signal: giveUp.signal }).catch(() => late);
    const answer = await Promise.race([asked, deadline.promise]);
    clearTimeout(timer);
    giveUp.abort();
    if (typeof answer === "symbol") {
      this.#breaker.failed();
      this.#figures.missed += 1;
      return undefined;
    }
    this.#breaker.succeeded();
    this.#figures[answer === undefined ? "unfit" : "used"] += 1;
    return answer;
  }
}
