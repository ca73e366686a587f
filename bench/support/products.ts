/**
 * The matrix products of a training step and nothing else: what the step costs at the very least on this machine with this
 * runtime. Every product of two matrices in the step's graph is there with the same shapes, on operands that are simply there.
 */
import { gradients } from "../../packages/engine/src/nn/gradients.ts";
import { inOrder } from "../../packages/engine/src/nn/graph.ts";
import { reshape } from "../../packages/engine/src/nn/operations/broadcasting.ts";
import { affine, matmul } from "../../packages/engine/src/nn/operations/linear-algebra.ts";
import { slice } from "../../packages/engine/src/nn/operations/shape.ts";
import { parametersOf } from "../../packages/engine/src/nn/parameters.ts";
import { input, type Node, type Tensor } from "../../packages/engine/src/nn/tensor.ts";

/** A number of each product, so that all are computed; inputs are named by their shapes. */
export function productsOf(loss: Tensor): Record<string, Tensor> {
  const outputs: Record<string, Tensor> = {};
  const inputs = new Map<string, Tensor>();
  for (const [index, node] of productNodes([loss, ...gradients(loss, parametersOf(loss))]).entries()) {
    // Each operand is its own input: two products of equal shapes must not become one.
    const operands = node.inputs.map(({ shape }, operand) => {
      const name = `${index}.${operand} ${shape.join("x")}`;
      const tensor = input(name, shape);
      inputs.set(name, tensor);
      return tensor;
    });
    const product = multiplied(node, operands);
    outputs[`product ${index}`] = slice(reshape(product, [-1]), 0, 0, 1);
  }
  return outputs;
}

function productNodes(tensors: readonly Tensor[]): Node[] {
  const nodes = new Map<string, Node>();
  const numbers = new Map<Tensor, number>();
  const numberOf = (tensor: Tensor) => numbers.get(tensor) ?? numbers.set(tensor, numbers.size).size - 1;
  for (const { source } of inOrder(tensors)) {
    if (source.kind !== "operation") continue;
    const { operation, inputs, attributes } = source.node;
    if (operation !== "matmul" && operation !== "affine") continue;
    // Sums over rows are written as products with a vector: no products of matrices, and not to be counted as such.
    const isOfMatrices = inputs.slice(0, 2).every(({ shape }) => shape.slice(-2).every((length) => length > 1));
    // A product that two ask for is computed once.
    if (isOfMatrices) nodes.set(JSON.stringify([operation, inputs.map(numberOf), attributes]), source.node);
  }
  return [...nodes.values()];
}

function multiplied({ operation, attributes }: Node, [a, b, bias]: readonly Tensor[]): Tensor {
  return operation === "affine" ? affine(a, b, bias) : matmul(a, b, attributes);
}
