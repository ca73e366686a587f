/**
 * Operations that work on each element by itself. Those with two operands broadcast, and give each operand the gradient
 * summed back to its shape.
 */
import { builder, type None, type Rule, type Rules } from "../rule.ts";
import { isFloat, type Node, type Operand, sameShape, scalarOf, type Tensor } from "../tensor.ts";
import { broadcast } from "./broadcasting.ts";
import { sumBack } from "./linear-algebra.ts";
import { equal, greater, greaterOrEqual, sharedShape, where } from "./logic.ts";

interface Operations {
  add: None;
  sub: None;
  mul: None;
  div: None;
  maximum: None;
  minimum: None;
  neg: None;
  exp: None;
  log: None;
  sqrt: None;
  tanh: None;
  sigmoid: None;
  relu: None;
  softplus: None;
  erf: None;
  abs: None;
}

type Gradient = (operands: readonly Tensor[], dy: Tensor, y: Tensor) => readonly Tensor[];

export const elementwise: Rules<Operations> = {
  add: binary(
    "Add",
    (a, b) => a + b,
    (_, dy) => [dy, dy],
  ),
  sub: binary(
    "Sub",
    (a, b) => a - b,
    (_, dy) => [dy, neg(dy)],
  ),
  mul: binary(
    "Mul",
    (a, b) => a * b,
    ([a, b], dy) => [mul(dy, b), mul(dy, a)],
  ),
  div: binary(
    "Div",
    (a, b) => a / b,
    ([, b], dy, y) => {
      const da = div(dy, b);
      return [da, neg(mul(da, y))];
    },
  ),
  // Where both are equal the gradient goes to the first.
  maximum: binary("Max", Math.max, ([a, b], dy) => [where(greaterOrEqual(a, b), dy, 0), where(greater(b, a), dy, 0)]),
  minimum: binary("Min", Math.min, ([a, b], dy) => [where(greaterOrEqual(b, a), dy, 0), where(greater(a, b), dy, 0)]),
  neg: unary(
    "Neg",
    (x) => -x,
    (_, dy) => neg(dy),
  ),
  exp: unary("Exp", Math.exp, (_, dy, y) => mul(dy, y)),
  log: unary("Log", Math.log, (x, dy) => div(dy, x)),
  sqrt: unary("Sqrt", Math.sqrt, (_, dy, y) => div(dy, mul(2, y))),
  tanh: unary("Tanh", Math.tanh, (_, dy, y) => mul(dy, sub(1, mul(y, y)))),
  sigmoid: unary("Sigmoid", undefined, (_, dy, y) => mul(dy, mul(y, sub(1, y)))),
  relu: unary(
    "Relu",
    (x) => Math.max(x, 0),
    (_, dy, y) => where(greater(y, 0), dy, 0),
  ),
  softplus: unary("Softplus", undefined, (x, dy) => mul(dy, sigmoid(x))),
  erf: unary("Erf", undefined, (x, dy) => mul(dy, mul(2 / Math.sqrt(Math.PI), exp(neg(mul(x, x)))))),
  // At zero the gradient is zero.
  abs: unary("Abs", Math.abs, (x, dy) => where(equal(x, 0), 0, where(greater(x, 0), dy, neg(dy)))),
};

const build = builder(elementwise);
const unit = (operation: keyof Operations) => (x: Operand) => build(operation, [x], {})[0];

/** a + b. */
export function add(a: Operand, b: Operand): Tensor {
  return unchanged(a, b, 0) ?? unchanged(b, a, 0) ?? build("add", [a, b], {})[0];
}

/** a - b. */
export function sub(a: Operand, b: Operand): Tensor {
  return unchanged(a, b, 0) ?? build("sub", [a, b], {})[0];
}

/** a b, element by element. */
export function mul(a: Operand, b: Operand): Tensor {
  return unchanged(a, b, 1) ?? unchanged(b, a, 1) ?? build("mul", [a, b], {})[0];
}

/** a / b. */
export function div(a: Operand, b: Operand): Tensor {
  return unchanged(a, b, 1) ?? build("div", [a, b], {})[0];
}

export const maximum = (a: Operand, b: Operand): Tensor => build("maximum", [a, b], {})[0];
export const minimum = (a: Operand, b: Operand): Tensor => build("minimum", [a, b], {})[0];
export const neg = unit("neg");
export const exp = unit("exp");
/** The natural logarithm. */
export const log = unit("log");
export const sqrt = unit("sqrt");
export const tanh = unit("tanh");
/** 1 / (1 + exp(-x)). */
export const sigmoid = unit("sigmoid");
/** max(x, 0). */
export const relu = unit("relu");
/** ln(1 + exp(x)), without overflow. */
export const softplus = unit("softplus");
/** The error function of Gauss. */
export const erf = unit("erf");
export const abs = unit("abs");

/** x, where combining it with this operand changes nothing. */
function unchanged(x: Operand, other: Operand, neutral: number): Tensor | undefined {
  if (typeof x === "number") return undefined;
  if (typeof other === "number") return other === neutral ? x : undefined;
  const shape = scalarOf(other) === neutral && other.type === x.type ? broadcast(x.shape, other.shape) : undefined;
  return shape !== undefined && sameShape(shape, x.shape) ? x : undefined;
}

function binary(op: string, fold: (a: number, b: number) => number, gradient: Gradient): Rule<None> {
  return {
    shape: sharedShape,
    gradient: ({ inputs, outputs: [y] }: Node, [dy]) => {
      if (!isFloat(y.type)) return [undefined, undefined];
      return gradient(inputs, dy, y).map((part, operand) => sumBack(part, inputs[operand].shape));
    },
    onnx: () => ({ op }),
    fold,
  };
}

function unary(
  op: string,
  fold: ((x: number) => number) | undefined,
  gradient: (x: Tensor, dy: Tensor, y: Tensor) => Tensor,
): Rule<None> {
  return {
    shape: ([x]) => (isFloat(x.type) || op === "Neg" || op === "Abs" ? x : `expected real numbers, came ${x.type}`),
    gradient: ({ inputs: [x], outputs: [y] }, [dy]) => [isFloat(x.type) ? gradient(x, dy, y) : undefined],
    onnx: () => ({ op }),
    ...(fold && { fold }),
  };
}
