import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { sum } from "../operations/broadcasting.ts";
import { add, mul } from "../operations/elementwise.ts";
import { input, parameter } from "../tensor.ts";
import { beginState, openStep, type TrainingState } from "../train/step.ts";
import { adam, adamW, type Optimiser, sgd } from "./optimiser.ts";
import { gatherRows, sparseTable, updateRows } from "./sparse-adam.ts";

interface Stored {
  readonly shape: number[];
  readonly data: number[];
}
interface Case {
  readonly config: Record<string, number> & { readonly rows: number[][] };
  readonly inputs: Record<string, Stored>;
  readonly gradients: Record<string, Stored>;
  readonly trajectory: Record<string, Stored>;
}
const fixture = JSON.parse(readFileSync(join(import.meta.dirname, "../fixtures/optimisers.json"), "utf8"));
const cases: Record<string, Case> = fixture.cases;

/** Ten steps with a loss whose gradients are the fixture's, sum(parameter * gradient). */
async function follow(name: string, optimiser: Optimiser) {
  const { config, inputs, gradients, trajectory } = cases[name];
  const terms = Object.entries(inputs).map(([name, { shape }]) =>
    sum(mul(parameter(name, shape, { kind: "constant", value: 0 }), input(`gradient.${name}`, shape))),
  );
  const step = await openStep(
    terms.reduce((a, b) => add(a, b)),
    { optimiser, clipGlobalNorm: config.clipGlobalNorm, threads: 1 },
  );
  const starts = Object.entries(inputs).map(([name, { data }]) => [name, Float32Array.from(data)]);
  let state: TrainingState = beginState(Object.fromEntries(starts), optimiser);
  const norms: number[] = [];
  for (let count = 1; count <= 10; count++) {
    const feeds = Object.entries(gradients).map(([name, stored]) => [
      `gradient.${name}`,
      Float32Array.from(rowOf(stored, count - 1)),
    ]);
    norms.push((await step.run(Object.fromEntries(feeds), state, count, config.rate)).gradientNorm);
    state = { current: state.next, next: state.current };
    for (const [name, stored] of Object.entries(trajectory)) {
      if (name !== "globalNorm") expectClose(state.current[name] as Float32Array, rowOf(stored, count - 1));
    }
  }
  await step.close();
  return norms;
}

function rowOf({ shape, data }: Stored, row: number): number[] {
  const width = data.length / shape[0];
  return data.slice(row * width, (row + 1) * width);
}

function expectClose(values: ArrayLike<number>, expected: readonly number[]): void {
  expect(values.length).toBe(expected.length);
  for (const [index, value] of expected.entries()) expect(values[index]).toBeCloseTo(value, 5);
}

describe("ten steps are those of PyTorch for", () => {
  test("sgd", () => follow("sgdPlain", sgd()));
  test("sgd with momentum", () => follow("sgd", sgd({ momentum: 0.9 })));
  test("adam", () => follow("adam", adam({ beta2: 0.98 })));
  test("adamW", () => follow("adamw", adamW({ weightDecay: 0.1 })));
  test("adam with gradients clipped by their global norm", async () => {
    expectClose(await follow("adamClipped", adam()), cases.adamClipped.trajectory.globalNorm.data);
  });
  test("sparse adam, which leaves rows alone that a step does not name", () => {
    const { config, inputs, gradients, trajectory } = cases.sparseAdam;
    const table = sparseTable(Float32Array.from(inputs.table.data), 2);
    for (const [index, rows] of config.rows.entries()) {
      const stepGradients = Float32Array.from([...gradients[`step${index}`].data, 7, 7]);
      updateRows(table, Int32Array.from(rows), stepGradients, { step: index + 1, rate: config.rate });
      expectClose(table.values, rowOf(trajectory.table, index));
    }
  });
});

test("rows are gathered in their order, and what follows stays", () => {
  const table = sparseTable(Float32Array.of(1, 2, 3, 4, 5, 6), 2);
  const into = new Float32Array(6);
  gatherRows(table, Int32Array.of(2, 0), into);
  expect([...into]).toEqual([5, 6, 1, 2, 0, 0]);
});

test("a decay that would never forget, or that grows, is refused", () => {
  for (const make of [() => sgd({ momentum: 1 }), () => adam({ beta1: -0.1 }), () => adamW({ beta2: Number.NaN })]) {
    expect(make).toThrow(expect.objectContaining({ code: "PENCHANT_E_CONFIG" }));
  }
});
