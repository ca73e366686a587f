import { describe, expect, it } from "vitest";
import { toAmounts } from "./model.ts";

describe("a model's scores as amounts", () => {
  it("lose what is below 0, and keep their proportions", () => {
    expect([...toAmounts(Float32Array.of(-1, 0, 2, 4), undefined)]).toEqual([0, 0, 2, 4]);
  });

  it("are what a softmax makes of logits, but for a factor, however large these are", () => {
    const amounts = toAmounts(Float32Array.of(1_000, 1_000 - Math.log(4), -1_000), "logits");
    expect(amounts[0]).toBe(1);
    expect(amounts[1]).toBeCloseTo(1 / 4, 4);
    expect(amounts[2]).toBe(0);
  });
});
