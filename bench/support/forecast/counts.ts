/**
 * Counts in windows, scored by the negative binomial: mean m, variance m + m^2 / r,
 *
 *     ln p(y) = ln G(y + r) - ln G(r) - ln G(y + 1) + r ln(r / (r + m)) + y ln(m / (r + m)).
 *
 * Every method's means are scaled by one factor, and get one r, per level and horizon, that fit best on an earlier window.
 * For that fit alone, forecasts are put into bins by the logarithm of the mean.
 */

export interface Calibration {
  readonly scale: number;
  /** r: small for counts that come in bursts. */
  readonly dispersion: number;
}

const dispersions = Array.from({ length: 25 }, (_, step) => 0.005 * 10 ** (step / 6));
const binsPerUnit = 8;
const meanMin = 1e-9;

export class CalibrationWindow {
  /** By bin: mean and number of forecasts; and the counts that came true, by value. */
  readonly #bins = new Map<number, { sum: number; forecasts: number; counts: Map<number, number> }>();
  #expected = 0;
  #happened = 0;

  add(mean: number, count: number): void {
    const bin = Math.floor(Math.log(Math.max(mean, meanMin)) * binsPerUnit);
    let kept = this.#bins.get(bin);
    if (kept === undefined) {
      kept = { sum: 0, forecasts: 0, counts: new Map() };
      this.#bins.set(bin, kept);
    }
    kept.sum += mean;
    kept.forecasts += 1;
    if (count > 0) kept.counts.set(count, (kept.counts.get(count) ?? 0) + 1);
    this.#expected += mean;
    this.#happened += count;
  }

  fit(): Calibration {
    const scale = this.#expected > 0 && this.#happened > 0 ? this.#happened / this.#expected : 1;
    let best = { score: Number.NEGATIVE_INFINITY, dispersion: 1 };
    for (const dispersion of dispersions) {
      let score = 0;
      for (const { sum, forecasts, counts } of this.#bins.values()) {
        const mean = (sum / forecasts) * scale;
        let zeros = forecasts;
        for (const [count, times] of counts) {
          zeros -= times;
          score += times * negativeBinomial(count, mean, dispersion);
        }
        score += zeros * negativeBinomial(0, mean, dispersion);
      }
      if (score > best.score) best = { score, dispersion };
    }
    return { scale, dispersion: best.dispersion };
  }
}

export function negativeBinomial(count: number, mean: number, dispersion: number): number {
  const m = Math.max(mean, meanMin);
  const none = -dispersion * Math.log1p(m / dispersion);
  if (count === 0) return none;
  return (
    none +
    logGamma(count + dispersion) -
    logGamma(dispersion) -
    logGamma(count + 1) +
    count * Math.log(m / (dispersion + m))
  );
}

/** By the recurrence up to 8, Stirling's series beyond; exact to 1e-10. */
function logGamma(x: number): number {
  let shift = 0;
  let at = x;
  for (; at < 8; at++) shift -= Math.log(at);
  const square = at * at;
  return (
    shift +
    (at - 0.5) * Math.log(at) -
    at +
    Math.log(2 * Math.PI) / 2 +
    (1 / 12 - (1 / 360 - 1 / (1260 * square)) / square) / at
  );
}
