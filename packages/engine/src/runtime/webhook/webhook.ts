/**
 * The webhook: tells another system how profiles change, at least once and in order.
 *
 * 1. A cursor in the database says up to which position of the log everything was told. The next delivery is named by the
 *    stretch that follows, the name is made durable, and the delivery is sent until the other side takes it (a status from
 *    200 to 299). Then the cursor moves. After a crash the same delivery is sent again, with the same id.
 * 2. Once a day, what the time alone changed is told in the same way, a page of users at a time.
 * 3. When a delivery fails it is tried again after 1, 2, 4, ... seconds, at most an hour, for as long as it takes. Nothing is
 *    dropped: what comes meanwhile waits in the log, and is told of in as few deliveries as it fits into.
 *
 * Only one delivery is under way at a time.
 */
import { setTimeout as delay } from "node:timers/promises";
import { PenchantError } from "../../base/errors.ts";
import { type Clock, dayMs, hourMs, minuteMs, secondMs } from "../../base/time.ts";
import type { WebhookFigures } from "../figures.ts";
import {
  type DeliverySources,
  endOfStretch,
  eventsDelivery,
  type Lapse,
  type Stretch,
  timeDelivery,
  type WebhookDelivery,
} from "./deliveries.ts";
import { signatureHeaders } from "./signature.ts";

export interface WebhookConfig {
  readonly url: string;
  /** `whsec_` and 24 to 64 bytes in base64. */
  readonly secret: string;
  /** Before the first retry; every further wait is twice as long, up to an hour. */
  readonly retrySeconds: number;
}

/** What is durable. */
interface Cursor {
  readonly format: 1;
  /** Up to here everything was told. */
  readonly position: number;
  /** Up to this moment it was told what the time changed. */
  readonly time: number;
  /** The delivery under way. */
  readonly stretch?: Stretch;
  readonly lapse?: Lapse;
}

const blobName = "webhook";
const timeoutMs = 10 * secondMs;
const retryMostMs = hourMs;
/** Events often come several at a time. */
const gatherMs = 100;
const lapseMs = dayMs;
/** Between looks at the clock. */
const idleMs = minuteMs;

export class Webhook {
  readonly #config: WebhookConfig;
  readonly #sources: DeliverySources;
  readonly #clock: Clock;
  readonly #onError: (error: unknown) => void;
  readonly #stopping = new AbortController();
  #cursor: Cursor;
  /** How far the lapse is told. After a restart it begins anew: names of users are not kept beside the log. */
  #page = 0;
  #pageAfter: string | undefined;
  #wake = () => {};
  #hasNews = true;
  #delivered = 0;
  #failures = 0;
  #failingSince: number | null = null;
  #running: Promise<void> | undefined;

  private constructor(
    config: WebhookConfig,
    sources: DeliverySources,
    { clock, onError, cursor }: { clock: Clock; onError: (error: unknown) => void; cursor: Cursor },
  ) {
    this.#config = config;
    this.#sources = sources;
    this.#clock = clock;
    this.#onError = onError;
    this.#cursor = cursor;
  }

  /**
   * Goes on where the last process stopped. The first time, what is in the log already is not told.
   *
   * @param onError told once of every series of failures
   */
  static async open(
    config: WebhookConfig,
    sources: DeliverySources,
    { clock, onError }: { clock: Clock; onError: (error: unknown) => void },
  ): Promise<Webhook> {
    const { blobs, events } = sources.storage;
    const stored = await blobs.get(blobName);
    if (stored !== undefined) {
      const cursor = JSON.parse(new TextDecoder().decode(stored)) as Cursor;
      return new Webhook(config, sources, { clock, onError, cursor });
    }
    const cursor: Cursor = { format: 1, position: await events.lastPosition(), time: clock.now() };
    const webhook = new Webhook(config, sources, { clock, onError, cursor });
    await webhook.#keep(cursor);
    return webhook;
  }

  start(): void {
    this.#running = this.#run();
  }

  /** Something may have changed. */
  notify(): void {
    this.#hasNews = true;
    this.#wake();
  }

