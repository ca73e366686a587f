import { describe, expect, it } from "vitest";
import { seededRandom } from "../../base/random.ts";
import { binaryFigures } from "../metrics/binary.ts";
import { uptakePage } from "../report/uptake-page.ts";
import { compareUptake, forMetrics, type UptakeRun } from "./comparison.ts";
import { type Answers, sampledFigures, uptakeMetrics } from "./figures.ts";

/** Sixty people with five rows each, of which a model knows more the higher `skill`. */
function answers(skill: number, seed = 1): Answers {
  const random = seededRandom(7);
  const noise = seededRandom(seed);
  const users = Int32Array.from({ length: 300 }, (_, row) => Math.floor(row / 5));
  const labels = Uint8Array.from(users, () => (random.uniform() < 0.4 ? 1 : 0));
  const probabilities = Float64Array.from(
    labels,
    (label) => skill * (0.2 + 0.6 * label) + (1 - skill) * noise.uniform(),
  );
  return { users, labels, probabilities };
}

describe("figures with intervals over users", () => {
  it("are those of the same users counted as often as they were drawn", () => {
    const { users, labels, probabilities } = answers(0.3);
    const { figures, samples } = sampledFigures({ users, labels, probabilities }, 3);
    expect(figures).toEqual(binaryFigures(probabilities, labels));
    const random = seededRandom(3);
    for (let sample = 0; sample < 5; sample++) {
      const rows = Array.from({ length: 60 }, () => random.integer(60)).flatMap((user) =>
        [0, 1, 2, 3, 4].map((row) => 5 * user + row),
      );
      const drawn = binaryFigures(
        rows.map((row) => probabilities[row]),
        rows.map((row) => labels[row]),
      );
      for (const metric of uptakeMetrics) expect(samples[metric][sample], metric).toBeCloseTo(drawn[metric], 10);
    }
  });

  it("say in tenths what was said and what was so", () => {
    const { calibration } = sampledFigures(
      { users: [0, 1, 2, 3], labels: [0, 1, 1, 1], probabilities: Float64Array.of(0.1, 0.15, 0.95, 1) },
      1,
    );
    expect([...calibration.rows]).toEqual([0, 2, 0, 0, 0, 0, 0, 0, 0, 2]);
    expect(calibration.meanProbability[1]).toBeCloseTo(0.125);
    expect(calibration.shareOfYes[1]).toBe(0.5);
    expect(calibration.shareOfYes[9]).toBe(1);
  });

  it("have no AUC where there is one kind of answer, and all others", () => {
    const { figures, samples } = sampledFigures(
      { users: [0, 1], labels: [1, 1], probabilities: Float64Array.of(0.5, 1) },
      1,
    );
    expect(figures.AUC).toBeNaN();
    expect(samples.AUC.every(Number.isNaN)).toBe(true);
    expect(figures.accuracy).toBe(1);
  });
});

describe("models of uptake side by side", () => {
  const run = (model: string, skill: number, seed: number): UptakeRun => ({
    model,
    config: {},
    seed,
    ...sampledFigures(answers(skill, seed), 1),
    remarks: ["left out: <b>", `stopped after ${seed}`],
    fitSeconds: seed,
    predictSeconds: 1,
    peakMemoryBytes: seed,
  });
  const runs = [run("guess", 0, 1), run("guess", 0, 2), run("good", 0.4, 1), run("good", 0.4, 2)];

  it("stand in the order of the metric, with seeds averaged and differences paired", () => {
    const [good, guess] = compareUptake(runs, "AUC");
    expect([good.model, guess.model]).toEqual(["good", "guess"]);
    expect(good.differences).toBeUndefined();
    const mean = (runs[0].figures.AUC + runs[1].figures.AUC) / 2;
    expect(guess.metrics.AUC.value).toBeCloseTo(mean, 12);
    expect(guess.deviation).toBeGreaterThan(0);
    expect(guess.remarks).toEqual(["left out: <b>", "stopped after 1", "stopped after 2"]);
    expect(guess).toMatchObject({ seeds: 2, fitSeconds: 1.5, peakMemoryBytes: 2 });
    const difference = guess.differences!.AUC;
    expect(difference.value).toBeCloseTo(mean - good.metrics.AUC.value, 12);
    expect(difference.high).toBeLessThan(0);
    expect(difference.low).toBeLessThan(difference.value);
    expect(compareUptake(runs, "logLoss").map(({ model }) => model)).toEqual(["good", "guess"]);
    expect(compareUptake(runs.slice(0, 1), "AUC")[0].deviation).toBeNull();
  });

  it("are drawn on a page that needs nothing else and lets no words of the data out", () => {
    const page = uptakePage(
      {
        comparison: compareUptake(runs, "AUC"),
        metric: "AUC",
        protocol: { question: "liked" },
        size: { users: 60, items: 9, interactions: 300 },
        data: { form: "made", dropped: { "<script>": 2 } },
        leftOut: {},
        results: [
          {
            dataset: "made<img>",
            users: 60,
            train: { rows: 1_000, yes: 400 },
            validation: { rows: 0, yes: 0 },
            test: { rows: 300, yes: 120 },
            features: ["gapHoursLog"],
          },
        ],
        tried: [],
        commit: "abc",
        machine: { processor: "one", cores: 1, memoryGiB: 1, system: "any" },
      },
      "is it?",
    );
    expect(page).toContain("1,000 rows (40 % yes)");
    expect(page).toContain("stopped after 2");
    expect(page).toContain("<svg");
    expect(page).not.toContain("<script>");
    expect(page).not.toContain("<img>");
    expect(page).not.toContain("<b>");
    expect(forMetrics((name) => page.includes(`<th>${name}</th>`))).toEqual(forMetrics(() => true));
  });
});
