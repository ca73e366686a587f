/**
 * The layers of networks on plain arrays, for one sequence at a time: what a request needs is so small that a runtime's
 * session would cost more than the sums, and `score` must answer at once. Products run on the house's SIMD.
 */
import { RowMatrix } from "../../core/row-matrix.ts";
import type { Weights } from "../training/weights.ts";
import type { StepColumns } from "./steps.ts";

/**
 * As `stepReader`: what the first layer reads of one person's steps. [time, width]
 *
 * @param weights `items` composed
 */
export function readSteps(weights: Weights, { items, kinds, gaps }: StepColumns, width: number): Float32Array {
  const read = new Float32Array(items.length * width);
  const addRow = (step: number, table: Float32Array, row: number, factor: number): void => {
    for (let at = 0; at < width; at++) read[step * width + at] += factor * table[row * width + at];
  };
  for (const [step, key] of items.entries()) {
    addRow(step, weights.items, key, Math.sqrt(width));
    if (weights.positions) addRow(step, weights.positions, step, 1);
    if (kinds) addRow(step, weights["kinds.table"], kinds[step], 1);
    if (gaps) addRow(step, weights["gaps.table"], gaps[step], 1);
  }
  return read;
}

/** One row in, one row out. */
export type RowLayer = (x: Float32Array, out: Float32Array) => Float32Array;

/** Of `linear(name)`, for rows of `inputs`. */
export function denseLayer(weights: Weights, name: string, inputs: number): RowLayer {
  return dense(weights[`${name}.weight`], weights[`${name}.bias`], inputs);
}

/** x weight + bias. @param weight [inputs, outputs] */
export function dense(weight: Float32Array, bias: Float32Array | undefined, inputs: number): RowLayer {
  const outputs = weight.length / inputs;
  // Turned round, so that each output is a row's product. [outputs, inputs]
  const matrix = new RowMatrix(inputs);
  const row = new Float32Array(inputs);
  for (let output = outputs - 1; output >= 0; output--) {
    for (let at = 0; at < inputs; at++) row[at] = weight[at * outputs + output];
    matrix.set(output, row);
  }
  return (x, out) => {
    matrix.products(x, out);
    if (bias !== undefined) for (let at = 0; at < outputs; at++) out[at] += bias[at];
    return out;
  };
}

/** Of `layerNormalization(name)`. */
export function normalisation(weights: Weights, name: string): RowLayer {
  const gain = weights[`${name}.gain`];
  const bias = weights[`${name}.bias`];
  return (x, out) => {
    standardise(x, out, 1e-5);
    for (let at = 0; at < out.length; at++) out[at] = out[at] * gain[at] + bias[at];
    return out;
  };
}

/** To mean 0 and variance 1. */
export function standardise(x: Float32Array, out: Float32Array, epsilon: number): Float32Array {
  const width = x.length;
  let mean = 0;
  for (const value of x) mean += value;
  mean /= width;
  let variance = 0;
  for (const value of x) variance += (value - mean) ** 2;
  const scale = 1 / Math.sqrt(variance / width + epsilon);
  for (let at = 0; at < width; at++) out[at] = (x[at] - mean) * scale;
  return out;
}

export function sigmoidOf(x: number): number {
  return 1 / (1 + Math.exp(-x));
}
