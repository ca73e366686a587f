/**
 * Dynamic 8-bit quantisation of an ONNX model (Jacob et al., CVPR 2018). Every large matrix of weights w becomes bytes q
 * with one scale s per column (per row in tables of embeddings), w = s (q - 128), s = max |w| / 127, so that a weight is off
 * by s / 2 at most. Products then run on integers: the runtime measures the range of the other operand and quantises it on
 * the way. Weights go without a sign because products of signed bytes saturate on processors without VNNI.
 *
 *   MatMul, Gemm, FusedMatMul by weights  ->  com.microsoft DynamicQuantizeMatMul
 *   Gather of rows of weights             ->  Gather of bytes, and their scales
 */
import proto from "onnx-proto";
import { assert } from "../../base/errors.ts";

const { onnx } = proto;
const { AttributeType } = onnx.AttributeProto;
const { DataType } = onnx.TensorProto;

/** Smaller matrices save next to nothing. */
const numbersMin = 1024;
const middle = 128;

interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float32Array;
}

/** The model with its large matrices of weights as bytes. */
export function quantised(model: Uint8Array): Uint8Array {
  const decoded = onnx.ModelProto.decode(model);
  const { graph } = decoded;
  assert(graph?.node && graph.initializer, "an ONNX model has a graph");
  const writer = new Quantiser(graph.initializer);
  const nodes = graph.node.flatMap((node) => writer.rewrite(node) ?? [node]);
  const used = new Set(nodes.flatMap((node) => node.input ?? []));
  graph.node = nodes;
  graph.initializer = [...graph.initializer, ...writer.added].filter(({ name }) => used.has(name ?? ""));
  return onnx.ModelProto.encode(decoded).finish();
}

class Quantiser {
  readonly added: proto.onnx.ITensorProto[] = [];
  readonly #matrices = new Map<string, Matrix>();
  readonly #done = new Set<string>();

  constructor(initializers: readonly proto.onnx.ITensorProto[]) {
    for (const tensor of initializers) {
      const matrix = matrixOf(tensor);
      if (matrix !== undefined) this.#matrices.set(tensor.name ?? "", matrix);
    }
  }

  /** The nodes that take a node's place, or undefined where it stays. */
  rewrite(node: proto.onnx.INodeProto): proto.onnx.INodeProto[] | undefined {
    const [first, second, third] = node.input ?? [];
    switch (node.opType) {
      case "MatMul":
        return this.#product(node, [first, second], false, 1);
      case "FusedMatMul":
        if (integer(node, "transA", 0) !== 0) return undefined;
        return this.#product(node, [first, second], integer(node, "transB", 0) === 1, real(node, "alpha", 1));
      case "Gemm": {
        const plain = integer(node, "transA", 0) === 0 && real(node, "alpha", 1) === 1 && real(node, "beta", 1) === 1;
        return plain ? this.#product(node, [first, second, third], integer(node, "transB", 0) === 1, 1) : undefined;
      }
      case "Gather":
        return integer(node, "axis", 0) === 0 ? this.#rows(node, first, second) : undefined;
      default:
        return undefined;
    }
  }

