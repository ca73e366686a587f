/** Every rule of the table against finite differences, and the values of those whose meaning is not plain from ONNX. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { gradients } from "../gradients.ts";
import { constant, type DataType, fill, input, type Shape, type Tensor } from "../tensor.ts";
import { expectGradients, type GradientCase, valuesOf } from "../test-gradients.ts";
import { expand, reshape, stopGradient, sum } from "./broadcasting.ts";
import { add, exp, mul } from "./elementwise.ts";
import { gelu, layerNorm, logSoftmax, rmsNorm, silu, softmax } from "./fused.ts";
import { withGradients } from "./given-gradients.ts";
import { gather, gatherAlong, scatterAdd } from "./indexing.ts";
import { affine, matmul } from "./linear-algebra.ts";
import { and, bitXor, cast, equal, greater, greaterOrEqual, shiftRight, where } from "./logic.ts";
import { max, mean } from "./reduction.ts";
import { concat, pad, slice, split, stack, transpose } from "./shape.ts";
import { operations } from "./table.ts";

const length = fc.integer({ min: 1, max: 4 });
const shape3 = fc.tuple(length, length, length);
const runs = { numRuns: 6, seed: 7 };

interface Sample {
  readonly shapes: readonly Shape[];
  readonly build: GradientCase["build"];
}

/** Cases whose shapes are drawn; `type` where the runtime has no double precision. */
const drawn: Record<string, { sample: fc.Arbitrary<Sample>; type?: DataType }> = {
  reshape: {
    sample: shape3.map((shape) => ({ shapes: [shape], build: (x) => mul(reshape(x, [-1]), reshape(x, [-1])) })),
  },
  expand: {
    sample: fc.tuple(length, shape3).map(([repeats, [a, b, c]]) => ({
      shapes: [[a, 1, c]],
      build: (x) => exp(expand(x, [repeats, a, b, c])),
    })),
  },
  sum: {
    sample: fc.tuple(shape3, fc.subarray([0, 1, 2]), fc.boolean()).map(([shape, axes, keep]) => ({
      shapes: [shape],
      build: (x) => exp(sum(x, { axes, keep })),
    })),
  },
  "mean over negative axes": {
    sample: shape3.map((shape) => ({ shapes: [shape], build: (x) => exp(mean(x, { axes: [-1, -2] })) })),
  },
  max: {
    sample: fc.tuple(shape3, fc.boolean()).map(([shape, keep]) => ({
      shapes: [shape],
      build: (x) => max(x, { axes: [1], keep }),
    })),
  },
  where: {
    sample: shape3.map(([a, b, c]) => ({
      shapes: [
        [a, b, c],
        [b, 1],
      ],
      build: (x, y) => where(greater(mul(x, 0.5), 0.1), mul(x, x), y),
    })),
  },
  transpose: {
    sample: fc.tuple(shape3, fc.shuffledSubarray([0, 1, 2], { minLength: 3 })).map(([shape, permutation]) => ({
      shapes: [shape],
      build: (x) => exp(transpose(x, permutation)),
    })),
  },
  concat: {
    sample: fc.tuple(shape3, length).map(([[a, b, c], other]) => ({
      shapes: [
        [a, b, c],
        [a, other, c],
      ],
      build: (x, y) => exp(concat([x, y, x], 1)),
    })),
  },
  stack: { sample: shape3.map((shape) => ({ shapes: [shape, shape], build: (x, y) => exp(stack([x, y], 1)) })) },
  "split, some parts unused": {
    sample: shape3.map(([a, b, c]) => ({
      shapes: [[a, b + 3, c]],
      build: (x) => {
        const [first, , last] = split(x, 1, [1, b, 2]);
        return mul(exp(first), sum(last, { axes: [1], keep: true }));
      },
    })),
  },
  slice: {
    sample: shape3.map(([a, b, c]) => ({ shapes: [[a, b + 2, c]], build: (x) => exp(slice(x, 1, 1, b + 1)) })),
  },
  pad: {
    sample: fc.tuple(shape3, fc.nat(2), fc.nat(2)).map(([shape, before, after]) => ({
      shapes: [shape],
      build: (x) => exp(pad(x, 1, before, after)),
    })),
  },
  matmul: {
    sample: fc
      .tuple(length, length, length, length, fc.boolean(), fc.boolean(), fc.constantFrom("both", "one", "none"))
      .map(([batch, m, k, n, transposeA, transposeB, leading]) => {
        const a = transposeA ? [k, m] : [m, k];
        const b = transposeB ? [n, k] : [k, n];
        return {
          shapes: [leading === "none" ? a : [batch, ...a], leading === "both" ? [batch, ...b] : b],
          build: (x: Tensor, y: Tensor) => matmul(x, y, { transposeA, transposeB, scale: 0.7 }),
        };
      }),
  },
  "matmul over leading axes that broadcast": {
    sample: shape3.map(([a, b, c]) => ({
      shapes: [
        [a, 1, b, c],
        [1, 2, c, 3],
      ],
      build: (x, y) => matmul(x, y),
    })),
  },
  affine: {
    sample: fc.tuple(shape3, length).map(([[a, b, c], n]) => ({
      shapes: [[a, b, c], [c, n], [n]],
      build: (x, weight, bias) => affine(x, weight, bias),
    })),
  },
  "affine with a bias for each row": {
    sample: shape3.map(([a, b, c]) => ({
      shapes: [
        [a, b],
        [b, c],
        [a, c],
      ],
      build: (x, weight, bias) => affine(x, weight, bias),
    })),
  },
  "gather, rows named twice": {
    sample: length.map((width) => ({
      shapes: [[3, width]],
      build: (table) => exp(gather(table, constant(Int32Array.of(2, 0, 2, -1), [2, 2]))),
    })),
  },
  "scatterAdd, rows named twice": {
    sample: length.map((width) => ({
      shapes: [[4, width]],
      build: (updates) => exp(scatterAdd(constant(Int32Array.of(1, 0, 1, 4), [4]), updates, 5)),
    })),
  },
  "gatherAlong and back": {
    sample: length.map((rows) => ({
      shapes: [[rows, 3]],
      build: (x) => {
        const indices = Int32Array.from({ length: rows * 2 }, (_, at) => (at * 2) % 3);
        const picked = gatherAlong(x, constant(indices, [rows, 2]));
        return mul(picked, picked);
      },
    })),
  },
  "softmax that weighs values, as in attention": {
    sample: fc.tuple(shape3, length, fc.boolean()).map(([[a, b, c], width, dropped]) => ({
      shapes: [
        [a, b, c],
        [a, c, width],
      ],
      build: (x, values) => {
        const factor = constant(
          Float64Array.from({ length: b * c }, (_, at) => at % 3),
          [b, c],
        );
        return matmul(dropped ? mul(softmax(x), factor) : softmax(x), values);
      },
    })),
  },
  softmax: { sample: shape3.map((shape) => ({ shapes: [shape], build: softmax })) },
  logSoftmax: { sample: shape3.map((shape) => ({ shapes: [shape], build: logSoftmax })) },
  layerNorm: {
    type: "float32",
    sample: fc.tuple(length, length).map(([a, b]) => ({
      // One element or two of nearly one value have no derivative worth the name.
      shapes: [[a, b, 5], [5], [5]],
      build: (x, gain, bias) => layerNorm(x, gain, bias, 0.1),
    })),
  },
  rmsNorm: {
    type: "float32",
    sample: fc.tuple(length, length).map(([a, b]) => ({
      shapes: [[a, b, 5], [5]],
      build: (x, gain) => rmsNorm(x, gain, 0.1),
    })),
  },
  gelu: { type: "float32", sample: shape3.map((shape) => ({ shapes: [shape], build: gelu })) },
  silu: { type: "float32", sample: shape3.map((shape) => ({ shapes: [shape], build: silu })) },
};

