/** Reads on a connection of the calling thread: statements are prepared once, rows come as arrays. */
import type { DatabaseSync, SQLInputValue, SQLOutputValue, StatementSync } from "node:sqlite";
import { databasePath, openForReading } from "./connection.ts";
import { RecentMap } from "./interning.ts";
import { storageError } from "./sqlite-errors.ts";

/** Names of each kind that are remembered. */
const namesMax = 200_000;

export type Row = SQLOutputValue[];

export class Reader {
  readonly #path: string;
  readonly #database: DatabaseSync;
  readonly #names = {
    types: new RecentMap<number, string>(namesMax),
    items: new RecentMap<number, string>(namesMax),
  };
  readonly #statements = new Map<string, StatementSync>();

  constructor(dataDir: string) {
    this.#path = databasePath(dataDir);
    this.#database = openForReading(dataDir);
  }

  /** All rows of a query. `sql` is a constant of the program: every different text is kept. */
  all(sql: string, ...parameters: SQLInputValue[]): Row[] {
    try {
      return this.#statement(sql).all(...parameters) as unknown as Row[];
    } catch (error) {
      throw storageError(error, this.#path);
    }
  }

  /** The first row, if there is one. */
  first(sql: string, ...parameters: SQLInputValue[]): Row | undefined {
    try {
      return this.#statement(sql).get(...parameters) as unknown as Row | undefined;
    } catch (error) {
      throw storageError(error, this.#path);
    }
  }

  /** The name of a type or an item, which it keeps for good. */
  nameOf(table: "types" | "items", key: number): string {
    const known = this.#names[table].get(key);
    if (known !== undefined) return known;
    const name = this.first(`SELECT id FROM ${table} WHERE key = ?`, key)![0] as string;
    this.#names[table].set(key, name);
    return name;
  }

  /** The only number of a query that always has a row. */
  number(sql: string, ...parameters: SQLInputValue[]): number {
    return Number(this.first(sql, ...parameters)![0]);
  }

  close(): void {
    this.#database.close();
  }

  #statement(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#database.prepare(sql);
      statement.setReturnArrays(true);
      this.#statements.set(sql, statement);
    }
    return statement;
  }
}
