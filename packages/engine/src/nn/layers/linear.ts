/**
 * The plainest layers. A layer is a function on tensors that owns parameters; its name is the beginning of theirs
 * (`block1.query.weight`). Whoever builds a network calls the constructor once and the function as often as needed.
 */
import { layerNorm, rmsNorm } from "../operations/fused.ts";
import { affine, matmul } from "../operations/linear-algebra.ts";
import { glorot, ones, zeros } from "../parameters.ts";
import { parameter, type Tensor } from "../tensor.ts";

export type Layer = (x: Tensor) => Tensor;

export interface LinearOptions {
  readonly inputs: number;
  readonly outputs: number;
  /** Default true. */
  readonly bias?: boolean;
}

/**
 * x weight + bias over the last axis.
 *
 * @example
 * const hidden = relu(linear("hidden", { inputs: 8, outputs: 16 })(x)); // [batch, 8] -> [batch, 16]
 */
export function linear(name: string, options: LinearOptions): Layer {
  const { inputs, outputs, bias = true } = options;
  const weight = parameter(`${name}.weight`, [inputs, outputs], glorot(inputs, outputs));
  if (!bias) return (x) => matmul(x, weight);
  const offset = parameter(`${name}.bias`, [outputs], zeros);
  return (x) => affine(x, weight, offset);
}

/** Mean 0 and variance 1 along the last axis, then a learned gain and bias (Ba et al., 2016). */
export function layerNormalization(name: string, options: { width: number; epsilon?: number }): Layer {
  const { width, epsilon = 1e-5 } = options;
  const gain = parameter(`${name}.gain`, [width], ones);
  const bias = parameter(`${name}.bias`, [width], zeros);
  return (x) => layerNorm(x, gain, bias, epsilon);
}

/** Mean square 1 along the last axis, then a learned gain (Zhang and Sennrich, 2019). */
export function rmsNormalization(name: string, options: { width: number; epsilon?: number }): Layer {
  const { width, epsilon = 1e-6 } = options;
  const gain = parameter(`${name}.gain`, [width], ones);
  return (x) => rmsNorm(x, gain, epsilon);
}
