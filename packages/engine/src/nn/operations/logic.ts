/**
 * Comparisons, choices, conversions between types, and the integer arithmetic behind dropout masks. Comparisons and
 * integers have no gradient.
 */
import { builder, type None, type Rule, type Rules } from "../rule.ts";
import { type DataType, fill, isFloat, type Operand, type Spec, type Tensor } from "../tensor.ts";
import { broadcast, sumTo } from "./broadcasting.ts";

interface Operations {
  greater: None;
  greaterOrEqual: None;
  equal: None;
  and: None;
  where: None;
  cast: { readonly type: DataType };
  bitXor: None;
  shiftRight: None;
}

const onnxTypes: Record<DataType, number> = { float32: 1, int32: 6, int64: 7, bool: 9, float64: 11, uint32: 12 };

/** The number that ONNX has for a type. */
export function onnxType(type: DataType): number {
  return onnxTypes[type];
}

export const logic: Rules<Operations> = {
  greater: comparison("Greater"),
  greaterOrEqual: comparison("GreaterOrEqual"),
  equal: comparison("Equal"),
  and: comparison("And"),
  where: {
    shape: ([condition, a, b]) => {
      if (condition.type !== "bool") return `the condition is ${condition.type} and not bool`;
      const result = sharedShape([a, b]);
      if (typeof result === "string") return result;
      const shape = broadcast(condition.shape, result.shape);
      return shape ? { shape, type: a.type } : "the condition does not broadcast with the values";
    },
    gradient: ({ inputs: [condition, a, b] }, [dy]) => [
      undefined,
      sumTo(where(condition, dy, 0), a.shape),
      sumTo(where(condition, 0, dy), b.shape),
    ],
    onnx: () => ({ op: "Where" }),
  },
  cast: {
    shape: ([x], { type }) => ({ shape: x.shape, type }),
    gradient: ({ inputs: [x] }, [dy]) => [isFloat(x.type) && isFloat(dy.type) ? cast(dy, x.type) : undefined],
    onnx: ({ attributes: { type } }) => ({ op: "Cast", attributes: { to: onnxType(type) } }),
  },
  bitXor: { shape: bits, gradient: () => [undefined, undefined], onnx: () => ({ op: "BitwiseXor" }) },
  shiftRight: {
    shape: bits,
    gradient: () => [undefined, undefined],
    onnx: () => ({ op: "BitShift", attributes: { direction: "RIGHT" } }),
  },
};

const build = builder(logic);

/** a > b, as bool. */
export const greater = (a: Operand, b: Operand): Tensor => build("greater", [a, b], {})[0];
/** a >= b, as bool. */
export const greaterOrEqual = (a: Operand, b: Operand): Tensor => build("greaterOrEqual", [a, b], {})[0];
/** a = b, as bool. */
export const equal = (a: Operand, b: Operand): Tensor => build("equal", [a, b], {})[0];
/** Both, of bools. */
export const and = (a: Tensor, b: Tensor): Tensor => build("and", [a, b], {})[0];
export const bitXor = (a: Tensor, b: Operand): Tensor => build("bitXor", [a, b], {})[0];
export const shiftRight = (a: Tensor, places: number): Tensor => build("shiftRight", [a, places], {})[0];

/** a where the condition holds, b elsewhere. */
export function where(condition: Tensor, a: Operand, b: Operand): Tensor {
  // Numbers take the other value's type, not the condition's.
  const type = [a, b].find((operand) => typeof operand !== "number")?.type ?? "float32";
  const value = (operand: Operand) => (typeof operand === "number" ? fill(operand, [], type) : operand);
  return build("where", [condition, value(a), value(b)], {})[0];
}

/** The same numbers in another type. */
export function cast(x: Tensor, type: DataType): Tensor {
  return x.type === type ? x : build("cast", [x], { type })[0];
}

/** The shape rule of operations on two operands of one type that broadcast. */
export function sharedShape([a, b]: readonly Tensor[]): Spec | string {
  if (a.type !== b.type) return `the types ${a.type} and ${b.type} differ`;
  const shape = broadcast(a.shape, b.shape);
  return shape ? { shape, type: a.type } : "the shapes do not broadcast";
}

function comparison(op: string): Rule<None> {
  return {
    shape: (operands) => {
      const shared = sharedShape(operands);
      return typeof shared === "string" ? shared : { shape: shared.shape, type: "bool" };
    },
    gradient: () => [undefined, undefined],
    onnx: () => ({ op }),
  };
}

function bits(operands: readonly Tensor[]): Spec | string {
  const { type } = operands[0];
  return type === "uint32" ? sharedShape(operands) : `expected uint32, came ${type}`;
}
