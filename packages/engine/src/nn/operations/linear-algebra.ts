/**
 * Products of matrices, where nearly all of the work of a network is done. `matmul` multiplies the last two axes, over
 * leading axes that broadcast; transposing and scaling are part of the product, so that neither costs a pass of its own.
 * `affine` is a product with a bias, one node (Gemm) that the runtime computes in place.
 */
import { builder, type None, type Rules } from "../rule.ts";
import { fill, isFloat, type Shape, sameShape, sizeOf, type Tensor } from "../tensor.ts";
import { broadcast, reshape, sum, sumTo } from "./broadcasting.ts";

interface Operations {
  matmul: { readonly transposeA: boolean; readonly transposeB: boolean; readonly scale: number };
  affine: None;
}

export const linearAlgebra: Rules<Operations> = {
  matmul: {
    shape: ([a, b], { transposeA, transposeB }) => {
      if (a.type !== b.type) return `the types ${a.type} and ${b.type} differ`;
      if (a.shape.length < 2 || b.shape.length < 2) return "both operands need two axes or more";
      const [rows, inner] = matrixOf(a.shape, transposeA);
      const [innerOfB, columns] = matrixOf(b.shape, transposeB);
      if (inner !== innerOfB) return `the inner lengths ${inner} and ${innerOfB} differ`;
      const leading = broadcast(a.shape.slice(0, -2), b.shape.slice(0, -2));
      return leading ? { shape: [...leading, rows, columns], type: a.type } : "the leading axes do not broadcast";
    },
    // Y = s op(A) op(B): dA = s dY op(B)' and dB = s op(A)' dY, each transposed where its operand was.
    gradient: ({ inputs: [a, b], attributes: { transposeA, transposeB, scale } }, [dy]) => {
      const da = transposeA
        ? matmul(b, dy, { transposeA: transposeB, transposeB: true, scale })
        : matmul(dy, b, { transposeB: !transposeB, scale });
      const db = transposeB
        ? matmul(dy, a, { transposeA: true, transposeB: transposeA, scale })
        : matmul(a, dy, { transposeA: !transposeA, scale });
      return [sumTo(da, a.shape), sumTo(db, b.shape)];
    },
    onnx: ({ attributes: { transposeA, transposeB, scale } }) =>
      transposeA || transposeB || scale !== 1
        ? {
            op: "FusedMatMul",
            domain: "com.microsoft",
            attributes: { transA: transposeA ? 1 : 0, transB: transposeB ? 1 : 0 },
            floats: { alpha: scale },
          }
        : { op: "MatMul" },
  },
  affine: {
    shape: ([x, weight, bias]) => {
      const [rows, inner] = x.shape;
      const [innerOfWeight, columns] = weight.shape;
      if (x.shape.length !== 2 || weight.shape.length !== 2) return "expected two matrices and a bias";
      if (inner !== innerOfWeight) return `the inner lengths ${inner} and ${innerOfWeight} differ`;
      const shape = [rows, columns];
      const fits = sameShape(broadcast(bias.shape, shape) ?? [], shape);
      return fits ? { shape, type: x.type } : `the bias does not broadcast to [${shape.join(", ")}]`;
    },
    gradient: ({ inputs: [x, weight, bias] }, [dy]) => [
      matmul(dy, weight, { transposeB: true }),
      matmul(x, dy, { transposeA: true }),
      bias.shape.length === 1 && bias.shape[0] === dy.shape[1] ? sumOverRows(dy) : sumTo(dy, bias.shape),
    ],
    onnx: () => ({ op: "Gemm" }),
  },
};

const build = builder(linearAlgebra);

export interface MatmulOptions {
  /** Use a with its last two axes exchanged. */
  readonly transposeA?: boolean;
  /** Use b with its last two axes exchanged. */
  readonly transposeB?: boolean;
  /** Multiplies the result. */
  readonly scale?: number;
}

/** The product of the last two axes: [..., m, k] by [..., k, n] is [..., m, n]. */
export function matmul(a: Tensor, b: Tensor, options: MatmulOptions = {}): Tensor {
  const { transposeA = false, transposeB = false, scale = 1 } = options;
  // One matrix for all leading axes: one large product instead of many, here and for its gradient.
  if (b.shape.length === 2 && a.shape.length > 2 && !transposeA) {
    const product = matmul(reshape(a, [-1, a.shape[a.shape.length - 1]]), b, options);
    return reshape(product, [...a.shape.slice(0, -1), product.shape[1]]);
  }
  if (transposeA && !transposeB && a.shape.length === 2 && b.shape.length === 2) {
    const [inner, rows] = a.shape;
    const [, columns] = b.shape;
    if (inner >= longFrom && inner % longPieces === 0 && rows * columns <= smallUpTo && inner === b.shape[0]) {
      const pieces = [a, b].map((x) => reshape(x, [longPieces, inner / longPieces, x.shape[1]]));
      return sum(build("matmul", pieces, { transposeA, transposeB, scale })[0], { axes: [0] });
    }
  }
  return build("matmul", [a, b], { transposeA, transposeB, scale })[0];
}

/**
 * A weight's gradient, X'dY, sums over all rows of a batch into a small matrix. The runtime divides work by the result's
 * rows and columns, of which there are too few here; as the sum of a few products it is twice as fast.
 */
const longFrom = 4_096;
const longPieces = 8;
const smallUpTo = 128 * 128;

/** x weight + bias over the last axis of x: [..., k] by [k, n] and [n] is [..., n]. A matrix takes a whole matrix too. */
export function affine(x: Tensor, weight: Tensor, bias: Tensor): Tensor {
  const [product] = build("affine", [reshape(x, [-1, x.shape[x.shape.length - 1]]), weight, bias], {});
  return reshape(product, [...x.shape.slice(0, -1), product.shape[1]]);
}

/** The sum over all axes but the last. */
export function sumOverRows(x: Tensor): Tensor {
  return sumOverFirst(x, x.shape.length - 1);
}

/**
 * Sums what broadcasting from `shape` had repeated: over the first axes as a product with ones, because the runtime's reduction
 * along them takes five times as long.
 */
export function sumBack(x: Tensor, shape: Shape): Tensor {
  const repeated = x.shape.length - shape.length;
  const first = shape.findIndex((length) => length > 1);
  const leading = repeated + (first < 0 ? shape.length : first);
  const rest = x.shape.slice(leading);
  if (leading === 0 || !isFloat(x.type) || !sameShape(rest, shape.slice(leading - repeated))) return sumTo(x, shape);
  return reshape(sumOverFirst(x, leading), shape);
}

function sumOverFirst(x: Tensor, axes: number): Tensor {
  const rest = x.shape.slice(axes);
  const rows = reshape(x, [-1, sizeOf(rest)]);
  return reshape(matmul(fill(1, [1, rows.shape[0]], x.type), rows), rest);
}

function matrixOf(shape: Shape, transposed: boolean): readonly [number, number] {
  const [rows, columns] = shape.slice(-2);
  return transposed ? [columns, rows] : [rows, columns];
}
