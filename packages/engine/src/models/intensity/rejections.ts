/**
 * Rejections in the likelihood. What a person turned down under a row multiplies its intensity by
 *
 *     f(t) = exp(-eta N(t)),   N = negative / (positive + negative + n1)
 *
 * with both sums on the slowest timescale, as profiles are read (`core/intensity.ts`). f is known from the history, so the
 * likelihood stays concave: the exposure of every rate becomes the integral of f times the rate. Only the difference from
 * f = 1 is integrated, and only for rows that the person rejected something under: by Gauss's rule with three points on
 * pieces that lengthen with the time since the last session, because all that varies in between are decaying exponentials.
 */
import { cutByAge, type Presence } from "../../core/presence.ts";
import { seenDays } from "./burn-in.ts";

export interface Rejections {
  /** Integrates up to a moment, before anything changes there; only what lies after `openDays` is exposed. */
  integrate(toDays: number, openDays: number): void;
  /** Counts rejections under a row, whose positive sums stand at the same moment. */
  add(row: number, weight: number, nowDays: number): void;
  /** ln f of a row whose positive sums stand at the moment. */
  logFactorAt(row: number, nowDays: number): number;
  /** Forgets the person. */
  clear(): void;
  /** What has been taken away from the integrals of base, own, parent and activity rates. [rows, 1 + 3 K] */
  readonly taken: Float64Array;
}

export interface RejectionOptions {
  readonly tausDays: readonly number[];
  readonly priorDays: number;
  readonly rates: Float64Array;
  readonly negative: number;
  readonly priorEvents: number;
  readonly parents: Int32Array;
  readonly presence?: Presence | undefined;
}

const gaussOffset = Math.sqrt(0.6);
const gauss = [
  { at: -gaussOffset, weight: 5 / 9 },
  { at: 0, weight: 8 / 9 },
  { at: gaussOffset, weight: 5 / 9 },
];

/** @param person the sums of the person being read: `[rows, K]`, and the days at which each row's stand */
export function rejectionsOf(
  { tausDays, priorDays, rates, negative, priorEvents, parents, presence }: RejectionOptions,
  { sums, sumDays }: { readonly sums: Float64Array; readonly sumDays: Float64Array },
): Rejections {
  const timescales = tausDays.length;
  const width = 1 + 3 * timescales;
  const slowest = timescales - 1;
  const taken = new Float64Array(parents.length * width);
  const rejected: number[] = [];
  const amounts = new Float64Array(parents.length);
  const amountDays = new Float64Array(parents.length);
  let integratedDays = 0;

  const slowSum = (row: number, atDays: number) =>
    sums[row * timescales + slowest] * Math.exp((sumDays[row] - atDays) / tausDays[slowest]);
  const logFactor = (row: number, atDays: number) => {
    if (amounts[row] === 0) return 0;
    const amount = amounts[row] * Math.exp((amountDays[row] - atDays) / tausDays[slowest]);
    return (-negative * amount) / (slowSum(row, atDays) + amount + priorEvents);
  };
  const take = (row: number, atDays: number, days: number) => {
    const lost = -Math.expm1(logFactor(row, atDays)) * days;
    const from = row * width;
    taken[from] += lost * rates[row];
    for (const [place, other] of [row, parents[row], 0].entries()) {
      if (other < 0) continue;
      const scale = rates[other] > 0 ? rates[row] / rates[other] : 0;
      for (let k = 0; k < timescales; k++) {
        const sum = sums[other * timescales + k] * Math.exp((sumDays[other] - atDays) / tausDays[k]);
        const rate = (sum + priorDays * rates[other]) / (seenDays(atDays, tausDays[k]) + priorDays);
        taken[from + 1 + place * timescales + k] += lost * scale * rate;
      }
    }
  };

  return {
    taken,
    integrate(toDays, openDays) {
      const begun = integratedDays;
      integratedDays = toDays;
      if (rejected.length === 0) return;
      cutByAge(begun, Math.max(begun, openDays), toDays, (age, from, to) => {
        const factor = presence === undefined ? 1 : presence.factors[age];
        const [middle, half] = [(from + to) / 2, (to - from) / 2];
        for (const { at, weight } of gauss) {
          for (const row of rejected) take(row, middle + at * half, factor * weight * half);
        }
      });
    },
    add(row, weight, nowDays) {
      if (amounts[row] === 0) rejected.push(row);
      amounts[row] = amounts[row] * Math.exp((amountDays[row] - nowDays) / tausDays[slowest]) + weight;
      amountDays[row] = nowDays;
    },
    logFactorAt: logFactor,
    clear() {
      for (const row of rejected) amounts[row] = 0;
      rejected.length = 0;
      integratedDays = 0;
    },
  };
}
