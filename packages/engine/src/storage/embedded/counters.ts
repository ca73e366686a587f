/**
 * The few numbers that would be slow to count: kept in memory by the writer, written with every commit that changes
 * them. `position` is the highest ever given out, so that a position is not reused after its event was erased.
 */
import type { DatabaseSync, StatementSync } from "node:sqlite";

export interface CounterValues {
  position: number;
  events: number;
  users: number;
  checkpoint: number;
}

export class Counters {
  readonly #select: StatementSync;
  readonly #update: StatementSync;
  #written: CounterValues;
  /** Changed in place by whoever writes. */
  values: CounterValues;

  constructor(database: DatabaseSync) {
    this.#select = database.prepare("SELECT name, value FROM counters");
    this.#update = database.prepare("UPDATE counters SET value = ? WHERE name = ?");
    this.#written = this.#read();
    this.values = { ...this.#written };
  }

  /** Puts changed numbers into the open transaction. */
  write(): void {
    for (const name of Object.keys(this.values) as (keyof CounterValues)[]) {
      if (this.values[name] !== this.#written[name]) this.#update.run(this.values[name], name);
    }
  }

  /** The transaction was committed. */
  committed(): void {
    this.#written = { ...this.values };
  }

  /** The transaction was rolled back. */
  rolledBack(): void {
    this.values = { ...this.#written };
  }

  #read(): CounterValues {
    return Object.fromEntries(this.#select.all().map((row) => [row.name, row.value]));
  }
}
