/**
 * A table of rows, whatever the file's format: delimited text, JSON Lines or Parquet. The format follows from the name
 * (before `.gz`): `.parquet`; `.jsonl`, `.ndjson` or `.json`; anything else is delimited text with the names of its
 * columns in the first line, unless the caller names them.
 *
 * Every row carries the number of its line, and rows that cannot be read are handed to the caller with the reason.
 */
import { PenchantError } from "../base/errors.ts";
import { type CsvDialect, CsvParser, guessDelimiter } from "./csv.ts";
import { JsonLinesParser } from "./json-lines.ts";
import { openParquet } from "./parquet.ts";
import { type FileFacts, inspectFile, type ReadPosition, readText } from "./text-file.ts";

export interface Row {
  /** As in `RowProblem`. */
  readonly line: number;
  readonly values: Readonly<Record<string, unknown>>;
}

/** A row that could not be read, and why. */
export interface UnreadRow {
  readonly line: number;
  readonly values?: undefined;
  readonly reason: string;
}

export interface RowBatch {
  /** In the order of the file. */
  readonly rows: readonly (Row | UnreadRow)[];
  /** How much of the file has been read, 0 to 1. */
  readonly fraction: number;
}

export interface Table {
  readonly file: string;
  readonly format: "delimited" | "json" | "parquet";
  /** For JSON Lines: the keys of the first rows, those of nested objects as `outer.inner`. */
  readonly columns: readonly string[];
  batches(): AsyncIterable<RowBatch>;
}

export interface TableOptions {
  /** Names the columns of delimited text that has no header line. */
  readonly columns?: readonly string[] | undefined;
  /** Default: by the header line. */
  readonly dialect?: CsvDialect | undefined;
}

/** Throws PENCHANT_E_IMPORT_SOURCE unless the file can be read and has columns. */
export async function openTable(file: string, options: TableOptions = {}): Promise<Table> {
  const name = file.replace(/\.gz$/, "");
  if (name.endsWith(".parquet")) return openParquetTable(file);
  const facts = await inspectFile(file);
  return /\.(jsonl|ndjson|json)$/.test(name) ? openJsonTable(file, facts) : openDelimitedTable(file, facts, options);
}

/** The columns for a sentence: the first twelve, and how many more there are. */
export function columnList({ columns }: Pick<Table, "columns">): string {
  const shown = columns.slice(0, 12).map((name) => (name.length > 40 ? `${name.slice(0, 40)}…` : name));
  return shown.join(", ") + (columns.length > shown.length ? ` and ${columns.length - shown.length} more` : "");
}

async function openParquetTable(file: string): Promise<Table> {
  const { columns, rowCount, rows } = await openParquet(file);
  return {
    file,
    format: "parquet",
    columns,
    async *batches() {
      let line = 0;
      for await (const batch of rows()) {
        const numbered = batch.map((values) => {
          line += 1;
          return { line, values };
        });
        yield { rows: numbered, fraction: line / rowCount };
      }
    },
  };
}

/** Rows of a JSON Lines file that are looked at to learn its columns. */
const sampledRows = 100;

async function openJsonTable(file: string, facts: FileFacts): Promise<Table> {
  async function* batches(): AsyncGenerator<RowBatch> {
    const parser = new JsonLinesParser();
    for await (const { text, last, fraction } of textChunks(file, facts)) {
      yield { rows: parser.feed(text, last), fraction };
    }
  }
  const columns = new Set<string>();
  let first: UnreadRow | undefined;
  for await (const { rows } of batches()) {
    for (const row of rows.slice(0, sampledRows)) {
      if (row.values) addKeys(columns, row.values, "");
      else first ??= row;
    }
    if (columns.size > 0) break;
  }
  if (columns.size === 0) {
    throw sourceError(
      file,
      first ? `line ${first.line}: ${first.reason}.` : "the file is empty; expected a JSON object per line.",
    );
  }
  return { file, format: "json", columns: [...columns], batches };
}

function addKeys(columns: Set<string>, values: Readonly<Record<string, unknown>>, prefix: string): void {
  for (const [key, value] of Object.entries(values)) {
    columns.add(prefix + key);
    const nested = typeof value === "object" && value !== null && !Array.isArray(value);
    if (nested && prefix.split(".").length < 4) addKeys(columns, value as Record<string, unknown>, `${prefix}${key}.`);
  }
}

async function openDelimitedTable(file: string, facts: FileFacts, options: TableOptions): Promise<Table> {
  const header = await firstLine(file, facts);
  if (header === undefined)
    throw sourceError(file, "the file is empty; expected a line with the names of the columns.");
  if (header.includes("\0")) throw sourceError(file, "expected text, but the file is binary.");
  const dialect = options.dialect ?? { delimiter: guessDelimiter(header), quotes: true };
  const named = new CsvParser(dialect).feed(`${header}\n`, true)[0];
  if (!named?.cells) throw sourceError(file, `line 1: ${named?.reason}.`);
  const columns = options.columns ?? named.cells.map((name) => name.trim());
  const twice = columns.find((name, index) => columns.indexOf(name) < index);
  if (twice !== undefined) {
    throw new PenchantError("PENCHANT_E_IMPORT_COLUMNS", `${file}: two columns are called ${JSON.stringify(twice)}.`);
  }
  async function* batches(): AsyncGenerator<RowBatch> {
    const parser = new CsvParser(dialect);
    parser.cellsExpected = columns.length;
    let headerSeen = options.columns !== undefined;
    for await (const { text, last, fraction } of textChunks(file, facts)) {
      const records = parser.feed(text, last);
      if (!headerSeen && records.shift()) headerSeen = true;
      const rows = records.map((record) =>
        record.cells
          ? { line: record.line, values: zip(columns, record.cells) }
          : { line: record.line, reason: record.reason },
      );
      yield { rows, fraction };
    }
  }
  return { file, format: "delimited", columns, batches };
}

function zip(columns: readonly string[], cells: readonly string[]): Record<string, string> {
  const values: Record<string, string> = {};
  for (let index = 0; index < columns.length; index += 1) values[columns[index]] = cells[index];
  return values;
}

const headerCharactersMax = 65_536;

async function firstLine(file: string, facts: FileFacts): Promise<string | undefined> {
  let start = "";
  for await (const { text } of textChunks(file, facts)) {
    start = (start + text).replace(/^[\r\n]+/, "");
    const end = start.indexOf("\n");
    if (end >= 0) return start.slice(0, end).replace(/\r$/, "");
    if (start.length > headerCharactersMax) return start.slice(0, headerCharactersMax);
  }
  return start === "" ? undefined : start;
}

async function* textChunks(
  file: string,
  facts: FileFacts,
): AsyncGenerator<{ text: string; last: boolean; fraction: number }> {
  const position: ReadPosition = { bytes: 0 };
  for await (const text of readText(file, facts.gzip, position)) {
    yield { text, last: false, fraction: Math.min(1, position.bytes / facts.sizeBytes) };
  }
  yield { text: "", last: true, fraction: 1 };
}

function sourceError(file: string, sentence: string): PenchantError {
  return new PenchantError("PENCHANT_E_IMPORT_SOURCE", `${file}: ${sentence}`);
}
