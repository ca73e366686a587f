/**
 * A graph of tensors as an ONNX model. Only what the wanted results are computed from is written; what is computed twice
 * from the same operands is written once; names say what a value is (`items`, `block1.attention.query`, `matmul_7`).
 * Opset 20 and the runtime's own `com.microsoft` operators.
 */
import proto from "onnx-proto";
import { PenchantError } from "../base/errors.ts";
import { inOrder } from "./graph.ts";
import { onnxType } from "./operations/logic.ts";
import { ruleOf } from "./operations/table.ts";
import type { OnnxNode } from "./rule.ts";
import type { Node } from "./tensor.ts";
import { describe, misfit, type Spec, type Tensor, type Values } from "./tensor.ts";

const { onnx } = proto;
const { AttributeType } = onnx.AttributeProto;
const opset = 20;
const intermediateVersion = 9;

export interface Emission {
  /** The bytes of an ONNX file. */
  readonly model: Uint8Array;
  /** What a run must be fed, by name. */
  readonly inputs: ReadonlyMap<string, Tensor>;
  readonly outputs: ReadonlyMap<string, Spec>;
}

export interface EmitOptions {
  /** Values of parameters that become part of the model, instead of feeds. */
  readonly weights?: Readonly<Record<string, Values>>;
}

/**
 * @param outputs the wanted results, by the names that they shall have
 * @param nodeOrder a file has its nodes in the order in which they can be computed. The runtime computes them in an order of
 * its own: depth first from the last node that no other uses, of a node's operands the one from the latest node first.
 * Given the nodes backwards, it therefore computes them as they are written here, each shortly before it is needed
 * @throws PENCHANT_E_NN_GRAPH when two different tensors have one name
 */
export function emit(
  outputs: Readonly<Record<string, Tensor>>,
  options: EmitOptions = {},
  nodeOrder: "forwards" | "backwards" = "forwards",
): Emission {
  const writer = new Writer(options.weights ?? {}, outputs);
  for (const tensor of inOrder(Object.values(outputs))) writer.write(tensor);
  for (const [name, tensor] of Object.entries(outputs)) writer.result(name, tensor);
  const specs = new Map(Object.entries(outputs).map(([name, { shape, type }]) => [name, { shape, type }]));
  const model = onnx.ModelProto.create({
    irVersion: intermediateVersion,
    producerName: "penchant",
    opsetImport: [
      { domain: "", version: opset },
      { domain: "com.microsoft", version: 1 },
    ],
    graph: {
      name: "penchant",
      node: nodeOrder === "backwards" ? writer.nodes.toReversed() : writer.nodes,
      initializer: writer.initializers,
      input: [...writer.inputs].map(([name, tensor]) => valueInfo(name, tensor)),
      output: [...specs].map(([name, spec]) => valueInfo(name, spec)),
    },
  });
  return { model: onnx.ModelProto.encode(model).finish(), inputs: writer.inputs, outputs: specs };
}

class Writer {
  readonly nodes: proto.onnx.INodeProto[] = [];
  readonly initializers: proto.onnx.ITensorProto[] = [];
  readonly inputs = new Map<string, Tensor>();
  readonly #weights: Readonly<Record<string, Values>>;
  readonly #names = new Map<Tensor, string>();
  /** Names of leaves, with the leaf that has it; the names of results are taken from the start. */
  readonly #leaves = new Map<string, Tensor>();
  readonly #reserved: ReadonlySet<string>;
  /** The name of each wanted result. */
  readonly #wanted: ReadonlyMap<Tensor, string>;
  readonly #done = new Set<Node>();
  /** Names of what was computed, by what it was computed from. */
  readonly #shared = new Map<string, readonly string[]>();
  #count = 0;

  constructor(weights: Readonly<Record<string, Values>>, outputs: Readonly<Record<string, Tensor>>) {
    this.#weights = weights;
    this.#reserved = new Set(Object.keys(outputs));
    this.#wanted = new Map(Object.entries(outputs).map(([name, tensor]) => [tensor, name]));
  }

  write(tensor: Tensor): void {
    const { source } = tensor;
    if (source.kind === "operation") this.#operation(source.node);
    else if (source.kind === "constant") this.#constant(tensor, source.values);
    else this.#leaf(tensor, source.name, source.kind === "parameter");
  }

