/**
 * The network of `network.ts` on plain arrays, for one person: the same sums without the runtime. Of the last block only the
 * last step's query is asked.
 */
import { denseLayer, normalisation, readSteps, sigmoidOf, standardise } from "../sequence/dense.ts";
import { type StepColumns, timeBucket } from "../sequence/steps.ts";
import type { Weights } from "../training/weights.ts";
import type { HstuForm } from "./network.ts";

/** @returns from steps, at most as many as there are positions, to the last one's vector. [width] */
export function hstuEncoder(form: HstuForm, weights: Weights): (steps: StepColumns) => Float32Array {
  const { width } = form;
  const blocks = Array.from({ length: form.blocks }, (_, index) => encoderBlock(`block${index}`, form, weights));
  const last = normalisation(weights, "last");
  return (steps) => {
    const time = steps.items.length;
    const h = readSteps(weights, steps, width);
    for (const [index, block] of blocks.entries()) block(h, steps, index === blocks.length - 1 ? time - 1 : 0);
    return last(h.subarray((time - 1) * width), new Float32Array(width));
  };
}

const epsilon = 1e-6;

/** Changes the steps of h, [time, width], from `from` on. */
function encoderBlock(name: string, { width, heads }: HstuForm, weights: Weights) {
  const project = denseLayer(weights, `${name}.parts`, width);
  const output = denseLayer(weights, `${name}.output`, width);
  const length = weights.positions.length / width;
  /** By steps between plus length - 1, and head. */
  const bias = weights[`${name}.bias.position`];
  /** By bucket of the time between, and head. */
  const timeBias = weights[`${name}.bias.time`];
  const ofHead = width / heads;
  return (h: Float32Array, { times, asked = times }: StepColumns, from: number): void => {
    const time = h.length / width;
    /** u, value, query and key of each step. */
    const parts = new Float32Array(4 * h.length);
    const partOf = (step: number, part: number) => (4 * step + part) * width;
    const row = new Float32Array(width);
    for (let step = 0; step < time; step++) {
      const own = parts.subarray(partOf(step, 0), partOf(step + 1, 0));
      project(standardise(h.subarray(step * width, (step + 1) * width), row, epsilon), own);
      for (let at = 0; at < own.length; at++) own[at] *= sigmoidOf(own[at]);
    }
    const mixed = new Float32Array(width);
    const result = new Float32Array(width);
    for (let step = from; step < time; step++) {
      mixed.fill(0);
      const query = partOf(step, 2);
      for (let earlier = 0; earlier <= step; earlier++) {
        const [value, key] = [partOf(earlier, 1), partOf(earlier, 3)];
        const bucket = times && asked ? timeBucket(asked[step] - times[earlier]) : 0;
        for (let head = 0; head < heads; head++) {
          let score = bias[(step - earlier + length - 1) * heads + head];
          if (times) score += timeBias[bucket * heads + head];
          for (let at = head * ofHead; at < (head + 1) * ofHead; at++) score += parts[query + at] * parts[key + at];
          const weight = (score * sigmoidOf(score)) / length;
          for (let at = head * ofHead; at < (head + 1) * ofHead; at++) mixed[at] += weight * parts[value + at];
        }
      }
      standardise(mixed, row, epsilon);
      for (let at = 0; at < width; at++) row[at] *= parts[partOf(step, 0) + at];
      output(row, result);
      for (let at = 0; at < width; at++) h[step * width + at] += result[at];
    }
  };
}
