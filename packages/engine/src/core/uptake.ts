/**
 * The contract of models that answer "does this person take this item up now?": like it, click on it, buy it. Many such
 * questions are one table, and every model is given the same: each row is a person's history so far, an item and a time, with
 * dense features made of these three alone (`models/uptake/features.ts`), so that nobody wins by better preparation.
 *
 * A row knows nothing of its own time or later but the time itself. What its features tell of items in general comes from
 * the training part only, and for a row of that part from everybody else: rows that are learned from and rows that are
 * asked about must look alike.
 *
 * A model is deterministic: the same data, configuration and seed fit the same parameters.
 */
import type { InteractionTable } from "./interaction-table.ts";
import type { Item } from "./item.ts";
import type { ModelFitOptions, ModelSetting, SavedModel } from "./model.ts";

/** What a column tells of: the person, the item, the circumstances, or how well the item suits the person. */
export type FeatureGroup = "user" | "item" | "context" | "interest";

export interface FeatureColumn {
  /** Unique in its table; full words, the unit last: `itemMeanValue`, `gapHours`. */
  readonly name: string;
  readonly group: FeatureGroup;
}

/** Questions. Arrays of length `rows` are aligned. */
export interface UptakeTable {
  /** Everybody's events in time order, once; rows share them. */
  readonly histories: InteractionTable;
  /** Whose history: a row of `histories`. [rows] */
  readonly users: Int32Array;
  /** The history of row r is the events `starts[r]` up to `ends[r]` of `histories`, the newest last; perhaps none. [rows] */
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  /** Key of the item that the question is about. [rows] */
  readonly items: Int32Array;
  /** When it is asked, in milliseconds since 1970; later than every event of the row's history. [rows] */
  readonly times: Float64Array;
  /** What stands in the columns of `features`. */
  readonly columns: readonly FeatureColumn[];
  /** NaN where something is not known. [rows, columns] */
  readonly features: Float32Array;
}

/** Questions with their answers. */
export interface UptakeExamples extends UptakeTable {
  /** 1 for yes, 0 for no. [rows] */
  readonly labels: Uint8Array;
  /** How much a row counts, 0 or more; all alike where absent. [rows] */
  readonly weights?: Float32Array | undefined;
}

/** What a model learns from. Item keys are 0 to `itemCount - 1`. */
export interface UptakeData {
  readonly itemCount: number;
  /** Its `histories` are all the events that may be learned from, those of rows with a yes among them. */
  readonly train: UptakeExamples;
  /** Later examples, none of them in `train`: what models that stop early or calibrate themselves are measured on. */
  readonly validation?: UptakeExamples | undefined;
  /** Titles, texts and categories by item key, where they are known. */
  readonly items?: readonly Item[] | undefined;
  /** Unit vectors of all items, where the caller has some. [itemCount, dimensions] */
  readonly vectors?: Float32Array | undefined;
}

/** A kind of model. `Config` is a flat object of numbers, strings and booleans. */
export interface UptakeModel<Config extends object = object> {
  /** Stable and unique, lower case with hyphens: `logistic-regression`, `ctr`. */
  readonly name: string;
  readonly defaults: Readonly<Config>;
  /** The values of settings that are worth trying on validation, all combinations of them: few. The rest stays as in `defaults`. */
  readonly grid: Readonly<Record<string, readonly ModelSetting[]>>;
  /**
   * Answers of one kind only are learned, too: the model then says what it has seen.
   *
   * @throws PENCHANT_E_MODEL_CONFIG for a setting out of range, PENCHANT_E_MODEL_DATA for data that it cannot learn from;
   *   the signal's reason where it is told to stop
   */
  fit(data: UptakeData, config: Config, options: ModelFitOptions): Promise<FittedUptake>;
  /** @throws PENCHANT_E_MODEL_FILE for a model of another kind or version, or one that lacks a part */
  load(saved: SavedModel): FittedUptake;
}

export interface FittedUptake {
  readonly name: string;
  /**
   * The probability of yes by row, 0 to 1. A row's does not depend on what else is asked.
   *
   * @throws PENCHANT_E_MODEL_DATA for columns other than those it was fitted on
   */
  predict(table: UptakeTable): Promise<Float64Array>;
  /**
   * The same at once, for models that are plain arithmetic: what a recommender is made of (`uptakeRecommender`). A model
   * without it can be measured, but not recommend.
   */
  predictNow?(table: UptakeTable): Float64Array;
  /**
   * How much each event of a row's history mattered to its answer, by row, for models that attend to events: more is more,
   * and 0 is nothing, as for events before those that are read.
   */
  explain?(table: UptakeTable): Promise<Float32Array[]>;
  save(): SavedModel;
}

/** Some rows of a table, in the given order. The histories stay whole. */
export function selectRows(table: UptakeExamples, rows: ArrayLike<number>): UptakeExamples;
export function selectRows(table: UptakeTable, rows: ArrayLike<number>): UptakeTable;
export function selectRows(
  table: UptakeTable & Partial<UptakeExamples>,
  rows: ArrayLike<number>,
): UptakeTable & Partial<UptakeExamples> {
  const { columns, features, labels, weights } = table;
  const width = columns.length;
  const selected = new Float32Array(rows.length * width);
  for (let place = 0; place < rows.length; place++) {
    selected.set(features.subarray(rows[place] * width, (rows[place] + 1) * width), place * width);
  }
  return {
    ...table,
    users: Int32Array.from(rows, (row) => table.users[row]),
    starts: Int32Array.from(rows, (row) => table.starts[row]),
    ends: Int32Array.from(rows, (row) => table.ends[row]),
    items: Int32Array.from(rows, (row) => table.items[row]),
    times: Float64Array.from(rows, (row) => table.times[row]),
    features: selected,
    ...(labels && { labels: Uint8Array.from(rows, (row) => labels[row]) }),
    ...(weights && { weights: Float32Array.from(rows, (row) => weights[row]) }),
  };
}
