/**
 * What every model of uptake begins with: is the table whole, is it one of those that the model was fitted on. Which columns
 * these are is stored with the model.
 */
import { PenchantError } from "../../base/errors.ts";
import type { ModelFitOptions } from "../../core/model.ts";
import type { FeatureColumn, FeatureGroup, UptakeData, UptakeExamples, UptakeTable } from "../../core/uptake.ts";
import { dataError } from "../histories.ts";
import { type SavedReader, textTensor } from "../saved.ts";

/**
 * @throws PENCHANT_E_MODEL_DATA without items or rows, or with tables that do not fit; the signal's reason where it has been
 *   given already
 */
export function beginUptakeFit(model: string, data: UptakeData, { signal }: ModelFitOptions): void {
  signal?.throwIfAborted();
  const { itemCount, train, validation } = data;
  if (itemCount < 1) throw dataError(model, "expected at least one item, got an empty catalogue.");
  if (train.items.length === 0) throw dataError(model, "expected at least one row to learn from, got none.");
  for (const examples of validation === undefined ? [train] : [train, validation]) {
    checkExamples(model, examples);
    checkItems(model, examples.items, itemCount);
    checkItems(model, examples.histories.items, itemCount);
  }
  if (validation !== undefined) checkColumns(model, train.columns, validation);
}

/** @throws PENCHANT_E_MODEL_DATA for columns other than those that the model was fitted on, or features that do not fill them */
export function checkColumns(model: string, fitted: readonly FeatureColumn[], table: UptakeTable): void {
  const names = (columns: readonly FeatureColumn[]) => columns.map(({ name }) => name).join(", ") || "none";
  if (names(table.columns) !== names(fitted)) {
    throw dataError(model, `expected the columns ${names(fitted)}; got ${names(table.columns)}.`);
  }
  if (table.features.length !== table.items.length * table.columns.length) {
    throw dataError(
      model,
      `expected features of ${table.items.length} rows by ${table.columns.length} columns, got ${table.features.length} values.`,
    );
  }
}

function checkExamples(model: string, examples: UptakeExamples): void {
  checkColumns(model, examples.columns, examples);
  const { labels, weights, items } = examples;
  const off = labels.findIndex((label) => label > 1);
  if (off >= 0) throw dataError(model, `expected labels of 0 and 1, got ${labels[off]}.`);
  for (const [name, column] of Object.entries({ labels, weights })) {
    if (column === undefined || column.length === items.length) continue;
    throw dataError(model, `expected ${name} of ${items.length} rows, got ${column.length}.`);
  }
  const wrong = weights?.find((weight) => !(weight >= 0 && weight < Number.POSITIVE_INFINITY));
  if (wrong !== undefined) throw dataError(model, `expected weights of 0 or more, got ${wrong}.`);
}

function checkItems(model: string, items: Int32Array, itemCount: number): void {
  const item = items.find((key) => key < 0 || key >= itemCount);
  if (item !== undefined) throw dataError(model, `a row names item key ${item}; keys are 0 to ${itemCount - 1}.`);
}

/** Columns as part `columns` of a stored model: names and groups in turn. */
export function savedColumns(columns: readonly FeatureColumn[]): Int32Array {
  return textTensor(columns.flatMap(({ name, group }) => [name, group]));
}

/** @throws PENCHANT_E_MODEL_FILE where the part is missing or holds no columns */
export function readColumns(model: string, parts: SavedReader): readonly FeatureColumn[] {
  const texts = parts.texts("columns");
  return Array.from({ length: texts.length / 2 }, (_, column) => {
    const group = texts[2 * column + 1];
    if (isGroup(group)) return { name: texts[2 * column], group };
    throw new PenchantError("PENCHANT_E_MODEL_FILE", `${model}: part "columns" names no group ${group}.`, {
      details: { model },
    });
  });
}

function isGroup(text: string): text is FeatureGroup {
  return ["user", "item", "context", "interest"].includes(text);
}
