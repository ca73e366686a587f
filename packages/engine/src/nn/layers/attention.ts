/**
 * Attention over a sequence. Head h owns the columns h * width / heads and on. `keyMask` is [batch, time], 1 where a step is
 * real and 0 where it is padding; what comes out at a padded step means nothing.
 */
import { chunksFor, inChunks } from "../chunks.ts";
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
}

export interface SiluAttentionContext extends AttentionContext {
  /** What sums over the keys are divided by. Give one number where batches of several lengths share parameters. Default: time. */
  readonly dividedBy?: number | undefined;
}

export interface HstuContext extends SiluAttentionContext {
  /** Applied to what goes into the last projection, such as dropout; once for every few sequences. */
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
  return (x, { memory, ...context } = {}) => {
    const cut = { x, ...(memory && { memory }) };
    return bySequences(cut, { heads, causal, ...context }, ({ x, memory = x }: typeof cut, view) =>
      out(softmaxAttention(query(x), key(memory), value(memory), view)),
    );
  };
}

/** softmax(q k' / sqrt(width / heads) + bias) v; all of [batch, time, width]. */
export function scaledDotProductAttention(
  query: Tensor,
  key: Tensor,
  value: Tensor,
  options: AttentionContext & { heads: number; causal: boolean },
): Tensor {
  return bySequences({ query, key, value }, options, (own, view) =>
    softmaxAttention(own.query, own.key, own.value, view),
  );
}

/** silu(q k' + bias) v / time, not normalised (HSTU: Zhai et al., Actions Speak Louder than Words, ICML 2024). */
export function siluAttention(
  query: Tensor,
  key: Tensor,
  value: Tensor,
  options: SiluAttentionContext & { heads: number; causal: boolean },
): Tensor {
  return bySequences({ query, key, value }, options, (own, view) =>
    siluWeighted(own.query, own.key, own.value, view, options.dividedBy),
  );
}

function softmaxAttention(query: Tensor, key: Tensor, value: Tensor, view: View): Tensor {
  const { heads, keyMask } = view;
  const [batch, , width] = query.shape;
  const padding = keyMask && reshape(mul(sub(keyMask, 1), -hidden), [batch, 1, 1, key.shape[1]]);
  return attended(query, key, value, view, (q, k, v, offset) => {
    let scores = matmul(q, k, { transposeB: true, scale: 1 / Math.sqrt(width / heads) });
    if (offset !== undefined) scores = add(scores, offset);
    if (padding !== undefined) scores = add(scores, slice(padding, 3, 0, k.shape[2]));
    return matmul(softmax(scores), v);
  });
}

function siluWeighted(query: Tensor, key: Tensor, value: Tensor, view: View, dividedBy = query.shape[1]): Tensor {
  const { keyMask } = view;
  // A hidden step's value is made 0: cheaper than hiding its weights, and the same.
  const seen = keyMask === undefined ? value : mul(value, reshape(keyMask, [...keyMask.shape, 1]));
  return attended(query, key, seen, view, (q, k, v, offset) => {
    const products = matmul(q, k, { transposeB: true });
    return matmul(silu(offset === undefined ? products : add(products, offset)), v, { scale: 1 / dividedBy });
  });
}

/** What the queries of some sequences see. */
interface View {
  readonly heads: number;
  readonly keyMask?: Tensor | undefined;
  readonly pieces: readonly Piece[];
}

/** Queries that come one after the other, and the keys before and among them. */
interface Piece {
  readonly queries: number;
  readonly keys: number;
  /** Added to the scores: the bias, and what hides later steps (softmax and silu make 0 of it). */
  readonly offset: Tensor | undefined;
}

/** From so many steps on, half of a causal attention is worth cutting off. */
const piecesFrom = 64;

/**
 * Attention comes in one piece; but of a long causal one the earlier half of the queries is asked about the earlier half of
 * the keys alone, which saves a quarter of all work. Shorter pieces would save more, but make slower products.
 */
