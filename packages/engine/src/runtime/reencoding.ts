/**
 * Another embedder was configured than the one that the items' vectors were made with: they are made anew in the background,
 * while everything goes on in the old space, and a rebuild puts the new one in its place. It begins a while after the start,
 * so that a program that only asks one question does not begin what it cannot finish. What was embedded by the time that the
 * engine closes is in the cache.
 */
export interface ReencodingParts {
  /** Whether the items' vectors are those of the configured embedders. */
  readonly isCurrent: () => Promise<boolean>;
  /** Fills the cache; rejects when the signal says so. */
  readonly embed: (signal: AbortSignal) => Promise<unknown>;
  readonly rebuild: () => Promise<unknown>;
  /** Ends the opening of an embedder, whoever waits for it. */
  readonly stopOpening: () => void;
  readonly onError: (error: unknown) => void;
  readonly delayMs: number;
}

export class Reencoding {
  readonly #parts: ReencodingParts;
  readonly #stopping = new AbortController();
  readonly #timer: NodeJS.Timeout;
  #work: Promise<void> = Promise.resolve();

  constructor(parts: ReencodingParts) {
    this.#parts = parts;
    this.#timer = setTimeout(() => {
      this.#work = this.#run();
    }, parts.delayMs);
    this.#timer.unref();
  }

  /** Embeds no further. A rebuild that has begun is waited for. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    this.#stopping.abort();
    this.#parts.stopOpening();
    await this.#work;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    const { isCurrent, embed, rebuild, onError } = this.#parts;
    try {
      if (await isCurrent()) return;
      await embed(signal);
      if (!signal.aborted) await rebuild();
    } catch (error) {
      if (!signal.aborted) onError(error);
    }
  }
}
