/**
 * What the engine needs of the world outside. The embedded adapters are SQLite; the shapes leave room for a partitioned
 * broker and a key-value store: events are ordered per user, a state is one small value under one key with the log
 * position that it includes, and no transaction spans two users.
 *
 * Every method rejects with a `PenchantError` whose code starts with `PENCHANT_E_STORAGE`.
 */
import type { TallyView } from "../base/tally.ts";
import type { LoggedEvent, UserEvent } from "./event.ts";
import type { CatalogueEntry, Item, User } from "./item.ts";
import type { FoldRecord, LogRecord, MergeRecord, SteeringRecord } from "./log-record.ts";

export type { Clock } from "../base/time.ts";

export interface AppendReceipt {
  /** Place in the log; of the first event with this id when the event is a duplicate. */
  readonly position: number;
  readonly duplicate: boolean;
}

/** The append-only log of events: the truth. */
export interface EventLog {
  /** Durable once resolved: an acknowledged event survives a crash and loss of power. All of a batch or nothing. */
  append(events: readonly UserEvent[]): Promise<AppendReceipt[]>;
  /** Position of the newest event, 0 when the log is empty. */
  lastPosition(): Promise<number>;
  count(): Promise<number>;
  /** All events after a position, in log order, in batches. */
  read(options: { after: number; batchSize?: number }): AsyncIterable<LoggedEvent[]>;
  /** One user's events in log order, or the newest first when `newestFirst`; those under ids merged into theirs too. */
  readUser(user: string, options?: { limit?: number; newestFirst?: boolean; before?: number }): Promise<LoggedEvent[]>;
  /** All records after a position, events and others, in log order, in batches. */
  records(options: { after: number; batchSize?: number }): AsyncIterable<LogRecord[]>;
  /**
   * One user's records in log order, those under ids merged into theirs too: up to a position, and timed up to a moment,
   * where these are given.
   */
  userRecords(user: string, options?: { position?: number; time?: number }): Promise<FoldRecord[]>;
  /** Appends a user's request about an interest, as durably as an event. Returns its position. */
  steer(record: SteeringRecord): Promise<number>;
  /** Users with events that named this item before it was in the catalogue and whose states do not count them yet. */
  usersWaitingFor(items: readonly string[]): Promise<string[]>;
  /** Items of the catalogue that some events still wait for: what a crash between putting and folding left over. */
  itemsWaitedFor(): Promise<string[]>;
  /** The users' states now count the events on these items. */
  settleWaiting(items: readonly string[]): Promise<void>;
}

export interface StoredState {
  /** Position of the last event that the state includes. */
  readonly position: number;
  readonly bytes: Uint8Array;
}

/** Interest states by user. Everything in it can be derived from the log again. */
export interface StateStore {
  load(users: readonly string[]): Promise<Map<string, StoredState>>;
  /** All states in batches, each as it is when its batch is asked for; of the users who came last first. */
  read(options?: { batchSize?: number }): AsyncIterable<Map<string, StoredState>>;
  /**
   * Writes states and, in the same transaction, the checkpoint: every event at or below it is in the stored states, so
   * that a restart replays only what came after.
   */
  save(states: ReadonlyMap<string, StoredState>, checkpoint: number): Promise<void>;
  checkpoint(): Promise<number>;
  /** Forgets all states and sets the checkpoint to 0. */
  clear(): Promise<void>;
}

export interface CatalogueStore {
  /** Inserts or replaces, all or nothing. */
  put(entries: readonly CatalogueEntry[]): Promise<void>;
  /** All entries in order of their keys, in batches. */
  read(options?: { batchSize?: number }): AsyncIterable<CatalogueEntry[]>;
}

export interface UserStore {
  put(user: User): Promise<void>;
  get(id: string): Promise<User | undefined>;
  /** Ids of the users with events or a record, in order of id, from after `cursor`, containing `query`. */
  list(options?: { query?: string; cursor?: string; limit?: number }): Promise<{ id: string; events: number }[]>;
  count(): Promise<number>;
  /**
   * Makes two ids one person, as durably as an event: what is asked of `user` from then on covers what came and comes
   * under `merged` too. `user` is nobody's merged id. Returns the record's position.
   */
  merge(record: MergeRecord): Promise<number>;
  /** Every merged id with the id that it stands for, which is itself not merged. */
  merged(): Promise<[merged: string, user: string][]>;
  /** Removes the user's events, state and record, and those of ids merged into theirs, from the files too. */
  erase(id: string): Promise<{ events: number }>;
}

/** Named documents and matrices: the tree, fitted models. A put is atomic. */
export interface BlobStore {
  put(name: string, bytes: Uint8Array): Promise<void>;
  get(name: string): Promise<Uint8Array | undefined>;
}

/** Which files were imported, so that a second import of the same bytes is skipped. */
export interface ImportLedger {
  has(fingerprint: string): Promise<boolean>;
  add(fingerprint: string, description: string): Promise<void>;
}

