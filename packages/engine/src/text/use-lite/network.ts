/**
 * The Universal Sentence Encoder lite (Cer et al., 2018): two transformer blocks over pieces, their mean, and one layer of
 * tanh. Two things are arranged in another way than in the original, and give the same numbers:
 *
 * Sentences lie one after the other in rows of `time` places, several to a row, so that hardly a place is computed for
 * nothing; an attention mask keeps them apart.
 *
 * The last product of the last block is linear, and so is the mean after it. So the mean is taken before: one product for
 * each sentence instead of one for each of its pieces, a sixth of all work.
 */
import { scaledDotProductAttention } from "../../nn/layers/attention.ts";
import { reshape, sum } from "../../nn/operations/broadcasting.ts";
import { add, div, maximum, mul, relu, sqrt, tanh } from "../../nn/operations/elementwise.ts";
import { layerNorm } from "../../nn/operations/fused.ts";
import { gather } from "../../nn/operations/indexing.ts";
import { affine, matmul } from "../../nn/operations/linear-algebra.ts";
import { split } from "../../nn/operations/shape.ts";
import { zeros } from "../../nn/parameters.ts";
import { constant, input, parameter, type Tensor } from "../../nn/tensor.ts";

export const useLiteDimensions = 512;
/** Pieces of a sentence that are read. */
export const piecesMax = 128;
const pieceWidth = 256;
const heads = 4;
const innerWidth = 1_536;
const vocabularySize = 8_002;

export interface Shape {
  /** Rows of a run. */
  readonly rows: number;
  /** Places for pieces in a row, at most `piecesMax`. */
  readonly time: number;
  /** Sentences that may lie in a row. */
  readonly sentences: number;
}

/**
 * Inputs: `pieces` and `positions` [rows, time] (a piece's place in its sentence); `apart` [rows, 1, time, time], 0 between
 * pieces of one sentence and far below 0 between others; `means` [rows, sentences, time], 1 / pieces where a place is a
 * sentence's.
 *
 * @returns unit vectors. [rows, sentences, dimensions]
 */
export function useLiteNetwork({ rows, time, sentences }: Shape): Tensor {
  const pieces = input("pieces", [rows, time], "int32");
  const positions = input("positions", [rows, time], "int32");
  const apart = input("apart", [rows, 1, time, time]);
  const means = input("means", [rows, sentences, time]);

  const table = parameter("pieces.table", [vocabularySize, pieceWidth], zeros);
  const timing = constant(timingSignal(), [piecesMax, pieceWidth]);
  // Twice the piece: the original adds what it has to what it has with its position.
  let h = add(mul(gather(table, pieces), 2), gather(timing, positions));
  h = add(attention("layer0", h, pieceWidth, apart), dense("layer0.widen", h, pieceWidth, useLiteDimensions));
  h = add(h, dense("layer0.outer", inner("layer0", h), innerWidth, useLiteDimensions));
  h = add(h, attention("layer1", h, useLiteDimensions, apart));
  const pooled = add(
    matmul(means, h),
    dense("layer1.outer", matmul(means, inner("layer1", h)), innerWidth, useLiteDimensions),
  );
  const sentence = tanh(dense("pooled", pooled, useLiteDimensions, useLiteDimensions));
  const squares = sum(mul(sentence, sentence), { axes: [-1], keep: true });
  return reshape(div(sentence, sqrt(maximum(squares, 1e-12))), [rows, sentences, useLiteDimensions]);
}

function attention(layer: string, x: Tensor, width: number, apart: Tensor): Tensor {
  const parts = dense(`${layer}.parts`, normalised(`${layer}.attentionNorm`, x, width), width, 3 * width);
  const [query, key, value] = split(parts, 2, [width, width, width]);
  const mixed = scaledDotProductAttention(query, key, value, { heads, causal: false, bias: apart });
  return dense(`${layer}.output`, mixed, width, useLiteDimensions);
}

function inner(layer: string, x: Tensor): Tensor {
  const normal = normalised(`${layer}.feedForwardNorm`, x, useLiteDimensions);
  return relu(dense(`${layer}.inner`, normal, useLiteDimensions, innerWidth));
}

function dense(name: string, x: Tensor, inputs: number, outputs: number): Tensor {
  return affine(x, parameter(`${name}.weight`, [inputs, outputs], zeros), parameter(`${name}.bias`, [outputs], zeros));
}

function normalised(name: string, x: Tensor, width: number): Tensor {
  const [gain, bias] = ["gain", "bias"].map((part) => parameter(`${name}.${part}`, [width], zeros));
  return layerNorm(x, gain, bias, 1e-6);
}

/** Sines and cosines of the position at wavelengths from 2 pi to 10,000 times that (Vaswani et al., 2017). [piecesMax, width] */
function timingSignal(): Float32Array {
  const half = pieceWidth / 2;
  return Float32Array.from({ length: piecesMax * pieceWidth }, (_, at) => {
    const column = at % pieceWidth;
    const angle = Math.floor(at / pieceWidth) * 10_000 ** (-(column % half) / (half - 1));
    return column < half ? Math.sin(angle) : Math.cos(angle);
  });
}
