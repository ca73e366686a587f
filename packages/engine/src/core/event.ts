/** Events: what users did. The log of events is the truth from which everything else can be derived again. */

/** An event as a caller gives it. A missing `id` and `time` are filled in on receipt. */
export interface EventInput {
  readonly id?: string | undefined;
  readonly user: string;
  readonly type: string;
  readonly item?: string | undefined;
  /** What the type measures: stars of a rating, price of a purchase, seconds of a view. */
  readonly value?: number | undefined;
  /** Words that the user typed or spoke. */
  readonly text?: string | undefined;
  /** When it happened: a `Date`, ISO 8601, or milliseconds since 1970. */
  readonly time?: Date | string | number | undefined;
  /** Names the visit that the event belongs to; without it, 30 quiet minutes end a session. */
  readonly session?: string | undefined;
  /** Anything else worth keeping: device, page, experiment. */
  readonly context?: Readonly<Record<string, unknown>> | undefined;
}

/** An event of somebody who has no id. */
export type SessionEvent = Omit<EventInput, "user" | "id" | "session">;

/** An event that passed validation. */
export interface UserEvent {
  readonly id: string;
  readonly user: string;
  readonly type: string;
  readonly item?: string;
  readonly value?: number;
  readonly text?: string;
  /** Milliseconds since 1970-01-01 UTC. */
  readonly time: number;
  readonly session?: string;
  readonly context?: Readonly<Record<string, unknown>>;
}

/** An event with its place in the log. Positions grow with every append; events of one user are ordered by them. */
export interface LoggedEvent extends UserEvent {
  readonly position: number;
}

/** What became of one event of a batch. The first event with an id wins; later ones are duplicates. */
export interface TrackResult {
  readonly id: string;
  readonly status: "accepted" | "duplicate";
}
