/**
 * The way of events into the engine: validate -> append to the log (durable) -> fold into the states -> acknowledge.
 *
 * What is on this way is bounded: folding waits in line behind a flush or a rebuild, and events that come meanwhile would
 * otherwise pile up in memory. Above the bound a batch is refused before anything of it is kept.
 */
import { PenchantError } from "../base/errors.ts";
import type { Clock } from "../base/time.ts";
import { traced } from "../base/tracing.ts";
import { randomUUIDv7 } from "../base/uuid.ts";
import type { EventInput, LoggedEvent, TrackResult, UserEvent } from "../core/event.ts";
import { limits } from "../core/limits.ts";
import type { EventLog } from "../core/ports.ts";
import { validateEvent } from "../core/validate.ts";
import { sentimentOf } from "../text/sentiment.ts";
import type { UserStates } from "./user-states.ts";

export interface IntakeOptions {
  readonly clock: Clock;
  readonly log: EventLog;
  readonly states: UserStates;
  readonly isKnownType: (type: string) => boolean;
  /** Whether events of a type weigh by what their words say. */
  readonly isReadForSentiment: (type: string) => boolean;
  /** Refuse events of types that the weight table does not have. */
  readonly strictTypes: boolean;
  /** Events that may be on their way at a time. */
  readonly eventsInFlightMax: number;
}

/** Unknown event types that are counted by name; the rest are counted together. */
const unknownTypesNamed = 100;

export class Intake {
  readonly #options: IntakeOptions;
  readonly #unknownTypes = new Map<string, number>();
  readonly #inFlight = new Set<Promise<unknown>>();
  #eventsInFlight = 0;
  #position = 0;

  constructor(options: IntakeOptions) {
    this.#options = options;
  }

  /** Events of types that the weight table does not know, since the start. */
  get unknownTypes(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#unknownTypes);
  }

  get eventsInFlight(): number {
    return this.#eventsInFlight;
  }

  get eventsInFlightMax(): number {
    return this.#options.eventsInFlightMax;
  }

  /** Place of the newest event that came this way; 0 before the first. */
  get position(): number {
    return this.#position;
  }

  /** See `Engine.track`. */
  async track(inputs: readonly EventInput[]): Promise<TrackResult[]> {
    if (inputs.length > limits.batch) {
      throw new PenchantError(
        "PENCHANT_E_REQUEST_INVALID",
        `Expected at most ${limits.batch} events at once, got ${inputs.length}; send them in parts.`,
      );
    }
    const now = this.#options.clock.now();
    const newId = () => randomUUIDv7(now);
    const events = inputs.map((input) => this.#valued(validateEvent(input, { now, newId })));
    this.#noteUnknownTypes(events);
    if (events.length === 0) return [];

    this.#requireRoom(events.length);
    this.#eventsInFlight += events.length;
    const taken = this.#take(events);
    this.#inFlight.add(taken);
    try {
      return await taken;
    } finally {
      this.#inFlight.delete(taken);
      this.#eventsInFlight -= events.length;
    }
  }

  /** Resolves when nothing is on its way any more. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#inFlight);
  }

  async #take(events: readonly UserEvent[]): Promise<TrackResult[]> {
    const attributes = { "penchant.events": events.length };
    const receipts = await traced("penchant.append", attributes, () => this.#options.log.append(events));
    const fresh: LoggedEvent[] = [];
    for (const [index, { position, duplicate }] of receipts.entries()) {
      if (duplicate) continue;
      fresh.push({ ...events[index], position });
      this.#position = Math.max(this.#position, position);
    }
    await traced("penchant.fold", attributes, () => this.#options.states.fold(fresh));
    return receipts.map(({ duplicate }, index) => ({
      id: events[index].id,
      status: duplicate ? "duplicate" : "accepted",
    }));
  }

  /**
   * With what its words say as the value, where they are to say it and nobody has. Read once and kept in the log, so that folding needs
   * no words, and another list of words changes nothing that was.
   */
  #valued(event: UserEvent): UserEvent {
    if (event.text === undefined || event.value !== undefined) return event;
    if (!this.#options.isReadForSentiment(event.type)) return event;
    const value = sentimentOf(event.text);
    return value === undefined ? event : { ...event, value };
  }

  #requireRoom(events: number): void {
    const { eventsInFlightMax } = this.#options;
    if (this.#eventsInFlight + events <= eventsInFlightMax) return;
    throw new PenchantError(
      "PENCHANT_E_OVERLOADED",
      events > eventsInFlightMax
        ? `A batch of ${events} events is over the limit of ${eventsInFlightMax} events that may be on their way (eventsInFlight); split it.`
        : `${this.#eventsInFlight} events are on their way, and ${events} more would be over the limit of ${eventsInFlightMax} (eventsInFlight); try again in a moment.`,
      { details: { events, waiting: this.#eventsInFlight, limit: eventsInFlightMax, retryAfterSeconds: 1 } },
    );
  }

  #noteUnknownTypes(events: readonly UserEvent[]): void {
    const { isKnownType, strictTypes } = this.#options;
    const unknown = events.filter(({ type }) => !isKnownType(type));
    if (unknown.length === 0) return;
    if (strictTypes) {
      const [{ id, type }] = unknown;
      throw new PenchantError(
        "PENCHANT_E_EVENT_TYPE",
        `event "${id}": type "${type}" is not in the weight table, and strictTypes is set.`,
      );
    }
    for (const { type } of unknown) {
      const name = this.#unknownTypes.has(type) || this.#unknownTypes.size < unknownTypesNamed ? type : "(others)";
      this.#unknownTypes.set(name, (this.#unknownTypes.get(name) ?? 0) + 1);
    }
  }
}
