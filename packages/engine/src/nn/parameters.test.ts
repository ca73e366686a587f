import { describe, expect, test } from "vitest";
import { linear } from "./layers/linear.ts";
import { glorot, initialise, parameterName, parametersOf } from "./parameters.ts";
import { input, parameter } from "./tensor.ts";

const layer = linear("layer", { inputs: 30, outputs: 20 });
const parameters = parametersOf(layer(input("x", [1, 30])));

describe("the beginning of parameters", () => {
  test("follows from the seed", () => {
    expect(initialise(parameters, 7)).toEqual(initialise(parameters, 7));
    expect(initialise(parameters, 7)["layer.weight"]).not.toEqual(initialise(parameters, 8)["layer.weight"]);
  });

  test("does not depend on which others there are", () => {
    const alone = parameters.filter((tensor) => parameterName(tensor) === "layer.weight");
    expect(initialise(alone, 7)["layer.weight"]).toEqual(initialise(parameters, 7)["layer.weight"]);
  });

  test("is different for parameters of the same shape", () => {
    const twins = ["a", "b"].map((name) => parameter(name, [50], { kind: "normal", deviation: 2 }));
    const { a, b } = initialise(twins, 7);
    expect(a).not.toEqual(b);
  });

  test("lies within Glorot's bound, or has the deviation asked for", () => {
    const { "layer.weight": weight, "layer.bias": bias } = initialise(parameters, 7);
    const largest = Math.max(...Array.from(weight as Float32Array, Math.abs));
    expect(largest).toBeLessThanOrEqual(Math.sqrt(6 / 50));
    expect(largest).toBeGreaterThan(0.95 * Math.sqrt(6 / 50));
    expect(new Set(bias as Float32Array)).toEqual(new Set([0]));
    const { normal } = initialise([parameter("normal", [10_000], { kind: "normal", deviation: 2 })], 7);
    const square = (normal as Float32Array).reduce((total, value) => total + value * value, 0) / 10_000;
    expect(Math.abs(Math.sqrt(square) - 2)).toBeLessThan(0.05);
    expect(glorot(4, 2)).toEqual({ kind: "uniform", bound: 1 });
  });
});
