/**
 * Checks gradients against central finite differences. The graph has all of its feeds as variables; the loss is the sum of
 * its result weighted by fixed random numbers, so that no error can cancel. Each run of the emitted graph gives the loss at
 * one point.
 */
import { expect } from "vitest";
import { seededRandom } from "../base/random.ts";
import { gradients } from "./gradients.ts";
import { sum } from "./operations/broadcasting.ts";
import { mul } from "./operations/elementwise.ts";
import { cast } from "./operations/logic.ts";
import { compile, type Feeds } from "./session.ts";
import { constant, type DataType, input, type Shape, sizeOf, type Tensor, type Values } from "./tensor.ts";

export interface GradientCase {
  readonly shapes: readonly Shape[];
  readonly build: (...variables: Tensor[]) => Tensor;
  readonly seed: number;
  /** Whether the runtime computes this operation in double precision. */
  readonly type?: DataType;
  /** Where the operation is defined and smooth: maps a standard normal number there. */
  readonly domain?: (value: number) => number;
}

export async function expectGradients(options: GradientCase): Promise<void> {
  const { shapes, build, seed, type = "float64", domain = (value) => value } = options;
  const random = seededRandom(seed);
  const variables = shapes.map((shape, index) => input(`x${index}`, shape, type));
  const result = build(...variables);
  const weights = constant(
    Float64Array.from({ length: sizeOf(result.shape) }, () => random.normal()),
    result.shape,
  );
  const loss = sum(mul(result, cast(weights, type)));
  const slopes = gradients(loss, variables);
  const forward = await compile({ loss }, { threads: 1 });
  const backward = await compile(Object.fromEntries(slopes.map((slope, index) => [`slope${index}`, slope])), {
    threads: 1,
  });
  const feeds: Record<string, Float32Array | Float64Array> = {};
  for (const [index, shape] of shapes.entries()) {
    const values = Array.from({ length: sizeOf(shape) }, () => domain(random.normal()));
    feeds[`x${index}`] = type === "float32" ? Float32Array.from(values) : Float64Array.from(values);
  }
  const needed = (session: { inputs: ReadonlyMap<string, unknown> }): Feeds =>
    Object.fromEntries([...session.inputs.keys()].map((name) => [name, feeds[name]]));
  const lossNow = async () => Number((await forward.run(needed(forward))).loss[0]);
  const found = await backward.run(needed(backward));
  const step = type === "float32" ? 2 ** -7 : 1e-5;
  for (const [index, shape] of shapes.entries()) {
    expect(slopes[index].shape).toEqual(shape);
    const values = feeds[`x${index}`];
    for (let element = 0; element < values.length; element++) {
      const before = values[element];
      values[element] = before + step;
      const above = await lossNow();
      values[element] = before - step;
      const below = await lossNow();
      values[element] = before;
      const expected = (above - below) / (2 * step);
      const tolerance = (type === "float32" ? 5e-3 : 1e-6) * (1 + Math.abs(expected));
      const slope = Number(found[`slope${index}`][element]);
      if (Math.abs(slope - expected) > tolerance) {
        expect.fail(
          `element ${element} of operand ${index} has gradient ${slope}, finite differences give ${expected}`,
        );
      }
    }
  }
  await Promise.all([forward.close(), backward.close()]);
}

/** Runs a graph once. */
export async function valuesOf(tensor: Tensor, feeds: Feeds = {}): Promise<number[]> {
  const session = await compile({ result: tensor }, { threads: 1 });
  const { result } = await session.run(feeds);
  await session.close();
  return numbers(result);
}

export function numbers(values: Values): number[] {
  return Array.from(values as ArrayLike<number | bigint>, Number);
}
