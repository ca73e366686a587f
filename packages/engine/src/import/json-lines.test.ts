import { expect, test } from "vitest";
import { JsonLinesParser } from "./json-lines.ts";

test("every line is an object with its line's number, and what is none is reported", () => {
  const parser = new JsonLinesParser();
  const records = [
    ...parser.feed('{"a":1}\n\n{"a":', false),
    ...parser.feed('2}\r\n[1]\nnull\n{"a"}\n', false),
    ...parser.feed('{"a":3}', true),
  ];
  expect(records).toEqual([
    { line: 1, values: { a: 1 } },
    { line: 3, values: { a: 2 } },
    { line: 4, reason: "expected one JSON object per line, got [1]" },
    { line: 5, reason: "expected one JSON object per line, got null" },
    { line: 6, reason: expect.stringMatching(/^expected one JSON object per line: /) },
    { line: 7, values: { a: 3 } },
  ]);
});

test("integers that a double cannot hold keep their digits", () => {
  expect(new JsonLinesParser().feed('{"id":9007199254740993,"n":12}', true)).toEqual([
    { line: 1, values: { id: "9007199254740993", n: 12 } },
  ]);
});
