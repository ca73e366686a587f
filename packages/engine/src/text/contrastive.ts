/**
 * Trains a table so that what belongs together lies near each other. A thing comes as a few weighted rows of the table, its
 * vector is their sum at unit length, and pairs that belong together are told from all others of their batch, both ways
 * (InfoNCE; van den Oord et al., 2018):
 *
 *   loss = -1/2 mean_i [ ln softmax_j(a_i b_j / temperature)_i + ln softmax_j(a_j b_i / temperature)_i ]
 *
 * Negatives come as often as positives do, so that what is frequent is not near to everything. Pairs that have a thing in
 * common are no negatives of each other.
 *
 * The temperature is the one at which the table that the training begins with does best: where it knows little of the pairs that is
 * a high one, and the training does not tear apart what it has no reason to.
 *
 * Pairs that are held out say when to stop, and the table of the best epoch is kept; the one that the training began with,
 * where the gain is less than twice its standard error over those pairs, which is what chance gives. Only the rows that a batch names are read and changed, so that a step costs the same whatever the
 * size of the table.
 */
import { assert } from "../base/errors.ts";
import { type Random, seededRandom } from "../base/random.ts";
import { dot } from "../core/vector.ts";
import { sparseEmbedding } from "../nn/layers/embedding.ts";
import { sum } from "../nn/operations/broadcasting.ts";
import { add, div, maximum, mul, neg, sqrt } from "../nn/operations/elementwise.ts";
import { logSoftmax } from "../nn/operations/fused.ts";
import { matmul } from "../nn/operations/linear-algebra.ts";
import { split, transpose } from "../nn/operations/shape.ts";
import { adam } from "../nn/optimisers/optimiser.ts";
import { constantSchedule } from "../nn/optimisers/schedule.ts";
import { constant, input, type Tensor } from "../nn/tensor.ts";
import type { Batch } from "../nn/train/options.ts";
import { train } from "../nn/train/trainer.ts";
import type { WeightedBag } from "./bag-of-features.ts";
import { unit } from "./unit.ts";

/** One of two things that belong together: which one it is, or is a part of, and its weighted rows. */
export interface Side {
  readonly of: number;
  readonly bag: WeightedBag;
}

export type Pair = readonly [Side, Side];

export interface ContrastiveOptions {
  /** `[rows, dimensions]`; the training begins with it. */
  readonly table: Float32Array;
  readonly dimensions: number;
  /** Draws a pair. */
  readonly draw: (random: Random) => Pair;
  /** Pairs of things that are never drawn. */
  readonly heldOut: readonly Pair[];
  /** What there is to learn from: an epoch draws about as many pairs. */
  readonly examples: number;
  readonly seed: number;
  readonly signal?: AbortSignal | undefined;
  readonly onEpoch?: ((epoch: number) => void) | undefined;
}

export interface ContrastiveResult {
  readonly table: Float32Array;
  /** On the pairs that were held out, with the table given and the table returned. */
  readonly lossBefore: number;
  readonly loss: number;
}

const temperatures = [0.05, 0.07, 0.1, 0.14, 0.2, 0.3, 0.4, 0.6, 0.8, 1.2];
const standardErrorsMin = 2;
/** More pairs are harder to tell apart, and where there are few things, the same ones again. */
const pairsOfBatchMax = 128;
const pairsOfBatchMin = 32;
const epochsMax = 20;
const patienceEpochs = 2;
/** The first ones: each is told from all others. */
const heldOutPairsMax = 256;
const stepsMin = 10;
const stepsMax = 60;
/** Of a step, relative to the size of the table's numbers: only directions matter. */
const relativeRate = 0.03;
/** Rows that a batch may name; what comes after them is left out. */
const rowsMax = 8_192;
const far = -1e9;

/** On one thread: the same options give the same table. Rejects with the signal's reason. */
export async function trainContrastive(options: ContrastiveOptions): Promise<ContrastiveResult> {
  const { table, dimensions, seed, examples, draw, signal, onEpoch } = options;
  const heldOut = options.heldOut.slice(0, heldOutPairsMax);
  const rows = table.length / dimensions;
  assert(Number.isInteger(rows) && rows > 0, "a table has whole rows");
  assert(heldOut.length > 0, "something is held out");
  const lossesOf = (values: Float32Array, at: number) => heldOutLosses(values, dimensions, heldOut, at);
  const lossOf = (values: Float32Array, at: number) => mean(lossesOf(values, at));
  const [lossBefore, temperature] = temperatures
    .map((at) => [lossOf(table, at), at])
    .reduce((best, one) => (one[0] < best[0] ? one : best));
  const capacity = Math.min(rows, rowsMax);
  const size = Math.sqrt(dot(table, table) / table.length);
  const pairs = examples >= 4 * pairsOfBatchMax ? pairsOfBatchMax : pairsOfBatchMin;
  const steps = Math.min(stepsMax, Math.max(stepsMin, Math.ceil(examples / pairs)));
  const trained = await train({
    losses: { pairs: pairLoss({ pairs, capacity, dimensions, temperature }) },
    tables: { rows: { rows, width: dimensions, initial: table } },
    batches: (epoch) => batchesOf({ steps, pairs, capacity }, draw, seededRandom(seed ^ Math.imul(epoch, 0x9e3779b1))),
    epochs: epochsMax,
    seed,
    optimiser: adam(),
    schedule: constantSchedule({ rate: relativeRate * size }),
    validate: async (weights) => ({ loss: lossOf(weights["rows.table"] as Float32Array, temperature) }),
    earlyStopping: { metric: "loss", better: "lower", patienceEpochs },
    signal,
    onEpoch: ({ epoch }) => onEpoch?.(epoch),
    threads: 1,
    spinning: false,
  });
  const learned = trained.weights["rows.table"] as Float32Array;
  const after = lossesOf(learned, temperature);
  const gains = lossesOf(table, temperature).map((before, pair) => before - after[pair]);
  if (!isBeyondChance(gains)) return { table, lossBefore, loss: lossBefore };
  return { table: learned, lossBefore, loss: mean(after) };
}

