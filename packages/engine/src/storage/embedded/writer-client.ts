/** The serving thread's end of the writer: sends requests, keeps count of what waits, and settles the promises. */
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { PenchantError } from "../../base/errors.ts";
import { Tally } from "../../base/tally.ts";
import type { StorageFigures } from "../../core/ports.ts";
import { databasePath } from "./connection.ts";
import type { EmbeddedLimits } from "./limits.ts";
import type { MessageFromWorker, MessageToWorker, WriteKind, WriteReply, WriteRequest, Writes } from "./requests.ts";
import { errorFromMessage, storageError } from "./sqlite-errors.ts";

export interface WriteClient {
  send<K extends WriteKind>(kind: K, input: Writes[K]["input"]): Promise<Writes[K]["output"]>;
  figures(): StorageFigures;
  /** Everything that was sent is written and answered before this resolves. */
  close(): Promise<void>;
}

const commitSecondsBounds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];
const commitEventsBounds = [1, 3, 10, 30, 100, 300, 1_000, 3_000, 10_000];

interface Pending {
  readonly events: number;
  resolve(output: never): void;
  reject(error: PenchantError): void;
}

/** Starts the writer. Rejects with what keeps it from opening the database. */
export async function startWriter(dataDir: string, limits: EmbeddedLimits): Promise<WriteClient> {
  const worker = new Worker(new URL("./worker.ts", import.meta.url), { workerData: { dataDir, limits }, execArgv: [] });
  const exited = new Promise<void>((resolve) => worker.once("exit", () => resolve()));
  let message: MessageFromWorker;
  try {
    [message] = (await once(worker, "message")) as [MessageFromWorker];
  } catch (error) {
    throw storageError(error, databasePath(dataDir));
  }
  if (typeof message === "object" && "failed" in message) {
    await exited;
    throw errorFromMessage(message.failed);
  }
  return new WorkerClient(worker, exited, dataDir, limits);
}

class WorkerClient implements WriteClient {
  readonly #worker: Worker;
  readonly #exited: Promise<void>;
  readonly #dataDir: string;
  readonly #limits: EmbeddedLimits;
  readonly #pending = new Map<number, Pending>();
  readonly #commitSeconds = new Tally(commitSecondsBounds);
  readonly #commitEvents = new Tally(commitEventsBounds);
  #queuedEvents = 0;
  #nextId = 1;
  /** Set when the worker has ended without being asked to. */
  #broken: PenchantError | undefined;

  constructor(worker: Worker, exited: Promise<void>, dataDir: string, limits: EmbeddedLimits) {
    this.#worker = worker;
    this.#exited = exited;
    this.#dataDir = dataDir;
    this.#limits = limits;
    worker.on("message", ({ replies, commits }: Extract<MessageFromWorker, { replies: unknown }>) => {
      for (const { events, seconds } of commits) {
        this.#commitEvents.add(events);
        this.#commitSeconds.add(seconds);
      }
      for (const reply of replies) this.#settle(reply);
      // A program that forgets to close may end: everything that was acknowledged is on disk.
      if (this.#pending.size === 0) worker.unref();
    });
    worker.on("error", (error) => this.#break(error));
    worker.on("exit", () => this.#break(undefined));
    worker.unref();
  }

  async send<K extends WriteKind>(kind: K, input: Writes[K]["input"]): Promise<Writes[K]["output"]> {
    if (this.#broken !== undefined) throw this.#broken;
    const events = kind === "append" ? (input as Writes["append"]["input"]).events.length : 0;
    this.#requireRoom(events);
    const id = this.#nextId++;
    // Posting first: input that cannot be sent throws here, and leaves nothing pending.
    this.#post({ id, kind, input } as WriteRequest);
    this.#worker.ref();
    this.#queuedEvents += events;
    return await new Promise<Writes[K]["output"]>((resolve, reject) => {
      this.#pending.set(id, { events, resolve, reject });
    });
  }

  figures(): StorageFigures {
    return {
      queuedEvents: this.#queuedEvents,
      queuedEventsMax: this.#limits.queuedEventsMax,
      commitSeconds: this.#commitSeconds,
      commitEvents: this.#commitEvents,
    };
  }

  async close(): Promise<void> {
    this.#worker.ref();
    this.#post("close");
    await this.#exited;
  }

  #post(message: MessageToWorker): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
    this.#worker.postMessage(message);
  }

  #requireRoom(events: number): void {
    const { queuedEventsMax } = this.#limits;
    if (this.#queuedEvents + events <= queuedEventsMax) return;
    const details = { events, waiting: this.#queuedEvents, limit: queuedEventsMax, retryAfterSeconds: 1 };
    throw new PenchantError(
      "PENCHANT_E_OVERLOADED",
      events > queuedEventsMax
        ? `A batch of ${events} events is over the limit of ${queuedEventsMax} events that may wait to be written (queuedEventsMax); split it.`
        : `${this.#queuedEvents} events are waiting to be written, and ${events} more would be over the limit of ${queuedEventsMax} (queuedEventsMax); try again in a moment.`,
      { details },
    );
  }

  #settle(reply: WriteReply): void {
    const pending = this.#pending.get(reply.id)!;
    this.#pending.delete(reply.id);
    this.#queuedEvents -= pending.events;
    if ("error" in reply) pending.reject(errorFromMessage(reply.error));
    else pending.resolve(reply.output as never);
  }

  #break(cause: Error | undefined): void {
    const path = databasePath(this.#dataDir);
    this.#broken ??= new PenchantError(
      "PENCHANT_E_STORAGE",
      `${path}: the writer has stopped${cause === undefined ? "" : ` (${cause.message})`}; open the data directory again. Everything acknowledged is on disk.`,
      { details: { file: path }, cause },
    );
    for (const pending of this.#pending.values()) pending.reject(this.#broken);
    this.#pending.clear();
    this.#queuedEvents = 0;
  }
}
