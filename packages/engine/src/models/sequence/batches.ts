/**
 * Training sequences in batches. A sequence of n + 1 items is n examples at once: at each step the next item is to be found
 * (shifted sequences), and not n sequences of all lengths. Sequences are put together with others of about their length, in
 * up to three lengths of batch, because what pads them is computed as well; shorter ones are padded at the end, where causal
 * networks do not look.
 *
 * Every example counts the same, whether its batch has many of them or few: a batch's mean loss is multiplied by its share,
 * the number of its examples over the mean number.
 */
import { seededRandom } from "../../base/random.ts";
import type { Values } from "../../nn/tensor.ts";
import type { Batch } from "../../nn/train/options.ts";
import { integerStream, shuffled } from "../random-stream.ts";
import { type Negatives, ownNegatives } from "./negatives.ts";
import { profileColumns, profileFeeds, writeProfiles } from "./profiles.ts";
import { type StepReading, type StepSequence, slicedSteps, stepColumns, stepFeeds, writeSteps } from "./steps.ts";

/** What batches are made of: every person's events, oldest first. */
export interface TrainingSequences {
  readonly itemCount: number;
  readonly sequences: readonly StepSequence[];
}

export interface Bucket {
  readonly name: string;
  readonly time: number;
  readonly batchSize: number;
  /** Which sequences belong here. */
  readonly members: readonly number[];
}

/** Batches of less than this are not cut down further: the savings would be small. */
const shortestBucket = 25;
const bucketsMax = 3;

/** Lengths halve from the longest on; lengths that no sequence has are left out. */
export function bucketsOf(
  sequences: readonly Pick<StepSequence, "items">[],
  { length, batchSize }: { length: number; batchSize: number },
): readonly Bucket[] {
  const steps = sequences.map(({ items }) => Math.min(items.length - 1, length));
  const longest = steps.reduce((most, count) => Math.max(most, count), 0);
  const times = [longest];
  while (times.length < bucketsMax && times[0] / 2 >= shortestBucket) times.unshift(Math.ceil(times[0] / 2));
  const members: number[][] = times.map(() => []);
  for (const [sequence, count] of steps.entries()) {
    if (count > 0) members[times.findIndex((time) => count <= time)].push(sequence);
  }
  return times
    .map((time, index) => ({
      name: `${time} steps`,
      time,
      batchSize: Math.min(batchSize, members[index].length),
      members: members[index],
    }))
    .filter(({ batchSize: size }) => size > 0);
}

export interface BatchOptions {
  readonly data: TrainingSequences;
  readonly buckets: readonly Bucket[];
  readonly reading: StepReading;
  readonly seed: number;
  /** Undefined where all items are compared with. */
  readonly negatives: (Negatives & { readonly drawnFor: "batch" | "sequence" }) | undefined;
}

/** The batches of an epoch in an order of its own, the same whenever it is asked for: what `train` takes. */
export function epochBatches(options: BatchOptions): (epoch: number) => Generator<Batch> {
  const { data, buckets, seed } = options;
  const batchCount = buckets.reduce((sum, { members, batchSize }) => sum + Math.ceil(members.length / batchSize), 0);
  let examples = 0;
  for (const { members, time } of buckets) {
    for (const sequence of members) examples += Math.min(data.sequences[sequence].items.length - 1, time);
  }
  return function* batches(epoch) {
    const random = seededRandom(seed + epoch * 0x9e3779b1);
    const groups = buckets.flatMap((bucket) => {
      const order = shuffled(bucket.members, random);
      const count = Math.ceil(order.length / bucket.batchSize);
      return Array.from({ length: count }, (_, index) => ({
        bucket,
        members: order.slice(index * bucket.batchSize, (index + 1) * bucket.batchSize),
      }));
    });
    const draw = integerStream(random.integer(2 ** 31));
    for (const { bucket, members } of shuffled(groups, random)) {
      const feeds = {
        ...exampleFeeds(options, bucket, members, examples / batchCount),
        ...drawn(options, bucket, members, draw),
      };
      yield { bucket: bucket.name, feeds, examples: examples / batchCount };
    }
  };
}

/** Steps, targets, weights of the steps and the batch's share. Rows of a batch that is not full weigh nothing. */
function exampleFeeds(
  { data, reading }: BatchOptions,
  { time, batchSize }: Bucket,
  members: readonly number[],
  meanExamples: number,
): Record<string, Values> {
  const columns = stepColumns(reading, batchSize, time);
  const profiles = reading.profile && profileColumns(reading.profile, batchSize * time);
  const targets = new Int32Array(batchSize * time);
  const weights = new Float32Array(batchSize * time);
  let examples = 0;
  for (const [row, member] of members.entries()) {
    const history = data.sequences[member];
    const newest = slicedSteps(history, -(time + 1));
    const count = newest.items.length - 1;
    const at = row * time;
    // What is to be found at a step is the next event, and its time is when the question is asked.
    writeSteps(columns, at, slicedSteps(newest, 0, count), newest.times.subarray(1), reading);
    if (profiles && reading.profile) {
      const steps = slicedSteps(history, 0, -1);
      const asked = reading.knowsAsked ? newest.times.subarray(1) : undefined;
      writeProfiles(profiles, at, steps, steps.items.length - count, asked, reading.profile);
    }
    targets.set(newest.items.subarray(1), at);
    weights.fill(1, at, at + count);
    examples += count;
  }
  const ofProfiles = profiles && profileFeeds(profiles);
  return { ...stepFeeds(columns), ...ofProfiles, targets, weights, share: Float32Array.of(examples / meanExamples) };
}

function drawn(
  { data, negatives }: BatchOptions,
  { batchSize }: Bucket,
  members: readonly number[],
  draw: (count: number) => number,
): Record<string, Values> {
  if (negatives === undefined) return {};
  const { count, drawnFor, logQ } = negatives;
  const draws = drawnFor === "batch" ? 1 : batchSize;
  const keys = new Int32Array(draws * count);
  for (let from = 0; from < keys.length; from += count) negatives.draw(keys.subarray(from, from + count), draw);
  const none = new Int32Array(0);
  const own = Array.from({ length: batchSize }, (_, row) =>
    row < members.length ? data.sequences[members[row]].items : none,
  );
  const excluded = ownNegatives(keys, own, { items: data.itemCount, count });
  return { negatives: keys, excluded, ...(logQ && { logQ }) };
}
