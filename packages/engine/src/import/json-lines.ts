/** JSON Lines: one object per line, each with the number of its line. Empty lines are skipped. */
import { recordCharactersMax } from "./csv.ts";

/** An object, or the reason why a line is none. */
export type JsonRecord =
  | { readonly line: number; readonly values: Readonly<Record<string, unknown>>; readonly reason?: undefined }
  | { readonly line: number; readonly values?: undefined; readonly reason: string };

export class JsonLinesParser {
  #rest = "";
  #line = 0;
  /** The line that the rest belongs to was reported as too long; what follows of it is dropped. */
  #skipping = false;

  /** The objects of the lines that `text`, continuing what was fed before, completes. */
  feed(text: string, last: boolean): JsonRecord[] {
    const lines = (this.#rest + text).split("\n");
    this.#rest = last ? "" : (lines.pop() ?? "");
    const records: JsonRecord[] = [];
    for (const content of lines) {
      this.#line += 1;
      if (this.#skipping) this.#skipping = false;
      else if (content.trim() !== "") records.push(parseLine(content, this.#line));
    }
    if (this.#rest.length > recordCharactersMax) {
      if (!this.#skipping)
        records.push({ line: this.#line + 1, reason: `the line has more than ${recordCharactersMax} characters` });
      this.#skipping = true;
      this.#rest = "";
    }
    return records;
  }
}

function parseLine(content: string, line: number): JsonRecord {
  try {
    const value: unknown = /\d{16}/.test(content) ? JSON.parse(content, exactIntegers) : JSON.parse(content);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) {
      return { line, values: value as Record<string, unknown> };
    }
    return { line, reason: `expected one JSON object per line, got ${content.trim().slice(0, 40)}` };
  } catch (error) {
    return { line, reason: `expected one JSON object per line: ${(error as Error).message}` };
  }
}

/** Ids are often integers that a double cannot hold; those stay as they were written. */
function exactIntegers(_key: string, value: unknown, context?: { source?: string }): unknown {
  const unsafe = typeof value === "number" && Number.isInteger(value) && !Number.isSafeInteger(value);
  return unsafe && context?.source ? context.source : value;
}
