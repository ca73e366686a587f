import { describe, expect, it } from "vitest";
import { ranked, tablesOf } from "./results.ts";

const result = (model: string, seed: number, value: number, more: object = {}) => ({
  dataset: "made-up",
  protocol: { name: "leave-one-out", seed: 1 },
  model,
  config: { width: 64 },
  seed,
  metrics: { "NDCG@10": { value, low: value - 0.1, high: value + 0.1 }, "coverage@10": { value: 0.5 } },
  users: 40,
  items: 9,
  commit: "abc",
  machine: { processor: "a processor" },
  ...more,
});

describe("a file of results", () => {
  it("has a table for each data set and protocol, and a row for each model, its seeds together", () => {
    const other = result("ease", 1, 0.2, { dataset: "another", metrics: { RMSE: { value: 0.9 } } });
    const [table, second, ...rest] = tablesOf(
      JSON.stringify([result("ease", 1, 0.25), result("sasrec", 1, 0.25), result("sasrec", 2, 0.5), other]),
    );
    expect(rest).toEqual([]);
    expect(table).toMatchObject({
      dataset: "made-up",
      protocol: "leave-one-out",
      users: 40,
      items: 9,
      processor: "a processor",
      commit: "abc",
      metrics: ["NDCG@10", "coverage@10"],
    });
    expect(table.rows[1]).toEqual({
      model: "sasrec",
      settings: "width=64",
      seeds: 2,
      figures: { "NDCG@10": { value: 0.375, low: 0.15, high: 0.6 }, "coverage@10": { value: 0.5 } },
    });
    expect(ranked(table.rows, "NDCG@10").map(({ model }) => model)).toEqual(["sasrec", "ease"]);
    expect(second).toMatchObject({ dataset: "another", metrics: ["RMSE"] });
  });

  it("may be a benchmark's, or have a document on each line", () => {
    const { model, metrics } = result("penchant", 1, 0.1);
    const benchmark = { benchmark: "quality", protocol: "the last tenth", users: 671, models: [{ model, metrics }] };
    expect(tablesOf(JSON.stringify(benchmark))).toMatchObject([
      { dataset: "quality", protocol: "the last tenth", users: 671, rows: [{ model: "penchant", seeds: 1 }] },
    ]);
    const lines = [result("ease", 1, 0.2), result("slim", 1, 0.3)].map((each) => JSON.stringify(each)).join("\n");
    expect(tablesOf(lines)[0].rows).toHaveLength(2);
  });

  it("orders by what less of is better from the least on, and puts last what was not measured", () => {
    const rows = ["a", "b", "c"].map((model, index) => ({
      model,
      settings: "",
      seeds: 1,
      figures: index === 0 ? {} : { RMSE: { value: index === 1 ? 0.9 : 0.8 } },
    }));
    expect(ranked(rows, "RMSE").map(({ model }) => model)).toEqual(["c", "b", "a"]);
  });

  it("is refused where it is no JSON, and empty where it holds no results", () => {
    expect(() => tablesOf("userId,movieId")).toThrow(SyntaxError);
    expect(tablesOf('{"models":[{"model":"ease","metrics":{"NDCG@10":"high"}}]}')).toEqual([]);
    expect(tablesOf("null")).toEqual([]);
  });
});
