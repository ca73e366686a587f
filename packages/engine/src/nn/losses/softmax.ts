/**
 * Cross-entropy over many items, [rows, width] against a table [items, width]. The logits are by far the largest tensor of
 * a step, so they are passed over as rarely as can be, and gradients are written by hand: with P = softmax(logits),
 *
 *   d hidden = w (P table - table[target])      d table = P' (w hidden), less w hidden at the rows' targets
 *
 * where w is each row's share of the weights, so that scaling and the target's -1 never touch a matrix of logits.
 */
import { PenchantError } from "../../base/errors.ts";
import { reshape, sum } from "../operations/broadcasting.ts";
import { add, log, maximum, mul, neg, sigmoid, softplus, sub } from "../operations/elementwise.ts";
import { softmax } from "../operations/fused.ts";
import { withGradients } from "../operations/given-gradients.ts";
import { gather, gatherAlong, scatterAdd } from "../operations/indexing.ts";
import { affine, matmul } from "../operations/linear-algebra.ts";
import { cast, equal, greater, where } from "../operations/logic.ts";
import { max } from "../operations/reduction.ts";
import { concat, slice, split, transpose } from "../operations/shape.ts";
import { fill, type Tensor } from "../tensor.ts";
import { shares } from "./pointwise.ts";

/** A row's probability is taken as at least this, so that its loss is at most 85. Gradients are exact. */
const smallestProbability = 1e-37;
/** The logit of a negative that is the row's own target. */
const hidden = -1e9;

export interface SoftmaxOptions {
  /** [rows, width] */
  readonly hidden: Tensor;
  /** [items, width] */
  readonly table: Tensor;
  /** The right item of each row, int32 [rows]. */
  readonly targets: Tensor;
  /** [rows]; the loss is the weighted mean. */
  readonly weights?: Tensor;
}

/**
 * Softmax cross-entropy over all items. Only one chunk of rows has its logits in memory at a time: each chunk's gradients
 * are complete before the next one's logits are computed.
 *
 * @param options.chunks how many chunks to cut the rows into, a divisor of their number. Default: the fewest whose logits the
 * processor's caches may hold, because then the three passes over them cost no memory traffic.
 */
export function softmaxCrossEntropy(options: SoftmaxOptions & { readonly chunks?: number }): Tensor {
  const { table, targets } = options;
  const [rows] = options.hidden.shape;
  const { chunks = fewestChunks(rows, table.shape[0]) } = options;
  if (rows % chunks !== 0) {
    throw new PenchantError("PENCHANT_E_NN_SHAPE", `${rows} rows cannot be cut into ${chunks} equal chunks.`);
  }
  const lengths = Array.from({ length: chunks }, () => rows / chunks);
  const weights = rowShares(options);
  const pieces = [options.hidden, targets, weights].map((x) => split(x, 0, lengths));
  const losses: Tensor[] = [];
  const hiddenGradients: Tensor[] = [];
  let tableGradient: Tensor | undefined;
  for (let chunk = 0; chunk < chunks; chunk++) {
    const [before, target, weight] = pieces.map((piece) => piece[chunk]);
    // All that reads the last chunk's logits comes first, so that they are gone by then.
    const hidden = tableGradient
      ? computedAfter(before, [losses[chunk - 1], hiddenGradients[chunk - 1], tableGradient])
      : before;
    const probabilities = softmax(matmul(hidden, table, { transposeB: true }));
    const own = reshape(gatherAlong(probabilities, reshape(target, [-1, 1])), [-1]);
    losses.push(sum(mul(neg(log(maximum(own, smallestProbability))), weight)));
    const column = reshape(weight, [-1, 1]);
    hiddenGradients.push(mul(sub(matmul(probabilities, table), gather(table, target)), column));
    const ofChunk = matmul(probabilities, mul(hidden, column), { transposeA: true });
    tableGradient = tableGradient ? add(tableGradient, ofChunk) : ofChunk;
  }
  const loss = losses.reduce((total, part) => add(total, part));
  const atTargets = scatterAdd(targets, mul(options.hidden, reshape(weights, [-1, 1])), table.shape[0]);
  return withGradients(loss, [
    { of: options.hidden, gradient: concat(hiddenGradients, 0) },
    { of: table, gradient: sub(tableGradient as Tensor, atTargets) },
  ]);
}

/** Logits of a chunk, by default: 6 MB of them. But every chunk is a dozen nodes of the graph. */
const chunkLogitsMax = 1_500_000;
const chunksMax = 64;

function fewestChunks(rows: number, items: number): number {
  let chunks = Math.min(rows, chunksMax, Math.ceil((rows * items) / chunkLogitsMax));
  while (rows % chunks !== 0) chunks += 1;
  return chunks;
}

export interface SampledSoftmaxOptions extends SoftmaxOptions {
  /** Items drawn for all rows together, int32 [negatives]. One that is a row's own target is left out for that row. */
  readonly negatives: Tensor;
  /** ln of each item's chance to be drawn, [items]; taken off the logits (Yi et al., RecSys 2019). */
  readonly logQ?: Tensor;
}

/**
 * Softmax cross-entropy against drawn items. With Q = softmax over the negatives alone, s = ln sum exp of their logits and
 * r = sigmoid(s - positive logit), the loss is softplus(s - positive logit), its gradient by the positive logit -r and by
 * the negative ones r Q: the positive never has to be put beside the negatives.
 */
export function sampledSoftmax(options: SampledSoftmaxOptions): Tensor {
  const { table, targets, negatives, logQ } = options;
  const [rows] = options.hidden.shape;
  const weights = rowShares(options);
  const positiveRows = gather(table, targets);
  const negativeRows = gather(table, negatives);
  const positive = sum(mul(options.hidden, positiveRows), { axes: [1] });
  const columns = transpose(negativeRows, [1, 0]);
  const logits = logQ ? affine(options.hidden, columns, neg(gather(logQ, negatives))) : matmul(options.hidden, columns);
  const collides = equal(reshape(targets, [rows, 1]), reshape(negatives, [1, -1]));
  const seen = where(collides, hidden, logits);
  const shareOfNegatives = softmax(seen);
  // ln sum exp = max(logits) - ln max(softmax), the same element in both.
  const total = sub(max(seen, { axes: [1] }), log(max(shareOfNegatives, { axes: [1] })));
  const margin = sub(total, logQ ? sub(positive, gather(logQ, targets)) : positive);
  const slope = reshape(mul(sigmoid(margin), weights), [rows, 1]);
  const scaled = mul(options.hidden, slope);
  const byHidden = mul(sub(matmul(shareOfNegatives, negativeRows), positiveRows), slope);
  const byNegatives = matmul(shareOfNegatives, scaled, { transposeA: true });
  return withGradients(sum(mul(softplus(margin), weights)), [
    { of: options.hidden, gradient: byHidden },
    { of: positiveRows, gradient: neg(scaled) },
    { of: negativeRows, gradient: byNegatives },
  ]);
}

/** Each row's share of the weights. */
function rowShares({ hidden, weights }: SoftmaxOptions): Tensor {
  const [rows] = hidden.shape;
  return weights === undefined ? fill(1 / rows, [rows], hidden.type) : shares(weights);
}

/** x, but for the runtime not to be had before these: something is added that is zero, which it cannot know. */
function computedAfter(x: Tensor, tensors: readonly Tensor[]): Tensor {
  return tensors.reduce((result, tensor) => {
    const element = slice(reshape(tensor, [-1]), 0, 0, 1);
    return add(result, cast(greater(element, Number.POSITIVE_INFINITY), x.type));
  }, x);
}
