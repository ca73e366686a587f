import type { CurvePoint } from "@penchant/protocol";
import { describe, expect, it } from "vitest";
import { bestPoint, drawnPoints, metricsOf } from "./curves.ts";

const point = (epoch: number, metrics: Record<string, number> = {}): CurvePoint => ({
  epoch,
  step: 10 * epoch,
  loss: 1 / epoch,
  metrics,
  learningRate: 0.001,
  seconds: epoch,
});

describe("training curves", () => {
  it("have the metrics of all of them", () => {
    const curves = [[point(1, { "NDCG@10": 0.1 })], [point(1), point(2, { "log loss": 0.5 })]];
    const named = curves.map((points, index) => ({ id: String(index), name: "", points, isRunning: false }));
    expect(metricsOf(named)).toEqual(["NDCG@10", "log loss"]);
  });

  it("are best where a metric is highest, or lowest where less is better", () => {
    const points = [point(1, { "NDCG@10": 0.1, MSE: 3 }), point(2, { "NDCG@10": 0.3, MSE: 2 }), point(3, { MSE: 4 })];
    expect(bestPoint(points, "NDCG@10")?.epoch).toBe(2);
    expect(bestPoint(points, "MSE")?.epoch).toBe(2);
    expect(bestPoint(points, "AUC")).toBeUndefined();
  });

  it("of thousands of epochs are thinned, and keep their last point", () => {
    const points = Array.from({ length: 5_000 }, (_, index) => point(index + 1));
    const drawn = drawnPoints(points, ({ loss }) => loss);
    expect(drawn.length).toBeLessThan(700);
    expect(drawn.at(-1)).toEqual([5_000, 1 / 5_000]);
    expect(drawnPoints(points.slice(0, 3), ({ metrics }) => metrics.AUC)).toEqual([]);
  });
});
