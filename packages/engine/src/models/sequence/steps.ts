/**
 * A person's events as networks read them: which item, and where a model is told to, of which kind the event was and how
 * much time lay between it and others. One writing of the columns serves batches of training, sessions of many and the plain
 * arrays of one person, so that all three read the same numbers.
 *
 * Kinds. An event's weight says what it was (a view, a purchase, four stars), and the distinct weights of the training are
 * the kinds that are told apart.
 *
 * Time. A step knows what was known when the next event came about. With `past` that is the time of the step's own event; with
 * `asked` also when the next one came, which is known when somebody stands before the shelf and is not when a list is made
 * in advance. `gaps` gives each step one number, the time since the event before (or until the question); `pairs` gives the times
 * themselves, for networks that compare every two steps. Both are read in buckets of about half an octave.
 */
import type { InteractionTable } from "../../core/interaction-table.ts";
import type { Interaction } from "../../core/ports.ts";
import { input, type Tensor, type Values } from "../../nn/tensor.ts";
import type { ProfileReading } from "./profiles.ts";

/** A person's events that count, oldest first, in columns. */
export interface StepSequence {
  /** Keys. */
  readonly items: Int32Array;
  /** Milliseconds since 1970-01-01 UTC. */
  readonly times: Float64Array;
  /** What the event says; never 0. */
  readonly weights: Float32Array;
}

/** What a network reads of a step besides its item. */
export interface StepReading {
  /** The weights that are told apart as kinds, ascending; empty where kinds are not read. */
  readonly kindWeights: readonly number[];
  readonly time: "none" | "gaps" | "pairs";
  /** Whether a step knows the time of the question that comes after it. */
  readonly knowsAsked: boolean;
  /** What is read of the person's profile after a step, by networks that read it. */
  readonly profile?: ProfileReading | undefined;
}

/** The columns as inputs of a graph, [batch, time] each. Keys, kinds and gaps are int32; times are seconds. */
export interface StepInputs {
  readonly items: Tensor;
  readonly kinds?: Tensor;
  readonly gaps?: Tensor;
  readonly times?: Tensor;
  readonly asked?: Tensor;
}

/** The columns as numbers, row after row. */
export interface StepColumns {
  readonly items: Int32Array;
  readonly kinds?: Int32Array;
  readonly gaps?: Int32Array;
  readonly times?: Float32Array;
  readonly asked?: Float32Array;
}

/** Most kinds that are told apart; of more weights, so many spread evenly over all of them. */
const kindsMax = 16;
/** Half octaves of seconds: the last one begins at some 80 years. */
export const timeBuckets = 64;
const second = 1_000;
/** Keeps a whole number of half octaves, computed in single precision, from falling below itself. */
export const bucketEdge = 1e-3;

/** min(63, floor(2 log2(1 + seconds))): 0 for less than .41 seconds. */
export function timeBucket(seconds: number): number {
  return Math.min(timeBuckets - 1, Math.floor(2 * Math.log2(1 + Math.max(seconds, 0)) + bucketEdge));
}

/** The kinds of the weights that interactions have, ascending. */
export function kindWeightsOf({ weights }: InteractionTable): number[] {
  const distinct = new Set(weights);
  distinct.delete(0);
  const all = [...distinct].sort((a, b) => a - b);
  const count = Math.min(all.length, kindsMax);
  return Array.from({ length: count }, (_, kind) => all[Math.floor((kind * all.length) / count)]);
}

/** The kind whose weight is nearest; of two, the lower. */
export function kindOf(kindWeights: readonly number[], weight: number): number {
  let kind = 0;
  for (let other = 1; other < kindWeights.length; other++) {
    if (Math.abs(kindWeights[other] - weight) < Math.abs(kindWeights[kind] - weight)) kind = other;
  }
  return kind;
}

