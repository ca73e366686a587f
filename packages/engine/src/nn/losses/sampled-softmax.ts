/**
 * Cross-entropy against items that were drawn, for catalogues that are too large to compare every row with all of it. With
 * Q = softmax over the negatives alone, s = ln sum exp of their logits and r = sigmoid(s - positive logit), the loss is
 * softplus(s - positive logit), its gradient by the positive logit -r and by the negative ones r Q: the positive never has
 * to be put beside the negatives. Gradients are written by hand, and a few sequences at a time are worked through from
 * logits to gradients, as in `softmaxCrossEntropy`.
 */
import { PenchantError } from "../../base/errors.ts";
import { computedAfter } from "../chunks.ts";
import { reshape, sum } from "../operations/broadcasting.ts";
import { add, log, mul, neg, sigmoid, softplus, sub } from "../operations/elementwise.ts";
import { softmax } from "../operations/fused.ts";
import { withGradients } from "../operations/given-gradients.ts";
import { gather } from "../operations/indexing.ts";
import { matmul } from "../operations/linear-algebra.ts";
import { equal, where } from "../operations/logic.ts";
import { max } from "../operations/reduction.ts";
import { concat, split } from "../operations/shape.ts";
import type { Tensor } from "../tensor.ts";
import { fewestChunks, rowShares, type SoftmaxOptions } from "./softmax.ts";

/** The logit of a negative that does not count. */
const hidden = -1e9;

export interface SampledSoftmaxOptions extends SoftmaxOptions {
  /**
   * Items drawn for all rows together, int32 [negatives], or for every sequence by itself, [sequences, negatives]: the rows
   * are then sequences of equal length, one after the other.
   */
  readonly negatives: Tensor;
  /**
   * The negatives that no row of a sequence is compared with, bool [sequences, negatives]; those that are a target of the
   * sequence must be among them. Without it, a negative that is a row's own target is left out for that row.
   */
  readonly excluded?: Tensor;
  /** ln of each item's chance to be drawn, [items]; taken off the logits (Yi et al., RecSys 2019). */
  readonly logQ?: Tensor;
}

/**
 * Softmax cross-entropy of each row's target against drawn items.
 *
 * @param options.chunks how many chunks to cut the sequences into, a divisor of their number; by default as
 * `softmaxCrossEntropy` does
 */
export function sampledSoftmax(options: SampledSoftmaxOptions & { readonly chunks?: number }): Tensor {
  const { table, targets, negatives, excluded, logQ } = options;
  const [rows, width] = options.hidden.shape;
  const drawn = negatives.shape[negatives.shape.length - 1];
  const apart = negatives.shape.length === 2;
  // Rows that share all negatives can be cut anywhere.
  const sequences = excluded?.shape[0] ?? (apart ? negatives.shape[0] : fewestChunks(rows, drawn));
  if (rows % sequences !== 0) {
    throw new PenchantError("PENCHANT_E_NN_SHAPE", `${rows} rows cannot be cut into ${sequences} equal sequences.`);
  }
  const time = rows / sequences;
  const { chunks = fewestChunks(sequences, time * drawn) } = options;
  if (sequences % chunks !== 0) {
    throw new PenchantError("PENCHANT_E_NN_SHAPE", `${sequences} sequences cannot be cut into ${chunks} equal chunks.`);
  }
  const inChunk = sequences / chunks;
  const cut = (x: Tensor, shape: readonly number[]): readonly Tensor[] =>
    split(
      reshape(x, [sequences, ...shape]),
      0,
      Array.from({ length: chunks }, () => inChunk),
    );
  const positiveRows = gather(table, targets);
  const negativeRows = gather(table, negatives);
  const hiddens = cut(options.hidden, [time, width]);
  const positives = cut(positiveRows, [time, width]);
  const wanted = cut(targets, [time, 1]);
  const weights = cut(rowShares(options), [time, 1]);
  const left = excluded && cut(excluded, [1, drawn]);
  const others = apart ? cut(negativeRows, [drawn, width]) : undefined;
  const numbers = apart ? cut(negatives, [1, drawn]) : undefined;
  const losses: Tensor[] = [];
  const byHidden: Tensor[] = [];
  const byPositives: Tensor[] = [];
  const byNegatives: Tensor[] = [];
  for (let chunk = 0; chunk < chunks; chunk++) {
    const h = computedAfter(
      hiddens[chunk],
      [losses, byHidden, byNegatives].flatMap((parts) => parts.slice(-1)),
    );
    const rowsOfNegatives = others?.[chunk] ?? negativeRows;
    const number = numbers?.[chunk] ?? reshape(negatives, [1, 1, drawn]);
    const products = matmul(h, rowsOfNegatives, { transposeB: true });
    const logits = logQ ? sub(products, gather(logQ, number)) : products;
    const seen = where(left?.[chunk] ?? equal(wanted[chunk], number), hidden, logits);
    const shareOfNegatives = softmax(seen);
    // ln sum exp = max(logits) - ln max(softmax), the same element in both.
    const largest = { axes: [2], keep: true };
    const total = sub(max(seen, largest), log(max(shareOfNegatives, largest)));
    const product = sum(mul(h, positives[chunk]), { axes: [2], keep: true });
    const margin = sub(total, logQ ? sub(product, gather(logQ, reshape(wanted[chunk], [inChunk, time, 1]))) : product);
    losses.push(sum(mul(softplus(margin), weights[chunk])));
    const slope = mul(sigmoid(margin), weights[chunk]);
    const scaled = mul(h, slope);
    byHidden.push(mul(sub(matmul(shareOfNegatives, rowsOfNegatives), positives[chunk]), slope));
    byPositives.push(neg(scaled));
    if (apart) byNegatives.push(matmul(shareOfNegatives, scaled, { transposeA: true }));
    else {
      const [shares, vectors] = [reshape(shareOfNegatives, [-1, drawn]), reshape(scaled, [-1, width])];
      const ofChunk = matmul(shares, vectors, { transposeA: true });
      byNegatives.push(chunk === 0 ? ofChunk : add(byNegatives[chunk - 1], ofChunk));
    }
  }
  const whole = (parts: readonly Tensor[]) => (parts.length === 1 ? parts[0] : concat(parts, 0));
  return withGradients(
    losses.reduce((total, part) => add(total, part)),
    [
      { of: options.hidden, gradient: reshape(whole(byHidden), [rows, width]) },
      { of: positiveRows, gradient: reshape(whole(byPositives), [rows, width]) },
      { of: negativeRows, gradient: apart ? whole(byNegatives) : byNegatives[chunks - 1] },
    ],
  );
}
