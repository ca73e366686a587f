/**
 * Attention over a sequence. Head h owns the columns h * width / heads and on. `keyMask` is [batch, time], 1 where a step is
 * real and 0 where it is padding; what comes out at a padded step means nothing.
 */
import { reshape } from "../operations/broadcasting.ts";
import { add, mul, sub } from "../operations/elementwise.ts";
import { layerNorm, silu, softmax } from "../operations/fused.ts";
import { gather } from "../operations/indexing.ts";
import { matmul } from "../operations/linear-algebra.ts";
import { concat, slice, split, transpose } from "../operations/shape.ts";
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
  /** Applied to the weights, such as dropout. Causal attention over long sequences comes in pieces, from 0 on. */
  readonly onWeights?: (weights: Tensor, piece: number) => Tensor;
}

export interface SiluAttentionContext extends AttentionContext {
  /** What sums over the keys are divided by. Give one number where batches of several lengths share parameters. Default: time. */
  readonly dividedBy?: number | undefined;
}

export interface HstuContext extends SiluAttentionContext {
  /** Applied to what goes into the last projection, such as dropout. */
  readonly onGated?: (gated: Tensor) => Tensor;
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
  const { heads, keyMask, onWeights = (weights) => weights } = options;
  const [batch, , width] = query.shape;
  const [q, k, v] = [query, key, value].map((x) => toHeads(x, heads));
  const padding = keyMask && reshape(mul(sub(keyMask, 1), -hidden), [batch, 1, 1, key.shape[1]]);
  return attended({ q, k, v, ...options }, (piece, index) => {
    let scores = matmul(piece.q, piece.k, { transposeB: true, scale: 1 / Math.sqrt(width / heads) });
    if (piece.offset !== undefined) scores = add(scores, piece.offset);
    if (padding !== undefined) scores = add(scores, slice(padding, 3, 0, piece.k.shape[2]));
    return matmul(onWeights(softmax(scores), index), piece.v);
  });
}

/** silu(q k' + bias) v / time, not normalised (HSTU: Zhai et al., Actions Speak Louder than Words, ICML 2024). */
export function siluAttention(
  query: Tensor,
  key: Tensor,
  value: Tensor,
  options: SiluAttentionContext & { heads: number; causal: boolean },
): Tensor {
  const [batch, time] = query.shape;
  const { heads, keyMask, onWeights = (weights) => weights, dividedBy = time } = options;
  // A hidden step's value is made 0: cheaper than hiding its weights, and the same.
  const seen = keyMask === undefined ? value : mul(value, reshape(keyMask, [batch, time, 1]));
  const [q, k, v] = [query, key, seen].map((x) => toHeads(x, heads));
  return attended({ q, k, v, ...options }, (piece, index) => {
    const products = matmul(piece.q, piece.k, { transposeB: true });
    const weights = silu(piece.offset === undefined ? products : add(products, piece.offset));
    return matmul(onWeights(weights, index), piece.v, { scale: 1 / dividedBy });
  });
}

interface Piece {
  readonly q: Tensor;
  readonly k: Tensor;
  readonly v: Tensor;
  /** Added to the scores: the bias, and what hides later steps (softmax and silu make 0 of it). */
  readonly offset: Tensor | undefined;
}

/** From so many steps on, half of a causal attention is worth cutting off. */
const piecesFrom = 64;

/**
 * Attention, [batch, heads, time, width] each, in one piece; but of a long causal one the earlier half of the queries is
 * asked about the earlier half of the keys alone, which saves a quarter of all work.
 */