/** Every user's events that count, in time order, repeats included. */
export function stepSequences({ offsets, items, times, weights }: InteractionTable): StepSequence[] {
  return Array.from({ length: offsets.length - 1 }, (_, user) => {
    const [from, to] = [offsets[user], offsets[user + 1]];
    const counts = (_: number, index: number) => weights[from + index] !== 0;
    return {
      items: items.slice(from, to).filter(counts),
      times: times.slice(from, to).filter(counts),
      weights: weights.slice(from, to).filter(counts),
    };
  });
}

/** A person's events that count, without those on items that the model has no key for. */
export function queriedSteps(history: readonly Interaction[], itemCount: number): StepSequence {
  const counted = history.filter(({ item, weight }) => weight !== 0 && item >= 0 && item < itemCount);
  return {
    items: Int32Array.from(counted, ({ item }) => item),
    times: Float64Array.from(counted, ({ time }) => time),
    weights: Float32Array.from(counted, ({ weight }) => weight),
  };
}

/** Steps `from` up to, not including, `to`; negative numbers count from the end. */
export function slicedSteps({ items, times, weights }: StepSequence, from: number, to?: number): StepSequence {
  return { items: items.slice(from, to), times: times.slice(from, to), weights: weights.slice(from, to) };
}

export function stepInputs(reading: StepReading, shape: readonly [batch: number, time: number]): StepInputs {
  return {
    items: input("steps", shape, "int32"),
    ...(reading.kindWeights.length > 0 && { kinds: input("kinds", shape, "int32") }),
    ...(reading.time === "gaps" && { gaps: input("gaps", shape, "int32") }),
    ...(reading.time === "pairs" && { times: input("times", shape) }),
    ...(reading.time === "pairs" && reading.knowsAsked && { asked: input("asked", shape) }),
  };
}

/** What `stepInputs` are fed. */
export function stepFeeds({ items, kinds, gaps, times, asked }: StepColumns): Record<string, Values> {
  return {
    steps: items,
    ...(kinds && { kinds }),
    ...(gaps && { gaps }),
    ...(times && { times }),
    ...(asked && { asked }),
  };
}

/** Zeros for rows of `time` steps, as `writeSteps` fills them. */
export function stepColumns(reading: StepReading, rows: number, time: number): StepColumns {
  const size = rows * time;
  return {
    items: new Int32Array(size),
    ...(reading.kindWeights.length > 0 && { kinds: new Int32Array(size) }),
    ...(reading.time === "gaps" && { gaps: new Int32Array(size) }),
    ...(reading.time === "pairs" && { times: new Float32Array(size) }),
    ...(reading.time === "pairs" && reading.knowsAsked && { asked: new Float32Array(size) }),
  };
}

/**
 * Writes a person's steps into columns from place `at` on.
 *
 * @param asked when the question after each step is asked: the times of the events that follow, and of the question itself
 */
export function writeSteps(
  columns: StepColumns,
  at: number,
  { items, times, weights }: StepSequence,
  asked: ArrayLike<number>,
  { kindWeights, knowsAsked }: StepReading,
): void {
  columns.items.set(items, at);
  // Seconds before the last question: near it, where it matters, single precision is exact.
  const end = asked[items.length - 1];
  for (let step = 0; step < items.length; step++) {
    if (columns.kinds) columns.kinds[at + step] = kindOf(kindWeights, weights[step]);
    if (columns.gaps) {
      const gap = knowsAsked ? asked[step] - times[step] : times[step] - times[Math.max(step - 1, 0)];
      columns.gaps[at + step] = timeBucket(gap / second);
    }
    if (columns.times) columns.times[at + step] = (times[step] - end) / second;
    if (columns.asked) columns.asked[at + step] = (asked[step] - end) / second;
  }
}

/** The columns of one person's steps, asked at a moment. */
export function columnsOf(reading: StepReading, steps: StepSequence, at: number): StepColumns {
  const columns = stepColumns(reading, 1, steps.items.length);
  writeSteps(columns, 0, steps, askedTimes(steps, at), reading);
  return columns;
}

/** When the question after each step is asked. */
export function askedTimes({ times }: StepSequence, at: number): Float64Array {
  const asked = new Float64Array(times.length);
  asked.set(times.subarray(1));
  asked[times.length - 1] = at;
  return asked;
}