  /**
   * Gives a result the name that it shall have. Most have it from the start, so that the runtime computes them where they
   * are wanted; one that is a leaf, or that has two names, is copied.
   */
  result(name: string, tensor: Tensor): void {
    if (this.#nameOf(tensor) === name) return;
    this.nodes.push({ opType: "Identity", input: [this.#nameOf(tensor)], output: [name] });
  }

  #leaf(tensor: Tensor, name: string, isParameter: boolean): void {
    const other = this.#leaves.get(name);
    if (other !== undefined || this.#reserved.has(name)) {
      const taken = other === undefined ? "a result" : describe(other);
      throw new PenchantError(
        "PENCHANT_E_NN_GRAPH",
        `Two tensors are named "${name}": ${describe(tensor)} and ${taken}.`,
      );
    }
    this.#leaves.set(name, tensor);
    this.#names.set(tensor, name);
    const weights = isParameter ? this.#weights[name] : undefined;
    if (weights === undefined) {
      this.inputs.set(name, tensor);
      return;
    }
    const problem = misfit(tensor, weights);
    if (problem !== undefined) throw new PenchantError("PENCHANT_E_NN_FEED", `The weights "${name}" ${problem}.`);
    this.initializers.push(tensorProto(name, tensor, weights));
  }

  #constant(tensor: Tensor, values: number | Values): void {
    if (typeof values !== "number") {
      const name = this.#fresh("constant");
      this.initializers.push(tensorProto(name, tensor, values));
      this.#names.set(tensor, name);
      return;
    }
    const scalar = this.#once(`scalar ${tensor.type} ${values}`, () => {
      const name = this.#fresh("scalar");
      this.initializers.push(tensorProto(name, { shape: [], type: tensor.type }, oneValue(tensor, values)));
      return [name];
    });
    if (tensor.shape.length === 0) this.#names.set(tensor, scalar[0]);
    else
      this.#name([tensor], this.#node("fill", { op: "Expand" }, [scalar[0], this.#integers(tensor.shape)], [tensor]));
  }

  #operation(node: Node): void {
    if (this.#done.has(node)) return;
    this.#done.add(node);
    const written = ruleOf(node.operation).onnx(node);
    const inputs = (written.inputs ?? node.inputs).map((operand) =>
      "source" in operand ? this.#nameOf(operand) : this.#integers(operand),
    );
    this.#name(node.outputs, this.#node(node.operation, written, inputs, node.outputs));
  }

  #node(label: string, node: OnnxNode, inputs: readonly string[], results: readonly Tensor[]): readonly string[] {
    const { op, domain = "", attributes = {}, floats = {} } = node;
    return this.#once(JSON.stringify([op, inputs, attributes, floats]), () => {
      const name = this.#fresh(label);
      const output = results.map(
        (tensor, index) => this.#wanted.get(tensor) ?? (index === 0 ? name : this.#fresh(label)),
      );
      const attribute = [
        ...Object.entries(attributes).map(([name, value]) => attributeProto(name, value)),
        ...Object.entries(floats).map(([name, f]) => ({ name, type: AttributeType.FLOAT, f })),
      ];
      this.nodes.push({ name, opType: op, domain, input: [...inputs], output, attribute });
      return output;
    });
  }

  #name(tensors: readonly Tensor[], names: readonly string[]): void {
    for (const [index, tensor] of tensors.entries()) this.#names.set(tensor, names[index]);
  }

  /** A list of integers, such as axes or a shape. */
  #integers(values: readonly number[]): string {
    return this.#once(`integers ${values.join()}`, () => {
      const name = this.#fresh("integers");
      const data = BigInt64Array.from(values, BigInt);
      this.initializers.push(tensorProto(name, { shape: [values.length], type: "int64" }, data));
      return [name];
    })[0];
  }

  #once(key: string, make: () => readonly string[]): readonly string[] {
    const known = this.#shared.get(key);
    if (known !== undefined) return known;
    const names = make();
    this.#shared.set(key, names);
    return names;
  }

  #fresh(label: string): string {
    this.#count += 1;
    return `${label}_${this.#count}`;
  }

  #nameOf(tensor: Tensor): string {
    return this.#names.get(tensor) as string;
  }
}

function attributeProto(name: string, value: number | string | readonly number[]): proto.onnx.IAttributeProto {
  if (typeof value === "number") return { name, type: AttributeType.INT, i: value };
  if (typeof value === "string") return { name, type: AttributeType.STRING, s: Buffer.from(value) };
  return { name, type: AttributeType.INTS, ints: [...value] };
}

function tensorProto(name: string, spec: Spec, values: Values): proto.onnx.ITensorProto {
  const rawData = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return { name, dims: [...spec.shape], dataType: onnxType(spec.type), rawData };
}

function oneValue({ type }: Spec, value: number): Values {
  switch (type) {
    case "float32":
      return Float32Array.of(value);
    case "float64":
      return Float64Array.of(value);
    case "int32":
      return Int32Array.of(value);
    case "uint32":
      return Uint32Array.of(value);
    case "int64":
      return BigInt64Array.of(BigInt(value));
    case "bool":
      return Uint8Array.of(value);
  }
}

function valueInfo(name: string, { shape, type }: Spec): proto.onnx.IValueInfoProto {
  const dim = shape.map((dimValue) => ({ dimValue }));
  return { name, type: { tensorType: { elemType: onnxType(type), shape: { dim } } } };
}
