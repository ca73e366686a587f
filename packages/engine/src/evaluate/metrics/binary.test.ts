import { describe, expect, it } from "vitest";
import { areaUnderCurve } from "../../core/area-under-curve.ts";
import { binaryFigures } from "./binary.ts";
import { forecastFigures, poissonLogLikelihood } from "./forecasts.ts";

describe("predictions of yes or no, worked by hand", () => {
  it("two right of three, one false alarm", () => {
    const figures = binaryFigures([0.9, 0.6, 0.2], [1, 0, 0]);
    expect(figures).toMatchObject({ accuracy: 2 / 3, precision: 1 / 2, recall: 1, AUC: 1 });
    expect(figures.F1).toBeCloseTo(2 / 3, 14);
    expect(figures.logLoss).toBeCloseTo(-(Math.log(0.9) + Math.log(0.4) + Math.log(0.8)) / 3, 14);
    // Each stands alone in its bin: off by .1, .6 and .2.
    expect(figures.expectedCalibrationError).toBeCloseTo(0.9 / 3, 14);
  });

  it("ties of a yes with a no count half", () => {
    expect(areaUnderCurve([0.5, 0.5], [1, 0])).toBe(0.5);
    expect(areaUnderCurve([0.5, 0.5, 0.1], [1, 0, 0])).toBe(0.75);
    expect(areaUnderCurve([0, 0, 0, 0], [1, 0, 1, 0])).toBe(0.5);
  });

  it("has no AUC where all are alike, and no division by zero", () => {
    expect(binaryFigures([0.2, 0.1], [0, 0])).toMatchObject({
      accuracy: 1,
      precision: 0,
      recall: 0,
      F1: 0,
      AUC: Number.NaN,
    });
  });

  it("a wrong certainty costs much and not everything", () => {
    expect(binaryFigures([0], [1]).logLoss).toBeCloseTo(-Math.log(1e-15), 9);
  });
});

describe("predictions of a number, worked by hand", () => {
  it("errors of 1 and -3 on 2 and 6", () => {
    expect(forecastFigures([2, 6], [1, 9])).toEqual({ MSE: 5, RMSE: Math.sqrt(5), MAE: 2, R2: 1 - 10 / 8 });
  });

  it("has no R2 where all values are the same", () => {
    expect(forecastFigures([3, 3], [3, 2]).R2).toBeNaN();
  });

  it("Poisson: two events at a rate of 2 have the probability 2 / e^2", () => {
    expect(poissonLogLikelihood([2], [2])).toBeCloseTo(Math.log(2) - 2, 14);
  });
});
