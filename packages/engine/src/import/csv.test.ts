import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CsvParser, type CsvRecord, guessDelimiter, recordCharactersMax } from "./csv.ts";

const commas = { delimiter: ",", quotes: true };

function parse(text: string, options: { cells?: number; chunk?: number } = {}): CsvRecord[] {
  const parser = new CsvParser(commas);
  parser.cellsExpected = options.cells;
  const records: CsvRecord[] = [];
  const size = options.chunk ?? text.length;
  for (let at = 0; at < text.length; at += size) records.push(...parser.feed(text.slice(at, at + size), false));
  return [...records, ...parser.feed("", true)];
}

describe("reading delimited text", () => {
  test("every record carries the line that it starts on, past quoted line breaks and empty lines", () => {
    expect(parse('a,b\n"x\ny",1\n\r\n"say ""hi""",2\r\nlast,3')).toEqual([
      { line: 1, cells: ["a", "b"] },
      { line: 2, cells: ["x\ny", "1"] },
      { line: 5, cells: ['say "hi"', "2"] },
      { line: 6, cells: ["last", "3"] },
    ]);
  });

  test("a quote inside an unquoted field is an ordinary character", () => {
    expect(parse('5" disk,1\n')).toEqual([{ line: 1, cells: ['5" disk', "1"] }]);
  });

  test("a stray quote costs its own line and not the next", () => {
    expect(parse('"bad"quote",1\ngood,2\n')).toEqual([
      { line: 1, reason: expect.stringContaining("closing quote") },
      { line: 2, cells: ["good", "2"] },
    ]);
  });

  test("a quote that is never closed costs its own line and not the rest of the file", () => {
    expect(parse('a,"open\nb,2\nc,3\n')).toEqual([
      { line: 1, reason: expect.stringContaining("never closed") },
      { line: 2, cells: ["b", "2"] },
      { line: 3, cells: ["c", "3"] },
    ]);
  });

  test("a record with another number of columns is reported with both numbers", () => {
    expect(parse("a,b,c\nd,e\n", { cells: 3 })[1]).toEqual({ line: 2, reason: "expected 3 columns, got 2" });
  });

  test("a line over the limit is reported and left out, in bounded memory", () => {
    const parser = new CsvParser(commas);
    const records = parser.feed("x".repeat(recordCharactersMax + 1), false);
    records.push(...parser.feed("y".repeat(1_000), false), ...parser.feed("\nafter,1\n", true));
    expect(records).toEqual([
      { line: 1, reason: expect.stringContaining(String(recordCharactersMax)) },
      { line: 2, cells: ["after", "1"] },
    ]);
  });

  test("what is written is read again, however the text is cut into chunks", () => {
    const cell = fc.string({ unit: fc.constantFrom("a", "é", "中", ",", '"', "\n", "\r", " "), maxLength: 6 });
    const table = fc.array(fc.array(cell, { minLength: 2, maxLength: 3 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(table, fc.integer({ min: 1, max: 7 }), (rows, chunk) => {
        const text = rows.map((row) => row.map((value) => `"${value.replaceAll('"', '""')}"`).join(",")).join("\r\n");
        expect(parse(text, { chunk }).map(({ cells }) => cells)).toEqual(rows);
      }),
    );
  });
});

test("the delimiter is the one that the header has most of, quoted ones aside", () => {
  expect(guessDelimiter("a,b,c")).toBe(",");
  expect(guessDelimiter('"a,b";c;d')).toBe(";");
  expect(guessDelimiter("user\titem\ttime, local")).toBe("\t");
  expect(guessDelimiter("alone")).toBe(",");
});
