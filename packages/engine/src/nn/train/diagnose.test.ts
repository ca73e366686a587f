import { describe, expect, test } from "vitest";
import { sum } from "../operations/broadcasting.ts";
import { add, div, exp, log, mul, sqrt } from "../operations/elementwise.ts";
import { softmax } from "../operations/fused.ts";
import { greater, where } from "../operations/logic.ts";
import { fill, input, parameter, type Tensor } from "../tensor.ts";
import { diagnose } from "./diagnose.ts";

const w = parameter("w", [3], { kind: "constant", value: 1 });
const x = input("x", [3]);
const diagnosed = (result: Tensor, values: readonly number[], weights: readonly number[] = [1, 1, 1]) =>
  diagnose(sum(result), [w], { x: Float32Array.from(values), w: Float32Array.from(weights) }, { threads: 1 });

describe("the first bad number", () => {
  test("is none where all are finite", async () => {
    expect(await diagnosed(mul(w, x), [1, 2, 3])).toBeUndefined();
  });
  test("is found where it arises and not where it arrives", async () => {
    const later = add(exp(mul(0, log(mul(w, x)))), 1);
    expect(await diagnosed(later, [1, 0, 1])).toBe(
      "log gives a value that is infinite, float32 [3] computed from mul float32 [3]",
    );
  });
  test("is found in a gradient when the loss itself is finite", async () => {
    const found = await diagnosed(sqrt(mul(w, x)), [1, 1, 0]);
    expect(found).toMatch(/^div gives a value that is infinite, float32 \[3\] computed from /);
  });
  test("is found among parameters", async () => {
    expect(await diagnosed(mul(w, x), [1, 1, 1], [1, Number.NaN, 1])).toBe(
      '"w", which the step is fed, has a value that is not a number',
    );
  });
  test("is found far down a long graph", async () => {
    let deep = mul(w, x);
    for (let layer = 0; layer < 100; layer++) deep = add(mul(deep, 0.5), 1);
    expect(await diagnosed(div(deep, mul(x, 0)), [1, 1, 1])).toMatch(/^div gives a value that is infinite/);
  });
  test("is not the infinity that a mask puts in, unless it leaves no number", async () => {
    const masked = softmax(where(greater(x, 0), w, fill(Number.NEGATIVE_INFINITY)));
    expect(await diagnosed(masked, [1, 1, 0])).toBeUndefined();
    expect(await diagnosed(masked, [0, 0, 0])).toMatch(/^softmax gives a value that is not a number/);
  });
});
