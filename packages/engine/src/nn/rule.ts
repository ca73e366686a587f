/**
 * What an operation is. One entry in a table says which shape its result has, how a gradient passes back through it, and
 * which ONNX node computes it; an entry that lacks one of the three does not compile. The tables stand in `operations/`,
 * by family, and `operations/table.ts` joins them.
 */
import { PenchantError } from "../base/errors.ts";
import { type DataType, describe, fill, type Node, type Operand, type Spec, type Tensor } from "./tensor.ts";

/** A node of the ONNX graph. Lists of integers among the inputs become constants. */
export interface OnnxNode {
  readonly op: string;
  readonly domain?: "com.microsoft";
  /** Defaults to the operation's own operands. */
  readonly inputs?: readonly (Tensor | readonly number[])[];
  readonly attributes?: Readonly<Record<string, number | string | readonly number[]>>;
  /** Attributes that are real numbers, whole ones included. */
  readonly floats?: Readonly<Record<string, number>>;
}

export interface Rule<Attributes extends object> {
  /** The result's shape and type (several for several results), or a sentence saying why the operands do not fit. */
  readonly shape: (inputs: readonly Tensor[], attributes: Attributes) => Spec | readonly Spec[] | string;
  /**
   * The loss's gradient by each operand, given its gradient by each result. `undefined` where there is none: integers,
   * masks, operands that are constant by definition. What nobody asks for is never computed, because only nodes on the way
   * to a wanted result are emitted.
   *
   * @param wanted which operands' gradients are asked for, should a rule have to know
   */
  readonly gradient: (
    node: Node<Attributes>,
    upstream: readonly Tensor[],
    wanted: readonly boolean[],
  ) => readonly (Tensor | undefined)[];
  readonly onnx: (node: Node<Attributes>) => OnnxNode;
  /** Results after the first exist for the gradient's sake, and none flows through them. */
  readonly auxiliary?: true;
  /** The result for scalar constants, computed while the graph is built. */
  readonly fold?: (...operands: number[]) => number;
}

export type Rules<Operations extends { [Name in keyof Operations]: object }> = {
  readonly [Name in keyof Operations]: Rule<Operations[Name]>;
};

/** The attributes of an operation that has none. */
export type None = Readonly<Record<string, never>>;

/** The function that applies a family's operations. Throws PENCHANT_E_NN_SHAPE when the operands do not fit. */
export function builder<Operations extends { [Name in keyof Operations]: object }>(rules: Rules<Operations>) {
  return <Name extends keyof Operations & string>(
    operation: Name,
    operands: readonly Operand[],
    attributes: Operations[Name],
  ): Tensor[] => {
    const inputs = tensors(operands);
    const rule = rules[operation];
    const shape = rule.shape(inputs, attributes);
    if (typeof shape === "string") {
      throw new PenchantError("PENCHANT_E_NN_SHAPE", `${operation}(${inputs.map(describe).join(", ")}): ${shape}.`, {
        details: { operation, operands: inputs.map(describe).join(", ") },
      });
    }
    const specs = "type" in shape ? [shape] : shape;
    if (rule.fold !== undefined && specs[0].shape.length === 0) {
      const numbers = inputs.map(({ source }) => (source.kind === "constant" ? source.values : undefined));
      if (numbers.every((value) => typeof value === "number")) return [fill(rule.fold(...numbers), [], specs[0].type)];
    }
    const outputs: Tensor[] = [];
    const node: Node = { operation, inputs, attributes, outputs };
    for (const [output, { shape, type }] of specs.entries()) {
      outputs.push({ shape, type, source: { kind: "operation", node, output } });
    }
    return outputs;
  };
}

function tensors(operands: readonly Operand[]): Tensor[] {
  const type: DataType = operands.find((operand) => typeof operand !== "number")?.type ?? "float32";
  return operands.map((operand) => (typeof operand === "number" ? fill(operand, [], type) : operand));
}

/** An operand's axis counted from the front; undefined where there is no such axis. */
export function axisOf(axis: number, rank: number): number | undefined {
  const fromFront = axis < 0 ? axis + rank : axis;
  return Number.isInteger(fromFront) && fromFront >= 0 && fromFront < rank ? fromFront : undefined;
}
