/**
 * The one registry of errors. A code is stable for ever; the message that goes with it says what was expected and what
 * came. `docs/ERRORS.md` lists every code, and a test ties the two together in both directions.
 */

interface ErrorDefinition {
  /** HTTP status when the error reaches the API. */
  readonly status: number;
  /** The kind of error in a few words: the `title` of the problem document. */
  readonly title: string;
}

export const errorDefinitions = {
  PENCHANT_E_CONFIG: { status: 500, title: "The configuration is not valid" },
  PENCHANT_E_USAGE: { status: 400, title: "The command was called wrongly" },
  PENCHANT_E_EVENT_INVALID: { status: 400, title: "An event is not valid" },
  PENCHANT_E_EVENT_TIME: { status: 400, title: "An event's time is missing or out of range" },
  PENCHANT_E_EVENT_TYPE: { status: 400, title: "An event's type is not known" },
  PENCHANT_E_EVENT_VALUE: { status: 400, title: "An event's value is not a finite number in range" },
  PENCHANT_E_ITEM_INVALID: { status: 400, title: "An item is not valid" },
  PENCHANT_E_ID_INVALID: { status: 400, title: "An id is empty, too long or has control characters" },
  PENCHANT_E_REQUEST_INVALID: { status: 400, title: "The request is not valid" },
  PENCHANT_E_BODY_TOO_LARGE: { status: 413, title: "The body is over the limit" },
  PENCHANT_E_MEDIA_TYPE: { status: 415, title: "The body's media type is not accepted" },
  PENCHANT_E_FORBIDDEN_HOST: { status: 403, title: "The request names a foreign host or origin" },
  PENCHANT_E_KEY_MISSING: { status: 401, title: "The request has no key" },
  PENCHANT_E_KEY_INVALID: { status: 401, title: "The key is not valid" },
  PENCHANT_E_KEY_SCOPE: { status: 403, title: "The key may not do this" },
  PENCHANT_E_KEY_ORIGIN: { status: 403, title: "The key is not for this origin" },
  PENCHANT_E_KEY_NOT_FOUND: { status: 404, title: "There is no such key" },
  PENCHANT_E_KEY_FILE: { status: 500, title: "The file of keys cannot be used" },
  PENCHANT_E_RATE_LIMIT: { status: 429, title: "The key's rate limit is reached" },
  PENCHANT_E_TENANTS_BUSY: { status: 503, title: "Too many tenants are in use at once" },
  PENCHANT_E_ROUTE_NOT_FOUND: { status: 404, title: "There is no such route" },
  PENCHANT_E_USER_NOT_FOUND: { status: 404, title: "Nothing is known of this user" },
  PENCHANT_E_ITEM_NOT_FOUND: { status: 404, title: "There is no such item" },
  PENCHANT_E_INTEREST_NOT_FOUND: { status: 404, title: "There is no such interest" },
  PENCHANT_E_PROPOSAL_NOT_FOUND: { status: 404, title: "There is no such open proposal" },
  PENCHANT_E_MODEL_NOT_FOUND: { status: 404, title: "There is no such model" },
  PENCHANT_E_JOB_NOT_FOUND: { status: 404, title: "There is no such job" },
  PENCHANT_E_JOBS_BUSY: { status: 429, title: "As many jobs as may run are running" },
  PENCHANT_E_STEERING: { status: 400, title: "An interest cannot be steered so" },
  PENCHANT_E_OVERLOADED: { status: 429, title: "Too much is waiting to be written" },
  PENCHANT_E_STREAMS_BUSY: { status: 503, title: "Too many profiles are being watched" },
  PENCHANT_E_WEBHOOK: { status: 502, title: "The webhook's endpoint did not take a delivery" },
  PENCHANT_E_CLOSED: { status: 503, title: "The engine is closed" },
  PENCHANT_E_STORAGE_LOCKED: { status: 503, title: "Another process holds the database" },
  PENCHANT_E_STORAGE_CORRUPT: { status: 500, title: "The database file is damaged" },
  PENCHANT_E_STORAGE_FULL: { status: 507, title: "The disk is full" },
  PENCHANT_E_STORAGE_READ_ONLY: { status: 503, title: "The database cannot be written" },
  PENCHANT_E_STORAGE_VERSION: { status: 500, title: "The database was written by a newer Penchant" },
  PENCHANT_E_STORAGE: { status: 500, title: "The database failed" },
  PENCHANT_E_STATE_VERSION: { status: 500, title: "A stored state has an unknown format" },
  PENCHANT_E_IMPORT_SOURCE: { status: 400, title: "The data to import cannot be read" },
  PENCHANT_E_IMPORT_COLUMNS: { status: 400, title: "The columns do not fit the mapping" },
  PENCHANT_E_IMPORT_ROWS: { status: 400, title: "Some rows could not be imported" },
  PENCHANT_E_DATASET: { status: 400, title: "The data set cannot be evaluated so" },
  PENCHANT_E_LEAK: { status: 500, title: "A split lets a model see the future" },
  PENCHANT_E_DATA_EXISTS: { status: 409, title: "There is something at that place already" },
  PENCHANT_E_BACKUP_INVALID: { status: 400, title: "The backup is not whole, or none" },
  PENCHANT_E_DATA_MISSING: { status: 404, title: "There is no data folder" },
  PENCHANT_E_SCORE: { status: 500, title: "A model returned a score that is not a number" },
  PENCHANT_E_MODEL_CONFIG: { status: 400, title: "A model's setting is not valid" },
  PENCHANT_E_MODEL_DATA: { status: 400, title: "A model cannot learn from this data" },
  PENCHANT_E_MODEL_FILE: { status: 500, title: "A stored model cannot be read" },
  PENCHANT_E_EMBEDDER: { status: 503, title: "Texts cannot be turned into vectors" },
  PENCHANT_E_PROVIDER: { status: 502, title: "A model on the network did not answer as it should" },
  PENCHANT_E_NN_SHAPE: { status: 400, title: "The operands of an operation do not fit" },
  PENCHANT_E_NN_GRAPH: { status: 400, title: "The graph of a model is not sound" },
  PENCHANT_E_NN_FEED: { status: 400, title: "The values for a graph do not fit" },
  PENCHANT_E_NN_DEVICE: { status: 503, title: "The device to compute on is not there" },
  PENCHANT_E_NN_MEMORY: { status: 507, title: "There is not enough memory to compute" },
  PENCHANT_E_NN_CHECKPOINT: { status: 500, title: "A file of weights does not fit or is damaged" },
  PENCHANT_E_NN_DIVERGED: { status: 500, title: "A training left the finite numbers" },
  PENCHANT_E_INTERNAL: { status: 500, title: "Something unexpected went wrong" },
} as const satisfies Record<`PENCHANT_E_${string}`, ErrorDefinition>;