describe("gradients agree with finite differences:", () => {
  test.each(Object.entries(drawn))("%s", async (_, { sample, type = "float64" }) => {
    await fc.assert(
      fc.asyncProperty(sample, fc.nat(), (one, seed) => expectGradients({ ...one, seed, type })),
      runs,
    );
  });

  test("the gradient of a gradient", async () => {
    const build = (x: Tensor) => gradients(sum(mul(softmax(x), exp(x))), [x])[0];
    await expectGradients({ shapes: [[2, 3]], build, seed: 3 });
  });
});

describe("every operation of the table", () => {
  const names = Object.keys(operations);
  test("has a shape, a gradient and an ONNX node", () => {
    for (const name of names) {
      expect(operations[name as keyof typeof operations]).toMatchObject({
        shape: expect.any(Function),
        gradient: expect.any(Function),
        onnx: expect.any(Function),
      });
    }
  });
});

describe("values", () => {
  const x = constant(Float32Array.of(1, 2, 3, 4), [2, 2]);

  test("of comparisons are 0 and 1", async () => {
    expect(await valuesOf(greater(x, 2))).toEqual([0, 0, 1, 1]);
    expect(await valuesOf(and(greaterOrEqual(x, 2), equal(x, 2)))).toEqual([0, 1, 0, 0]);
  });
  test("of bits", async () => {
    const bits = constant(Uint32Array.of(0b1100, 2 ** 31), [2]);
    expect(await valuesOf(bitXor(bits, 0b1010))).toEqual([0b0110, 2 ** 31 + 0b1010]);
    expect(await valuesOf(shiftRight(bits, 2))).toEqual([0b11, 2 ** 29]);
  });
  test("of a constant in every type", async () => {
    const types: DataType[] = ["float32", "float64", "int32", "int64", "uint32", "bool"];
    for (const type of types) {
      expect(await valuesOf(fill(1, [2], type))).toEqual([1, 1]);
      expect(await valuesOf(cast(x, type))).toEqual(type === "bool" ? [1, 1, 1, 1] : [1, 2, 3, 4]);
    }
  });
  test("of what has its gradients given, and of what stops them, are the same", async () => {
    expect(await valuesOf(withGradients(sum(x), [{ of: x, gradient: x }]))).toEqual([10]);
    expect(await valuesOf(stopGradient(x))).toEqual([1, 2, 3, 4]);
  });
});