/** How busy the storage is: numbers that are kept anyway, for whoever watches. */
export interface StorageFigures {
  /** Events that were handed over and wait to be durable. */
  readonly queuedEvents: number;
  /** Above it, appends are refused with PENCHANT_E_OVERLOADED. */
  readonly queuedEventsMax: number;
  /** Seconds that a commit of appends took, its wait for the disk included. */
  readonly commitSeconds: TallyView;
  /** Events that shared a commit. */
  readonly commitEvents: TallyView;
}

export interface Storage {
  readonly events: EventLog;
  readonly states: StateStore;
  readonly catalogue: CatalogueStore;
  readonly users: UserStore;
  readonly blobs: BlobStore;
  readonly imports: ImportLedger;
  /** Damage that a check finds, in words with the way out; empty when all is well. */
  check(): Promise<string[]>;
  figures(): StorageFigures;
  /** Finishes what was accepted, then lets go of the files. */
  close(): Promise<void>;
}

/** What was asked of a model on the network since it was opened. */
export interface ProviderUsage {
  readonly calls: number;
  /** Tries after the first. */
  readonly retries: number;
  /** Calls that failed for good. */
  readonly failures: number;
  /** As the provider counts them; 0 where it does not say. */
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** At the configured prices. */
  readonly cost: number;
  /** That calls took which were answered, from the first try on. */
  readonly seconds: TallyView;
  /** Whether calls are refused at once, because those before failed. */
  readonly isRefusing: boolean;
}

/** Turns texts into unit vectors. A text's vector depends on the text alone, to within rounding. */
export interface TextEmbedder {
  /** Names the model, its version and all that changes its vectors; vectors of different models are never mixed. */
  readonly model: string;
  readonly dimensions: number;
  /** What it can read, as ISO 639-1 codes. */
  readonly languages: readonly string[] | "any";
  /**
   * One unit vector per text, in order; all zeros for a text that the model knows nothing of.
   *
   * @param options.signal gives up where that saves something; the promise then rejects
   * @throws PENCHANT_E_EMBEDDER, PENCHANT_E_PROVIDER
   */
  embed(texts: readonly string[], options?: { readonly signal?: AbortSignal | undefined }): Promise<Float32Array[]>;
  /** Gives threads and memory back. */
  close(): Promise<void>;
  /** Of a model on the network. */
  readonly usage?: ProviderUsage | undefined;
}

/** Vectors that were computed once, by model and key. What is lost here is computed again. */
export interface EmbeddingCache {
  /** Those that are there, as many or few as they are. */
  get(model: string, keys: readonly string[]): ReadonlyMap<string, Float32Array>;
  put(model: string, vectors: ReadonlyMap<string, Float32Array>): void;
  close(): void;
}

export interface LanguageModelRequest {
  /** What to do. */
  readonly instructions: string;
  /** What to do it with. Words from outside stand in it as quotations (`prompt-text.ts`). */
  readonly prompt: string;
  /** The JSON schema that the answer is to fit. Whoever asks has to look whether it does. */
  readonly schema?: Readonly<Record<string, unknown>> | undefined;
  readonly outputTokensMax: number;
  readonly signal?: AbortSignal | undefined;
}

/** Writes texts. It may answer with anything. */
export interface LanguageModel {
  /** Names the model and where it runs: what one has written is never taken for another's. */
  readonly model: string;
  /** What it is to write in, as people call it: English, 中文. */
  readonly language: string;
  /**
   * The answer as it comes.
   *
   * @throws PENCHANT_E_PROVIDER when there is none
   */
  write(request: LanguageModelRequest): Promise<string>;
  /** Of a model on the network. */
  readonly usage?: ProviderUsage | undefined;
}

/** One thing that a user did with an item, as recommenders read it. */
export interface Interaction {
  /** The item's key. */
  readonly item: number;
  /** Milliseconds since 1970-01-01 UTC. */
  readonly time: number;
  /** Positive for interest, negative for rejection, 0 for events that say neither. */
  readonly weight: number;
  /** What came with the event, where something did: the stars of a rating, the price of a purchase. */
  readonly value?: number | undefined;
}

/** What a recommender is asked about: a user's events in time order, up to a moment. */
export interface RecommenderQuery {
  readonly history: readonly Interaction[];
  /** Milliseconds since 1970-01-01 UTC. */
  readonly at: number;
  /** Share of short-term interest in every score, 0 to 1, for models that keep it apart; without it theirs is what they learned. */
  readonly longShort?: number | undefined;
}

/**
 * Scores the whole catalogue for a user. Implementations are deterministic, accept an empty history and histories of
 * users never seen, and return only finite scores.
 */
export interface Recommender {
  readonly name: string;
  /** One score per item key, in units of the model's own; higher is better. */
  score(query: RecommenderQuery): Float32Array;
}

export type { Item, LoggedEvent, User, UserEvent };
