/**
 * Parquet files through DuckDB, which is loaded when the first one is opened: its library is large and nothing else
 * needs it.
 */
import { PenchantError } from "../base/errors.ts";
import { asSourceError, inspectFile } from "./text-file.ts";

export interface ParquetFile {
  readonly columns: readonly string[];
  readonly rowCount: number;
  /** The rows in order, in batches. Timestamps come as `Date`, lists as arrays, 64-bit integers as `bigint`. */
  readonly rows: () => AsyncIterable<Readonly<Record<string, unknown>>[]>;
}

/** Throws PENCHANT_E_IMPORT_SOURCE unless the file is a readable Parquet file. */
export async function openParquet(path: string): Promise<ParquetFile> {
  await inspectFile(path);
  const { DuckDBInstance } = await import("@duckdb/node-api");
  const withConnection = async function* <T>(use: (connection: Connection) => AsyncIterable<T>): AsyncGenerator<T> {
    const instance = await DuckDBInstance.create(":memory:");
    const connection = await instance.connect();
    try {
      yield* use(connection);
    } catch (error) {
      throw asParquetError(error, path);
    } finally {
      connection.closeSync();
      instance.closeSync();
    }
  };
  const source = `read_parquet('${literalGlob(path).replaceAll("'", "''")}')`;
  const facts = withConnection(async function* (connection) {
    const rows = await connection.stream(`select * from ${source} limit 0`);
    const counted = await connection.runAndReadAll(`select count(*) from ${source}`);
    yield { columns: rows.columnNames(), rowCount: Number(counted.getRows()[0]?.[0]) };
  });
  for await (const { columns, rowCount } of facts) {
    return {
      columns,
      rowCount,
      rows: () =>
        withConnection(async function* (connection) {
          const result = await connection.stream(`select * from ${source}`);
          yield* result.yieldRowObjectJs();
        }),
    };
  }
  throw new PenchantError("PENCHANT_E_INTERNAL", `${path}: no facts came back.`);
}

type Connection = import("@duckdb/node-api").DuckDBConnection;

/** DuckDB reads a path as a pattern; in brackets its special characters stand for themselves. */
function literalGlob(path: string): string {
  return path.replaceAll(/[*?[]/g, "[$&]");
}

function asParquetError(error: unknown, path: string): PenchantError {
  if (PenchantError.isInstance(error)) return error;
  const message = (error as Error).message;
  if (message.includes("No magic bytes") || message.includes("too small to be a Parquet")) {
    return new PenchantError("PENCHANT_E_IMPORT_SOURCE", `${path}: expected a Parquet file, but its content is none.`, {
      cause: error,
    });
  }
  return asSourceError(new Error(message.split("\n")[0]), path);
}
