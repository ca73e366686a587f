/**
 * Every limit on what travels over the wire. Where the engine has the same limit it has the same name and value: a type
 * test beside the server ties the two.
 */
export const limits = {
  /** Bytes of a request's body. */
  bodyBytes: 16 * 1024 * 1024,
  /** Bytes of an NDJSON body, which is worked on while it arrives. */
  streamBytes: 1024 * 1024 * 1024,
  /** Bytes of one line of an NDJSON body. */
  lineBytes: 256 * 1024,
  /** Events or items of one request. */
  batch: 10_000,
  /** Characters of an id: user, item, event, session. */
  idLength: 128,
  /** Characters of an interest's id. */
  interestIdLength: 2_048,
  /** Characters of a cursor, which is never longer than the id that it was made of, percent-encoded. */
  cursorLength: 1_024,
  eventTypeLength: 64,
  /** Characters of an event's words. */
  eventTextLength: 10_000,
  /** Characters of a statement's id: those of its evidence and of its proposals are longer by a few. */
  statementIdLength: 112,
  /** Bytes of an event's context, or an item's or user's attributes, as JSON. */
  attributesBytes: 8_192,
  attributesDepth: 8,
  /** Seconds between `sentAt` and the receipt that the way through the network explains: they are not corrected. */
  clockSkewToleratedSeconds: 5,
  /** Days that a sender's clock may be off for its times to be corrected. */
  clockSkewDays: 366,
  /** Refused events that the report of a stream lists beyond its first `batch` events; the rest are only counted. */
  refusalsListed: 1_000,
  /** Hours that an event's time may lie ahead of the server's clock. */
  futureHours: 24,
  titleLength: 1_000,
  itemTextLength: 100_000,
  imageLength: 2_048,
  /** Vectors of the caller's own with an item, and the numbers of one. */
  itemVectors: 4,
  itemVectorLength: 4_096,
  itemVectorNameLength: 64,
  categoryPaths: 32,
  categoryDepth: 4,
  categoryNameLength: 200,
  /** Items, users or events of one page. */
  page: 1_000,
  /** Recommendations, or similar items, of one answer. */
  recommendations: 1_000,
  /** Events of an anonymous session that recommendations are asked for. */
  sessionEvents: 1_000,
  /** Items that a caller may have put in order at once. */
  rankedItems: 1_000,
  /** Evidence lines of one interest. */
  evidence: 64,
  /** Profiles of one history. */
  historyPoints: 400,
  /** Days that the probability of a return may be asked for. */
  returnDaysMin: 0.01,
  returnDaysMax: 366,
  /** Levels of the interest tree below the root. */
  treeDepth: 5,
  /** Problems named one by one in a problem document; the rest are only counted. */
  namedProblems: 20,
} as const;
