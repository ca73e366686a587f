/** What the reading thread asks of the writing one: one entry per operation, with what goes in and what comes out. */
import type { MergeRecord } from "../../core/log-record.ts";
import type { StoredState } from "../../core/ports.ts";
import type { EventRow } from "./event-rows.ts";
import type { EmbeddedLimits } from "./limits.ts";
import type { ErrorMessage } from "./sqlite-errors.ts";

/** A catalogue entry with its item as JSON and its arrays as bytes. */
export interface CatalogueRow {
  readonly key: number;
  readonly item: string;
  readonly treeVersion: number;
  readonly document: string;
  readonly nodes: Uint8Array;
  readonly vector: Uint8Array;
}

export interface Writes {
  /** The events' positions; below 0 that of the first event with the same id. As one array they are quick to send. */
  append: { input: { events: readonly EventRow[]; receivedAt: number }; output: Float64Array };
  steer: { input: { user: string; time: number; document: string }; output: number };
  merge: { input: MergeRecord; output: number };
  settleWaiting: { input: { items: readonly string[] }; output: undefined };
  saveStates: { input: { states: ReadonlyMap<string, StoredState>; checkpoint: number }; output: undefined };
  clearStates: { input: null; output: undefined };
  putItems: { input: { rows: readonly CatalogueRow[] }; output: undefined };
  putUser: { input: { id: string; record: string }; output: undefined };
  erase: { input: { id: string }; output: { events: number } };
  putBlob: { input: { name: string; bytes: Uint8Array }; output: undefined };
  addImport: { input: { fingerprint: string; description: string; addedAt: number }; output: undefined };
}

export type WriteKind = keyof Writes;

export type WriteRequest = {
  [K in WriteKind]: { readonly id: number; readonly kind: K; readonly input: Writes[K]["input"] };
}[WriteKind];

/** What each operation does to the database; runs inside a transaction. */
export type WriteHandlers = { [K in WriteKind]: (input: Writes[K]["input"]) => Writes[K]["output"] };

export type WriteReply =
  | { readonly id: number; readonly output: Writes[WriteKind]["output"] }
  | { readonly id: number; readonly error: ErrorMessage };

/** What the worker is started with. */
export interface WriterData {
  readonly dataDir: string;
  readonly limits: EmbeddedLimits;
}

export type MessageToWorker = WriteRequest | "close";

/** A commit of appends, as far as it matters to whoever watches. */
export interface CommitFigures {
  readonly events: number;
  readonly seconds: number;
}

export type MessageFromWorker =
  | "ready"
  | { readonly failed: ErrorMessage }
  | { readonly replies: readonly WriteReply[]; readonly commits: readonly CommitFigures[] };
