/**
 * From questions to tables: the one way in which all models that say whether somebody takes an item up get their features,
 * when they are trained, measured and asked. It is fitted to what may be learned from: statistics of the items, and which
 * features the data allow.
 *
 * A table's rows stand person by person and in time order, so that a history is folded once while its rows are read, whatever
 * their number.
 */
import { assert } from "../../../base/errors.ts";
import type { InteractionTable } from "../../../core/interaction-table.ts";
import type { UptakeData, UptakeTable } from "../../../core/uptake.ts";
import { itemFeaturesOf } from "../../sequence/feature-space.ts";
import { type Feature, featuresFor, type KnownOfItems, type Question } from "./columns.ts";
import { fitCompanions, nearnessOf, nearToNothing } from "./companions.ts";
import { type FoldedEvent, HistorySums } from "./history-sums.ts";
import { type ItemStatistics, itemStatistics, rowOfAll, rowWithout } from "./item-statistics.ts";

/** A table before its features are read: user by user, each one's rows in time order. */
export type UptakeQuestions = Omit<UptakeTable, "columns" | "features">;

/** What features are read with. */
export interface FeatureSource {
  readonly statistics: ItemStatistics;
  readonly known: KnownOfItems;
}

export interface FeatureOptions {
  /** For rows that are learned from: the users are those of the fit, and their own part is left out of the statistics. */
  readonly learnedFrom?: true;
}

/** @param learned what may be learned from */
export function fitFeatures(
  learned: InteractionTable,
  { itemCount, items, vectors }: Pick<UptakeData, "itemCount" | "items" | "vectors">,
): FeatureSource {
  // Texts alone are not read here: vectors are the caller's.
  const data = { itemCount, items, vectors, interactions: learned };
  const { paths, vectors: directions } = itemFeaturesOf(data, {
    paths: true,
    texts: vectors !== undefined,
    seed: 1,
  }).features;
  const createdAt = Float64Array.from({ length: itemCount }, (_, item) => items?.[item]?.createdAt ?? Number.NaN);
  return {
    statistics: itemStatistics(learned, itemCount),
    known: {
      values: learned.values?.some(Number.isFinite) ?? false,
      rejections: learned.weights.some((weight) => weight < 0),
      paths,
      vectors: directions,
      companions: fitCompanions(learned, itemCount),
      ...(createdAt.some(Number.isFinite) && { createdAt }),
      ...(paths && { nodeShares: nodeSharesOf(learned, paths) }),
    },
  };
}

/** The part of all events that is under each node, none of them 0. */
function nodeSharesOf({ items }: InteractionTable, paths: NonNullable<KnownOfItems["paths"]>): Float32Array {
  const sums = new Float64Array(paths.nodeCount).fill(1);
  for (const item of items) {
    for (let at = paths.offsets[item]; at < paths.offsets[item + 1]; at++) sums[paths.nodes[at]] += paths.shares[at];
  }
  return Float32Array.from(sums, (sum) => sum / (items.length + 1));
}

export function withFeatures(
  questions: UptakeQuestions,
  { statistics, known }: FeatureSource,
  { learnedFrom }: FeatureOptions = {},
): UptakeTable {
  const features = featuresFor(known);
  const { histories, users, starts, ends, items, times } = questions;
  const values = new Float32Array(items.length * features.length);
  const history = new HistorySums(known.paths, known.vectors);
  const question: Question = {
    item: 0,
    time: 0,
    row: rowOfAll(statistics),
    nearness: nearToNothing,
    statistics,
    history,
    known,
  };
  const oldest = new Walk(histories, question);
  const newest = new Walk(histories, question);
  const meanValue = (item: number) => statistics.meanValues[question.row * statistics.itemCount + item];
  let own: Set<number> | undefined;
  let user = -1;
  for (let row = 0; row < items.length; row++) {
    if (users[row] !== user) {
      user = users[row];
      history.clear();
      if (learnedFrom) {
        question.row = rowWithout(user);
        own = new Set(histories.items.subarray(histories.offsets[user], histories.offsets[user + 1]));
      }
      oldest.begin(starts[row]);
      newest.begin(starts[row]);
    }
    assert(starts[row] >= oldest.at && ends[row] >= newest.at, "a person's rows stand in time order");
    // A window that has moved on beyond all that was folded begins anew.
    if (starts[row] >= newest.at) {
      history.clear();
      oldest.begin(starts[row]);
      newest.begin(starts[row]);
    }
    newest.to(ends[row], (event) => history.add(event));
    oldest.to(starts[row], (event) => history.remove(event));
    question.item = items[row];
    question.time = times[row];
    question.nearness = nearnessOf(items[row], histories, [starts[row], ends[row]], known.companions, meanValue, own);
    readInto(values, row * features.length, features, question);
  }
  return { ...questions, columns: features.map(({ name, group }) => ({ name, group })), features: values };
}

function readInto(into: Float32Array, at: number, features: readonly Feature[], question: Question): void {
  for (let column = 0; column < features.length; column++) into[at + column] = features[column].read(question);
}

/** Goes along a person's events and hands out those that count, numbered. */
class Walk {
  at = 0;
  readonly #histories: InteractionTable;
  readonly #question: Question;
  readonly #event: { -readonly [Field in keyof FoldedEvent]: FoldedEvent[Field] };

  constructor(histories: InteractionTable, question: Question) {
    this.#histories = histories;
    this.#question = question;
    this.#event = { place: 0, item: 0, time: 0, weight: 0, value: 0, itemEventsLog: 0, itemMeanValue: 0 };
  }

  begin(at: number): void {
    this.at = at;
    this.#event.place = 0;
  }

  to(end: number, take: (event: FoldedEvent) => void): void {
    const { items, times, weights, values } = this.#histories;
    const { statistics, row } = this.#question;
    const from = row * statistics.itemCount;
    for (; this.at < end; this.at++) {
      const weight = weights[this.at];
      if (weight === 0) continue;
      const event = this.#event;
      const item = items[this.at];
      event.item = item;
      event.time = times[this.at];
      event.weight = weight;
      event.value = values?.[this.at] ?? Number.NaN;
      event.itemEventsLog = Math.log1p(statistics.counts[from + item]);
      event.itemMeanValue = statistics.meanValues[from + item];
      take(event);
      event.place += 1;
    }
  }
}
