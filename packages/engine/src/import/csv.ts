/**
 * Delimited text as a stream of records, each with the number of the line that it starts on.
 *
 * Quoting follows RFC 4180: a field that starts with a quote ends at the next lone quote, `""` inside it stands for one,
 * and it may hold delimiters and line breaks. A quote anywhere else is an ordinary character (5" disk). After a record
 * that breaks these rules, reading goes on at the next line of the file, so that one stray quote costs one line and not
 * the rest of the file. Empty lines are skipped.
 *
 * DuckDB reads CSV too, but numbers records instead of lines and does not number the good ones at all, so that a row
 * that fails validation could not be named.
 */

export interface CsvDialect {
  readonly delimiter: string;
  /** False for formats without quoting, such as MovieLens' `::` files. */
  readonly quotes: boolean;
}

/** A record, or the reason why a line is none. */
export type CsvRecord =
  | { readonly line: number; readonly cells: readonly string[]; readonly reason?: undefined }
  | { readonly line: number; readonly cells?: undefined; readonly reason: string };

/** Longest record that is accepted. */
export const recordCharactersMax = 1_048_576;

const stray = "a quoted field goes on after its closing quote; a quote inside it has to be doubled";
const unclosed = "a quote opens here and is never closed";
const tooLong = `the line has more than ${recordCharactersMax} characters`;

export class CsvParser {
  readonly #dialect: CsvDialect;
  /** Cells that every record must have; not checked while undefined. */
  cellsExpected: number | undefined;
  #rest = "";
  #line = 1;
  #skipping = false;

  constructor(dialect: CsvDialect) {
    this.#dialect = dialect;
  }

  /** The records that `text`, continuing what was fed before, completes. With `last`, the end of the file is here. */
  feed(text: string, last: boolean): CsvRecord[] {
    const records: CsvRecord[] = [];
    const buffer = this.#rest + text;
    let at = this.#skipping ? this.#skipLine(buffer) : 0;
    let quote = -1;
    while (at < buffer.length) {
      const lineEnd = buffer.indexOf("\n", at);
      if (lineEnd < 0 && !last) break;
      const end = lineEnd < 0 ? buffer.length : lineEnd;
      if (this.#dialect.quotes && quote < at) quote = indexOrEnd(buffer, '"', at);
      if (!this.#dialect.quotes || quote >= end) {
        const line = buffer.slice(at, buffer[end - 1] === "\r" && end > at ? end - 1 : end);
        if (line !== "") {
          const cells = line.split(this.#dialect.delimiter);
          const reason = this.#wrongCount(cells);
          records.push(reason ? { line: this.#line, reason } : { line: this.#line, cells });
        }
        at = end + 1;
        this.#line += 1;
        continue;
      }
      const record = this.#quotedRecord(buffer, at, last);
      if (record === "incomplete" && !last && buffer.length - at <= recordCharactersMax) break;
      if (typeof record === "string") {
        records.push({ line: this.#line, reason: record === "incomplete" ? unclosed : record });
        at = end + 1;
        this.#line += 1;
      } else {
        records.push({ line: this.#line, cells: record.cells });
        this.#line += record.lines;
        at = record.next;
      }
    }
    this.#rest = buffer.slice(at);
    if (!last && this.#rest.length > recordCharactersMax && !this.#rest.includes("\n")) {
      records.push({ line: this.#line, reason: tooLong });
      this.#rest = "";
      this.#skipping = true;
    }
    return records;
  }

  /** Where the line after an overlong one starts in the buffer. */
  #skipLine(buffer: string): number {
    const end = buffer.indexOf("\n");
    if (end < 0) return buffer.length;
    this.#skipping = false;
    this.#line += 1;
    return end + 1;
  }

  #quotedRecord(buffer: string, start: number, last: boolean) {
    const { delimiter } = this.#dialect;
    const cells: string[] = [];
    let at = start;
    let end: number | undefined;
    while (end === undefined) {
      if (buffer[at] === '"') {
        const closing = closingQuote(buffer, at);
        const next = closing + 1;
        const undecided = next >= buffer.length || (buffer[next] === "\r" && next + 1 >= buffer.length);
        if (closing < 0 || (undecided && !last)) return "incomplete";
        cells.push(buffer.slice(at + 1, closing).replaceAll('""', '"'));
        if (buffer.startsWith(delimiter, next)) at = next + delimiter.length;
        else if (next >= buffer.length || buffer[next] === "\n") end = next;
        else if (buffer[next] === "\r" && (buffer[next + 1] ?? "\n") === "\n") end = next + 1;
        else return stray;
      } else {
        const lineEnd = indexOrEnd(buffer, "\n", at);
        if (lineEnd === buffer.length && !last) return "incomplete";
        const comma = indexOrEnd(buffer, delimiter, at);
        if (comma < lineEnd) {
          cells.push(buffer.slice(at, comma));
          at = comma + delimiter.length;
        } else {
          cells.push(buffer.slice(at, buffer[lineEnd - 1] === "\r" && lineEnd > at ? lineEnd - 1 : lineEnd));
          end = lineEnd;
        }
      }
    }
    return this.#wrongCount(cells) ?? { cells, next: end + 1, lines: countLines(buffer, start, end) };
  }

  #wrongCount(cells: readonly string[]): string | undefined {
    if (this.cellsExpected === undefined || cells.length === this.cellsExpected) return undefined;
    return `expected ${this.cellsExpected} columns, got ${cells.length}`;
  }
}

/** The quote that ends the field whose opening quote is at `at`, or -1 when it is not in the buffer. */
function closingQuote(buffer: string, at: number): number {
  let quote = buffer.indexOf('"', at + 1);
  while (quote >= 0 && buffer[quote + 1] === '"') quote = buffer.indexOf('"', quote + 2);
  return quote;
}

function countLines(buffer: string, start: number, end: number): number {
  let lines = 1;
  for (let at = buffer.indexOf("\n", start); at >= 0 && at < end; at = buffer.indexOf("\n", at + 1)) lines += 1;
  return lines;
}

function indexOrEnd(buffer: string, search: string, from: number): number {
  const at = buffer.indexOf(search, from);
  return at < 0 ? buffer.length : at;
}

/** The delimiter that the header line has most of, outside quotes; a comma when there is none. */
export function guessDelimiter(header: string): string {
  const bare = header.replaceAll(/"[^"]*"/g, "");
  const counts = [",", "\t", ";", "|"].map((delimiter) => ({ delimiter, count: bare.split(delimiter).length }));
  return counts.reduce((best, next) => (next.count > best.count ? next : best)).delimiter;
}
