/**
 * Symbolic tensors. A tensor here holds no numbers: it says which shape and type a value will have and where the value
 * comes from, a feed, a trained parameter, a constant, or an operation on other tensors. Models are built out of them by
 * plain functions (`add(a, b)`, `matmul(a, b)`), gradients are derived as more of them, and `compile` turns what is wanted
 * into one ONNX graph that runs at native speed. Shapes are static, so that every mistake shows when the model is built.
 */
/** Lengths of the axes, outermost first; a scalar has none. */
export type Shape = readonly number[];

export type DataType = "float32" | "float64" | "int32" | "int64" | "uint32" | "bool";

/** The numbers of a tensor, row-major. `bool` is one byte per element, 0 or 1. */
export type Values = Float32Array | Float64Array | Int32Array | BigInt64Array | Uint32Array | Uint8Array;

export interface Spec {
  readonly shape: Shape;
  readonly type: DataType;
}

/** How a parameter's numbers begin: all alike, normal around 0, or uniform within a bound of 0. */
export type Initial =
  | { readonly kind: "constant"; readonly value: number }
  | { readonly kind: "normal"; readonly deviation: number }
  | { readonly kind: "uniform"; readonly bound: number };

export type Source =
  | { readonly kind: "input"; readonly name: string }
  | { readonly kind: "parameter"; readonly name: string; readonly initial: Initial }
  /** One number for every element, or all of them. */
  | { readonly kind: "constant"; readonly values: number | Values }
  | { readonly kind: "operation"; readonly node: Node; readonly output: number };

export interface Tensor extends Spec {
  readonly source: Source;
}

/** One operation applied to its operands. */
export interface Node<Attributes extends object = object> {
  readonly operation: string;
  readonly inputs: readonly Tensor[];
  readonly attributes: Attributes;
  readonly outputs: readonly Tensor[];
}

/** What operations take: a number stands for a constant of the other operand's type. */
export type Operand = Tensor | number;

/** A value that every run is fed, by this name. */
export function input(name: string, shape: Shape, type: DataType = "float32"): Tensor {
  return { shape, type, source: { kind: "input", name } };
}

/** A value that training changes, fed and saved by this name. */
export function parameter(name: string, shape: Shape, initial: Initial, type: DataType = "float32"): Tensor {
  return { shape, type, source: { kind: "parameter", name, initial } };
}

/** One number in every element. */
export function fill(value: number, shape: Shape = [], type: DataType = "float32"): Tensor {
  return { shape, type, source: { kind: "constant", values: value } };
}

/** Numbers that are part of the graph. The type follows from the array; bytes are booleans. */
export function constant(values: Values, shape: Shape): Tensor {
  return { shape, type: typeOf(values), source: { kind: "constant", values } };
}

export function sizeOf(shape: Shape): number {
  return shape.reduce((product, length) => product * length, 1);
}

/** The number that all elements of a constant have, or undefined. */
export function scalarOf({ source }: Tensor): number | undefined {
  return source.kind === "constant" && typeof source.values === "number" ? source.values : undefined;
}

export function isFloat(type: DataType): boolean {
  return type === "float32" || type === "float64";
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((length, axis) => length === b[axis]);
}

/** For messages: `items float32 [128, 200, 64]`. */
export function describe({ shape, type, source }: Tensor): string {
  const name = source.kind === "input" || source.kind === "parameter" ? `${source.name} ` : "";
  return `${name}${describeSpec({ shape, type })}`;
}

export function describeSpec({ shape, type }: Spec): string {
  return `${type} [${shape.join(", ")}]`;
}

const arrays = {
  float32: Float32Array,
  float64: Float64Array,
  int32: Int32Array,
  int64: BigInt64Array,
  uint32: Uint32Array,
  bool: Uint8Array,
} as const satisfies Record<DataType, new (length: number) => Values>;

/** Zeros for a tensor of this shape and type. */
export function allocate({ shape, type }: Spec): Values {
  return new arrays[type](sizeOf(shape));
}

export function typeOf(values: Values): DataType {
  return Object.keys(arrays).find((type) => values instanceof arrays[type as DataType]) as DataType;
}

/** What is wrong with values for a tensor, as the end of a sentence; undefined when they fit. */
export function misfit(spec: Spec, values: unknown): string | undefined {
  const size = sizeOf(spec.shape);
  if (values instanceof arrays[spec.type] && values.length === size) return undefined;
  const expected = `must be ${describeSpec(spec)}, ${size} elements`;
  if (!ArrayBuffer.isView(values)) return `${expected}; came ${String(values)}`;
  const name = typeOf(values as Values) ?? values.constructor.name;
  return `${expected}; came ${name} with ${(values as Values).length}`;
}
