/**
 * The features, one entry each: a name, what it tells of, and how it is read from a question. Amounts that span orders of
 * magnitude are logarithms of one more. What is not known is NaN: the value of somebody who never gave one, the time since an
 * event that never was.
 *
 * Features of the person's interest in the item read the sums of the nodes of the item's category paths, each weighed by its
 * share in the item. Means are drawn towards what is usual, as if some events of it had been there before, so that one
 * event is not taken for a taste.
 */
import { dayMs, hourMs } from "../../../base/time.ts";
import type { FeatureGroup } from "../../../core/uptake.ts";
import type { ItemPaths, ItemVectors } from "../../sequence/item-features.ts";
import type { Companions, Nearness } from "./companions.ts";
import type { EventSums, HistorySums } from "./history-sums.ts";
import type { ItemStatistics } from "./item-statistics.ts";

/** What the data tell beside who had to do with what, and what some features therefore need. */
export interface KnownOfItems {
  readonly values: boolean;
  readonly rejections: boolean;
  readonly paths?: ItemPaths | undefined;
  readonly vectors?: ItemVectors | undefined;
  /** Milliseconds since 1970, NaN where not known; absent where no item has one. [items] */
  readonly createdAt?: Float64Array | undefined;
  readonly companions: Companions;
  /** The part of all events that is under each node. [nodes] */
  readonly nodeShares?: Float32Array | undefined;
}

/** A question while its features are read. */
export interface Question {
  item: number;
  time: number;
  /** Of the statistics, the one that this question may see. */
  row: number;
  nearness: Nearness;
  readonly statistics: ItemStatistics;
  readonly history: HistorySums;
  readonly known: KnownOfItems;
}

export interface Feature {
  readonly name: string;
  readonly group: FeatureGroup;
  /** What the data have to have. */
  readonly needs?: readonly ("values" | "rejections" | "paths" | "vectors" | "createdAt")[];
  readonly read: (question: Question) => number;
}

/** Events of what is usual that a person, and a person's events of a category, have beforehand. */
const priorEvents = 3;

const timescales = ["6Hours", "4Days", "30Days", "240Days"];

const hours = (from: number, to: number): number => Math.log1p(Math.max(0, to - from) / hourMs);
const days = (from: number, to: number): number => Math.log1p(Math.max(0, to - from) / dayMs);
const turn = (question: Question, lengthMs: number): number => (2 * Math.PI * question.time) / lengthMs;

const ofItem = ({ statistics: { itemCount }, row, item }: Question, column: Float32Array): number =>
  column[row * itemCount + item];

const itemEventsLog = (question: Question): number => Math.log1p(ofItem(question, question.statistics.counts));

const userMeanValue = ({ history: { all }, statistics: { means }, row }: Question): number =>
  (all.valueSum + priorEvents * means[row]) / (all.valued + priorEvents);

const userItemEventsLog = ({ history }: Question): number =>
  history.all.events === 0 ? Number.NaN : history.itemEventsLogSum / history.all.events;

/** The mean over the item's nodes; NaN for an item without any. */
function overNodes(question: Question, read: (sums: EventSums | undefined, node: number) => number): number {
  const { offsets, nodes, shares } = question.known.paths!;
  let sum = 0;
  let weight = 0;
  for (let at = offsets[question.item]; at < offsets[question.item + 1]; at++) {
    sum += shares[at] * read(question.history.node(nodes[at]), nodes[at]);
    weight += shares[at];
  }
  return sum / weight;
}

/** What decays for long becomes a number of few digits, of which shares would be noise. */
const amountMin = 1e-200;

/** The part of what counts in the person's history that is under the item's categories; 0 where nothing counts. */
function categoryShare(question: Question, amount: (sums: EventSums) => number): number {
  const total = amount(question.history.all);
  const isNothing = !(total > amountMin);
  return overNodes(question, (sums) => (sums === undefined || isNothing ? 0 : amount(sums) / total));
}

/** Of the item's direction and a sum of those of events; NaN where one of them has none. */
function cosine({ item, known }: Question, vector: Float64Array): number {
  const { dimensions, values } = known.vectors!;
  let product = 0;
  let square = 0;
  let own = 0;
  for (let d = 0; d < dimensions; d++) {
    const value = values[item * dimensions + d];
    product += vector[d] * value;
    square += vector[d] * vector[d];
    own += value * value;
  }
  return square > 0 && own > 0 ? product / Math.sqrt(square * own) : Number.NaN;
}