function piecesOf(
  query: Tensor,
  key: Tensor,
  { causal, bias }: { causal: boolean; bias?: Tensor | undefined },
): Piece[] {
  const [, time] = query.shape;
  if (!causal) return [{ queries: time, keys: key.shape[1], offset: bias }];
  const ends = time < piecesFrom ? [time] : [Math.floor(time / 2), time];
  return ends.map((end, index) => {
    const from = ends[index - 1] ?? 0;
    const mask = causalMask(from, end);
    const ofBias = bias && steps(steps(bias, 2, from, end), 3, 0, end);
    return { queries: end - from, keys: end, offset: ofBias ? add(ofBias, mask) : mask };
  });
}

/**
 * Attention of a few sequences at a time.
 *
 * @param cut tensors of the sequences; the first is asked from, and the second, should there be one, has the keys
 */
function bySequences<Cut extends Readonly<Record<string, Tensor>>>(
  cut: Cut,
  context: AttentionContext & { heads: number; causal: boolean },
  attend: (own: Cut, view: View) => Tensor,
): Tensor {
  const { heads, keyMask, bias } = context;
  const [query, key = query] = Object.values(cut);
  const pieces = piecesOf(query, key, context);
  const scores = pieces.reduce((sum, { queries, keys }) => sum + heads * queries * keys, 0);
  const [batch] = query.shape;
  // A bias of each sequence's own goes with its sequence.
  const isOwn = bias?.shape.length === 4 && bias.shape[0] > 1;
  const offsets = Object.fromEntries(isOwn ? pieces.map(({ offset }, index) => [`offset${index}`, offset]) : []);
  const all: Readonly<Record<string, Tensor | undefined>> = { ...cut, keyMask, ...offsets };
  return inChunks(chunksFor(batch, scores), all, (own) => {
    const ownPieces = isOwn ? pieces.map((piece, index) => ({ ...piece, offset: own[`offset${index}`] })) : pieces;
    return attend(own as Cut, { heads, keyMask: own.keyMask, pieces: ownPieces });
  });
}

/** What each piece gives, one after the other; all are [batch, heads, time, width] inside. */
function attended(
  query: Tensor,
  key: Tensor,
  value: Tensor,
  { heads, pieces }: View,
  attend: (q: Tensor, k: Tensor, v: Tensor, offset: Tensor | undefined) => Tensor,
): Tensor {
  const [q, k, v] = [query, key, value].map((x) => toHeads(x, heads));
  const lengths = pieces.map(({ queries }) => queries);
  const mixed = split(q, 2, lengths).map((part, index) => {
    const { keys, offset } = pieces[index];
    return attend(part, slice(k, 2, 0, keys), slice(v, 2, 0, keys), offset);
  });
  return fromHeads(concat(mixed, 2));
}

/** Some steps along an axis, which may be one for all. */
function steps(x: Tensor, axis: number, from: number, end: number): Tensor {
  return x.shape[axis] === 1 ? x : slice(x, axis, from, end);
}

/** One HSTU block: x + (normalised(attention) * u) out, where u, value, query and key are silu(normalised(x) weight). */
export function hstuBlock(name: string, options: AttentionOptions): (x: Tensor, context?: HstuContext) => Tensor {
  const { width, heads, causal } = options;
  const weight = parameter(`${name}.parts.weight`, [width, 4 * width], glorot(width, 4 * width));
  const out = linear(`${name}.output`, { inputs: width, outputs: width });
  // Four products cost what one costs, and leave nothing to be cut.
  const columns = split(weight, 1, [width, width, width, width]);
  const normalised = (x: Tensor) => layerNorm(x, fill(1, [width]), fill(0, [width]), 1e-6);
  return (x, { onGated = (gated: Tensor) => gated, dividedBy, ...context } = {}) =>
    bySequences({ x }, { heads, causal, ...context }, ({ x }, view) => {
      const h = normalised(x);
      const [u, value, query, key] = columns.map((column) => silu(matmul(h, column)));
      const mixed = normalised(siluWeighted(query, key, value, view, dividedBy));
      return add(x, out(onGated(mul(mixed, u))));
    });
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
