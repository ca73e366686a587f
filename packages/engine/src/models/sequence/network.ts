/**
 * What a sequence model is to everything around it: a network that reads a person's events, oldest first, and at each step
 * says where in the space of items the next one is to be looked for. Scores are inner products with the items' rows.
 *
 * Items are represented in one place, `itemRows`, which serves both reading and scoring; steps in another, `stepReader`. Both
 * have a twin on plain arrays (`wholeRows`, `readSteps`), and a test holds them to each other.
 */
import { dropout } from "../../nn/layers/dropout.ts";
import { reshape, sum } from "../../nn/operations/broadcasting.ts";
import { add, log, maximum, minimum, mul, sigmoid, sub } from "../../nn/operations/elementwise.ts";
import { gather, scatterAdd } from "../../nn/operations/indexing.ts";
import { matmul } from "../../nn/operations/linear-algebra.ts";
import { cast } from "../../nn/operations/logic.ts";
import { slice } from "../../nn/operations/shape.ts";
import { zeros } from "../../nn/parameters.ts";
import { constant, fill, parameter, type Tensor } from "../../nn/tensor.ts";
import type { ItemFeatures } from "./item-features.ts";
import { type ProfileInputs, profileInputs } from "./profiles.ts";
import { bucketEdge, type StepInputs, type StepReading, timeBuckets } from "./steps.ts";

export interface SequenceNetwork {
  /** What items are scored with. [items, width] */
  readonly table: Tensor;
  /** @returns [batch, time, width]; a step knows nothing of later ones */
  encode(steps: StepInputs): Tensor;
  /** Adds to what was read of steps, [rows, width], what the profiles after them say. Of networks that read profiles. */
  withProfiles?(hidden: Tensor, profiles: ProfileInputs): Tensor;
  /** Of networks that join two scores of each item by a gate; of all others scores are products. */
  readonly joins?: JoinedNetwork;
}

export interface JoinedNetwork {
  /** @param product of vectors with rows of the table, whichever way they stand to each other */
  scores(vectors: Tensor, rows: Tensor, product: Product): GatedScores;
  /** What the loss of each score by itself counts beside that of both. */
  readonly apart: number;
  /** Whether scores are brought to logarithms of probabilities before they are joined. */
  readonly isNormalised: boolean;
}

/** Two scores of each item, and the logit of the first one's share. */
export interface GatedScores {
  readonly first: Tensor;
  readonly second: Tensor;
  readonly gate: Tensor;
}

/** gate first + (1 - gate) second */
export function joined({ first, second, gate }: GatedScores): Tensor {
  return add(second, mul(sigmoid(gate), sub(first, second)));
}

/** Inner products along the last axis. */
export type Product = (vectors: Tensor, rows: Tensor) => Tensor;

/** Every vector with every row: [..., rows, width] and [..., items, width] are [..., rows, items]. */
export const allProducts: Product = (vectors, rows) => matmul(vectors, rows, { transposeB: true });

/** Each vector with a row of its own: [..., rows, width] twice is [..., rows, 1]. */
export const ownProducts: Product = (vectors, rows) => sum(mul(vectors, rows), { axes: [-1], keep: true });

/** What a network makes of steps' states, [rows, width], and of the profiles after them where it reads them. */
export function vectorsOf(network: SequenceNetwork, { profile }: StepReading, hidden: Tensor): Tensor {
  if (profile === undefined || network.withProfiles === undefined) return hidden;
  return network.withProfiles(hidden, profileInputs(profile, hidden.shape[0]));
}

/** What a network is built for, apart from its settings. */
export interface SequenceSizes {
  readonly items: number;
  /** Steps that it can read. */
  readonly length: number;
  readonly reading: StepReading;
  /** What rows are composed of besides the items' own. Without it the table is taken as it is: composed already, or by itself. */
  readonly features?: ItemFeatures | undefined;
}

/** How a network is built while it is trained. */
export interface TrainingForm {
  /** From `dropoutInput`. */
  readonly dropoutKey: Tensor;
  /** Share of items whose own row is left out of a step's table, so that paths and texts learn to stand for it. */
  readonly ownDropout: number;
}

