import { describe, expect, it, test } from "vitest";
import { recommenderContract } from "../testing/recommender-contract.ts";
import { recommenderModels } from "./all.ts";
import { settingsTable } from "./test-settings-table.ts";

/** Networks as small as the suite's data, and few questions. */
const small = { width: 16, learningRate: 0.01, epochs: 15, threads: 1 };
const few = { questionsMax: 300, drawnItems: 1 };
const smaller: Readonly<Record<string, object>> = {
  sasrec: small,
  hstu: { ...small, epochs: 40 },
  gru4rec: { ...small, units: 16 },
  "long-short": { ...small, blocks: 1, interests: 4 },
  "logistic-regression": few,
  "gradient-boosting": { ...few, trees: 5, bins: 16 },
  ctr: {
    ...small,
    width: 4,
    length: 4,
    hidden: 16,
    attention: 4,
    dropout: 0,
    epochs: 6,
    drawnItems: 1,
    batchSize: 32,
  },
};

for (const model of recommenderModels) {
  recommenderContract(model, { personal: !/popularity/.test(model.name), settings: smaller[model.name] ?? {} });
}

it("models have names of their own, in lower case", () => {
  const names = recommenderModels.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const name of names) expect(name).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
});

it.each(recommenderModels.map(({ name, description }) => [name, description]))(
  "%s says what it is in a line of sentences",
  (_, description) => {
    expect(description).toMatch(/^[A-Z].{15,150}\.$/);
  },
);

describe("docs/models.md", () => {
  const table = settingsTable("models.md", "Models and settings");

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
