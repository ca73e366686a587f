/**
 * Protocols: what a model may learn from, what it is tuned on, and what it is measured on. Whatever the protocol, ties in
 * time keep the order of the data, and the test is touched once, with settings that were chosen on validation.
 */
import { PenchantError } from "../../base/errors.ts";
import type { Dataset } from "../../core/dataset.ts";
import type { InteractionTable } from "../../core/interaction-table.ts";
import { type CaseRange, type CaseTable, caseCount, casesOf, tableOfRanges } from "../cases.ts";

export const protocolNames = ["leave-one-out", "temporal", "strong", "session"] as const;
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
  historyMax: 200,
  keepsSeen: false,
  core: 0,
  minimumValue: 0,
};

export interface Split {
  /** What models learn from: neither of validation nor of test. */
  readonly train: InteractionTable;
  readonly validation: CaseTable;
  readonly test: CaseTable;
  /** What the split left out, by reason. */
  readonly leftOut: Readonly<Record<string, number>>;
}

/** Ranges of the data set's table, from which `splitOf` makes the columns. */
export interface SplitRanges {
  readonly train: readonly (readonly [from: number, to: number])[];
  readonly validation: readonly CaseRange[];
  readonly test: readonly CaseRange[];
  readonly leftOut: Readonly<Record<string, number>>;
}

/** Throws PENCHANT_E_DATASET when there is nothing to measure on, or nothing to learn from. */
export function splitOf(dataset: Dataset, ranges: SplitRanges, protocol: Protocol): Split {
  const { cases: validation } = casesOf(dataset.interactions, ranges.validation, protocol);
  const { cases: test, targetsSeen } = casesOf(dataset.interactions, ranges.test, protocol);
  const train = tableOfRanges(dataset.interactions, ranges.train);
  if (caseCount(test) === 0 || train.items.length === 0) {
    throw new PenchantError(
      "PENCHANT_E_DATASET",
      `${dataset.name}: expected users to learn from and users to measure on under ${protocol.name}; ` +
        `${dataset.users.length} users with ${dataset.interactions.items.length} interactions left ` +
        `${train.items.length} to learn from and ${caseCount(test)} questions.`,
    );
  }
  return {
    train,
    validation,
    test,
    leftOut: { ...ranges.leftOut, ...(targetsSeen > 0 && { "targets that the history has": targetsSeen }) },
  };
}

/** Each user's place in the table. */
export function* userRanges({ interactions: { offsets } }: Dataset): Generator<readonly [number, number, number]> {
  for (let user = 0; user + 1 < offsets.length; user++) yield [user, offsets[user], offsets[user + 1]];
}
