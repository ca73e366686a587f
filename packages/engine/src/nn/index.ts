/** Neural networks from TypeScript: a graph, its gradients, and ONNX Runtime to run both. */
export { type Emission, type EmitOptions, emit } from "./emit.ts";
export { gradients } from "./gradients.ts";
export { expand, reshape, stopGradient, sum } from "./operations/broadcasting.ts";
export {
  abs,
  add,
  div,
  erf,
  exp,
  log,
  maximum,
  minimum,
  mul,
  neg,
  relu,
  sigmoid,
  softplus,
  sqrt,
  sub,
  tanh,
} from "./operations/elementwise.ts";
export { gelu, layerNorm, logSoftmax, rmsNorm, silu, softmax } from "./operations/fused.ts";
export { gather, gatherAlong, scatterAdd } from "./operations/indexing.ts";
export { affine, type MatmulOptions, matmul } from "./operations/linear-algebra.ts";
export { and, cast, equal, greater, greaterOrEqual, where } from "./operations/logic.ts";
export { max, mean } from "./operations/reduction.ts";
export { concat, pad, slice, split, stack, transpose } from "./operations/shape.ts";
export { type CompileOptions, compile, type DeviceOptions, type Feeds, type Session } from "./session.ts";
export {
  constant,
  type DataType,
  fill,
  type Initial,
  input,
  type Operand,
  parameter,
  type Shape,
  type Tensor,
  type Values,
} from "./tensor.ts";
