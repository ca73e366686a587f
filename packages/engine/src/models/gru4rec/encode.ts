/** The network of `network.ts` on plain arrays, for one person: the same sums without the runtime. */
import { dense, denseLayer, readSteps, sigmoidOf } from "../sequence/dense.ts";
import type { StepColumns } from "../sequence/steps.ts";
import type { Weights } from "../training/weights.ts";
import type { Gru4recForm } from "./network.ts";

/** @returns from steps to the last one's vector. [width] */
export function gru4recEncoder(form: Gru4recForm, weights: Weights): (steps: StepColumns) => Float32Array {
  const { width, units } = form;
  const layers = Array.from({ length: form.layers }, (_, index) =>
    recurrentLayer(`layer${index}`, form, index, weights),
  );
  const project = denseLayer(weights, "project", units);
  return (steps) => {
    const states = layers.map(() => new Float32Array(units));
    const read = readSteps(weights, steps, width);
    for (let step = 0; step < steps.items.length; step++) {
      let x = read.subarray(step * width, (step + 1) * width);
      for (const [index, layer] of layers.entries()) {
        layer(x, states[index]);
        x = states[index];
      }
    }
    return project(states[states.length - 1], new Float32Array(width));
  };
}

/** One step: changes the state. */
function recurrentLayer(name: string, { width, units }: Gru4recForm, index: number, weights: Weights) {
  const part = (what: string) => weights[`${name}.${what}`];
  const ofInput = dense(part("inputWeight"), part("inputBias"), index === 0 ? width : units);
  const ofState = dense(part("recurrentWeight"), part("recurrentBias"), units);
  const [entering, recurring] = [new Float32Array(3 * units), new Float32Array(3 * units)];
  return (x: Float32Array, state: Float32Array): void => {
    ofInput(x, entering);
    ofState(state, recurring);
    for (let unit = 0; unit < units; unit++) {
      const reset = sigmoidOf(entering[unit] + recurring[unit]);
      const update = sigmoidOf(entering[units + unit] + recurring[units + unit]);
      const fresh = Math.tanh(entering[2 * units + unit] + reset * recurring[2 * units + unit]);
      state[unit] = fresh + update * (state[unit] - fresh);
    }
  };
}
