/** How busy an engine is: numbers that it keeps anyway, read at a moment by whoever watches. */
import type { ProviderUsage, StorageFigures } from "../core/ports.ts";
import type { TreeDrift } from "../core/tree-drift.ts";

export interface WebhookFigures {
  /** Up to here everything was told. */
  readonly position: number;
  /** Since the start. */
  readonly delivered: number;
  readonly failures: number;
  /** Since when the delivery that is tried fails, milliseconds since 1970; null while all is well. */
  readonly failingSince: number | null;
}

/** What became of questions to a language model while somebody waited, since the start. */
export interface GuestFigures {
  readonly used: number;
  /** Answered with what did not fit. */
  readonly unfit: number;
  /** Did not answer before the deadline, or not at all. */
  readonly missed: number;
  /** Was not asked, because it had missed others. */
  readonly unasked: number;
}

/** A model on the network, and what was asked of it since the start. */
export interface ProviderFigures extends ProviderUsage {
  readonly role: "language-model" | "embedder";
  readonly model: string;
}

/** The same in a few numbers. */
export interface ProviderStatus extends Omit<ProviderFigures, "seconds"> {
  /** That an answered call took; null before the first. */
  readonly meanSeconds: number | null;
}

export interface EngineFigures {
  /** Places in the log. */
  readonly log: {
    /** The newest event that was acknowledged or is about to be. */
    readonly position: number;
    /** Up to here events are in the states, in memory. */
    readonly foldedPosition: number;
    /** Up to here they are in the states on disk: what lies behind would be replayed at a start. */
    readonly flushedPosition: number;
  };
  readonly intake: {
    /** Events that were handed to `track` and are not acknowledged yet. */
    readonly eventsInFlight: number;
    /** Above it, `track` refuses with PENCHANT_E_OVERLOADED. */
    readonly eventsInFlightMax: number;
  };
  readonly storage: StorageFigures;
  readonly states: {
    /** In memory. */
    readonly cached: number;
    /** Changed and not written yet. */
    readonly dirty: number;
    /** How often a state that was needed was in memory, since the start. */
    readonly hits: number;
    /** How often it had to be read from disk, strangers included. */
    readonly misses: number;
  };
  readonly catalogue: { readonly items: number; readonly interests: number };
  readonly models: {
    readonly treeVersion: number;
    /** How well the tree fits what came since it was built. */
    readonly drift: TreeDrift;
    /** Milliseconds since 1970; null while nothing was fitted yet. */
    readonly fittedAt: number | null;
  };
  /** Null where none is configured. */
  readonly webhook: WebhookFigures | null;
  /** Positions of the log in which there may be statements that the language model has yet to read. */
  readonly statementsLag: number;
  /** Null where no language model is asked. */
  readonly explanations: GuestFigures | null;
  readonly reranking: GuestFigures | null;
  /** The models on the network that are configured; an embedder once it was needed. */
  readonly providers: readonly ProviderFigures[];
}
