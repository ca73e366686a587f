/**
 * Reads statements with a language model, behind what anybody waits for.
 *
 *  1. The log is the queue. A cursor in the database says up to where all statements are read; what lies behind it is read one
 *     after the other, also after a restart. So what waits takes no memory but that of a page of it, and nobody's words are
 *     kept beside the log.
 *  2. A model that is away is asked again, after 1, 2, 4, ... seconds, at most five minutes, for as long as it takes. Where it refuses
 *     this one statement, or answers with what does not fit, the rules read it.
 *  3. Evidence is appended all or nothing, with ids made of the statement's, and then the cursor moves: a statement that a crash
 *     has read twice counts once. Whoever was erased meanwhile has no evidence either.
 */
import { setTimeout as delay } from "node:timers/promises";
import { PenchantError } from "../base/errors.ts";
import { minuteMs, secondMs } from "../base/time.ts";
import type { LoggedEvent } from "../core/event.ts";
import type { LanguageModel, Storage } from "../core/ports.ts";
import type { StatementKind } from "../core/statement.ts";
import type { InterestTree } from "../core/tree.ts";
import { claimsByModel, type OfferedInterest } from "../text/statement-claims.ts";
import type { Intake } from "./intake.ts";
import { claimsInTree, evidenceOf, kindOf } from "./statement-evidence.ts";
import type { Understanding } from "./understanding.ts";

export interface StatementReaderParts {
  readonly storage: Storage;
  readonly intake: Intake;
  readonly understanding: Understanding;
  readonly languageModel: LanguageModel;
  /** Runs what is about a person in line with merging and erasing them. */
  readonly inLine: <Result>(work: () => Promise<Result>) => Promise<Result>;
  readonly onBackgroundError: (error: unknown) => void;
}

const blobName = "statements";
/** Statements that are held at a time. */
const pageSize = 100;
/** A program that only asks one question begins nothing that it cannot finish. */
const startDelayMs = 2 * secondMs;
const retryMs = secondMs;
const retryMsMax = 5 * minuteMs;
/** Interests that the model is offered: the largest of the upper levels. */
const interestsOffered = 40;
const levelsOffered = 2;
/** Statuses of a provider by which it refuses this one question. */
const refusals: readonly unknown[] = [400, 413, 422];

export class StatementReader {
  readonly #parts: StatementReaderParts;
  readonly #stopping = new AbortController();
  /** Up to here all statements of the log are read. */
  #position = 0;
  /** Whether there may be unread ones behind it. */
  #isBehind = true;
  /** How often there was news. */
  #news = 0;
  /** Statements on their way into the log. */
  #arriving = 0;
  #waking = new AbortController();
  #running: Promise<void> | undefined;
  #waiters: (() => void)[] = [];

  constructor(parts: StatementReaderParts) {
    this.#parts = parts;
  }

  /** Positions of the log in which there may be statements that are not read yet. */
  get lag(): number {
    return this.#isBehind ? Math.max(0, this.#parts.intake.position - this.#position) : 0;
  }

  /** Goes on where the last process stopped. What was in the log before there was a model is left as it is. */
  async start(): Promise<void> {
    const { blobs, events } = this.#parts.storage;
    const stored = await blobs.get(blobName);
    if (stored === undefined) await this.#keep(await events.lastPosition());
    else this.#position = (JSON.parse(Buffer.from(stored).toString()) as { position: number }).position;
    this.#running = this.#run();
  }

  /** Appends a statement, which is read soon after. */
  async arrive<Result>(append: () => Promise<Result>): Promise<Result> {
    // Where nothing waits, the log up to now need not be looked at.
    if (!this.#isBehind && this.#arriving === 0) {
      this.#position = Math.max(this.#position, this.#parts.intake.position);
    }
    this.#arriving += 1;
    try {
      return await append();
    } finally {
      this.#arriving -= 1;
      this.#news += 1;
      this.#isBehind = true;
      this.#waking.abort();
    }
  }