function* batchesOf(
  size: { readonly steps: number; readonly pairs: number; readonly capacity: number },
  draw: (random: Random) => Pair,
  random: Random,
): Generator<Batch> {
  const { steps, capacity } = size;
  for (let step = 0; step < steps; step++) {
    const pairs = Array.from({ length: size.pairs }, () => draw(random));
    const sides = [...pairs.map(([left]) => left), ...pairs.map(([, right]) => right)];
    const places = new Map<number, number>();
    const bags = new Float32Array(sides.length * capacity);
    for (const [side, { bag }] of sides.entries()) {
      for (const [row, weight] of bag) {
        const place = places.get(row) ?? places.size;
        if (place === capacity) continue;
        places.set(row, place);
        bags[side * capacity + place] = weight;
      }
    }
    const rows = Int32Array.from(places.keys());
    yield { feeds: { bags, apart: apartOf(pairs) }, rows: { rows }, examples: size.pairs };
  }
}

/** Far below 0 between two pairs that have a thing in common, 0 elsewhere. `[pairs, pairs]` */
function apartOf(pairs: readonly Pair[]): Float32Array {
  const apart = new Float32Array(pairs.length * pairs.length);
  for (const [i, [a, b]] of pairs.entries()) {
    for (const [j, [c, d]] of pairs.entries()) {
      const isShared = a.of === c.of || a.of === d.of || b.of === c.of || b.of === d.of;
      if (i !== j && isShared) apart[i * pairs.length + j] = far;
    }
  }
  return apart;
}

interface LossOptions {
  readonly pairs: number;
  readonly capacity: number;
  readonly dimensions: number;
  readonly temperature: number;
}

function pairLoss({ pairs, capacity, dimensions, temperature }: LossOptions): Tensor {
  const { rows } = sparseEmbedding("rows", { capacity, width: dimensions });
  const sums = matmul(input("bags", [2 * pairs, capacity]), rows); //      [2 pairs, dimensions]
  const lengths = sqrt(maximum(sum(mul(sums, sums), { axes: [-1], keep: true }), 1e-12));
  const [left, right] = split(div(sums, lengths), 0, [pairs, pairs]);
  const cosines = matmul(left, right, { transposeB: true });
  const logits = add(div(cosines, temperature), input("apart", [pairs, pairs]));
  const diagonal = Float32Array.from({ length: pairs ** 2 }, (_, at) => (at % (pairs + 1) === 0 ? 1 : 0));
  const found = (z: Tensor) => sum(mul(logSoftmax(z), constant(diagonal, [pairs, pairs])));
  return div(neg(add(found(logits), found(transpose(logits, [1, 0])))), 2 * pairs);
}

/** Whether paired differences are above 0 by twice the standard error of their mean. */
export function isBeyondChance(gains: Float64Array): boolean {
  const gain = mean(gains);
  const variance = gains.reduce((total, one) => total + (one - gain) ** 2, 0) / (gains.length - 1);
  return gain > standardErrorsMin * Math.sqrt(variance / gains.length);
}

function mean(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0) / values.length;
}

/** Each pair's part of the loss of all as one batch. */
function heldOutLosses(
  table: Float32Array,
  dimensions: number,
  pairs: readonly Pair[],
  temperature: number,
): Float64Array {
  const [left, right] = [0, 1].map((side) => pairs.map((pair) => bagVector(table, dimensions, pair[side].bag)));
  const apart = apartOf(pairs);
  // Cosines less 1, so that no power is too large.
  const logit = (i: number, j: number) => (dot(left[i], right[j]) - 1) / temperature + apart[i * pairs.length + j];
  const across = new Float64Array(pairs.length);
  const down = new Float64Array(pairs.length);
  for (let i = 0; i < pairs.length; i++) {
    for (let j = 0; j < pairs.length; j++) {
      const power = Math.exp(logit(i, j));
      across[i] += power;
      down[j] += power;
    }
  }
  return across.map((power, i) => (Math.log(power) + Math.log(down[i])) / 2 - logit(i, i));
}

/** A thing's rows, summed, at unit length; zeros where it has none. */
function bagVector(table: Float32Array, dimensions: number, bag: WeightedBag): Float32Array {
  const vector = new Float32Array(dimensions);
  for (const [row, weight] of bag) {
    for (let d = 0; d < dimensions; d++) vector[d] += weight * table[row * dimensions + d];
  }
  return unit(vector);
}
