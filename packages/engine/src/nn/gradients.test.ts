import { describe, expect, test } from "vitest";
import { emit } from "./emit.ts";
import { gradients } from "./gradients.ts";
import { inOrder } from "./graph.ts";
import { stopGradient, sum } from "./operations/broadcasting.ts";
import { add, exp, mul, tanh } from "./operations/elementwise.ts";
import { gather } from "./operations/indexing.ts";
import { matmul } from "./operations/linear-algebra.ts";
import { cast, greater } from "./operations/logic.ts";
import { constant, input, parameter, type Tensor } from "./tensor.ts";
import { valuesOf } from "./test-gradients.ts";

const zero = { kind: "constant", value: 0 } as const;
const x = input("x", [2]);
const feeds = { x: Float32Array.of(3, 5) };

const operationsOf = (...tensors: Tensor[]) =>
  inOrder(tensors).flatMap(({ source }) => (source.kind === "operation" ? [source.node.operation] : []));

describe("a gradient", () => {
  test("is the sum over all uses of a tensor", async () => {
    // x^2 + 3 x
    const [slope] = gradients(sum(add(mul(x, x), mul(3, x))), [x]);
    expect(await valuesOf(slope, feeds)).toEqual([9, 13]);
  });

  test("of a tensor that is used by nothing but the loss is 1", async () => {
    const loss = input("loss", []);
    expect(await valuesOf(gradients(loss, [loss])[0])).toEqual([1]);
  });

  test("comes in the order in which it was asked for, of intermediate tensors too", async () => {
    const square = mul(x, x);
    const [bySquare, byX] = gradients(sum(mul(square, 2)), [square, x]);
    expect(await valuesOf(bySquare)).toEqual([2, 2]);
    expect(await valuesOf(byX, feeds)).toEqual([12, 20]);
  });

  test("stops where it is told to", async () => {
    const [slope] = gradients(sum(mul(x, stopGradient(x))), [x]);
    expect(await valuesOf(slope, feeds)).toEqual([3, 5]);
  });

  test("costs nothing for operands that need none", () => {
    const data = input("data", [4, 2]);
    const weight = parameter("weight", [2, 3], zero);
    const slopes = gradients(sum(exp(matmul(data, weight))), [weight]);
    // One product forward and one for the weight; none for the data.
    const products = operationsOf(...slopes).filter((operation) => operation === "matmul");
    expect(products).toHaveLength(2);
  });

  test("by a weight of many steps is one product", async () => {
    const weight = parameter("weight", [2, 2], zero);
    let hidden: Tensor = constant(Float32Array.of(1, 2), [1, 2]);
    for (let step = 0; step < 5; step++) hidden = tanh(matmul(hidden, weight));
    const [slope] = gradients(sum(hidden), [weight]);
    const long = inOrder([slope]).find(
      ({ source }) =>
        source.kind === "operation" && source.node.operation === "matmul" && source.node.inputs[0].shape[0] === 5,
    );
    expect(long?.shape).toEqual([2, 2]);
    expect(operationsOf(slope).filter((operation) => operation === "add")).toEqual([]);
  });

  test("of a graph of ten thousand steps is derived and written", () => {
    let y: Tensor = x;
    for (let step = 0; step < 10_000; step++) y = mul(y, 0.5);
    const [slope] = gradients(sum(y), [x]);
    expect(emit({ slope }).outputs.get("slope")?.shape).toEqual([2]);
  });
});

describe("a gradient is refused", () => {
  test("of what is not one real number", () => {
    expect(() => gradients(x, [x])).toThrow("A gradient is taken of one real number; came x float32 [2].");
    expect(() => gradients(sum(cast(x, "int32")), [x])).toThrow("came int32 []");
  });
  test("by what the loss does not depend on", () => {
    const other = input("other", [3]);
    expect(() => gradients(sum(x), [other])).toThrow("The loss does not depend on other");
    expect(() => gradients(sum(cast(greater(x, 0), "float32")), [x])).toThrow("The loss does not depend on x");
    expect(() => gradients(sum(stopGradient(x)), [x])).toThrow("The loss does not depend on x");
  });
  test("through a circle, which only a graph made by hand can have", () => {
    const inputs: Tensor[] = [];
    const outputs: Tensor[] = [];
    const node = { operation: "neg", inputs, attributes: {}, outputs };
    const round: Tensor = { shape: [], type: "float32", source: { kind: "operation", node, output: 0 } };
    inputs.push(round);
    outputs.push(round);
    expect(() => gradients(round, [round])).toThrow("The graph goes in a circle: neg is computed from itself.");
  });
});

test("row gradients come out where rows went in", async () => {
  const rows = input("rows", [3, 2]);
  const positions = constant(Int32Array.of(0, 2, 0), [3]);
  const weights = constant(Float32Array.of(1, 2, 3), [3, 1]);
  const [slope] = gradients(sum(mul(gather(rows, positions), weights)), [rows]);
  expect(await valuesOf(slope)).toEqual([4, 4, 0, 0, 2, 2]);
});
