/** The largest element and the mean along axes. */
import { builder, type Rules } from "../rule.ts";
import { sizeOf, type Tensor } from "../tensor.ts";
import { axesOf, expand, reducedShape, reduction, reshape, sum } from "./broadcasting.ts";
import { div, mul } from "./elementwise.ts";
import { cast, equal } from "./logic.ts";

interface Operations {
  max: { readonly axes: readonly number[]; readonly keep: boolean };
}

export const reductions: Rules<Operations> = {
  max: {
    shape: ([x], { axes, keep }) => reduction(x, axes, keep),
    // Where several elements are the largest, they share the gradient.
    gradient: ({ inputs: [x], outputs: [y], attributes: { axes } }, [dy]) => {
      const kept = reducedShape(x.shape, axes, true);
      const largest = cast(equal(x, expand(reshape(y, kept), x.shape)), x.type);
      return [mul(largest, div(reshape(dy, kept), sum(largest, { axes, keep: true })))];
    },
    onnx: ({ inputs: [x], attributes: { axes, keep } }) => ({
      op: "ReduceMax",
      inputs: [x, axes],
      attributes: { keepdims: keep ? 1 : 0 },
    }),
  },
};

const build = builder(reductions);

/** The largest element over some axes (all of them unless named). */
export function max(x: Tensor, options: { axes?: readonly number[]; keep?: boolean } = {}): Tensor {
  return build("max", [x], { axes: axesOf(x, options.axes), keep: options.keep ?? false })[0];
}

/** The mean over some axes (all of them unless named). */
export function mean(x: Tensor, options: { axes?: readonly number[]; keep?: boolean } = {}): Tensor {
  const total = sum(x, options);
  return mul(total, sizeOf(total.shape) / sizeOf(x.shape));
}
