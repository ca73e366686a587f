/** From a data set and a protocol to what is learned from and what is measured on. */
import { PenchantError } from "../../base/errors.ts";
import type { Dataset } from "../../core/dataset.ts";
import { kCore, withValueFrom } from "./filters.ts";
import { assertNoLeak } from "./leaks.ts";
import { leaveOneOut } from "./leave-one-out.ts";
import { newItems } from "./new-items.ts";
import { type Protocol, type ProtocolName, type Split, type SplitRanges, splitOf } from "./protocol.ts";
import { bySession } from "./sessions.ts";
import { strong } from "./strong.ts";
import { temporal } from "./temporal.ts";

const splitters: Readonly<Record<ProtocolName, (dataset: Dataset, protocol: Protocol) => SplitRanges>> = {
  "leave-one-out": leaveOneOut,
  temporal,
  strong,
  session: bySession,
  "new-items": newItems,
};

/** The data set as the protocol takes it: without what its filters leave out. */
export function prepared(dataset: Dataset, { core, minimumValue }: Protocol): Dataset {
  const valued = minimumValue > 0 ? withValueFrom(dataset, minimumValue) : dataset;
  const dense = core > 0 ? kCore(valued, core) : valued;
  if (dense.users.length > 0) return dense;
  throw new PenchantError(
    "PENCHANT_E_DATASET",
    `${dataset.name}: expected users with interactions after the filters (core ${core}, minimum value ${minimumValue}), and all ${dataset.users.length} are gone.`,
  );
}

/**
 * Splits a prepared data set.
 *
 * @throws PENCHANT_E_DATASET when the data do not allow the protocol or leave nothing to measure on, PENCHANT_E_LEAK when
 *   the split lets a model see the future
 */
export function splitDataset(dataset: Dataset, protocol: Protocol): Split {
  const split = splitOf(dataset, splitters[protocol.name](dataset, protocol), protocol);
  assertNoLeak(split, protocol.name === "temporal" || protocol.name === "session" ? "everybody" : "each user");
  return split;
}
