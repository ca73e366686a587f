/** The table of models and settings of a page of the documentation, as the tests hold it against the models. */
import { readFileSync } from "node:fs";
import type { ModelSetting } from "../core/model.ts";

export interface DocumentedSettings {
  readonly defaults: Record<string, ModelSetting>;
  readonly grid: Record<string, ModelSetting[]>;
}

/**
 * Settings of every model with their defaults and grids: several settings may share a row, and several models rows.
 *
 * @param page its name in `docs`
 * @param heading of the section that the table stands in
 */
export function settingsTable(page: string, heading: string): Map<string, DocumentedSettings> {
  const text = readFileSync(`${import.meta.dirname}/../../../../docs/${page}`, "utf8");
  const [, section = ""] = text.split(`\n## ${heading}\n`);
  const rows = section
    .split("\n## ")[0]
    .split("\n")
    .filter((line) => /^\| (`|\|)/.test(line));
  const table = new Map<string, DocumentedSettings>();
  let named: string[] = [];
  for (const row of rows) {
    const [model, settings, defaults, , grid] = row
      .split("|")
      .slice(1)
      .map((cell) => cell.trim().replaceAll("`", ""));
    if (model !== "") named = model.split(", ");
    for (const name of named) {
      const entry = table.get(name) ?? { defaults: {}, grid: {} };
      table.set(name, entry);
      for (const [index, setting] of (settings === "" ? [] : settings.split(", ")).entries()) {
        entry.defaults[setting] = values(defaults)[index];
        if (grid !== "") entry.grid[setting] = values(grid);
      }
    }
  }
  return table;
}

const values = (cell: string): ModelSetting[] => (cell === "" ? [] : cell.split(", ").map(settingOf));

function settingOf(word: string): ModelSetting {
  if (word === "true" || word === "false") return word === "true";
  const number = Number(word.replaceAll(",", ""));
  return Number.isNaN(number) ? word : number;
}
