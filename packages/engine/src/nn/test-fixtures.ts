/** Compares a graph and its gradients with values that PyTorch computed; `fixtures/make.py` says how they are written. */
import { readFileSync } from "node:fs";
import { expect } from "vitest";
import { gradients } from "./gradients.ts";
import { sum } from "./operations/broadcasting.ts";
import { add, mul } from "./operations/elementwise.ts";
import { parameterName, parametersOf } from "./parameters.ts";
import { compile, type Feeds } from "./session.ts";
import { constant, fill, input, type Shape, type Tensor } from "./tensor.ts";
import { numbers } from "./test-gradients.ts";

interface StoredTensor {
  readonly shape: Shape;
  readonly data: readonly number[];
  readonly dtype?: string;
}

type Stored = Readonly<Record<string, StoredTensor>>;

interface Case {
  readonly inputs: Stored;
  readonly outputs: Stored;
  readonly outputGradients?: Stored;
  readonly gradients: Stored;
}

const tolerance = 2e-5;

export interface Comparison {
  readonly topic: string;
  readonly name: string;
  /** Builds what is compared, from the case's inputs. A single tensor is the case's only output. */
  readonly build: (inputs: Readonly<Record<string, Tensor>>) => Tensor | Readonly<Record<string, Tensor>>;
  /** Inputs of the case that are parameters of the layer, by the parameters' names. */
  readonly parameters?: Readonly<Record<string, string>>;
}

export async function expectFixture({ topic, name, build, parameters = {} }: Comparison): Promise<void> {
  const file = new URL(`fixtures/${topic}.json`, import.meta.url);
  const stored = (JSON.parse(readFileSync(file, "utf8")) as { cases: Record<string, Case> }).cases[name];
  const types = Object.fromEntries(
    Object.entries(stored.inputs).map(([key, value]) => [key, value.dtype ? "int32" : "float32"] as const),
  );
  const inputs = Object.fromEntries(
    Object.entries(stored.inputs)
      .filter(([key]) => !(key in parameters))
      .map(([key, { shape }]) => [key, input(key, shape, types[key])]),
  );
  const built = build(inputs);
  const outputs = (isTensor(built) ? { [Object.keys(stored.outputs)[0]]: built } : built) as Record<string, Tensor>;
  const loss = Object.entries(outputs)
    .map(([key, output]) => {
      const flow = stored.outputGradients?.[key];
      return flow ? sum(mul(output, constant(Float32Array.from(flow.data), flow.shape))) : output;
    })
    .reduce((total, part) => add(total, part), fill(0));
  const found = new Map(parametersOf(loss).map((parameter) => [parameterName(parameter), parameter]));
  const wanted = Object.keys(stored.gradients);
  const slopes = gradients(
    loss,
    wanted.map((key) => {
      const tensor = key in parameters ? found.get(parameters[key]) : inputs[key];
      expect(tensor, `${key} is an input or a parameter`).toBeDefined();
      return tensor as Tensor;
    }),
  );
  const session = await compile(
    { ...outputs, ...Object.fromEntries(slopes.map((slope, at) => [`d ${wanted[at]}`, slope])) },
    { threads: 1 },
  );
  const feeds: Feeds = Object.fromEntries(
    Object.entries(stored.inputs).map(([key, { data }]) => [
      parameters[key] ?? key,
      types[key] === "int32" ? Int32Array.from(data) : Float32Array.from(data),
    ]),
  );
  const results = await session.run(Object.fromEntries([...session.inputs.keys()].map((key) => [key, feeds[key]])));
  for (const [key, { data, shape }] of Object.entries(stored.outputs)) {
    expect(outputs[key].shape).toEqual(shape);
    // Where no gradient flows back, a padded step, the output means nothing.
    const flow = stored.outputGradients?.[key].data;
    const counts = (at: number) => flow === undefined || flow[at] !== 0;
    expectClose(
      numbers(results[key]).filter((_, at) => counts(at)),
      data.filter((_, at) => counts(at)),
      key,
    );
  }
  for (const key of wanted) expectClose(numbers(results[`d ${key}`]), stored.gradients[key].data, `d ${key}`);
  await session.close();
}

function expectClose(found: readonly number[], expected: readonly number[], what: string): void {
  expect(found.length, what).toBe(expected.length);
  for (const [at, value] of expected.entries()) {
    if (!(Math.abs(found[at] - value) <= tolerance * (1 + Math.abs(value)))) {
      expect.fail(`element ${at} of ${what} is ${found[at]}, PyTorch has ${value}`);
    }
  }
}

function isTensor(value: object): value is Tensor {
  return "source" in value;
}
