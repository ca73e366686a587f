/** Walking a graph: every tensor after those that it is computed from. */
import { PenchantError } from "../base/errors.ts";
import type { Tensor } from "./tensor.ts";

/**
 * The tensors that these are computed from, and themselves. Deep graphs are no problem: nothing here recurses.
 *
 * @param leaves what is not looked behind
 */
export function inOrder(wanted: readonly Tensor[], leaves: ReadonlySet<Tensor> = new Set()): Tensor[] {
  const order: Tensor[] = [];
  const state = new Map<Tensor, "entered" | "done">();
  const stack = [...wanted].reverse();
  while (stack.length > 0) {
    const tensor = stack[stack.length - 1];
    const seen = state.get(tensor);
    if (seen === undefined) {
      state.set(tensor, "entered");
      const operands = leaves.has(tensor) ? [] : operandsOf(tensor);
      for (const operand of operands.toReversed()) {
        if (state.get(operand) === "entered") throw circle(tensor);
        if (!state.has(operand)) stack.push(operand);
      }
      continue;
    }
    stack.pop();
    if (seen === "done") continue;
    state.set(tensor, "done");
    order.push(tensor);
  }
  return order;
}

export function operandsOf({ source }: Tensor): readonly Tensor[] {
  return source.kind === "operation" ? source.node.inputs : [];
}

/** For messages: the parameter's or input's name, or the operation that computes the tensor. */
export function nameOf({ source }: Tensor): string {
  if (source.kind === "operation") return source.node.operation;
  return source.kind === "constant" ? "a constant" : source.name;
}

function circle(tensor: Tensor): PenchantError {
  return new PenchantError(
    "PENCHANT_E_NN_GRAPH",
    `The graph goes in a circle: ${nameOf(tensor)} is computed from itself.`,
    { details: { at: nameOf(tensor) } },
  );
}
