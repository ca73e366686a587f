/**
 * Protocols: what a model may learn from, what it is tuned on, and what it is measured on. Whatever the protocol, ties in
 * time keep the order of the data, and the test is touched once, with settings that were chosen on validation.
 */
import { PenchantError } from "../../base/errors.ts";
import type { Dataset } from "../../core/dataset.ts";
import type { InteractionTable } from "../../core/interaction-table.ts";
import { type CaseRange, type CaseTable, caseCount, casesOf, tableOfRanges } from "../cases.ts";

export const protocolNames = ["leave-one-out", "temporal", "strong", "session", "new-items"] as const;
export type ProtocolName = (typeof protocolNames)[number];

export const temporalTargets = ["last", "first", "all", "successive"] as const;
export type TemporalTargets = (typeof temporalTargets)[number];

/** A protocol with all of its settings: written into every result, and part of what a result is kept under. */
export interface Protocol {
  readonly name: ProtocolName;
  /** `temporal` and `session`: the part of all events, by time, that comes before the test. */
  readonly quantile: number;
  /** `temporal`: which events after the cut are asked for. */
  readonly targets: TemporalTargets;
  /** `strong`: the part of the users who are held out, half of them for validation. */
  readonly heldOutUsers: number;
  /** `strong`: the part of a held-out user's events that the model is shown. */
  readonly foldIn: number;
  /** `strong`: which users are held out. The same for every model and seed, so that they can be compared. */
  readonly seed: number;
  /** `new-items`: the part of the items, those that came up last, that is withheld. */
  readonly newItemShare: number;
  /** A query has at most this many events, the newest. */
  readonly historyMax: number;
  /** Whether items of the history are candidates again, as where people buy the same things every week. */
  readonly keepsSeen: boolean;
  /** Users and items with fewer events are left out, again and again until there are none; 0 keeps all. */
  readonly core: number;
  /** Events whose value is less are left out before anything else; 0 keeps all. */
  readonly minimumValue: number;
}

/** "Data A" is `leave-one-out` with these. */
export const protocolDefaults: Omit<Protocol, "name"> = {
  quantile: 0.9,
  targets: "successive",
  heldOutUsers: 0.2,
  foldIn: 0.8,
  seed: 1,
  newItemShare: 0.05,
  historyMax: 200,
  keepsSeen: false,
  core: 0,
  minimumValue: 0,
};

/** Something to learn from and something to ask, with nothing of the questions' answers in what is learned from. */
export interface Fold {
  readonly train: InteractionTable;
  /** For models that stop early: questions whose answers are neither learned from nor asked for in the test. */
  readonly stopping: CaseTable;
  readonly questions: CaseTable;
}

export interface Split {
  /** Where settings are chosen: the questions are validation. */
  readonly choosing: Fold;
  /** Where models are measured, once: the questions are the test. */
  readonly final: Fold;
  /** What the split left out, by reason. */
  readonly leftOut: Readonly<Record<string, number>>;
}

export type Range = readonly [from: number, to: number];

/** Ranges of the data set's table, from which `splitOf` makes the columns. */
export interface FoldRanges {
  readonly train: readonly Range[];
  readonly stopping: readonly CaseRange[];
  readonly questions: readonly CaseRange[];
}

export interface SplitRanges {
  readonly choosing: FoldRanges;
  readonly final: FoldRanges;
  readonly leftOut: Readonly<Record<string, number>>;
}

/** Throws PENCHANT_E_DATASET when there is nothing to measure on, or nothing to learn from. */
export function splitOf(dataset: Dataset, ranges: SplitRanges, protocol: Protocol): Split {
  const { interactions } = dataset;
  const foldOf = ({ train, stopping, questions }: FoldRanges): Fold => ({
    train: tableOfRanges(interactions, train),
    stopping: casesOf(interactions, stopping, protocol).cases,
    questions: casesOf(interactions, questions, protocol).cases,
  });
  const final = foldOf(ranges.final);
  const asked = caseCount(final.questions);
  if (asked === 0 || final.train.items.length === 0) {
    throw new PenchantError(
      "PENCHANT_E_DATASET",
      `${dataset.name}: expected users to learn from and users to measure on under ${protocol.name}; ` +
        `${dataset.users.length} users with ${interactions.items.length} interactions left ` +
        `${final.train.items.length} to learn from and ${asked} questions.`,
    );
  }
  const { targetsSeen } = casesOf(interactions, ranges.final.questions, protocol);
  return {
    choosing: foldOf(ranges.choosing),
    final,
    leftOut: { ...ranges.leftOut, ...(targetsSeen > 0 && { "targets that the history has": targetsSeen }) },
  };
}

/** Of users, or of sessions, one in so many gives up its last event for models that stop early. */
const stoppingEvery = 10;

/**
 * What is learned from under a split by time, up to the test: all of it but the last event of one range in ten, which
 * tells models that stop early when. To stop on the validation before the test would keep the newest part of the data
 * from them, and what was known last is what counts most the day after.
 */
export function withStopping(ranges: readonly (readonly [user: number, from: number, to: number])[]): {
  readonly train: readonly Range[];
  readonly stopping: readonly CaseRange[];
} {
  const train: Range[] = [];
  const stopping: CaseRange[] = [];
  for (const [index, [user, from, to]] of ranges.entries()) {
    if (index % stoppingEvery > 0 || to - from < 2) train.push([from, to]);
    else {
      train.push([from, to - 1]);
      stopping.push({ user, history: [from, to - 1], targets: [to - 1, to] });
    }
  }
  return { train, stopping };
}

/** Each user's place in the table. */
export function* userRanges({ interactions: { offsets } }: Dataset): Generator<readonly [number, number, number]> {
  for (let user = 0; user + 1 < offsets.length; user++) yield [user, offsets[user], offsets[user + 1]];
}
