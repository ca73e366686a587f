/** Every limit on what the engine takes in, in one place. */
export const limits = {
  /** Characters of an id (user, item, event, session). */
  idLength: 128,
  eventTypeLength: 64,
  /** Characters of an event's words. */
  eventTextLength: 10_000,
  /** Characters of a statement's id: those of its evidence and of its proposals are longer by a few. */
  statementIdLength: 112,
  /** Claims that are taken from one statement. */
  claims: 8,
  /** Newest events of a user that are looked through for proposals, and the proposals that are shown. */
  proposalEvents: 2_000,
  proposals: 100,
  /** Bytes of an event's context, or an item's or user's attributes, as JSON. */
  attributesBytes: 8_192,
  attributesDepth: 8,
  /** Hours that an event's time may lie ahead of the clock. */
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
  /** Events of one `track`, items of one `putItems`. */
  batch: 10_000,
  recommendations: 1_000,
  historyPoints: 400,
  /** Days that the probability of a return may be asked for. */
  returnDaysMin: 0.01,
  returnDaysMax: 366,
  /** Levels of the interest tree below the root. */
  treeDepth: 5,
  treeNodes: 20_000,
  /** Interests of earlier trees whose ids are remembered, so that nobody else gets them. */
  retiredInterests: 10_000,
  /** Interests that a user may have pinned, boosted, muted or forgotten at once. */
  steeredInterests: 1_000,
  /** Profiles that are watched at once. */
  profileStreams: 1_000,
  /** Newest events kept in a user's state. */
  recentEvents: 64,
  /** Items that a state remembers as seen; further ones may be recommended again. */
  seenItems: 100_000,
  /** Trainings of one engine that run at once. */
  trainingJobs: 1,
  /** Jobs that are over and still told of. */
  jobsRemembered: 100,
  /** Trained models that are kept; beyond, the oldest goes that is in no promotion. */
  models: 20,
  /** Promotions that a rollback can go back through. */
  promotions: 10,
  /** Recommendations that may wait for a model's scores. */
  scoringQueue: 1_000,
  /** Events of an anonymous session that recommendations are asked for. */
  sessionEvents: 1_000,
  /** Items that a caller may have put in order at once. */
  rankedItems: 1_000,
  /** People who are looked at for the audience of an interest. */
  audience: 20_000,
  /** Newest events of the log that the activity under interests counts, and the months that it tells. */
  activityEvents: 1_000_000,
  activityMonths: 600,
  /** Tenants beside the default one whose engines are open at once. */
  openTenants: 32,
} as const;
