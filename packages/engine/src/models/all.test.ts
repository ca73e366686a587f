import { readFileSync } from "node:fs";
import { describe, expect, it, test } from "vitest";
import type { ModelSetting } from "../core/model.ts";
import { recommenderContract } from "../testing/recommender-contract.ts";
import { recommenderModels } from "./all.ts";

/** Networks as small as the suite's data. */
const small = { width: 16, learningRate: 0.01, epochs: 15, threads: 1 };
const smaller: Readonly<Record<string, object>> = {
  sasrec: small,
  hstu: { ...small, epochs: 40 },
  gru4rec: { ...small, units: 16 },
};

for (const model of recommenderModels) {
  recommenderContract(model, { personal: !/popularity/.test(model.name), settings: smaller[model.name] ?? {} });
}

it("models have names of their own, in lower case", () => {
  const names = recommenderModels.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const name of names) expect(name).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
});

describe("docs/models.md", () => {
  const page = readFileSync(`${import.meta.dirname}/../../../../docs/models.md`, "utf8");
  const settingOf = (word: string) => {
    if (word === "true" || word === "false") return word === "true";
    const number = Number(word.replace(",", ""));
    return Number.isNaN(number) ? word : number;
  };
  const values = (cell: string) => (cell === "" ? [] : cell.split(", ").map(settingOf));

  /** Settings of every model with their defaults and grids: several settings may share a row, and several models rows. */
  const table = new Map<string, { defaults: Record<string, ModelSetting>; grid: Record<string, ModelSetting[]> }>();
  let named: string[] = [];
  for (const row of page.split("\n").filter((line) => /^\| (`|\|)/.test(line))) {
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

  test("lists every model and no other", () => {
    expect([...table.keys()]).toEqual(recommenderModels.map(({ name }) => name));
  });

  test.each(recommenderModels.map((model) => [model.name, model] as const))(
    "gives the settings of %s, their defaults and their grid",
    (name, { defaults, grid }) => {
      expect(table.get(name)).toEqual({ defaults, grid });
    },
  );
});