export type ErrorCode = keyof typeof errorDefinitions;

const brand = Symbol.for("penchant.error");

/** Data that goes with an error: which field, what was expected, what came. Never holds secrets. */
export type ErrorDetails = Readonly<Record<string, string | number | boolean | null>>;

/**
 * Every error that Penchant throws on purpose.
 *
 * @example
 * try { await engine.track(events); } catch (error) {
 *   if (PenchantError.isInstance(error) && error.code === "PENCHANT_E_EVENT_TIME") { ... }
 * }
 */
export class PenchantError extends Error {
  override readonly name = "PenchantError";
  readonly code: ErrorCode;
  readonly details: ErrorDetails;
  readonly [brand] = true;

  constructor(code: ErrorCode, message: string, options: { details?: ErrorDetails; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.details = options.details ?? {};
  }

  get status(): number {
    return errorDefinitions[this.code].status;
  }

  get title(): string {
    return errorDefinitions[this.code].title;
  }

  /** True for errors of any copy of this module, unlike `instanceof`. */
  static isInstance(value: unknown): value is PenchantError {
    return typeof value === "object" && value !== null && brand in value;
  }
}

/** For conditions that only a bug of ours can break. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new PenchantError("PENCHANT_E_INTERNAL", `Broken assumption: ${message}`);
}
