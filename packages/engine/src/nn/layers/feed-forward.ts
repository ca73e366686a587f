/** The position-wise networks of transformers. */
import { mul, relu } from "../operations/elementwise.ts";
import { gelu, silu } from "../operations/fused.ts";
import { type Layer, linear } from "./linear.ts";

const activations = { relu, gelu } satisfies Record<string, Layer>;

export interface FeedForwardOptions {
  readonly width: number;
  readonly hidden: number;
  readonly activation: keyof typeof activations;
}

/** Out, through a hidden layer, and back: activation(x W1 + b1) W2 + b2 (Vaswani et al., 2017). */
export function feedForward(name: string, options: FeedForwardOptions): Layer {
  const { width, hidden, activation } = options;
  const out = linear(`${name}.out`, { inputs: width, outputs: hidden });
  const back = linear(`${name}.back`, { inputs: hidden, outputs: width });
  return (x) => back(activations[activation](out(x)));
}

/** (silu(x gate) * (x up)) down, without biases (Shazeer, GLU Variants Improve Transformer, 2020). */
export function swiglu(name: string, options: { width: number; hidden: number }): Layer {
  const { width, hidden } = options;
  const gate = linear(`${name}.gate`, { inputs: width, outputs: hidden, bias: false });
  const up = linear(`${name}.up`, { inputs: width, outputs: hidden, bias: false });
  const down = linear(`${name}.down`, { inputs: hidden, outputs: width, bias: false });
  return (x) => down(mul(silu(gate(x)), up(x)));
}
