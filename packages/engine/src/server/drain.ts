/**
 * Stopping without dropping anything: what was taken in is finished, and whoever comes meanwhile is told at once to go
 * elsewhere. Only whether the process lives is still answered, so that nobody kills it over the time that this takes.
 */
import { PenchantError } from "../base/errors.ts";
import type { Server } from "./wire.ts";

const liveness = "/health/live";

export class Drain {
  #inFlight = 0;
  #isDraining = false;
  #drained = () => {};
  readonly #stopping = new AbortController();

  /** Given when the server stops, to whatever would go on for ever. */
  get stopping(): AbortSignal {
    return this.#stopping.signal;
  }

  /** To be put into the server before anything that can refuse a request. */
  watch(server: Server): void {
    server.addHook("onRequest", (request, reply, done) => {
      this.#inFlight += 1;
      // Comes whether the answer was sent or its reader went away.
      reply.raw.once("close", () => {
        this.#inFlight -= 1;
        if (this.#inFlight === 0) this.#drained();
      });
      if (this.#isDraining && request.routeOptions.url !== liveness) {
        reply.header("connection", "close");
        throw new PenchantError("PENCHANT_E_CLOSED", "The server is stopping.", { details: { retryAfterSeconds: 5 } });
      }
      done();
    });
  }

  /** From now on requests are refused. Resolves when none is in flight any more. */
  async drained(): Promise<void> {
    this.#isDraining = true;
    this.#stopping.abort();
    if (this.#inFlight === 0) return;
    await new Promise<void>((resolve) => {
      this.#drained = resolve;
    });
  }
}