/** Builds a network; without a training form nothing is dropped. */
export type NetworkBuilder<Form> = (form: Form, sizes: SequenceSizes, training?: TrainingForm) => SequenceNetwork;

/** The items' rows, and how to read some of them. */
export interface ItemRows {
  readonly table: Tensor;
  /** Keys [...] to rows [..., width]. */
  readonly read: (keys: Tensor) => Tensor;
}

/**
 * Standard deviation that rows begin with. They are read as well as scored with: larger ones begin with scores that are sure
 * of what they do not know, and it takes many epochs to unlearn that.
 */
const rowDeviation = 0.02;
const small = { kind: "normal", deviation: rowDeviation } as const;
/** Of the place where own rows are dropped; networks count theirs from 0. */
const ownDropoutLayer = 2 ** 20;

export function itemRows(
  { items, features }: Pick<SequenceSizes, "items" | "features">,
  { width, training }: { width: number; training: TrainingForm | undefined },
): ItemRows {
  let table = parameter("items", [items, width], small);
  const { paths, vectors } = features ?? {};
  if (training !== undefined && training.ownDropout > 0 && (paths ?? vectors) !== undefined) {
    const { dropoutKey: key, ownDropout: rate } = training;
    table = mul(table, dropout(fill(1, [items, 1]), { rate, layer: ownDropoutLayer, key }));
  }
  if (paths !== undefined) {
    const { nodeCount, offsets, nodes, shares } = paths;
    const entries = nodes.length;
    const owners = new Int32Array(entries);
    for (let item = 0; item < items; item++) owners.fill(item, offsets[item], offsets[item + 1]);
    const ofNodes = gather(parameter("nodes", [nodeCount, width], small), constant(nodes, [entries]));
    const shared = mul(ofNodes, constant(shares, [entries, 1]));
    table = add(table, scatterAdd(constant(owners, [entries]), shared, items));
  }
  if (vectors !== undefined) {
    const { dimensions, values } = vectors;
    table = add(
      table,
      matmul(constant(values, [items, dimensions]), parameter("projection", [dimensions, width], small)),
    );
  }
  return { table, read: (keys) => gather(table, keys) };
}

/**
 * From steps, [batch, time], to what the first layer reads: sqrt(width) rows + what their kinds and gaps add, and, for
 * networks that do not carry the order by themselves, positions. [batch, time, width]
 */
export function stepReader(
  rows: ItemRows,
  { length, reading }: SequenceSizes,
  { width, positions }: { width: number; positions: boolean },
): (steps: StepInputs) => Tensor {
  const ofPositions = positions ? parameter("positions", [length, width], small) : undefined;
  const kindCount = reading.kindWeights.length;
  const ofKinds = kindCount > 0 ? parameter("kinds.table", [kindCount, width], zeros) : undefined;
  const ofGaps = reading.time === "gaps" ? parameter("gaps.table", [timeBuckets, width], zeros) : undefined;
  return ({ items, kinds, gaps }) => {
    let read = mul(rows.read(items), Math.sqrt(width));
    if (ofPositions) read = add(read, slice(ofPositions, 0, 0, items.shape[1]));
    if (ofKinds && kinds) read = add(read, gather(ofKinds, kinds));
    if (ofGaps && gaps) read = add(read, gather(ofGaps, gaps));
    return read;
  };
}

/** Buckets of the time between the question after each step and each event, int32 [batch, time, time]; as `timeBucket`. */
export function pairBuckets({ times, asked = times }: StepInputs): Tensor | undefined {
  if (times === undefined || asked === undefined) return undefined;
  const [batch, time] = times.shape;
  const between = maximum(sub(reshape(asked, [batch, time, 1]), reshape(times, [batch, 1, time])), 0);
  const halfOctaves = add(mul(log(add(between, 1)), 2 / Math.LN2), bucketEdge);
  return cast(minimum(halfOctaves, timeBuckets - 1), "int32");
}
