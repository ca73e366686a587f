/**
 * What became of the events of a request. The counts are exact however many came; results are listed one by one for as
 * many events as a JSON request can have, and of a longer stream for further refused ones, up to a limit.
 */
import { type EventReport, limits, type TrackedEvent } from "@penchant/protocol";

export class Report {
  #accepted = 0;
  #duplicates = 0;
  #rejected = 0;
  #unlisted = 0;
  #refusalsListed = 0;
  #firstRefusal: TrackedEvent | undefined;
  readonly #clockSkewMs: number;
  readonly #results: TrackedEvent[] = [];

  constructor(clockSkewMs: number) {
    this.#clockSkewMs = clockSkewMs;
  }

  /** Events so far: the index of the next one. */
  get events(): number {
    return this.#accepted + this.#duplicates + this.#rejected;
  }

  get rejected(): number {
    return this.#rejected;
  }

  get firstRefusal(): TrackedEvent | undefined {
    return this.#firstRefusal;
  }

  add(result: TrackedEvent): void {
    if (result.status === "accepted") this.#accepted += 1;
    else if (result.status === "duplicate") this.#duplicates += 1;
    else {
      this.#rejected += 1;
      this.#firstRefusal ??= result;
    }
    if (result.index < limits.batch) this.#results.push(result);
    else if (result.status === "rejected" && this.#refusalsListed < limits.refusalsListed) {
      this.#refusalsListed += 1;
      this.#results.push(result);
    } else this.#unlisted += 1;
  }

  toJSON(): EventReport {
    return {
      accepted: this.#accepted,
      duplicates: this.#duplicates,
      rejected: this.#rejected,
      results: this.#results,
      ...(this.#unlisted > 0 && { unlisted: this.#unlisted }),
      ...(this.#clockSkewMs !== 0 && { clockSkewMs: this.#clockSkewMs }),
    };
  }
}
