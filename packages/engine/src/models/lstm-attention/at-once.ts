/** The network of `network.ts` on plain arrays: the states follow from the history alone, and each item looks back over them. */
import type { UptakeTable } from "../../core/uptake.ts";
import { dense, denseLayer, sigmoidOf } from "../sequence/dense.ts";
import type { Weights } from "../training/weights.ts";
import { answeredAtOnce, answeringAtOnce, type ReadWindow } from "../uptake/networks/at-once.ts";
import { type WindowReading, widthsOf } from "../uptake/networks/windows.ts";
import type { LstmAttentionForm } from "./network.ts";

export function lstmAttentionAtOnce(
  form: LstmAttentionForm,
  weights: Weights,
  reading: WindowReading,
): (table: UptakeTable) => Float64Array {
  const { width, units } = form;
  const { length } = reading;
  const features = widthsOf(reading).dense;
  const remember = memory(form, weights, reading);
  const attend = attention(form, weights, length);
  const project = denseLayer(weights, "project", units);
  const { x, logit } = answeringAtOnce(weights, features + 2 * width + 2 * units);
  const [ofMean, ofLast] = [features + width, features + width + units];
  const mean = x.subarray(ofMean, ofLast);
  const matched = x.subarray(ofLast + units, ofLast + units + width);
  return answeredAtOnce(weights, { width, reading }, (window) => {
    const states = remember(window);
    const weightsFor = attend(states, window);
    x.set(states.subarray((length - 1) * units), ofLast);
    return (candidate, asked) => {
      x.set(asked);
      x.set(candidate, features);
      const weightOf = weightsFor(candidate);
      mean.fill(0);
      for (let step = 0; step < length; step++) {
        for (let at = 0; at < units; at++) mean[at] += weightOf[step] * states[step * units + at];
      }
      project(mean, matched);
      for (let at = 0; at < width; at++) matched[at] *= candidate[at];
      return logit();
    };
  });
}

/** The states after each step. [length, units] */
function memory({ width, units }: LstmAttentionForm, weights: Weights, reading: WindowReading) {
  const stepWidth = width + widthsOf(reading).events;
  const ofInput = dense(weights["lstm.inputWeight"], weights["lstm.bias"], stepWidth);
  const ofState = dense(weights["lstm.recurrentWeight"], undefined, units);
  const [entering, recurring] = [new Float32Array(4 * units), new Float32Array(4 * units)];
  return ({ steps }: ReadWindow): Float32Array => {
    const states = new Float32Array(reading.length * units);
    const cell = new Float32Array(units);
    let state = new Float32Array(units);
    for (let step = 0; step < reading.length; step++) {
      ofInput(steps.subarray(step * stepWidth, (step + 1) * stepWidth), entering);
      ofState(state, recurring);
      state = states.subarray(step * units, (step + 1) * units);
      for (let unit = 0; unit < units; unit++) {
        const [enter, keep, fresh, show] = [0, 1, 2, 3].map(
          (gate) => entering[gate * units + unit] + recurring[gate * units + unit],
        );
        cell[unit] = sigmoidOf(keep) * cell[unit] + sigmoidOf(enter) * Math.tanh(fresh);
        state[unit] = sigmoidOf(show) * Math.tanh(cell[unit]);
      }
    }
    return states;
  };
}

/** From states and an item's row to the steps' weights. [length] */
function attention({ width, units }: LstmAttentionForm, weights: Weights, length: number) {
  const ofState = dense(weights["attention.weight"], weights["attention.bias"], units);
  const ofCandidate = dense(weights["attention.askedWeight"], undefined, width);
  const query = weights["attention.query"];
  const fromStates = new Float32Array(length * units);
  const asked = new Float32Array(units);
  const scores = new Float32Array(length);
  return (states: Float32Array, { first }: ReadWindow) => {
    for (let step = 0; step < length; step++) {
      const place = [step * units, (step + 1) * units] as const;
      ofState(states.subarray(...place), fromStates.subarray(...place));
    }
    // Without events all is padding, which is attended to evenly.
    if (first === length) return () => scores.fill(1 / length);
    return (candidate: Float32Array): Float32Array => {
      ofCandidate(candidate, asked);
      let sum = 0;
      for (let step = first; step < length; step++) {
        let score = 0;
        for (let unit = 0; unit < units; unit++)
          score += query[unit] * Math.tanh(fromStates[step * units + unit] + asked[unit]);
        scores[step] = Math.exp(score);
        sum += scores[step];
      }
      for (let step = first; step < length; step++) scores[step] /= sum;
      return scores.fill(0, 0, first);
    };
  };
}