  /** Resolves with true when all statements are read, or with false when one of the signals is given before. */
  async settled(signal?: AbortSignal): Promise<boolean> {
    this.#waking.abort();
    // The pauses before further tries keep no program running, and whoever waits here wants it to run.
    const running = setInterval(() => {}, minuteMs);
    try {
      while (this.#isBehind) {
        if (signal?.aborted || this.#stopping.signal.aborted) return false;
        await new Promise<void>((resolve) => {
          this.#waiters.push(resolve);
          signal?.addEventListener("abort", () => resolve(), { once: true });
        });
      }
      return true;
    } finally {
      clearInterval(running);
    }
  }

  /** Ends what is under way; it is read after the next start. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
    this.#tellWaiters();
    if (this.#isBehind) return;
    // Kept so that the next start need not look at what has nothing to read in it; the log is whole without.
    const { storage, onBackgroundError } = this.#parts;
    const keepEnd = async () => this.#keep(Math.max(this.#position, await storage.events.lastPosition()));
    await keepEnd().catch(onBackgroundError);
  }

  async #run(): Promise<void> {
    const stop = this.#stopping.signal;
    let isFailing = false;
    let waitMs = retryMs;
    await this.#sleep(startDelayMs);
    while (!stop.aborted) {
      try {
        const news = this.#news;
        const isAll = await this.#readOn();
        isFailing = false;
        waitMs = retryMs;
        if (!isAll || news !== this.#news) continue;
        this.#isBehind = false;
        this.#tellWaiters();
        await this.#sleep();
      } catch (error) {
        if (stop.aborted) return;
        if (!isFailing) this.#parts.onBackgroundError(error);
        isFailing = true;
        await pause(waitMs, stop);
        waitMs = Math.min(2 * waitMs, retryMsMax);
      }
    }
  }

  /** Reads what the log has behind the cursor, a page of it at most. False when there was more. */
  async #readOn(): Promise<boolean> {
    const stop = this.#stopping.signal;
    const page = new Map<string, { statement: LoggedEvent; kind: StatementKind }>();
    let looked = this.#position;
    reading: for await (const events of this.#parts.storage.events.read({ after: this.#position })) {
      stop.throwIfAborted();
      for (const event of events) {
        if (page.size === pageSize) break reading;
        looked = event.position;
        const kind = kindOf(event);
        if (kind !== undefined) page.set(event.id, { statement: event, kind });
        // Evidence comes after its statement: it was read, and the cursor was not moved any more.
        else if (typeof event.context?.statement === "string") page.delete(event.context.statement);
      }
    }
    const isAll = page.size < pageSize;
    for (const { statement, kind } of page.values()) {
      await this.#take(statement, kind);
      stop.throwIfAborted();
      await this.#keep(statement.position);
    }
    this.#position = looked;
    return isAll;
  }

  /** Reads one statement and appends what it says. */
  async #take(statement: LoggedEvent, kind: StatementKind): Promise<void> {
    const { storage, intake, understanding, languageModel: model, inLine } = this.#parts;
    const { id, text = "", position } = statement;
    const { tree } = understanding.models;
    const question = { interests: offeredOf(tree), signal: this.#stopping.signal };
    const found = await claimsByModel(model, text, question).catch((error: unknown) => {
      if (PenchantError.isInstance(error) && refusals.includes(error.details.status)) return undefined;
      throw error;
    });
    const reading =
      found === undefined ? { claims: claimsInTree(tree, text), by: "rules" } : { claims: found, by: model.model };
    if (reading.claims.length === 0) return;
    await inLine(async () => {
      for await (const [still] of storage.events.read({ after: position - 1, batchSize: 1 })) {
        if (still.id === id) await intake.track(evidenceOf(statement, { kind, ...reading }));
        return;
      }
    });
  }

  async #keep(position: number): Promise<void> {
    this.#position = position;
    await this.#parts.storage.blobs.put(blobName, Buffer.from(JSON.stringify({ format: 1, position })));
  }

  #tellWaiters(): void {
    for (const tell of this.#waiters.splice(0)) tell();
  }

  /** Until somebody has something to read, or for as long as is said. */
  async #sleep(milliseconds = minuteMs): Promise<void> {
    this.#waking = new AbortController();
    await pause(milliseconds, AbortSignal.any([this.#stopping.signal, this.#waking.signal]));
  }
}

/** The interests that the model may say a claim is about. */
function offeredOf(tree: InterestTree): OfferedInterest[] {
  return tree.nodes
    .filter(({ index, level, kind }) => index > 0 && level <= levelsOffered && kind !== "provisional")
    .sort((a, b) => b.itemCount - a.itemCount || a.index - b.index)
    .slice(0, interestsOffered)
    .map(({ id, index }) => ({ id, path: tree.pathTo(index).map(({ label, name }) => name?.label ?? label) }));
}

/** Resolves after a time, or as soon as the signal says so. */
async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await delay(milliseconds, undefined, { signal, ref: false }).catch(() => undefined);
}
