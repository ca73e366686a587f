/** Every limit of the embedded storage, in one place. */

export interface EmbeddedLimits {
  /** Most events that may wait to be written; above it, appends are refused instead of growing memory. */
  readonly queuedEventsMax: number;
  /** Once this many events share a commit, the next ones wait for the commit after it. */
  readonly groupEventsMax: number;
  /** Days for which an event id is known, at least. */
  readonly idWindowDays: number;
  /** Ids are forgotten by generations; one generation takes ids for at most this many days ... */
  readonly idGenerationDays: number;
  /** ... and at most this many ids, so that its part of the index stays small enough to be written quickly. */
  readonly idGenerationSizeMax: number;
  /** Most ids of outlived generations that one commit removes. */
  readonly idsForgottenPerCommit: number;
  /** Most pages (of 4,096 bytes) of the database file. */
  readonly databasePagesMax: number;
}

export const defaultEmbeddedLimits: EmbeddedLimits = {
  queuedEventsMax: 100_000,
  groupEventsMax: 10_000,
  idWindowDays: 30,
  idGenerationDays: 5,
  idGenerationSizeMax: 2 ** 22,
  idsForgottenPerCommit: 1_000,
  databasePagesMax: 0xfffffffe,
};
