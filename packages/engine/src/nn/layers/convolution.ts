/** Convolution over time, as one product: each step beside its neighbours, [batch, time, kernel * inputs]. */
import { reshape } from "../operations/broadcasting.ts";
import { affine } from "../operations/linear-algebra.ts";
import { concat, pad, slice } from "../operations/shape.ts";
import { glorot, zeros } from "../parameters.ts";
import { parameter } from "../tensor.ts";
import type { Layer } from "./linear.ts";

export interface ConvolutionOptions {
  readonly inputs: number;
  readonly outputs: number;
  /** Steps that one output sees; odd with padding `same`. */
  readonly kernel: number;
  /**
   * `valid`: only whole windows, the result is kernel - 1 steps shorter. `same`: zeros at both ends. `causal`: zeros before
   * the first step, so that no output sees a later step.
   */
  readonly padding: "valid" | "same" | "causal";
}

/** [batch, time, inputs] to [batch, time, outputs]. */
export function convolution(name: string, options: ConvolutionOptions): Layer {
  const { inputs, outputs, kernel, padding } = options;
  const weight = parameter(`${name}.weight`, [kernel, inputs, outputs], glorot(kernel * inputs, outputs));
  const bias = parameter(`${name}.bias`, [outputs], zeros);
  const before = { valid: 0, same: (kernel - 1) / 2, causal: kernel - 1 }[padding];
  const after = padding === "same" ? before : 0;
  return (x) => {
    const padded = pad(x, 1, before, after);
    const time = padded.shape[1] - kernel + 1;
    const windows = Array.from({ length: kernel }, (_, offset) => slice(padded, 1, offset, offset + time));
    return affine(concat(windows, 2), reshape(weight, [kernel * inputs, outputs]), bias);
  };
}
