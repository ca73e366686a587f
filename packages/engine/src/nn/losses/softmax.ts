/**
 * Cross-entropy over many items, [rows, width] against a table [items, width]. The logits are by far the largest tensor of
 * a step, so they are passed over as rarely as can be, and gradients are written by hand: with P = softmax(logits),
 *
 *   d hidden = w (P table - table[target])      d table = P' (w hidden), less w hidden at the rows' targets
 *
 * where w is each row's share of the weights, so that scaling and the target's -1 never touch a matrix of logits.
 */
import { PenchantError } from "../../base/errors.ts";
import { computedAfter } from "../chunks.ts";
import { reshape, sum } from "../operations/broadcasting.ts";
import { add, log, maximum, mul, neg, sub } from "../operations/elementwise.ts";
import { softmax } from "../operations/fused.ts";
import { withGradients } from "../operations/given-gradients.ts";
import { gather, gatherAlong, scatterAdd } from "../operations/indexing.ts";
import { matmul } from "../operations/linear-algebra.ts";
import { concat, split } from "../operations/shape.ts";
import { fill, type Tensor } from "../tensor.ts";
import { shares } from "./pointwise.ts";

/** A row's probability is taken as at least this, so that its loss is at most 85. Gradients are exact. */
const smallestProbability = 1e-37;

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
    const done = tableGradient ? [losses[chunk - 1], hiddenGradients[chunk - 1], tableGradient] : [];
    const hidden = computedAfter(before, done);
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

/** Logits of a chunk: 6 MB of them. But every chunk is a dozen nodes of the graph. */
const chunkLogitsMax = 1_500_000;
const chunksMax = 64;

/** How many chunks of rows with so many logits each to compute one after the other: a divisor of the rows. */
export function fewestChunks(rows: number, items: number): number {
  let chunks = Math.min(rows, chunksMax, Math.ceil((rows * items) / chunkLogitsMax));
  while (rows % chunks !== 0) chunks += 1;
  return chunks;
}

/** Each row's share of the weights. */
export function rowShares({ hidden, weights }: SoftmaxOptions): Tensor {
  const [rows] = hidden.shape;
  return weights === undefined ? fill(1 / rows, [rows], hidden.type) : shares(weights);
}
