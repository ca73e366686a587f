import { expect, it } from "vitest";
import { seededRandom } from "../base/random.ts";
import { dot } from "../core/vector.ts";
import { fuse } from "../text/fusion.ts";
import { unit } from "../text/unit.ts";
import { fitStandIn } from "./stand-in.ts";

const random = seededRandom(1);
const drawn = (length: number) => unit(Float32Array.from({ length }, () => random.normal()));

it("words stand in for the vectors of items as far as these are a matrix of them", () => {
  const rows = Array.from({ length: 8 }, () => drawn(5));
  const through = (word: Float32Array) =>
    unit(Float32Array.from({ length: 5 }, (_, k) => rows.reduce((sum, row, i) => sum + row[k] * word[i], 0)));
  const words = Array.from({ length: 400 }, () => drawn(8));
  const standIn = fitStandIn("words", words, words.map(through))!;
  expect(standIn).toMatchObject({ source: "words", dimensions: 8 });
  for (let asked = 0; asked < 20; asked++) {
    const word = drawn(8);
    const found = fuse({ dimensions: 5, parts: [standIn] }, new Map([["words", word]]));
    expect(dot(found, through(word))).toBeGreaterThan(0.97);
  }
});

it("is the solution of the normal equations, by hand", () => {
  // W'W = 2, the penalty .03 x 2, W'V = 1 + .5: 1.5 / 2.06.
  const standIn = fitStandIn(
    "words",
    [Float32Array.of(1), Float32Array.of(-1)],
    [Float32Array.of(1), Float32Array.of(-0.5)],
  )!;
  expect(standIn.matrix[0]).toBeCloseTo(1.5 / 2.06, 6);
});

it("nothing stands in where words say nothing", () => {
  expect(fitStandIn("words", [], [])).toBeUndefined();
  expect(fitStandIn("words", [new Float32Array(3)], [drawn(2)])).toBeUndefined();
});
