import { describe, expect, test } from "vitest";
import { sum } from "../operations/broadcasting.ts";
import { add, mul } from "../operations/elementwise.ts";
import { adam, sgd } from "../optimisers/optimiser.ts";
import { input, parameter } from "../tensor.ts";
import { beginState, openStep } from "./step.ts";

const weight = parameter("w", [2], { kind: "constant", value: 0 });
const rows = input("items.rows", [2, 2]);
// Gradients: 3 and 0 by the weight, 4 by the first of the rows' numbers. Their norm is 5.
const loss = add(sum(mul(weight, input("a", [2]))), sum(mul(rows, input("b", [2, 2]))));
const feeds = { a: Float32Array.of(3, 0), b: Float32Array.of(4, 0, 0, 0), "items.rows": Float32Array.of(1, 2, 3, 4) };

describe("a training step", () => {
  test("gives the rows' gradients, clipped together with those of the parameters", async () => {
    const options = { optimiser: sgd(), clipGlobalNorm: 1, tables: ["items.rows"], threads: 1 };
    const step = await openStep(loss, options);
    const state = beginState({ w: Float32Array.of(1, 1) }, options.optimiser);
    const result = await step.run(feeds, state, 1, 1);
    expect(result.loss).toBe(3 + 4);
    expect(result.gradientNorm).toBe(5);
    expect([...result.rowGradients["items.rows"]]).toEqual([expect.closeTo(0.8, 5), 0, 0, 0]);
    expect([...(state.next.w as Float32Array)]).toEqual([expect.closeTo(1 - 0.6, 5), 1]);
    await step.close();
  });

  test("leaves what it started from as it was", async () => {
    const optimiser = adam();
    const step = await openStep(loss, { optimiser, threads: 1 });
    const state = beginState({ w: Float32Array.of(1, 1) }, optimiser);
    await step.run(feeds, state, 1, 0.1);
    expect(state.current).toEqual({
      w: Float32Array.of(1, 1),
      "w/mean": new Float32Array(2),
      "w/meanSquare": new Float32Array(2),
    });
    expect([...(state.next["w/mean"] as Float32Array)]).toEqual([expect.closeTo(0.3, 6), 0]);
    expect([...(state.next.w as Float32Array)]).toEqual([expect.closeTo(0.9, 6), 1]);
    await step.close();
  });

  test("asks for what a batch has to feed, and not for what the training keeps", async () => {
    const step = await openStep(loss, { optimiser: adam(), tables: ["items.rows"], threads: 1 });
    expect([...step.inputs.keys()].sort()).toEqual(["a", "b", "items.rows"]);
    await step.close();
  });
});
