import { describe, expect, it } from "vitest";
import { compareModels, groupsOf, type Run } from "./comparison.ts";
import { reportPage } from "./report/page.ts";
import { escaped, ticks } from "./report/plots.ts";
import { protocolDefaults } from "./splits/protocol.ts";

/** A run over ten questions of ten users, with the values of one metric. */
function run(model: string, seed: number, values: number[]): Run {
  return {
    model,
    config: { strength: 3 },
    seed,
    outcome: {
      name: model,
      users: Int32Array.from(values, (_, user) => user),
      historyLengths: Int32Array.from(values, (_, user) => 10 * (user + 1)),
      targetPopularity: Float32Array.from(values, () => 7),
      perCase: { "NDCG@10": Float64Array.from(values), "miscalibration@10": Float64Array.from(values, (v) => 1 - v) },
      overall: { "coverage@10": 0.5 + 0.1 * seed },
      seconds: 2,
    },
    fitSeconds: seed,
    peakMemoryBytes: 1_000 * seed,
  };
}
const tens = (value: number) => Array.from({ length: 10 }, () => value);
const runs = [run("low", 1, tens(0.1)), run("high", 1, [...tens(0.4).slice(1), 0]), run("high", 2, tens(0.6))];

describe("models side by side", () => {
  const [first, second] = compareModels(runs, { metric: "NDCG@10", seed: 1 });

  it("come in order of the metric, seeds averaged question by question", () => {
    expect([first.model, second.model]).toEqual(["high", "low"]);
    expect(first.metrics["NDCG@10"].value).toBeCloseTo((0.36 + 0.6) / 2, 12);
    expect(first.metrics["coverage@10"].value).toBeCloseTo(0.65, 12);
    expect(first).toMatchObject({ seeds: 2, fitSeconds: 1.5, rankSeconds: 2, peakMemoryBytes: 2_000 });
  });

  it("tell how far seeds lie apart, where there are several", () => {
    expect(first.spread.deviation).toBeCloseTo(0.24 / Math.SQRT2, 12);
    expect(second.spread.deviation).toBeNull();
  });

  it("differ from the best by pairs of the same questions", () => {
    expect(first.difference).toBeUndefined();
    expect(second.difference?.value).toBeCloseTo(0.1 - 0.48, 12);
    expect(second.difference!.high).toBeLessThan(0);
  });

  it("show where they are good: by length of history, by popularity", () => {
    expect(first.byHistoryLength.map(({ from, to, questions }) => [from, to, questions])).toEqual([
      [10, 20, 2],
      [30, 40, 2],
      [50, 60, 2],
      [70, 80, 2],
      [90, 100, 2],
    ]);
    expect(first.byHistoryLength[0].figure.value).toBeCloseTo(0.5, 12);
    expect(first.byHistoryLength[4].figure.value).toBeCloseTo(0.4, 12);
    expect(first.byTargetPopularity.length).toBe(1);
  });

  it("less is better for what is called an error", () => {
    expect(compareModels(runs, { metric: "miscalibration@10", seed: 1 })[0].model).toBe("high");
  });

  it("a metric that was not measured is refused with those that were", () => {
    expect(() => compareModels(runs, { metric: "HR@5", seed: 1 })).toThrow(
      "Expected a metric that was measured (NDCG@10, miscalibration@10), got HR@5.",
    );
  });
});

describe("groups of questions", () => {
  it("keep equal values together, however many there are", () => {
    const groups = groupsOf([1, 1, 1, 1, 1, 1, 2, 3], 4);
    expect(groups.map(({ from, to, members }) => [from, to, members.length])).toEqual([
      [1, 1, 6],
      [2, 2, 1],
      [3, 3, 1],
    ]);
    expect(groupsOf([], 4)).toEqual([]);
  });
});

describe("the report", () => {
  const page = reportPage({
    comparison: compareModels([...runs, run("<b>sly</b>", 1, tens(0.2))], { metric: "NDCG@10", seed: 1 }),
    metric: "NDCG@10",
    protocol: { ...protocolDefaults, name: "leave-one-out" },
    questions: 10,
    size: { users: 12, items: 30, interactions: 1_234 },
    data: { form: "made", dropped: { "a bad row": 3 } },
    leftOut: {},
    results: [{ dataset: "made", users: 10 }],
    tried: [{ model: "high", config: { strength: 3 }, value: 0.5 }],
    commit: "abc",
    machine: { processor: "p", cores: 2, memoryGiB: 8, system: "linux" },
  });

  it("is one page without scripts and without anything from elsewhere", () => {
    expect(page).not.toMatch(/<script|<link|<img|src=|@import|url\(|https?:/);
    expect(page.match(/<svg/g)?.length).toBe(6);
    expect(page).toContain("prefers-color-scheme: dark");
  });

  it("says what was measured, on what, and what was left out", () => {
    for (const words of [
      "1,234 interactions",
      "3 × a bad row",
      "0.4800",
      "strength 3",
      "1 combinations",
      "2, ± 0.1697",
    ])
      expect(page).toContain(words);
  });

  it("shows names as text, whatever is in them", () => {
    expect(page).not.toContain("<b>sly");
    expect(page).toContain("&lt;b&gt;sly&lt;/b&gt;");
    expect(escaped('a "b" & <c>')).toBe("a &quot;b&quot; &amp; &lt;c&gt;");
  });

  it("has axes with round numbers", () => {
    expect(ticks(0.17)).toEqual([0, 0.05, 0.1, 0.15]);
    expect(ticks(23)).toEqual([0, 5, 10, 15, 20]);
    expect(ticks(0)).toEqual([0]);
  });
});
