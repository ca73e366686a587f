/**
 * A scalar whose gradients are computed by hand. Losses over large tables use it: what reverse mode would keep until the
 * backward pass, they use up at once.
 */
import { builder, type None, type Rules } from "../rule.ts";
import { sameShape, type Tensor } from "../tensor.ts";
import { stopGradient } from "./broadcasting.ts";
import { mul } from "./elementwise.ts";

interface Operations {
  /** The operands are the value, then each tensor followed by the value's gradient by it. */
  withGradients: None;
}

export const given: Rules<Operations> = {
  withGradients: {
    shape: ([value, ...pairs]) => {
      if (value.shape.length !== 0) return "only a scalar can have its gradients given";
      const fits = pairs.every(({ shape }, at) => sameShape(shape, pairs[at - (at % 2)].shape));
      return fits ? { shape: value.shape, type: value.type } : "a gradient has another shape than its tensor";
    },
    gradient: ({ inputs }, [dy]) => inputs.map((_, at) => (at % 2 === 1 ? mul(inputs[at + 1], dy) : undefined)),
    onnx: ({ inputs: [value] }) => ({ op: "Identity", inputs: [value] }),
  },
};

const build = builder(given);

/** The value, with these gradients by these tensors and none by anything else. */
export function withGradients(value: Tensor, pairs: readonly { of: Tensor; gradient: Tensor }[]): Tensor {
  const operands = pairs.flatMap(({ of, gradient }) => [of, stopGradient(gradient)]);
  return build("withGradients", [stopGradient(value), ...operands], {})[0];
}