function attended(
  whole: { q: Tensor; k: Tensor; v: Tensor; bias?: Tensor | undefined; causal: boolean },
  attend: (piece: Piece, index: number) => Tensor,
): Tensor {
  const { q, k, v, bias, causal } = whole;
  if (!causal) return fromHeads(attend({ q, k, v, offset: bias }, 0));
  const time = q.shape[2];
  const ends = time < piecesFrom ? [time] : [Math.floor(time / 2), time];
  const mixed = ends.map((end, index) => {
    const from = ends[index - 1] ?? 0;
    const mask = causalMask(from, end);
    const ofBias = bias && steps(steps(bias, 2, from, end), 3, 0, end);
    const offset = ofBias ? add(ofBias, mask) : mask;
    return attend({ q: steps(q, 2, from, end), k: steps(k, 2, 0, end), v: steps(v, 2, 0, end), offset }, index);
  });
  return fromHeads(mixed.length === 1 ? mixed[0] : concat(mixed, 2));
}

/** Some steps along an axis, which may be one for all. */
function steps(x: Tensor, axis: number, from: number, end: number): Tensor {
  return x.shape[axis] === 1 ? x : slice(x, axis, from, end);
}

/** One HSTU block: x + (normalised(attention) * u) out, where u, value, query and key are silu(normalised(x) weight). */
export function hstuBlock(name: string, options: AttentionOptions): (x: Tensor, context?: HstuContext) => Tensor {
  const { width, heads, causal } = options;
  const parts = linear(`${name}.parts`, { inputs: width, outputs: 4 * width, bias: false });
  const out = linear(`${name}.output`, { inputs: width, outputs: width });
  const normalised = (x: Tensor) => layerNorm(x, fill(1, [width]), fill(0, [width]), 1e-6);
  return (x, { onGated = (gated: Tensor) => gated, ...context } = {}) => {
    const [u, value, query, key] = split(silu(parts(normalised(x))), 2, [width, width, width, width]);
    const mixed = normalised(siluAttention(query, key, value, { heads, causal, ...context }));
    return add(x, out(onGated(mul(mixed, u))));
  };
}

export interface RelativeBiasContext {
  /** Steps of this batch, at most as many as there are positions for. Default: all. */
  readonly time?: number;
  /** The bucket of the time between every two steps, int32 [batch, time, time]; without it, time is not looked at. */
  readonly buckets?: Tensor | undefined;
}

/**
 * A learned bias for each head by how many steps lie between query and key, and by the bucket of the time between them.
 *
 * @param options.time the longest sequence's steps
 * @param options.timeBuckets how many buckets there are; 0 for none
 * @returns a function of a batch's steps and buckets that gives [batch or 1, heads, time, time]
 */
export function relativeBias(
  name: string,
  options: { heads: number; time: number; timeBuckets: number },
): (context?: RelativeBiasContext) => Tensor {
  const { heads, time: longest, timeBuckets } = options;
  const positionTable = parameter(`${name}.position`, [2 * longest - 1, heads], zeros);
  const timeTable = parameter(`${name}.time`, [timeBuckets, heads], glorot(timeBuckets, heads));
  return ({ time = longest, buckets } = {}) => {
    // Single numbers are gathered, in the order in which they are wanted: rows would have to be turned around afterwards.
    const places = Int32Array.from({ length: heads * time * time }, (_, cell) => {
      const [head, query, key] = [Math.floor(cell / time ** 2), Math.floor(cell / time) % time, cell % time];
      return (query - key + longest - 1) * heads + head;
    });
    const position = gather(reshape(positionTable, [-1]), constant(places, [1, heads, time, time]));
    if (buckets === undefined) return position;
    const batch = buckets.shape[0];
    const byTime = gather(timeTable, buckets);
    // With one head there is nothing to move.
    if (heads === 1) return add(reshape(byTime, [batch, 1, time, time]), position);
    return add(transpose(byTime, [0, 3, 1, 2]), position);
  };
}

/** For queries from one step to before another, and keys up to there: far below 0 where the key is later than the query. */
function causalMask(from: number, end: number): Tensor {
  const cells = Float32Array.from({ length: (end - from) * end }, (_, cell) =>
    cell % end <= from + Math.floor(cell / end) ? 0 : hidden,
  );
  return constant(cells, [end - from, end]);
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
