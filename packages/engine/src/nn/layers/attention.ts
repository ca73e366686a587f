/**
 * Attention over a sequence. Head h owns the columns h * width / heads and on. `keyMask` is [batch, time], 1 where a step is
 * real and 0 where it is padding; what comes out at a padded step means nothing.
 */
import { reshape } from "../operations/broadcasting.ts";
import { add, mul, sub } from "../operations/elementwise.ts";
import { layerNorm, silu, softmax } from "../operations/fused.ts";
import { gather } from "../operations/indexing.ts";
import { matmul } from "../operations/linear-algebra.ts";
import { split, transpose } from "../operations/shape.ts";
import { glorot, zeros } from "../parameters.ts";
import { constant, fill, parameter, type Tensor } from "../tensor.ts";
import { linear } from "./linear.ts";

/** Added to scores that must not count: far below any score, and finite. */
const hidden = -1e9;

export interface AttentionOptions {
  readonly width: number;
  /** A divisor of the width. */
  readonly heads: number;
  /** Whether a step sees only itself and earlier ones. */
  readonly causal: boolean;
}

export interface AttentionContext {
  readonly keyMask?: Tensor | undefined;
  /** Added to the scores; broadcasts to [batch, heads, time, time]. See `relativeBias`. */
  readonly bias?: Tensor | undefined;
  /** Applied to the weights, such as dropout. */
  readonly onWeights?: (weights: Tensor) => Tensor;
}

export interface Attended extends AttentionContext {
  /** What keys and values are made from; x itself unless given. */
  readonly memory?: Tensor;
}

/** Multi-head attention of a sequence to itself (Vaswani et al., 2017), with projections in and out. */
export function selfAttention(name: string, options: AttentionOptions): (x: Tensor, context?: Attended) => Tensor {
  const { width, heads, causal } = options;
  const project = (part: string) => linear(`${name}.${part}`, { inputs: width, outputs: width });
  const [query, key, value, out] = ["query", "key", "value", "output"].map(project);
  return (x, context = {}) => {
    const { memory = x } = context;
    const mixed = scaledDotProductAttention(query(x), key(memory), value(memory), { heads, causal, ...context });
    return out(mixed);
  };
}

/** softmax(q k' / sqrt(width / heads) + bias) v; all of [batch, time, width]. */
export function scaledDotProductAttention(
  query: Tensor,
  key: Tensor,
  value: Tensor,
  options: AttentionContext & { heads: number; causal: boolean },
): Tensor {
  const { heads, causal, keyMask, bias, onWeights = (weights) => weights } = options;
  const [batch, time, width] = query.shape;
  const [q, k, v] = [query, key, value].map((x) => toHeads(x, heads));
  let scores = matmul(q, k, { transposeB: true, scale: 1 / Math.sqrt(width / heads) });
  if (bias !== undefined) scores = add(scores, bias);
  if (causal) scores = add(scores, causalMask(time, 0, hidden));
  if (keyMask !== undefined) {
    scores = add(scores, reshape(mul(sub(keyMask, 1), -hidden), [batch, 1, 1, key.shape[1]]));
  }
  return fromHeads(matmul(onWeights(softmax(scores)), v));
}

/** silu(q k' + bias) / time, not normalised (HSTU: Zhai et al., Actions Speak Louder than Words, ICML 2024). */
export function siluAttention(
  query: Tensor,
  key: Tensor,
  value: Tensor,
  options: AttentionContext & { heads: number; causal: boolean },
): Tensor {
  const { heads, causal, keyMask, bias, onWeights = (weights) => weights } = options;
  const [batch, time] = query.shape;
  // A hidden step's value is made 0: cheaper than hiding its weights, and the same.
  const seen = keyMask === undefined ? value : mul(value, reshape(keyMask, [batch, time, 1]));
  const [q, k, v] = [query, key, seen].map((x) => toHeads(x, heads));
  const products = matmul(q, k, { transposeB: true });
  const weights = silu(bias === undefined ? products : add(products, bias));
  const shares = causal ? mul(weights, causalMask(time, 1 / time, 0)) : mul(weights, 1 / time);
  return fromHeads(matmul(onWeights(shares), v));
}

/** One HSTU block: x + (normalised(attention) * u) out, where u, value, query and key are silu(normalised(x) weight). */
export function hstuBlock(name: string, options: AttentionOptions): (x: Tensor, context?: AttentionContext) => Tensor {
  const { width, heads, causal } = options;
  const parts = linear(`${name}.parts`, { inputs: width, outputs: 4 * width, bias: false });
  const out = linear(`${name}.output`, { inputs: width, outputs: width });
  const normalised = (x: Tensor) => layerNorm(x, fill(1, [width]), fill(0, [width]), 1e-6);
  return (x, context = {}) => {
    const [u, value, query, key] = split(silu(parts(normalised(x))), 2, [width, width, width, width]);
    return add(x, out(mul(normalised(siluAttention(query, key, value, { heads, causal, ...context })), u)));
  };
}

/**
 * A learned bias for each head by how many steps lie between query and key, and by the bucket of the time between them.
 *
 * @param options.timeBuckets how many buckets there are; 0 for none
 * @returns a function of the buckets [batch, time, time] that gives [batch or 1, heads, time, time]
 */
export function relativeBias(
  name: string,
  options: { heads: number; time: number; timeBuckets: number },
): (timeBucket?: Tensor) => Tensor {
  const { heads, time, timeBuckets } = options;
  const positionTable = parameter(`${name}.position`, [2 * time - 1, heads], zeros);
  const timeTable = parameter(`${name}.time`, [timeBuckets, heads], glorot(timeBuckets, heads));
  const distances = Int32Array.from(
    { length: time * time },
    (_, cell) => Math.floor(cell / time) - (cell % time) + time - 1,
  );
  return (timeBucket) => {
    const byPosition = transpose(gather(positionTable, constant(distances, [time, time])), [2, 0, 1]);
    const position = reshape(byPosition, [1, heads, time, time]);
    if (timeBucket === undefined) return position;
    return add(transpose(gather(timeTable, timeBucket), [0, 3, 1, 2]), position);
  };
}

/** [time, time]: `seen` where the key is not later than the query, `unseen` elsewhere. */
function causalMask(time: number, seen: number, unseen: number): Tensor {
  const cells = Float32Array.from({ length: time * time }, (_, cell) =>
    cell % time <= Math.floor(cell / time) ? seen : unseen,
  );
  return constant(cells, [time, time]);
}

/** [batch, time, width] to [batch, heads, time, width / heads]. */
function toHeads(x: Tensor, heads: number): Tensor {
  const [batch, time, width] = x.shape;
  // With one head there is nothing to move.
  if (heads === 1) return reshape(x, [batch, 1, time, width]);
  return transpose(reshape(x, [batch, time, heads, width / heads]), [0, 2, 1, 3]);
}

function fromHeads(x: Tensor): Tensor {
  const [batch, heads, time, width] = x.shape;
  return reshape(heads === 1 ? x : transpose(x, [0, 2, 1, 3]), [batch, time, heads * width]);
}
