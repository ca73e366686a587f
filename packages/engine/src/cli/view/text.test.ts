import { expect, test } from "vitest";
import { cutTo, fitTo, percent, printable, widthOf } from "./text.ts";

test("a Chinese character takes two cells, and cutting keeps within the width", () => {
  expect(widthOf("霸王别姬")).toBe(8);
  expect(cutTo("霸王别姬", 8)).toBe("霸王别姬");
  expect(cutTo("霸王别姬", 7)).toBe("霸王别…");
  expect(cutTo("霸王别姬", 6)).toBe("霸王…");
  expect(fitTo("霸王别姬", 6)).toBe("霸王… ");
  expect(cutTo("Heat", 0)).toBe("");
});

test("a composed character is never cut in two", () => {
  expect(cutTo("e\u0301e\u0301e\u0301", 2)).toBe("e\u0301…");
  expect(cutTo("👩‍👩‍👧 family", 4)).toBe("👩‍👩‍👧…");
});

test("titles cannot steer the terminal", () => {
  expect(printable("a\u001b[31mb\u001b]0;owned\u0007c\r\nd\u202ee")).toBe("abc d e");
});

test("shares take at most four cells", () => {
  expect([1, 0.4249, 0.0995, 0.0312, 0.001, 0.0004, 0].map(percent)).toEqual([
    "100%",
    "42%",
    "10%",
    "3.1%",
    "0.1%",
    "<.1%",
    "0%",
  ]);
});