describe("operands that do not fit are refused with their shapes:", () => {
  const a = input("a", [2, 3]);
  const b = input("b", [2, 4]);
  const cases: [string, () => unknown, string][] = [
    ["matmul", () => matmul(a, b), "matmul(a float32 [2, 3], b float32 [2, 4]): the inner lengths 3 and 2 differ."],
    ["matmul of a vector", () => matmul(a, input("v", [3])), "both operands need two axes or more"],
    ["affine", () => affine(a, input("w", [3, 4]), input("c", [3])), "the bias does not broadcast to [2, 4]"],
    ["reshape", () => reshape(a, [4, 2]), "reshape(a float32 [2, 3]): 6 elements do not fill [4, 2]."],
    ["expand", () => expand(a, [2, 4]), "the shape does not broadcast to [2, 4]"],
    ["sum", () => sum(a, { axes: [2] }), "there is no axis 2"],
    ["max", () => max(a, { axes: [-3] }), "there is no axis -3"],
    ["where", () => where(a, a, a), "the condition is float32 and not bool"],
    ["transpose", () => transpose(a, [0, 0]), "[0, 0] does not name each axis once"],
    ["concat", () => concat([a, b], 0), "the parts differ in more than axis 0"],
    ["split", () => split(a, 1, [1, 1]), "parts of 1, 1 do not make up axis 1"],
    ["slice", () => slice(a, 1, 2, 5), "2 to 5 is not a part of axis 1"],
    ["pad", () => pad(a, 1, -1, 0), "-1 before and 0 after are not lengths"],
    ["gather", () => gather(a, b), "the indices are float32 and not int32 or int64"],
    ["layerNorm", () => layerNorm(a, b, b), "gain and bias do not have 3 elements"],
    ["bitXor", () => bitXor(a, 1), "expected uint32, came float32"],
    [
      "withGradients",
      () => withGradients(sum(a), [{ of: a, gradient: b }]),
      "the gradient of float32 [2, 3] is float32 [2, 4]",
    ],
    ["withGradients of a matrix", () => withGradients(a, []), "the value is float32 [2, 3], no scalar"],
    ["add", () => add(a, b), "the shapes do not broadcast"],
  ];
  test.each(cases)("%s", (_, build, message) => expect(build).toThrow(message));
});
