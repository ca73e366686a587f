/** Neural networks from TypeScript: a graph, its gradients, and ONNX Runtime to run both. */
export { type Emission, type EmitOptions, emit } from "./emit.ts";
export { type InferenceOptions, writeInference } from "./files/inference.ts";
export { quantised } from "./files/quantise.ts";
export { readSafetensors, type StoredTensor, type TensorFile, writeSafetensors } from "./files/safetensors.ts";
export { gradients } from "./gradients.ts";
export {
  type AttentionContext,
  type AttentionOptions,
  type HstuContext,
  hstuBlock,
  type RelativeBiasContext,
  relativeBias,
  type SiluAttentionContext,
  scaledDotProductAttention,
  selfAttention,
  siluAttention,
} from "./layers/attention.ts";
export { type ConvolutionOptions, convolution } from "./layers/convolution.ts";
export { type DropoutOptions, dropout, dropoutInput, dropoutKey } from "./layers/dropout.ts";
export { embedding, sparseEmbedding, type UniqueRows, uniqueRows } from "./layers/embedding.ts";
export { type FeedForwardOptions, feedForward, swiglu } from "./layers/feed-forward.ts";
export { type Layer, type LinearOptions, layerNormalization, linear, rmsNormalization } from "./layers/linear.ts";
export {
  type AdditiveAttentionOptions,
  type Attention,
  additiveAttention,
  maxPooling,
  meanPooling,
  windowedMaxPooling,
  windowedMeanPooling,
} from "./layers/pooling.ts";
export { gru, type LstmResult, lstm, type RecurrentOptions } from "./layers/recurrent.ts";
export { bceWithLogits, bpr, type GbceOptions, gbce, meanSquaredError, weightedMean } from "./losses/pointwise.ts";
export { type SampledSoftmaxOptions, sampledSoftmax } from "./losses/sampled-softmax.ts";
export { type SoftmaxOptions, softmaxCrossEntropy } from "./losses/softmax.ts";
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
export { averaged } from "./optimisers/averaging.ts";
export { clipByGlobalNorm, globalNorm } from "./optimisers/clip.ts";
export { type AdamOptions, adam, adamW, type Optimiser, sgd } from "./optimisers/optimiser.ts";
export {
  type ConstantScheduleOptions,
  constantSchedule,
  cosineSchedule,
  type FallingScheduleOptions,
  linearSchedule,
  type Schedule,
} from "./optimisers/schedule.ts";
export { gatherRows, type SparseTable, sparseTable, updateRows } from "./optimisers/sparse-adam.ts";
export { initialise, parameterName, parametersOf } from "./parameters.ts";
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
export type {
  Batch,
  CheckpointOptions,
  EarlyStopping,
  EpochReport,
  StepReport,
  TrainOptions,
  TrainResult,
} from "./train/options.ts";
export { beginState, openStep, type StepOptions, type TrainingState, type TrainingStep } from "./train/step.ts";
export { train } from "./train/trainer.ts";
export type { TableOptions } from "./train/variables.ts";
