import { describe, expect, test } from "vitest";
import type { CurvePoint } from "../../core/model.ts";
import type { InterestSummary } from "../../core/profile.ts";
import type { RecommendationList } from "../../core/recommendation.ts";
import { curveView } from "./curve.ts";
import { importReportView } from "./import-report.ts";
import { interestsView } from "./interests.ts";
import { reasonText, recommendationsView } from "./recommendations.ts";

const plain = { columns: 80, colours: false };
const heat = { type: "rating", time: 0, item: { id: "6", title: "Heat" } };
const crime = { id: "n1", label: "Crime" };

describe("a training's curve in the terminal", () => {
  const point = (epoch: number, loss: number, ndcg: number): CurvePoint => ({
    epoch,
    step: 10 * epoch,
    loss,
    metrics: { "NDCG@10": ndcg },
    learningRate: 0.001,
    seconds: 1.5 * epoch,
  });

  test("goes from the least to the greatest value, and names the best epoch", () => {
    const curve = [point(1, 4, 0), point(2, 2, 0.31), point(3, 1, 0.25)];
    expect(curveView(curve, plain)).toBe(`\
loss 1.0000, best 1.0000 in epoch 3
████        
████        
████▃▃▃▃    
████████▁▁▁▁
NDCG@10 0.2500, best 0.3100 in epoch 2
    ████▂▂▂▂
    ████████
    ████████
▁▁▁▁████████
epoch 3, 30 steps, 5 s, learning rate 0.001
`);
  });

  test("of more epochs than cells has means, and says when there is none", () => {
    const curve = Array.from({ length: 1_000 }, (_, index) => point(index + 1, 1 / (index + 1), 1));
    const lines = curveView(curve, plain).split("\n");
    expect(lines.every((line) => line.length <= 80)).toBe(true);
    expect(lines[4]).toMatch(/^█[▂-▇]▁*/);
    expect(curveView([], plain)).toBe("No epoch is done yet.\n");
  });
});

describe("recommendations in the terminal", () => {
  const list: RecommendationList = {
    user: "15",
    at: Date.UTC(2016, 9, 17),
    recommendations: [
      {
        item: { id: "1", title: "Casino", attributes: { year: 1995 } },
        score: 0.8412,
        reasons: [
          { source: "interest", contribution: 0.5, event: heat, interest: crime },
          { source: "rest", contribution: 0.3 },
        ],
      },
      {
        item: { id: "2", title: "Crouching Tiger, Hidden Dragon" },
        score: 0.5,
        reasons: [{ source: "neighbour", contribution: 0.5, event: heat }],
      },
    ],
  };

  test("have a line each with the strongest reason", () => {
    expect(recommendationsView(list, plain)).toBe(`\
For user 15 on 2016-10-17

1  Casino (1995)                   0.841  because you rated Heat -> Crime -> th…
2  Crouching Tiger, Hidden Dragon  0.500  because you rated Heat -> this, which…
`);
  });

  test("keep within the width of the terminal", () => {
    const lines = recommendationsView(list, { columns: 48, colours: false }).split("\n");
    expect(lines.slice(2, 4)).toEqual([
      "1  Casino (1995)        0.841  because you rate…",
      "2  Crouching Tiger, H…  0.500  because you rate…",
    ]);
  });

  test("that are none say so", () => {
    expect(recommendationsView({ ...list, recommendations: [] }, plain)).toContain("Nothing to recommend");
  });

  test("without an event name the interest, and only the rest gives no reason", () => {
    expect(reasonText([{ source: "interest", contribution: 1, interest: crime }])).toBe("because of Crime -> this");
    expect(
      reasonText([{ source: "interest", contribution: 1, event: { ...heat, type: "borrow" }, interest: crime }]),
    ).toBe("because of your borrow of Heat -> Crime -> this");
    const interests = [{ path: ["Film", "Crime"], share: 0.6, phase: "core" as const }];
    const longShort = { gate: 0.8, short: -2, long: -3, interests };
    expect(reasonText([{ source: "model", model: "long-short-3", contribution: 1, longShort }])).toBe(
      "because long-short-3 expects it next: 80 % by the newest events, 20 % by lasting interest (Crime)",
    );
    expect(reasonText([{ source: "model", model: "sasrec-2", contribution: 1 }])).toBe(
      "because sasrec-2 expects it next",
    );
    expect(reasonText([{ source: "rest", contribution: 1 }])).toBe("");
  });
});

test("the interest tree shows the biggest first, down to the depth that was asked for", () => {
  const node = (id: string, parent: string | null, level: number, itemCount: number, keywords: string[] = []) =>
    ({ id, parent, level, label: id, keywords, itemCount }) satisfies InterestSummary;
  const interests = [
    node("all", null, 0, 9125),
    node("Crime", "all", 1, 1100, ["police", "heist"]),
    node("Drama", "all", 1, 4365),
    node("noir", "Crime", 2, 40, ["detective"]),
    node("French noir", "noir", 3, 7),
  ];
  expect(interestsView(interests, { ...plain, depth: 2 })).toBe(`\
4 interests in 3 levels, 9,125 items

Drama    4,365
Crime    1,100  police, heist
└─ noir     40  detective
`);
});

test("the tree tells how long a habit outlives its last event, where that is learned", () => {
  const node = (
    label: string,
    itemCount: number,
    halfLife?: { days: number; lowDays: number; highDays: number | null },
  ) => ({
    id: label,
    parent: "root",
    level: 1,
    label,
    keywords: [],
    itemCount,
    ...(halfLife !== undefined && { halfLife }),
  });
  const root = { ...node("Everything", 300), id: "root", parent: null, level: 0 };
  const learned = node("Milk", 200, { days: 45.2, lowDays: 38.1, highDays: 53.4 });
  expect(interestsView([root, learned, node("New", 100)], { ...plain, depth: 1 })).toBe(`\
2 interests in 1 level, 300 items
items, days in which a habit halves (95 % interval), keywords

Milk  200  45 d (38 to 53)
New   100
`);
});

test("an import's report lists its files and the first rows that were left out", () => {
  const problems = Array.from({ length: 12 }, (_, index) => ({ file: "a.csv", line: index + 2, reason: "no user" }));
  const report = {
    items: 2,
    events: 1200,
    duplicates: 1,
    problems,
    problemCount: 1012,
    files: [
      { file: "a.csv", status: "imported" as const, items: 0, events: 1201 },
      { file: "products.parquet", status: "skipped" as const, items: 0, events: 0 },
    ],
  };
  const text = importReportView(report, plain);
  expect(text.split("\n").slice(0, 8)).toEqual([
    "file                               items  events",
    "a.csv             imported             0   1,201",
    "products.parquet  imported before      0       0",
    "",
    "2 items, 1,200 new events, 1 event that were there already",
    "",
    "1,012 rows could not be imported:",
    "  a.csv:2: no user",
  ]);
  expect(text.endsWith("  a.csv:11: no user\n  and 1,002 more (--json lists up to 1,000)\n")).toBe(true);
});
