import { readFileSync } from "node:fs";
import { describe, expect, it, test } from "vitest";
import { recommenderContract } from "../testing/recommender-contract.ts";
import { recommenderModels } from "./all.ts";

for (const model of recommenderModels) recommenderContract(model, { personal: !/popularity/.test(model.name) });

it("models have names of their own, in lower case", () => {
  const names = recommenderModels.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const name of names) expect(name).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
});

describe("docs/models.md", () => {
  const page = readFileSync(`${import.meta.dirname}/../../../../docs/models.md`, "utf8");
  const numbers = (cell: string) => (cell === "" ? [] : cell.split(", ").map((word) => Number(word.replace(",", ""))));

  /** Settings of every model with their defaults and grids, as the table has them; several may share a row. */
  const table = new Map<string, { defaults: Record<string, number>; grid: Record<string, number[]> }>();
  for (const row of page.split("\n").filter((line) => /^\| (`|\|)/.test(line))) {
    const [model, settings, defaults, , grid] = row
      .split("|")
      .slice(1)
      .map((cell) => cell.trim().replaceAll("`", ""));
    if (model !== "") table.set(model, { defaults: {}, grid: {} });
    const entry = [...table.values()].at(-1)!;
    for (const [index, setting] of (settings === "" ? [] : settings.split(", ")).entries()) {
      entry.defaults[setting] = numbers(defaults)[index];
      if (grid !== "") entry.grid[setting] = numbers(grid);
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