const features: readonly Feature[] = [
  { name: "userEventsLog", group: "user", read: ({ history }) => Math.log1p(history.all.events) },
  ...timescales.map(
    (length, k): Feature => ({
      name: `userActivity${length}Log`,
      group: "user",
      read: ({ history, time }) => Math.log1p(history.all.decayed(k, time)),
    }),
  ),
  { name: "userItemEventsLog", group: "user", read: userItemEventsLog },
  {
    name: "userRejectedShare",
    group: "user",
    needs: ["rejections"],
    read: ({ history: { all } }) => all.rejected / Math.max(1, all.events),
  },
  { name: "userMeanValue", group: "user", needs: ["values"], read: userMeanValue },
  {
    name: "userValueDeviation",
    group: "user",
    needs: ["values"],
    read: ({ history: { all } }) =>
      all.valued < 2
        ? Number.NaN
        : Math.sqrt(Math.max(0, all.squareSum / all.valued - (all.valueSum / all.valued) ** 2)),
  },
  {
    name: "userMeanResidual",
    group: "user",
    needs: ["values"],
    read: ({ history: { residualSum, all } }) => residualSum / (all.valued + priorEvents),
  },

  { name: "itemEventsLog", group: "item", read: itemEventsLog },
  {
    name: "itemMeanValue",
    group: "item",
    needs: ["values"],
    read: (question) => ofItem(question, question.statistics.meanValues),
  },
  {
    name: "itemValueDeviation",
    group: "item",
    needs: ["values"],
    read: (question) => ofItem(question, question.statistics.valueDeviations),
  },
  {
    name: "itemAgeDaysLog",
    group: "item",
    needs: ["createdAt"],
    read: ({ known, item, time }) => days(known.createdAt![item], time),
  },

  { name: "hourSine", group: "context", read: (question) => Math.sin(turn(question, dayMs)) },
  { name: "hourCosine", group: "context", read: (question) => Math.cos(turn(question, dayMs)) },
  { name: "weekdaySine", group: "context", read: (question) => Math.sin(turn(question, 7 * dayMs)) },
  { name: "weekdayCosine", group: "context", read: (question) => Math.cos(turn(question, 7 * dayMs)) },
  { name: "gapHoursLog", group: "context", read: ({ history, time }) => hours(history.all.lastTime, time) },
  {
    name: "sessionEventsLog",
    group: "context",
    read: ({ history, time }) => Math.log1p(history.sessionEvents(time)),
  },

  {
    name: "popularityDistance",
    group: "interest",
    read: (question) => Math.abs(itemEventsLog(question) - userItemEventsLog(question)),
  },
  {
    name: "itemRepeatsLog",
    group: "interest",
    read: ({ history, item }) => Math.log1p(history.items.get(item)?.count ?? 0),
  },
  {
    name: "itemGapHoursLog",
    group: "interest",
    read: ({ history, item, time }) => hours(history.items.get(item)?.lastTime ?? Number.NaN, time),
  },
  { name: "nearness", group: "interest", read: ({ nearness }) => nearness.all },
  { name: "nearnessRecent", group: "interest", read: ({ nearness }) => nearness.recent },
  { name: "nearnessResidual", group: "interest", needs: ["values"], read: ({ nearness }) => nearness.residual },
  ...timescales.map(
    (length, k): Feature => ({
      name: `categoryShare${length}`,
      group: "interest",
      needs: ["paths"],
      read: (question) => categoryShare(question, (sums) => sums.decayed(k, question.time)),
    }),
  ),
  {
    name: "categoryShareRecent",
    group: "interest",
    needs: ["paths"],
    read: (question) => categoryShare(question, (sums) => sums.recent(question.history.next)),
  },
  {
    name: "categoryLift",
    group: "interest",
    needs: ["paths"],
    // The logarithm of how much more of their events the person has there than people have.
    read: (question) => {
      const { history, known } = question;
      return overNodes(question, (sums, node) => {
        const usual = known.nodeShares![node];
        const own = (sums?.events ?? 0) + priorEvents * usual;
        return Math.log(own / (history.all.events + priorEvents) / usual);
      });
    },
  },
  {
    name: "categoryGapHoursLog",
    group: "interest",
    needs: ["paths"],
    read: ({ history, known, item, time }) => {
      const { offsets, nodes } = known.paths!;
      let last = Number.NaN;
      for (let at = offsets[item]; at < offsets[item + 1]; at++) {
        const own = history.node(nodes[at])?.lastTime ?? Number.NaN;
        if (!(own <= last)) last = Number.isNaN(own) ? last : own;
      }
      return hours(last, time);
    },
  },
  {
    name: "categoryResidual",
    group: "interest",
    needs: ["paths", "values"],
    // How much more than their other events the person values those under the item's categories.
    read: (question) => {
      const mean = userMeanValue(question);
      return overNodes(question, (sums) =>
        sums === undefined ? 0 : (sums.valueSum - sums.valued * mean) / (sums.valued + priorEvents),
      );
    },
  },
  {
    name: "vectorCosine",
    group: "interest",
    needs: ["vectors"],
    read: (question) => cosine(question, question.history.vector),
  },
  {
    name: "vectorCosineRecent",
    group: "interest",
    needs: ["vectors"],
    read: (question) => cosine(question, question.history.recentVector),
  },
];

/** Those that the data allow. */
export function featuresFor(known: KnownOfItems): readonly Feature[] {
  return features.filter(({ needs = [] }) => needs.every((need) => Boolean(known[need])));
}
