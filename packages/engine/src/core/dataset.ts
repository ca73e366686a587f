/**
 * A data set in columns: what evaluation runs on, and what loaders make of files. Users are the rows of the table, items
 * its keys. All of it is plain data, so that it can be handed to another process as it is.
 */
import type { InteractionTable } from "./interaction-table.ts";
import type { Item } from "./item.ts";

export interface Dataset {
  readonly name: string;
  /** Ids by row of the table. */
  readonly users: readonly string[];
  /**
   * By key. An item of which nothing is known has its id as title. Keys are in an order that has to do with nothing
   * (hashes of the ids), because ties between scores go to the smaller key: a model without an opinion must not come out
   * better because a file lists popular items first.
   */
  readonly items: readonly Item[];
  /**
   * Every user's interactions in order of time; equal times keep the order of the file. All weigh 1; ratings and prices
   * stand in `values`.
   */
  readonly interactions: InteractionTable;
  /** The number of each interaction's session where the data name them, aligned with the interactions. */
  readonly sessions?: Int32Array | undefined;
  /** With `order`, times are positions in the user's sequence (0, 1, 2 ... milliseconds) and mean nothing between users. */
  readonly timing: "times" | "order";
}

/** What a loader read and what it left out. */
export interface DatasetReport {
  readonly form: string;
  readonly files: readonly string[];
  readonly users: number;
  readonly items: number;
  readonly interactions: number;
  /** Items that the files describe and nobody had to do with: they are not part of the data set. */
  readonly itemsUnused: number;
  /** Rows left out, by reason. */
  readonly dropped: Readonly<Record<string, number>>;
}

export interface LoadedDataset {
  readonly dataset: Dataset;
  readonly report: DatasetReport;
}

/** Whether anything is known of the items beside their ids. */
export function isDescribed(items: readonly Item[]): boolean {
  return items.some(
    ({ id, title, text, categories }) => title !== id || text !== undefined || categories !== undefined,
  );
}
