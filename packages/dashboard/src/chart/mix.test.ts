import { expect, test } from "vitest";
import { contrast, mixed, readableOn } from "./mix.ts";

const white = "rgb(255, 255, 255)";
const black = "rgb(0, 0, 0)";

test("contrasts are those of the standard", () => {
  expect(contrast(white, black)).toBeCloseTo(21, 10);
  expect(contrast(black, black)).toBe(1);
  // The darkest grey on white that is enough for texts.
  expect(contrast("rgb(118, 118, 118)", white)).toBeCloseTo(4.54, 2);
  expect(contrast("rgb(119, 119, 119)", white)).toBeLessThan(4.5);
});

test("a text takes the colour that can be read on its ground", () => {
  expect(readableOn("rgb(26, 117, 96)", white, black)).toBe(white);
  expect(readableOn("rgb(211, 209, 200)", white, black)).toBe(black);
});

test("a mixed colour lies between", () => {
  expect(mixed(white, black, 0.2)).toBe("rgb(51, 51, 51)");
  expect(mixed("rgb(10, 20, 30)", white, 1)).toBe("rgb(10, 20, 30)");
});
