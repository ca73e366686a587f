/**
 * Predictions of a number: stars of a rating, events in the coming week. For values y and predictions f:
 *
 *     MSE = mean (y - f)^2, RMSE its root, MAE = mean |y - f|, R2 = 1 - sum (y - f)^2 / sum (y - mean y)^2
 *
 * and for counts the mean log-likelihood under a Poisson distribution of the predicted rate, ln p(y) = y ln f - f - ln y!.
 */
import { assert } from "../../base/errors.ts";

export interface ForecastFigures {
  readonly MSE: number;
  readonly RMSE: number;
  readonly MAE: number;
  /** 1 for perfect, 0 for as good as the mean; NaN when all values are equal. */
  readonly R2: number;
}

export function forecastFigures(values: ArrayLike<number>, predictions: ArrayLike<number>): ForecastFigures {
  assert(values.length === predictions.length && values.length > 0, "there is a prediction for every value");
  const count = values.length;
  let [sum, squares, absolute] = [0, 0, 0];
  for (let index = 0; index < count; index++) {
    const error = values[index] - predictions[index];
    sum += values[index];
    squares += error * error;
    absolute += Math.abs(error);
  }
  let spread = 0;
  for (let index = 0; index < count; index++) spread += (values[index] - sum / count) ** 2;
  const MSE = squares / count;
  return { MSE, RMSE: Math.sqrt(MSE), MAE: absolute / count, R2: spread === 0 ? Number.NaN : 1 - squares / spread };
}

/**
 * Mean log-likelihood per count, in nats.
 *
 * @param counts whole numbers from 0
 * @param rates predicted, above 0
 */
export function poissonLogLikelihood(counts: ArrayLike<number>, rates: ArrayLike<number>): number {
  assert(counts.length === rates.length && counts.length > 0, "there is a rate for every count");
  let sum = 0;
  for (let index = 0; index < counts.length; index++) {
    assert(rates[index] > 0, `rate ${rates[index]} is above 0`);
    sum += counts[index] * Math.log(rates[index]) - rates[index] - logFactorial(counts[index]);
  }
  return sum / counts.length;
}

/** ln n!: the sum of logarithms for small n, Stirling's series beyond, exact to 1e-13 there. */
function logFactorial(n: number): number {
  if (n < 30) {
    let sum = 0;
    for (let factor = 2; factor <= n; factor++) sum += Math.log(factor);
    return sum;
  }
  return n * Math.log(n) - n + Math.log(2 * Math.PI * n) / 2 + 1 / (12 * n) - 1 / (360 * n ** 3) + 1 / (1260 * n ** 5);
}