  figures(): WebhookFigures {
    const { position } = this.#cursor;
    const [delivered, failures, failingSince] = [this.#delivered, this.#failures, this.#failingSince];
    return { position, delivered, failures, failingSince };
  }

  /** Ends what is under way; it will be sent again after the next start. */
  async close(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const stop = this.#stopping.signal;
    let waitMs = this.#config.retrySeconds * secondMs;
    while (!stop.aborted) {
      try {
        this.#hasNews = false;
        const told = (await this.#tellEvents()) || (await this.#tellTime());
        this.#failingSince = null;
        waitMs = this.#config.retrySeconds * secondMs;
        if (!told) await this.#sleep();
      } catch (error) {
        if (stop.aborted) return;
        this.#failures += 1;
        if (this.#failingSince === null) this.#onError(error);
        this.#failingSince ??= this.#clock.now();
        await pause(waitMs, stop);
        waitMs = Math.min(2 * waitMs, retryMostMs);
      }
    }
  }

  /** False when there is nothing to tell. */
  async #tellEvents(): Promise<boolean> {
    const { position: from, time, lapse } = this.#cursor;
    // A page of users that was begun is told first, from the states that it was begun with.
    if (lapse !== undefined) return false;
    if (this.#cursor.stretch === undefined) {
      const to = await endOfStretch(this.#sources, from);
      if (to === from) return false;
      await this.#keep({ ...this.#cursor, stretch: { from, to, at: this.#clock.now() } });
    }
    const stretch = this.#cursor.stretch!;
    await this.#send(await eventsDelivery(this.#sources, stretch));
    await this.#keep({ format: 1, position: stretch.to, time });
    return true;
  }

  async #tellTime(): Promise<boolean> {
    const { position, time: since } = this.#cursor;
    const now = this.#clock.now();
    if (this.#cursor.lapse === undefined) {
      if (now - since < lapseMs) return false;
      await this.#keep({ ...this.#cursor, lapse: { position, since, at: now } });
    }
    const lapse = this.#cursor.lapse!;
    for (;;) {
      const { delivery, last } = await timeDelivery(this.#sources, lapse, this.#page, this.#pageAfter);
      await this.#send(delivery);
      this.#page = last === undefined ? 0 : this.#page + 1;
      this.#pageAfter = last;
      if (last === undefined) break;
    }
    await this.#keep({ format: 1, position, time: lapse.at });
    return true;
  }

  /** Resolves once the other side has taken the delivery; one that says nothing is not sent. */
  async #send(delivery: WebhookDelivery): Promise<void> {
    this.#stopping.signal.throwIfAborted();
    if (delivery.profiles.length === 0) return;
    const { url, secret } = this.#config;
    const body = JSON.stringify(delivery);
    const timestamp = Math.floor(this.#clock.now() / secondMs);
    let problem: string;
    try {
      const response = await fetch(url, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          ...signatureHeaders(secret, { id: delivery.id, timestamp, body }),
        },
        body,
        // What it was sent to was chosen by whoever runs this, and by nobody else.
        redirect: "manual",
        signal: AbortSignal.any([this.#stopping.signal, AbortSignal.timeout(timeoutMs)]),
      });
      await response.body?.cancel();
      if (response.ok) {
        this.#delivered += 1;
        return;
      }
      problem = `answered ${response.status}`;
    } catch (error) {
      problem = error instanceof Error && error.name === "TimeoutError" ? "did not answer in time" : "was not reached";
    }
    throw new PenchantError(
      "PENCHANT_E_WEBHOOK",
      `${new URL(url).origin}: expected a status from 200 to 299 for delivery ${delivery.id}, but the endpoint ${problem}; it is tried again until it is taken.`,
    );
  }

  async #keep(cursor: Cursor): Promise<void> {
    await this.#sources.storage.blobs.put(blobName, new TextEncoder().encode(JSON.stringify(cursor)));
    this.#cursor = cursor;
  }

  /** Until there is news and a little longer for more of it, or for as long as the clock need not be looked at. */
  async #sleep(): Promise<void> {
    const stop = this.#stopping.signal;
    const waking = new AbortController();
    this.#wake = () => waking.abort();
    if (!this.#hasNews) await pause(idleMs, AbortSignal.any([stop, waking.signal]));
    await pause(gatherMs, stop);
  }
}

/** Resolves after a time, or as soon as the signal says so. */
async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await delay(milliseconds, undefined, { signal, ref: false }).catch(() => undefined);
}
