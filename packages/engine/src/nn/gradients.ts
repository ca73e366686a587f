/**
 * Reverse-mode differentiation over the graph (Baydin et al., Automatic Differentiation in Machine Learning, JMLR 2018).
 *
 * Tensors are visited from the loss backwards, each after everything that uses it, so that its gradient is complete: the
 * sum over its uses. Each operation's rule then says what its operands get. Only what lies between the loss and the wanted
 * tensors is visited; the result is more graph, and what nobody uses of it is never emitted.
 *
 * A weight that is used in many products, as in an unrolled recurrence, would get as many small products and additions. A
 * sum of products is one product of longer matrices, A1'B1 + A2'B2 = [A1; A2]'[B1; B2], and that is what it gets.
 */
import { PenchantError } from "../base/errors.ts";
import { inOrder, nameOf, operandsOf } from "./graph.ts";
import { add } from "./operations/elementwise.ts";
import { matmul } from "./operations/linear-algebra.ts";
import { concat } from "./operations/shape.ts";
import { ruleOf } from "./operations/table.ts";
import type { Node } from "./tensor.ts";
import { describe, fill, isFloat, type Tensor } from "./tensor.ts";

/** From so many products on, joining their operands costs less than multiplying and adding one by one. */
const productsToJoin = 3;

/**
 * The gradient of a scalar loss by each of the tensors, in their order and shapes.
 *
 * @throws PENCHANT_E_NN_GRAPH when the loss is no scalar, does not depend on one of the tensors, or depends on it through
 * an operation that has no gradient
 */
export function gradients(loss: Tensor, withRespectTo: readonly Tensor[]): Tensor[] {
  if (loss.shape.length !== 0 || !isFloat(loss.type)) {
    throw failure(`A gradient is taken of one real number; came ${describe(loss)}. Use mean or sum.`);
  }
  return passedBack(loss, fill(1, [], loss.type), withRespectTo, new Set());
}

/**
 * The gradients of a loss by what a result is computed from, given its gradient by the result. Each is what comes directly:
 * nothing is followed further back than to these tensors.
 */
export function directGradients(result: Tensor, upstream: Tensor, withRespectTo: readonly Tensor[]): Tensor[] {
  return passedBack(result, upstream, withRespectTo, new Set(withRespectTo));
}

/** @param leaves what is not looked behind */
function passedBack(
  result: Tensor,
  upstream: Tensor,
  withRespectTo: readonly Tensor[],
  leaves: ReadonlySet<Tensor>,
): Tensor[] {
  const order = inOrder([result], leaves);
  const needed = dependents(order, new Set(withRespectTo));
  const contributions = new Map<Tensor, Tensor[]>([[result, [upstream]]]);
  const complete = new Map<Tensor, Tensor>();
  const firstResults = new Map<Node, Tensor>();
  for (const tensor of order) {
    const { source } = tensor;
    if (source.kind === "operation" && !firstResults.has(source.node)) firstResults.set(source.node, tensor);
  }
  for (const tensor of order.toReversed()) {
    const parts = contributions.get(tensor);
    if (parts !== undefined) complete.set(tensor, total(parts));
    const { source } = tensor;
    if (source.kind !== "operation" || leaves.has(tensor)) continue;
    // An operation with several results passes back when all of them are complete: at the first one in order.
    const { node } = source;
    if (firstResults.get(node) !== tensor) continue;
    if (!node.inputs.some((operand) => needed.has(operand)) || !node.outputs.some((output) => complete.has(output)))
      continue;
    for (const [operand, gradient] of passBack(node, complete, needed).entries()) {
      const target = node.inputs[operand];
      if (!needed.has(target)) continue;
      if (gradient === undefined)
        throw failure(`There is no gradient through ${node.operation} to ${describe(target)}.`);
      const parts = contributions.get(target);
      if (parts === undefined) contributions.set(target, [gradient]);
      else parts.push(gradient);
    }
  }
  return withRespectTo.map((tensor) => {
    const gradient = complete.get(tensor);
    if (gradient === undefined) {
      throw failure(`The loss does not depend on ${nameOf(tensor)}, ${describe(tensor)}, so there is no gradient.`);
    }
    return gradient;
  });
}

/** Those of the tensors in order that are computed from wanted ones by way of real numbers, and the wanted ones. */
function dependents(order: readonly Tensor[], wanted: ReadonlySet<Tensor>): Set<Tensor> {
  const needed = new Set<Tensor>();
  for (const tensor of order) {
    const stopped = tensor.source.kind === "operation" && tensor.source.node.operation === "stopGradient";
    const depends = !stopped && operandsOf(tensor).some((operand) => needed.has(operand));
    if (isFloat(tensor.type) && (wanted.has(tensor) || depends)) needed.add(tensor);
  }
  return needed;
}

function passBack(
  node: Node,
  complete: ReadonlyMap<Tensor, Tensor>,
  needed: ReadonlySet<Tensor>,
): readonly (Tensor | undefined)[] {
  const rule = ruleOf(node.operation);
  if (rule.auxiliary && node.outputs.slice(1).some((output) => complete.has(output))) {
    throw failure(`There is no gradient through the statistics of ${node.operation}.`);
  }
  const upstream = node.outputs.map((output) => complete.get(output) ?? fill(0, output.shape, output.type));
  const wanted = node.inputs.map((operand) => needed.has(operand));
  return rule.gradient(node, upstream, wanted);
}

function total(parts: readonly Tensor[]): Tensor {
  return joinedProduct(parts) ?? parts.reduce((sum, part) => add(sum, part));
}

/** The sum of products A'B of matrices as one product of longer ones, or undefined where the parts are something else. */
function joinedProduct(parts: readonly Tensor[]): Tensor | undefined {
  if (parts.length < productsToJoin) return undefined;
  const left: Tensor[] = [];
  const right: Tensor[] = [];
  for (const { source } of parts) {
    if (source.kind !== "operation" || source.node.operation !== "matmul") return undefined;
    const { inputs, attributes } = source.node;
    const { transposeA, transposeB, scale } = attributes as { transposeA: boolean; transposeB: boolean; scale: number };
    const plain = transposeA && !transposeB && scale === 1 && inputs.every(({ shape }) => shape.length === 2);
    if (!plain) return undefined;
    left.push(inputs[0]);
    right.push(inputs[1]);
  }
  return matmul(concat(left, 0), concat(right, 0), { transposeA: true });
}

function failure(message: string): PenchantError {
  return new PenchantError("PENCHANT_E_NN_GRAPH", message);
}
