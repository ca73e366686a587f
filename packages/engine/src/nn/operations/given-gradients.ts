/**
 * Values whose gradients are not derived but given. Losses over large tables use it, and batches that are worked through a few
 * rows at a time: what reverse mode would keep until the backward pass, they use up while it is at hand.
 */
import { PenchantError } from "../../base/errors.ts";
import { builder, type Rules } from "../rule.ts";
import { describeSpec, sameShape, type Tensor } from "../tensor.ts";
import { stopGradient } from "./broadcasting.ts";
import { mul } from "./elementwise.ts";

/**
 * The gradient by each tensor, given that by the value.
 *
 * @param wanted which of them somebody asks for
 */
export type GivenGradient = (dy: Tensor, wanted: readonly boolean[]) => readonly (Tensor | undefined)[];

interface Operations {
  /** The operands are the value, then the tensors that it has gradients by. */
  given: { readonly gradient: GivenGradient };
}

export const given: Rules<Operations> = {
  given: {
    shape: ([value]) => value,
    gradient: ({ attributes: { gradient } }, [dy], wanted) => [undefined, ...gradient(dy, wanted.slice(1))],
    onnx: ({ inputs: [value] }) => ({ op: "Identity", inputs: [value] }),
  },
};

const build = builder(given);

/** The value, with this gradient by these tensors and none by anything else. */
export function withGradient(value: Tensor, by: readonly Tensor[], gradient: GivenGradient): Tensor {
  return build("given", [stopGradient(value), ...by], { gradient })[0];
}

/** A scalar, with these gradients by these tensors and none by anything else. */
export function withGradients(value: Tensor, pairs: readonly { of: Tensor; gradient: Tensor }[]): Tensor {
  const unfit = pairs.find(({ of, gradient }) => !sameShape(of.shape, gradient.shape));
  if (value.shape.length !== 0 || unfit !== undefined) {
    const problem = unfit === undefined ? `the value is ${describeSpec(value)}, no scalar` : misfit(unfit);
    throw new PenchantError("PENCHANT_E_NN_SHAPE", `withGradients: ${problem}.`);
  }
  const gradients = pairs.map(({ gradient }) => stopGradient(gradient));
  return withGradient(
    value,
    pairs.map(({ of }) => of),
    (dy) => gradients.map((gradient) => mul(gradient, dy)),
  );
}

function misfit({ of, gradient }: { of: Tensor; gradient: Tensor }): string {
  return `the gradient of ${describeSpec(of)} is ${describeSpec(gradient)}`;
}