  #product(
    node: proto.onnx.INodeProto,
    [x, weights, bias]: readonly (string | undefined)[],
    transposed: boolean,
    factor: number,
  ): proto.onnx.INodeProto[] | undefined {
    const stored = this.#matrices.get(weights ?? "");
    if (stored === undefined || x === undefined) return undefined;
    const name = `${weights}/${transposed ? "transposed" : "columns"}${factor === 1 ? "" : ` times ${factor}`}`;
    this.#once(name, () => {
      const matrix = transposed ? transpose(stored) : stored;
      const { bytes, scales } = bytesOf(matrix, "column");
      this.#add(`${name}/bytes`, DataType.UINT8, [matrix.rows, matrix.columns], bytes);
      this.#add(
        `${name}/scales`,
        DataType.FLOAT,
        [matrix.columns],
        scales.map((scale) => scale * factor),
      );
      this.#add(`${name}/zeros`, DataType.UINT8, [matrix.columns], new Uint8Array(matrix.columns).fill(middle));
    });
    const input = [x, `${name}/bytes`, `${name}/scales`, `${name}/zeros`, ...(bias ? [bias] : [])];
    const { output = [] } = node;
    return [{ name: node.name ?? "", opType: "DynamicQuantizeMatMul", domain: "com.microsoft", input, output }];
  }

  #rows(node: proto.onnx.INodeProto, weights = "", indices = ""): proto.onnx.INodeProto[] | undefined {
    const matrix = this.#matrices.get(weights);
    if (matrix === undefined) return undefined;
    const name = `${weights}/rows`;
    this.#once(name, () => {
      const { bytes, scales } = bytesOf(matrix, "row");
      this.#add(`${name}/bytes`, DataType.UINT8, [matrix.rows, matrix.columns], bytes);
      this.#add(`${name}/scales`, DataType.FLOAT, [matrix.rows, 1], scales);
      this.#add(`${name}/middle`, DataType.FLOAT, [], Float32Array.of(middle));
    });
    const [output] = node.output ?? [];
    const step = (part: string) => `${output}/${part}`;
    const attribute = [{ name: "axis", type: AttributeType.INT, i: 0 }];
    const toFloat = [{ name: "to", type: AttributeType.INT, i: DataType.FLOAT }];
    return [
      { opType: "Gather", input: [`${name}/bytes`, indices], output: [step("bytes")], attribute },
      { opType: "Gather", input: [`${name}/scales`, indices], output: [step("scales")], attribute },
      { opType: "Cast", input: [step("bytes")], output: [step("floats")], attribute: toFloat },
      { opType: "Sub", input: [step("floats"), `${name}/middle`], output: [step("centred")] },
      { name: node.name ?? "", opType: "Mul", input: [step("centred"), step("scales")], output: [output] },
    ];
  }

  #once(name: string, make: () => void): void {
    if (this.#done.has(name)) return;
    this.#done.add(name);
    make();
  }

  #add(name: string, dataType: number, dims: number[], values: Uint8Array | Float32Array): void {
    const rawData = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    this.added.push({ name, dataType, dims, rawData });
  }
}

/** A large matrix of 32-bit floats, or undefined for tensors of other kinds. */
function matrixOf({ dims = [], dataType, rawData }: proto.onnx.ITensorProto): Matrix | undefined {
  const [rows, columns] = (dims ?? []).map(String).map(Number);
  if (dims?.length !== 2 || dataType !== DataType.FLOAT || rows * columns < numbersMin) return undefined;
  if (rawData?.byteLength !== 4 * rows * columns) return undefined;
  // A copy, because the bytes of a decoded model lie anywhere.
  return { rows, columns, values: new Float32Array(new Uint8Array(rawData).buffer) };
}

function transpose({ rows, columns, values }: Matrix): Matrix {
  const turned = new Float32Array(values.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) turned[column * rows + row] = values[row * columns + column];
  }
  return { rows: columns, columns: rows, values: turned };
}

function bytesOf({ rows, columns, values }: Matrix, scaled: "row" | "column") {
  const scales = new Float32Array(scaled === "row" ? rows : columns);
  const place = (row: number, column: number) => (scaled === "row" ? row : column);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const at = place(row, column);
      scales[at] = Math.max(scales[at], Math.abs(values[row * columns + column]) / 127);
    }
  }
  // Where all weights are 0, any scale does.
  for (const [at, scale] of scales.entries()) if (scale === 0) scales[at] = 1;
  const bytes = new Uint8Array(values.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const index = row * columns + column;
      bytes[index] = Math.round(values[index] / scales[place(row, column)]) + middle;
    }
  }
  return { bytes, scales };
}

function attributeOf({ attribute }: proto.onnx.INodeProto, name: string): proto.onnx.IAttributeProto | undefined {
  return attribute?.find((one) => one.name === name);
}

function integer(node: proto.onnx.INodeProto, name: string, otherwise: number): number {
  return Number(String(attributeOf(node, name)?.i ?? otherwise));
}

function real(node: proto.onnx.INodeProto, name: string, otherwise: number): number {
  return attributeOf(node, name)?.f ?? otherwise;
}
