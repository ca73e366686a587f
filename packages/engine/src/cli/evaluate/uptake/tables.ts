/**
 * From a data set to the tables of an evaluation. Of each person's sequence the first three fifths are learned from, the next
 * fifth says when to stop, calibrates and chooses settings, and the last fifth is the test, asked once. A question of the test
 * knows all that came before it, earlier events of the last fifth included; the items' statistics and everything else that is
 * fitted know the first three fifths alone. Other people's may be later than the question: this is how well a taste is
 * known, not what tomorrow brings.
 */
import { PenchantError } from "../../../base/errors.ts";
import { seededRandom } from "../../../base/random.ts";
import { type Dataset, isDescribed } from "../../../core/dataset.ts";
import type { InteractionTable } from "../../../core/interaction-table.ts";
import type { UptakeData, UptakeExamples } from "../../../core/uptake.ts";
import { tableOfRanges } from "../../../evaluate/cases.ts";
import { type Range, userRanges } from "../../../evaluate/splits/protocol.ts";
import { type AskedRange, examplesOf } from "../../../models/uptake/examples.ts";
import { fitFeatures, withFeatures } from "../../../models/uptake/features/pipeline.ts";
import type { UptakeProtocol } from "./protocol.ts";

export interface UptakeTables {
  readonly data: UptakeData;
  readonly test: UptakeExamples;
  /** Events that were not asked about, by reason. */
  readonly leftOut: Readonly<Record<string, number>>;
}

/** The data set with as many people as the protocol takes, in their order. */
export function withUsersOf(dataset: Dataset, { usersMax, seed }: UptakeProtocol): Dataset {
  const { users, interactions, sessions } = dataset;
  if (usersMax === 0 || users.length <= usersMax) return dataset;
  const random = seededRandom(seed);
  const order = Int32Array.from(users.keys());
  for (let place = 0; place < usersMax; place++) {
    const other = place + random.integer(order.length - place);
    [order[place], order[other]] = [order[other], order[place]];
  }
  const chosen = [...order.subarray(0, usersMax)].sort((a, b) => a - b);
  const ranges = chosen.map((user): Range => [interactions.offsets[user], interactions.offsets[user + 1]]);
  return {
    ...dataset,
    users: chosen.map((user) => users[user]),
    interactions: tableOfRanges(interactions, ranges),
    ...(sessions && {
      sessions: Int32Array.from(ranges.flatMap(([from, to]) => [...sessions.subarray(from, to)])),
    }),
  };
}

/**
 * @param dataset with the protocol's people
 * @throws PENCHANT_E_DATASET where nothing is left to learn from or to ask
 */
export function uptakeTables(dataset: Dataset, protocol: UptakeProtocol): UptakeTables {
  const { interactions } = dataset;
  const itemCount = dataset.items.length;
  const cuts = [...userRanges(dataset)].map(([, from, to]) => {
    const at = (part: number) => from + Math.floor((to - from) * part);
    return { from, train: at(protocol.trainUntil), validation: at(protocol.validationUntil), to };
  });
  const learned = tableOfRanges(
    interactions,
    cuts.map(({ from, train }): Range => [from, train]),
  );
  const itemEvents = new Float64Array(itemCount);
  for (const item of learned.items) itemEvents[item] += 1;
  const described = isDescribed(dataset.items) ? { items: dataset.items } : {};
  const features = fitFeatures(learned, { itemCount, ...described });
  const left: Record<string, number> = {};

  const examples = (
    histories: InteractionTable,
    ranges: AskedRange[],
    { learnedFrom, seed }: { learnedFrom?: true; seed: number },
  ): UptakeExamples => {
    const { questions, labels, leftOut } = examplesOf(histories, ranges, itemEvents, protocol, {
      seed,
      ...(protocol.rowsMax > 0 && { rowsMax: protocol.rowsMax }),
    });
    for (const [reason, count] of Object.entries(leftOut)) left[reason] = (left[reason] ?? 0) + count;
    return { ...withFeatures(questions, features, learnedFrom && { learnedFrom }), labels };
  };

  const whole = (table: InteractionTable) =>
    Array.from(
      { length: table.offsets.length - 1 },
      (_, user): AskedRange => [user, table.offsets[user], table.offsets[user + 1]],
    );
  const train = examples(learned, whole(learned), { learnedFrom: true, seed: protocol.seed });
  const known = tableOfRanges(
    interactions,
    cuts.map(({ from, validation }): Range => [from, validation]),
  );
  const validation = examples(
    known,
    cuts.map((cut, user): AskedRange => [user, known.offsets[user] + cut.train - cut.from, known.offsets[user + 1]]),
    { seed: protocol.seed + 1 },
  );
  const test = examples(
    interactions,
    cuts.map((cut, user): AskedRange => [user, cut.validation, cut.to]),
    { seed: protocol.seed + 2 },
  );
  for (const [what, { items }] of Object.entries({ train, validation, test })) {
    if (items.length > 0) continue;
    throw new PenchantError(
      "PENCHANT_E_DATASET",
      `${dataset.name}: expected questions whether an item is ${protocol.question} for ${what}, and there is none; ` +
        `left out: ${
          Object.entries(left)
            .map(([reason, count]) => `${count} ${reason}`)
            .join(", ") || "nothing"
        }.`,
    );
  }
  return { data: { itemCount, train, validation, ...described }, test, leftOut: left };
}
