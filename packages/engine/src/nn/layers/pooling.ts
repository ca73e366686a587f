/**
 * From a sequence to one vector, [batch, time, width] to [batch, width], leaving out padded steps. `keyMask` is
 * [batch, time], 1 where a step is real and 0 where it is padding.
 */
import { reshape, sum } from "../operations/broadcasting.ts";
import { add, div, maximum, mul, sub, tanh } from "../operations/elementwise.ts";
import { softmax } from "../operations/fused.ts";
import { affine, matmul } from "../operations/linear-algebra.ts";
import { greater, where } from "../operations/logic.ts";
import { max } from "../operations/reduction.ts";
import { glorot, zeros } from "../parameters.ts";
import { parameter, type Tensor } from "../tensor.ts";

/** Less than any score, and finite, so that a row without a real step gives numbers too. */
const hidden = -1e9;

/** The largest value of each column. */
export function maxPooling(x: Tensor, keyMask?: Tensor): Tensor {
  if (keyMask === undefined) return max(x, { axes: [1] });
  return max(where(greater(lastAxis(keyMask), 0), x, hidden), { axes: [1] });
}

/** The mean of each column; 0 for a row without a real step. */
export function meanPooling(x: Tensor, keyMask?: Tensor): Tensor {
  if (keyMask === undefined) return div(sum(x, { axes: [1] }), x.shape[1]);
  const total = sum(mul(x, lastAxis(keyMask)), { axes: [1] });
  return div(total, maximum(sum(keyMask, { axes: [1], keep: true }), 1));
}

/** The largest value of each column in windows of `size` steps, [batch, time, width] to [batch, time / size, width]. */
export function windowedMaxPooling(x: Tensor, size: number): Tensor {
  const [batch, time, width] = x.shape;
  return max(reshape(x, [batch, time / size, size, width]), { axes: [2] });
}

/** The mean of each column in windows of `size` steps. */
export function windowedMeanPooling(x: Tensor, size: number): Tensor {
  const [batch, time, width] = x.shape;
  return div(sum(reshape(x, [batch, time / size, size, width]), { axes: [2] }), size);
}

export interface AdditiveAttentionOptions {
  readonly width: number;
  readonly hidden: number;
  /** Width of what is asked about; without it all rows are asked the same. */
  readonly asked?: number;
}

export interface Attention {
  /** The weighted mean of the steps, [batch, width]. */
  readonly mean: Tensor;
  /** Of the steps; those of a row with a real one sum to 1. [batch, time] */
  readonly weights: Tensor;
}

/**
 * A mean weighted by softmax over time of tanh(x weight + bias) query (NAML, Wu et al., IJCAI 2019); where something is asked
 * about, [batch, asked], of tanh(x weight + asked askedWeight + bias) query (Bahdanau et al., ICLR 2015).
 */
export function additiveAttention(
  name: string,
  options: AdditiveAttentionOptions,
): (x: Tensor, context?: { keyMask?: Tensor | undefined; asked?: Tensor }) => Attention {
  const { width, hidden: depth, asked: askedWidth } = options;
  const weight = parameter(`${name}.weight`, [width, depth], glorot(width, depth));
  const askedWeight = askedWidth && parameter(`${name}.askedWeight`, [askedWidth, depth], glorot(askedWidth, depth));
  const bias = parameter(`${name}.bias`, [depth], zeros);
  const query = parameter(`${name}.query`, [depth], glorot(depth, 1));
  return (x, { keyMask, asked } = {}) => {
    const [batch, time] = x.shape;
    const ofSteps = affine(x, weight, bias);
    const meeting =
      askedWeight && asked ? add(ofSteps, reshape(matmul(asked, askedWeight), [batch, 1, depth])) : ofSteps;
    const scores = reshape(matmul(tanh(meeting), reshape(query, [depth, 1])), [batch, time]);
    const weights = softmax(keyMask === undefined ? scores : add(scores, mul(sub(keyMask, 1), -hidden)));
    return { mean: reshape(matmul(reshape(weights, [batch, 1, time]), x), [batch, width]), weights };
  };
}

function lastAxis(mask: Tensor): Tensor {
  return reshape(mask, [...mask.shape, 1]);
}
