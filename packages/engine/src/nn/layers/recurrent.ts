/**
 * Recurrent layers, unrolled: the runtime's own LSTM gives no gates to derive gradients from. The inputs' part of all steps
 * is one product, time first, so that a step's part is a piece of memory of its own; the recurrent weight's gradient is one
 * product too (see gradients.ts). Sequences are [batch, time, width].
 */
import { reshape } from "../operations/broadcasting.ts";
import { add, mul, sigmoid, sub, tanh } from "../operations/elementwise.ts";
import { affine } from "../operations/linear-algebra.ts";
import { concat, split, transpose } from "../operations/shape.ts";
import { glorot, zeros } from "../parameters.ts";
import { constant, fill, parameter, type Tensor } from "../tensor.ts";

export interface RecurrentOptions {
  /** Width of what comes in. */
  readonly inputs: number;
  /** Width of the state. */
  readonly units: number;
}

export interface LstmResult {
  /** The hidden state after each step, [batch, time, units]. */
  readonly output: Tensor;
  /** [batch, units] */
  readonly lastHidden: Tensor;
  /** [batch, units] */
  readonly lastCell: Tensor;
}

/** Long short-term memory (Hochreiter and Schmidhuber, 1997; gates: input, forget, cell, output). */
export function lstm(name: string, options: RecurrentOptions): (x: Tensor) => LstmResult {
  const { inputs, units } = options;
  const inputWeight = parameter(`${name}.inputWeight`, [inputs, 4 * units], glorot(inputs, units));
  const recurrentWeight = parameter(`${name}.recurrentWeight`, [units, 4 * units], glorot(units, units));
  const bias = parameter(`${name}.bias`, [4 * units], zeros);
  return (x) => {
    let hidden = fill(0, [x.shape[0], units]);
    let cell = hidden;
    // tanh x = 2 sigmoid 2x - 1: with the cell's part of the weights doubled, one pass activates all gates of a step.
    const doubled = constant(
      Float32Array.from({ length: 4 * units }, (_, column) => (Math.floor(column / units) === 2 ? 2 : 1)),
      [4 * units],
    );
    const [ofInput, ofHidden, offset] = [inputWeight, recurrentWeight, bias].map((part) => mul(part, doubled));
    const hiddens = stepsOf(x, ofInput, offset).map((fromInput) => {
      const gates = sigmoid(affine(hidden, ofHidden, fromInput));
      const [enter, keep, fresh, show] = split(gates, 1, [units, units, units, units]);
      cell = add(mul(keep, cell), mul(enter, sub(mul(fresh, 2), 1)));
      hidden = mul(show, tanh(cell));
      return hidden;
    });
    return { output: overTime(hiddens), lastHidden: hidden, lastCell: cell };
  };
}

/** Gated recurrent unit (Cho et al., 2014; gates: reset, update, new), in the form whose products need no reset first. */
export function gru(name: string, options: RecurrentOptions): (x: Tensor) => Tensor {
  const { inputs, units } = options;
  const inputWeight = parameter(`${name}.inputWeight`, [inputs, 3 * units], glorot(inputs, units));
  const recurrentWeight = parameter(`${name}.recurrentWeight`, [units, 3 * units], glorot(units, units));
  const inputBias = parameter(`${name}.inputBias`, [3 * units], zeros);
  const recurrentBias = parameter(`${name}.recurrentBias`, [3 * units], zeros);
  return (x) => {
    let hidden = fill(0, [x.shape[0], units]);
    const hiddens = stepsOf(x, inputWeight, inputBias).map((fromInput) => {
      const [gatesOfInput, newOfInput] = split(fromInput, 1, [2 * units, units]);
      const recurrent = affine(hidden, recurrentWeight, recurrentBias);
      const [gatesOfHidden, newOfHidden] = split(recurrent, 1, [2 * units, units]);
      const [reset, update] = split(sigmoid(add(gatesOfInput, gatesOfHidden)), 1, [units, units]);
      const fresh = tanh(add(newOfInput, mul(reset, newOfHidden)));
      hidden = add(fresh, mul(update, sub(hidden, fresh)));
      return hidden;
    });
    return overTime(hiddens);
  };
}

/** The inputs' part of each step, [batch, gates]. */
function stepsOf(x: Tensor, weight: Tensor, bias: Tensor): Tensor[] {
  const [batch, time] = x.shape;
  const projected = affine(transpose(x, [1, 0, 2]), weight, bias);
  const steps = split(
    projected,
    0,
    Array.from({ length: time }, () => 1),
  );
  return steps.map((step) => reshape(step, [batch, weight.shape[1]]));
}

/** [batch, width] of each step to [batch, time, width]. */
function overTime(steps: readonly Tensor[]): Tensor {
  const [batch, width] = steps[0].shape;
  return transpose(reshape(concat(steps, 0), [steps.length, batch, width]), [1, 0, 2]);
}
