/**
 * The three operations under every other gradient: reshaping, summing and repeating. Broadcasting follows NumPy: shapes are
 * aligned at their last axes, and an axis of length 1 or a missing one is repeated. What broadcasting repeats on the way
 * there, `sumTo` sums on the way back, so that `sum` and `expand` are each other's gradients.
 */
import { axisOf, builder, type None, type Rules } from "../rule.ts";
import { type Shape, type Spec, sameShape, sizeOf, type Tensor } from "../tensor.ts";

interface Operations {
  reshape: { readonly shape: Shape };
  expand: { readonly shape: Shape };
  sum: { readonly axes: readonly number[]; readonly keep: boolean };
  stopGradient: None;
}

export const broadcasting: Rules<Operations> = {
  reshape: {
    shape: ([x], { shape }) =>
      sizeOf(x.shape) === sizeOf(shape)
        ? { shape, type: x.type }
        : `${sizeOf(x.shape)} elements do not fill [${shape.join(", ")}]`,
    gradient: ({ inputs: [x] }, [dy]) => [reshape(dy, x.shape)],
    onnx: ({ inputs: [x], attributes: { shape } }) => ({ op: "Reshape", inputs: [x, shape] }),
  },
  expand: {
    shape: ([x], { shape }) => {
      const common = broadcast(x.shape, shape);
      return common !== undefined && sameShape(common, shape)
        ? { shape, type: x.type }
        : `the shape does not broadcast to [${shape.join(", ")}]`;
    },
    gradient: ({ inputs: [x] }, [dy]) => [sumTo(dy, x.shape)],
    onnx: ({ inputs: [x], attributes: { shape } }) => ({ op: "Expand", inputs: [x, shape] }),
  },
  sum: {
    shape: ([x], { axes, keep }) => reduction(x, axes, keep),
    gradient: ({ inputs: [x], attributes: { axes } }, [dy]) => [
      expand(reshape(dy, reducedShape(x.shape, axes, true)), x.shape),
    ],
    onnx: ({ inputs: [x], attributes: { axes, keep } }) => ({
      op: "ReduceSum",
      inputs: [x, axes],
      attributes: { keepdims: keep ? 1 : 0 },
    }),
  },
  stopGradient: {
    shape: ([x]) => x,
    gradient: () => [undefined],
    onnx: () => ({ op: "Identity" }),
  },
};

const build = builder(broadcasting);

/** The same numbers in another shape; one length may be -1 and follows from the others. */
export function reshape(x: Tensor, shape: Shape): Tensor {
  const known = sizeOf(shape.filter((length) => length !== -1));
  const lengths = shape.map((length) => (length === -1 ? sizeOf(x.shape) / known : length));
  if (sameShape(x.shape, lengths)) return x;
  const { source } = x;
  // A reshape of a reshape is one.
  const origin = source.kind === "operation" && source.node.operation === "reshape" ? source.node.inputs[0] : x;
  return sameShape(origin.shape, lengths) ? origin : build("reshape", [origin], { shape: lengths })[0];
}

/** Repeats axes of length 1, and puts axes in front, up to this shape. */
export function expand(x: Tensor, shape: Shape): Tensor {
  return sameShape(x.shape, shape) ? x : build("expand", [x], { shape })[0];
}

/** The sum over some axes (all of them unless named). `keep` leaves them with length 1. */
export function sum(x: Tensor, options: { axes?: readonly number[]; keep?: boolean } = {}): Tensor {
  const { keep = false } = options;
  const axes = axesOf(x, options.axes);
  if (axes.length === 0) return x;
  if (axes.every((axis) => x.shape[axis] === 1)) return reshape(x, reducedShape(x.shape, axes, keep));
  return build("sum", [x], { axes, keep })[0];
}

/** The value, as a constant to every gradient. */
export function stopGradient(x: Tensor): Tensor {
  return build("stopGradient", [x], {})[0];
}

/** Sums what broadcasting from `shape` had repeated. */
export function sumTo(x: Tensor, shape: Shape): Tensor {
  const missing = x.shape.length - shape.length;
  const axes = x.shape.flatMap((length, axis) =>
    axis < missing || (shape[axis - missing] === 1 && length !== 1) ? [axis] : [],
  );
  return reshape(sum(x, { axes }), shape);
}

/** The shape that both broadcast to, or undefined. */
export function broadcast(a: Shape, b: Shape): Shape | undefined {
  const rank = Math.max(a.length, b.length);
  const shape: number[] = [];
  for (let axis = 0; axis < rank; axis++) {
    const lengthOfA = a[axis - rank + a.length] ?? 1;
    const lengthOfB = b[axis - rank + b.length] ?? 1;
    if (lengthOfA !== lengthOfB && lengthOfA !== 1 && lengthOfB !== 1) return undefined;
    shape.push(lengthOfA === 1 ? lengthOfB : lengthOfA);
  }
  return shape;
}

/** Axes counted from the front and in order; all of them where none are named. */
export function axesOf(x: Tensor, axes: readonly number[] = x.shape.map((_, axis) => axis)): number[] {
  return axes.map((axis) => axisOf(axis, x.shape.length) ?? axis).sort((a, b) => a - b);
}

/** The shape rule of every reduction. */
export function reduction(x: Tensor, axes: readonly number[], keep: boolean): Spec | string {
  const foreign = axes.find((axis) => axisOf(axis, x.shape.length) === undefined);
  if (foreign !== undefined) return `there is no axis ${foreign}`;
  return { shape: reducedShape(x.shape, axes, keep), type: x.type };
}

export function reducedShape(shape: Shape, axes: readonly number[], keep: boolean): Shape {
  return shape.flatMap((length, axis) => (axes.includes(axis) ? (keep ? [1] : []) : [length]));
}
