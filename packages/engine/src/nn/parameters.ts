/**
 * Parameters: what a graph has of them, and the numbers that they begin with. Each parameter's numbers follow from the seed
 * and its own name, so that adding a layer leaves the others' beginnings as they were.
 */
import { seededRandom } from "../base/random.ts";
import { inOrder } from "./graph.ts";
import { allocate, type Initial, type Tensor, type Values } from "./tensor.ts";

/** The parameters that these tensors are computed from, in the order in which they are first used. */
export function parametersOf(...tensors: readonly Tensor[]): Tensor[] {
  return inOrder(tensors).filter(({ source }) => source.kind === "parameter");
}

/** A parameter's name. */
export function parameterName({ source }: Tensor): string {
  return source.kind === "parameter" ? source.name : "";
}

/** The numbers that training begins with, by name. */
export function initialise(parameters: readonly Tensor[], seed: number): Record<string, Values> {
  return Object.fromEntries(
    parameters.map((parameter) => {
      const { source } = parameter;
      const values = allocate(parameter) as Float32Array;
      if (source.kind === "parameter") fillWith(values, source.initial, seed ^ hashOf(source.name));
      return [parameterName(parameter), values];
    }),
  );
}

/** Uniform within sqrt(6 / (inputs + outputs)), which keeps the variance from layer to layer (Glorot and Bengio, 2010). */
export function glorot(inputs: number, outputs: number): Initial {
  return { kind: "uniform", bound: Math.sqrt(6 / (inputs + outputs)) };
}

export const zeros: Initial = { kind: "constant", value: 0 };
export const ones: Initial = { kind: "constant", value: 1 };

function fillWith(values: Float32Array, initial: Initial, seed: number): void {
  if (initial.kind === "constant") {
    values.fill(initial.value);
    return;
  }
  const random = seededRandom(seed);
  for (let index = 0; index < values.length; index++) {
    values[index] =
      initial.kind === "normal" ? initial.deviation * random.normal() : initial.bound * (2 * random.uniform() - 1);
  }
}

/** FNV-1a. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash;
}
